"""The benchmark of clusters draws the same searches each time, and tells ties from wrong answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from indexer.engines.whoosh.rows import plain_row

pytest.importorskip("fcntl", reason="clusters are started where there are POSIX processes")

from benchmarks.scale.clients import Heard, judge, put_by
from benchmarks.scale.comparing import EQUAL, OTHER, TIES, Found, Page, compare, deviation, differing, page_of
from benchmarks.scale.questions import Question, questions, questions_of
from benchmarks.scale.sizes import Measured, calculated
from benchmarks.speed.operator_queries import Drawing
from indexer.engines.opening import place_of
from indexer.pipeline import opened

ROWS = [
    replace(plain_row(f"folder/{name}.md"), title=title, published=date(2020, 1, 2))
    for name, title in (("one", "中美贸易战升级"), ("two", "Chinese leaders discussed tariffs"))
]
TEXTS = ["2019年，中華人民共和國主席會見美國總統", "Growth in trade slowed, said Donald Trump."]


def drawn(count):
    return questions(Drawing(ROWS, TEXTS, 1), TEXTS, count)


def test_searches_are_drawn_alike_and_evenly_of_all_kinds():
    asked = drawn(120)
    assert asked == drawn(120)
    assert len({(one.kind, one.query, str(one.options)) for one in asked}) == len(asked)
    kinds = {one.kind for one in asked}
    assert {"name", "traditional", "simplified", "near", "fuzzy, 1 edit", "by date", "headings"} <= kinds
    assert len({one.kind for one in asked[: len(kinds)]}) == len(kinds)
    assert {one.options.get("cross") for one in asked} == {None, "off", "only", "mixed"}


def test_every_search_is_understood(seeds, seeds_index):
    with opened(place_of(str(seeds_index))) as engine:
        asked = questions_of(engine, 80, 1)
    found = [page_of(seeds.search(one.query, **one.options), one.options) for one in asked]
    assert sum(bool(page.hits) for page in found) > len(asked) / 2


def page(*hits, **others):
    return Page(tuple(Found(name, key, score) for name, key, score in hits), others)


ONE = page(("a", "", 3.0), ("b", "", 2.0), ("c", "", 2.00001))


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (ONE, EQUAL),
        (page(("a", "", 3.0), ("c", "", 2.0), ("b", "", 2.0)), TIES),
        (page(("a", "", 3.0), ("b", "", 2.0), ("d", "", 2.00001)), TIES),
        (page(("b", "", 3.0), ("a", "", 2.0), ("c", "", 2.0)), OTHER),
        (page(("a", "", 3.0), ("c", "", 2.1), ("b", "", 2.0)), OTHER),
        (page(("a", "", 3.0), ("c", "2020", 2.0), ("b", "", 2.0)), OTHER),
        (page(("a", "", 3.0), ("b", "", 2.0)), OTHER),
        (page(), OTHER),
    ],
    ids=["equal", "tie", "tie at the end", "other order", "other score", "other day", "less", "nothing"],
)
def test_ties_are_told_from_other_differences(other, verdict):
    assert compare(ONE, other) == verdict
    assert compare(other, ONE) == verdict


def test_what_else_differs_is_named():
    assert differing(page(total=3, notes=()), page(total=4, notes=())) == ("total",)
    assert deviation(ONE, page(("a", "", 1.5), ("d", "", 9.0))) == 0.5


def test_an_answer_between_two_updates_or_before_the_last_one_seen_is_another():
    states = [page((f"a{state}", "", 1.0), total=state) for state in range(3)]
    between = page(("a1", "", 1.0), total=7)
    question = Question("word", "a")
    for seen, found, state, wrong in (
        (0, states[1], 1, 0),
        (0, between, 0, 1),
        (2, states[1], 2, 1),
        (0, page(), 0, 1),
    ):
        heard = Heard()
        found = replace(found, others={"total": None} | dict(found.others))
        assert judge(heard, question, found, [(n, states[n]) for n in range(seen, 3)]) == state
        assert len(heard.different) == wrong


def test_documents_that_a_bulk_request_puts_are_told():
    lines = b'{"index": {"_index": "i", "_id": "a"}}\n{"index": "x"}\n{"index": {"_index": "i", "_id": "~b"}}\n{}\n'
    assert list(put_by(lines)) == ["a", "~b"]


def test_sizes_are_calculated_in_proportion():
    lines = calculated(Measured(1000, 6_000_000, 50_000, 0.0036, 0.01))
    assert lines[1].split() == ["1,000,000", "passages", "6.00", "12.0", "1", "0.0500", "1.00"]
    assert lines[3].split() == ["100,000,000", "passages", "600", "1,200", "20", "5.00", "100"]


def test_passages_as_hits_and_sorted_hits_are_compared_as_such(seeds):
    by_date = seeds.search("特朗普", sort="date")
    assert [hit.key for hit in page_of(by_date, {"sort": "date"}).hits] == [str(hit.published) for hit in by_date.hits]
    assert {hit.key for hit in page_of(by_date, {}).hits} == {""}
    passages = page_of(seeds.search("特朗普", passages=True), {"passages": True})
    assert len({hit.name for hit in passages.hits}) == len(passages.hits)
