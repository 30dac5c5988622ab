"""Second scores: what stands in several forms counts as one word, on every page alike."""

from __future__ import annotations

import pytest

from indexer import build
from indexer.engines.base import Request
from indexer.engines.whoosh import WhooshEngine
from indexer.nodes import Form, Synonym, Term
from search import Searcher
from search.folding import ask
from search.rerank import ranked
from search.translation import Concept, Way
from tests.commits import engine_of

ALIASES = '[[group]]\nnames = ["苹果", "香蕉"]\n'


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forms")
    (folder / "articles").mkdir()
    texts = {
        "both": "苹果说，香蕉说，大家都听见了这些话，今天。",
        "one": "苹果说，什么人说，大家都听见了这些话，今天。",
    }
    texts |= {
        f"rest{number:03}": f"第{number}篇报道里香蕉只说了一句话，{'别的人' * (number % 5)}。" for number in range(120)
    }
    for name, text in texts.items():
        (folder / "articles" / f"{name}.txt").write_text(text, "utf-8")
    build(folder / "articles", folder / "index")
    (folder / "index" / "aliases.toml").write_text(ALIASES, "utf-8")
    with Searcher(folder / "index") as searcher:
        yield searcher


def test_frequencies_of_forms_add_up(searcher):
    first, second = searcher.search("苹果", limit=2).hits
    assert (first.article_id, second.article_id) == ("both.txt", "one.txt")


@pytest.mark.parametrize("size", [7, 50, 100])
def test_pages_have_one_order_and_every_article_once(searcher, size):
    whole = [hit.article_id for hit in searcher.search("苹果", 500, copies=True).hits]
    assert len(whole) == len(set(whole)) == 122
    pages = [searcher.search("苹果", size, at, copies=True) for at in range(0, 122, size)]
    assert [hit.article_id for page in pages for hit in page.hits] == whole
    cursor, found = None, []
    while True:
        page = searcher.search("苹果", size, copies=True, after=cursor)
        found += [hit.article_id for hit in page.hits]
        if (cursor := page.cursor) is None:
            break
    assert found == whole


def leaves(reasons):
    for reason in reasons:
        yield from leaves(reason.reasons) if reason.reasons else [reason]


def test_second_scores_are_explained(searcher):
    for hit in searcher.search("苹果", 5).hits:
        explanation = searcher.explain("苹果", hit)
        assert explanation.score == pytest.approx(hit.score)
        factors = {factor.name: factor.value for reason in leaves(explanation.reasons) for factor in reason.factors}
        if hit.article_id == "both.txt":
            assert factors["together"] != 1


def test_second_scores_are_as_far_from_the_first_as_the_concept_says(searcher):
    forms = (Form(Term("zh", "苹果")), Form(Term("zh", "香蕉")))
    engine = WhooshEngine(searcher.folder)
    requests = [Request(rank=Synonym(forms, together), limit=100) for together in (0.0, 0.5, 1.0)]
    scores = [{one.article_id: one.score for one in ranked(engine, request).articles} for request in requests]
    engine.close()
    best, half, whole = (found["both.txt"] for found in scores)
    assert best != whole
    assert half == pytest.approx((best + whole) / 2)


def test_translations_go_half_the_way_to_one_word():
    assert Concept("苹果", (Way(Term("en", "appl"), 1.0, "apple"),)).node().together == 0.5


def test_many_hits_are_explained_by_the_searches_that_one_takes(searcher, monkeypatch):
    searches = []
    plain = engine_of(searcher).search
    monkeypatch.setattr(engine_of(searcher), "search", lambda request: searches.append(request) or plain(request))
    hits = searcher.search("苹果", 5).hits
    searches.clear()
    one = searcher.explanations("苹果", hits[:1])
    taken = len(searches)
    several = searcher.explanations("苹果", hits)
    assert len(hits) > 1
    assert len(searches) == 2 * taken
    assert several == {hit.article_id: searcher.explain("苹果", hit) for hit in hits}
    assert one.items() <= several.items()
    assert searcher.explanations("苹果", []) == {}


def test_what_is_folded_is_read_and_counted_once(searcher, monkeypatch):
    asked = []
    search = WhooshEngine.search
    monkeypatch.setattr(WhooshEngine, "search", lambda self, request: asked.append(request) or search(self, request))
    monkeypatch.setattr("indexer.engines.whoosh.segment.Segment.label", lambda *_: "story")
    synonym = Synonym((Form(Term("zh", "苹果")), Form(Term("zh", "香蕉"))))
    for rank, read in ((synonym, [100]), (Term("zh", "香蕉"), [10, 100])):
        asked.clear()
        page = ask(engine_of(searcher), Request(rank, counts=(rank,)))
        assert [request.limit for request in asked] == [*read, 9]  # behind what was folded
        assert [len(request.counts) for request in asked] == [1, *[0] * len(read)]
        assert (page.ranking.counts, page.folded, len(page.shown)) == ((page.ranking.total,), 99, 10)
