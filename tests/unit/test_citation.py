"""Lines to copy that say where a quotation is from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.citation import citation, short_citation


@dataclass(frozen=True)
class Article:
    title: str = "习近平同特朗普通电话"
    title_lang: str = "zh-Hans"
    author: str = "王文"
    source: str = "新华网"
    published: date | None = date(2026, 2, 5)
    published_guessed: bool = False
    url: str = "https://a.org/1"
    path: str = "/archive/1.txt"


@dataclass(frozen=True)
class Quoted:
    passage_id: str = "1.txt@3"
    text: str = "十个字。"
    start: int = 120


CHINESE = Article()
ENGLISH = Article("Trump, Xi speak", "en", "Ann Lee", "Daily News")


def test_the_form_is_that_of_the_title():
    assert short_citation(CHINESE) == "《习近平同特朗普通电话》，新华网，2026年2月5日，https://a.org/1"
    assert short_citation(ENGLISH) == "“Trump, Xi speak”, Daily News, 5 February 2026, https://a.org/1"


def test_a_quotation_names_its_author_and_place():
    assert citation(CHINESE, Quoted()) == f"王文：{short_citation(CHINESE)} [1.txt@3, 120–124]"
    assert citation(ENGLISH, Quoted()) == f"Ann Lee, {short_citation(ENGLISH)} [1.txt@3, 120–124]"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"url": ""}, "《题》，报，2026年2月5日，/archive/1.txt"),
        ({"url": "javascript:alert(1)"}, "《题》，报，2026年2月5日，/archive/1.txt"),
        ({"url": "HTTPS://[a"}, "《题》，报，2026年2月5日，HTTPS://[a"),
        ({"published_guessed": True}, "《题》，报，[2026年2月5日?]，https://a.org/1"),
        ({"published": None, "source": ""}, "《题》，https://a.org/1"),
        ({"title": "评《红楼梦》"}, "《评〈红楼梦〉》，报，2026年2月5日，https://a.org/1"),
        ({"title": "一\n二\u202e三\x1b"}, "《一 二\ufffd三\ufffd》，报，2026年2月5日，https://a.org/1"),
        ({"title": "“No” deal", "title_lang": "en"}, "“‘No’ deal”, 报, 5 February 2026, https://a.org/1"),
        ({"title": "", "title_lang": ""}, "报, 5 February 2026, https://a.org/1"),
    ],
)
def test_what_is_missing_or_odd_is_left_out_or_made_plain(change, told):
    assert short_citation(replace(Article(title="题", source="报"), **change)) == told


def test_hits_and_articles_are_cited_alike(seeds):
    (hit, *_) = seeds.search("川普").hits
    article = seeds.read(hit.article_id, "川普")
    assert short_citation(hit) == short_citation(article)
    snippet, block = hit.snippets[0], article.blocks[0]
    assert citation(hit, snippet).endswith(
        f"[{snippet.passage_id}, {snippet.start}–{snippet.start + len(snippet.text)}]"
    )
    assert citation(article, block).endswith(f"[{block.passage_id}, 0–{len(block.text)}]")


@given(st.builds(Article, st.text(), st.sampled_from(["", "en", "mixed"]), st.text(), st.text(), url=st.text()))
def test_any_citation_is_one_line(article):
    assert citation(article, Quoted()).splitlines() == [citation(article, Quoted())]
