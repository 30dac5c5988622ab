"""Searching by the kinds of passages: what stands around articles is not found, what they say in passing comes last."""

from __future__ import annotations

import pytest

from indexer.errors import UsageError
from indexer.pipeline import build
from search import Searcher


@pytest.fixture
def searcher(archive, tmp_path):
    (archive / "putin.txt").write_text(
        "普京將於下月訪問\n\n俄羅斯總統普京將於下月訪問，雙方將討論能源合作。記者從會上獲悉這一消息。", "utf-8"
    )
    build(archive, tmp_path / "index")
    with Searcher(tmp_path / "index") as opened:
        yield opened


@pytest.mark.parametrize("query", ["cookie", "「隱私政策」", "月費訂戶", "休斯顿黄页"])
def test_notices_are_found_only_where_they_are_asked_for(searcher, query):
    assert searcher.search(query).total == 0
    for kinds in (["boilerplate"], ["all"]):
        found = searcher.search(query, kinds=kinds)
        assert found.total > 0
        assert {snippet.kind for hit in found.hits for snippet in hit.snippets} == {"boilerplate"}


def test_an_article_comes_before_one_that_only_teases_it(searcher):
    hits = searcher.search("普京").hits
    assert [hit.article_id[:5] for hit in hits] == ["putin", "001_5"]
    assert [hit.snippets[0].kind for hit in hits] == ["body", "teaser"]
    assert hits[0].score > 10 * hits[1].score


def test_a_teaser_is_never_quoted_before_the_text(searcher):
    for hit in searcher.search("习近平 特朗普 通话 贸易 台湾").hits:
        kinds = [snippet.kind for snippet in hit.snippets]
        assert kinds == sorted(kinds, key="teaser".__eq__)


def test_a_kind_limits_all_that_is_counted(searcher):
    found = searcher.search("普京", kinds=["teaser"])
    assert (found.total, found.hits[0].article_id[:3]) == (1, "001")
    assert searcher.search("普京", kinds=["body", "caption"]).total == 1


def test_each_passage_of_a_translation_has_its_own_language(searcher):
    found = searcher.search("Xi–Trump Phone Call 中美元首通话", kinds=["body"])
    hit = next(hit for hit in found.hits if hit.article_id.startswith("002"))
    assert {snippet.lang for snippet in hit.snippets} >= {"en"}
    assert hit.title_lang.startswith("zh")


def test_an_unknown_kind_is_named(searcher):
    with pytest.raises(UsageError, match="boilerplate"):
        searcher.search("普京", kinds=["advert"])
