"""A search of an engine that is far away asks seldom, and answers as any other."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from search import Searcher
from search.rounds import in_rounds
from tests.commits import ask_another, engine_of


class FarAway:
    """An engine that counts what it is asked."""

    is_remote = True

    def __init__(self, engine):
        self.engine, self.asked = engine, Counter()

    def __getattr__(self, name):
        method = getattr(self.engine, name)

        def asked(*arguments, **named):
            self.asked[name] += 1
            return method(*arguments, **named)

        return asked


QUERIES = [
    "特朗普 通话",
    "trade tariffs",
    "习进平",
    "xijinping",
    "Trmup tariffs",
    '"人工智能" AND 台積電',
    "普京 -美国",
    "",
]


@pytest.mark.parametrize("cross", ["off", "auto", "only"])
@pytest.mark.parametrize("query", QUERIES)
def test_answers_are_the_same(seeds_index, query, cross):
    with Searcher(seeds_index) as searcher:
        near = searcher.search(query, cross=cross)
        ask_another(searcher, FarAway(engine_of(searcher)))
        far = searcher.search(query, cross=cross)
        assert (far.hits, far.notes, far.total) == (near.hits, near.notes, near.total)
        assert engine_of(searcher).asked["passages_with"] + engine_of(searcher).asked["holds"] <= 1


def test_occurrences_are_the_same(seeds_index):
    with Searcher(seeds_index) as searcher, Searcher(seeds_index) as plain:
        ask_another(searcher, FarAway(engine_of(searcher)))
        for query in QUERIES:
            assert replace(searcher.count(query), took_ms=0) == replace(plain.count(query), took_ms=0)


def test_lookups_are_asked_together(seeds_index):
    with Searcher(seeds_index) as searcher:
        engine = FarAway(engine_of(searcher))

        def work(asked):
            counts = [asked.passages_with("text", term) for term in ("特朗", "朗普", "nothing")]
            return counts, asked.holds("zh", "特朗普") and asked.terms("text", "trump", 1)

        assert in_rounds(engine, work) == work(engine_of(searcher))
        assert engine.asked == {"passages_with_each": 1, "terms": 1}


def test_what_depends_on_lookups_waits_for_them(seeds_index):
    with Searcher(seeds_index) as searcher:
        engine = FarAway(engine_of(searcher))
        found = in_rounds(engine, lambda asked: asked.terms("zh", "特", asked.passages_with("text", "特朗")))
        assert found == engine_of(searcher).terms("zh", "特", engine_of(searcher).passages_with("text", "特朗"))
        assert engine.asked == {"passages_with_each": 1, "terms": 1}
