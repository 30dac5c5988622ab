"""The part `operators`: whole searches with every operator and option, each against its bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks.speed.figures import Figure, Section, p95, spelled, summary, table
from benchmarks.speed.operator_queries import Drawing, operator_queries
from benchmarks.speed.timing import Timed
from benchmarks.speed.whole import Contents, timed
from benchmarks.speed.workspace import Workspace
from indexer.engines.base import FACETS
from search import Searcher
from search.model import SearchResult

# Milliseconds that 95 of 100 searches with any operator may take.
BOUND_MS = 30
_JUDGED, _FOLDED = "all copies", "copies folded"
_SORTS = ("date", "date-asc")


def run(space: Workspace) -> Section:
    """Search the whole folder with queries of every kind, then with every option."""
    section = Section("operators")
    built = space.built("full")
    contents = Contents.of(built)
    queries = operator_queries(Drawing(contents.rows, contents.texts, space.options.seed), space.options.queries)
    section.lines += ["", f"Searcher.search on {contents.described}, ten articles with quotations, copies folded"]
    with Searcher(built.index) as searcher:
        every = partial(searcher.search, copies=True)
        times = timed(queries, {_JUDGED: every, _FOLDED: searcher.search})
        contents.judge(section, queries, times, _JUDGED)
        found = {kind: own[_FOLDED] for kind, own in times.items()}
        some = [*queries["words"], *queries["OR"], *queries["a filter alone"]]
        for sort in _SORTS:
            own = timed({f"sort: {sort}": some}, {_JUDGED: partial(every, sort=sort)})
            contents.judge(section, dict.fromkeys(own, some), own, _JUDGED, sort)
            found |= {kind: by_name[_JUDGED] for kind, by_name in own.items()}
        found |= {kind: timed({kind: some}, {kind: ask})[kind][kind] for kind, ask in _options(searcher, some).items()}
    section.lines += _table(found)
    section.figures += [Figure(f"{kind}, p95", one.p95, "ms", BOUND_MS) for kind, one in found.items()]
    section.details["operators"] = {
        kind: {**summary(one.best_ms), "cpu": summary(one.best_cpu_ms), "queries": len(one.best_ms)}
        for kind, one in found.items()
    }
    return section


def _options(searcher: Searcher, queries: Sequence[str]) -> dict[str, Callable[[str], Any]]:
    """Return what is asked in other ways than for the first page of articles; the judge does not know these."""
    first = {query: searcher.search(query) for query in queries}

    def second_page(query: str) -> SearchResult:
        return searcher.search(query, after=first[query].cursor)

    def explained(query: str) -> list[Any]:
        return [searcher.explain(query, hit) for hit in first[query].hits[:1]]

    return {
        "sort: title": partial(searcher.search, sort="title"),
        "all facets": partial(searcher.search, facets=FACETS),
        "passages": partial(searcher.search, passages=True),
        "second page": second_page,
        "explain one hit": explained,
    }


def _table(found: dict[str, Timed[Any]]) -> list[str]:
    rows = [
        [
            kind, spelled(one.median), spelled(one.p95), spelled(summary(one.best_cpu_ms)["median"]),
            spelled(p95(one.best_cpu_ms)), str(len(one.best_ms)),
        ]
        for kind, one in found.items()
    ]  # fmt: skip
    return table(["", "median ms", "p95 ms", "cpu median", "cpu p95", "queries"], rows)
