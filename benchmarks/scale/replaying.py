"""The part `search`: a whole search of the cluster, beside its own requests sent again by a plain client."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from math import inf
from statistics import median

from benchmarks.scale.questions import Question, questions_of
from benchmarks.scale.requests import Plain, Sent, recorded
from benchmarks.scale.workspace import Workspace
from benchmarks.speed.figures import Figure, Section, spelled, table
from indexer.engines.opening import place_of
from indexer.pipeline import opened
from search import Searcher

# Of the time that the requests of a search take by themselves.
_AT_MOST = 1.3
# Searches that are timed; each of them several times.
_TIMED = 200


def run(space: Workspace) -> Section:
    """Time searches and their requests in turn."""
    section = Section("search")
    address = space.on_cluster("full")
    with opened(place_of(str(space.embedded("full")))) as engine:
        asked = questions_of(engine, min(_TIMED, space.options.queries), space.options.seed + 1)
    plain = space.plain()
    with Searcher(address) as searcher:
        timed = [(question, *_time(searcher, plain, question, space.options.rounds)) for question in asked]
    plain.close()
    ratios = [search / bare for _, search, bare, _ in timed if bare]
    section.lines += [
        "",
        f"{len(timed)} searches, ten articles with quotations; each the best of {space.options.rounds}",
    ]
    section.lines += _by_requests(timed)
    section.figures += [
        Figure("search / its requests sent plainly, median", median(ratios), "x", _AT_MOST),
        Figure("requests of a search, mean", sum(count for *_, count in timed) / len(timed), ""),
    ]
    section.details["searches"] = [
        {"search": str(question), "ms": 1000 * search, "bare_ms": 1000 * bare, "requests": requests}
        for question, search, bare, requests in timed
    ]
    return section


def _by_requests(timed: Sequence[tuple[Question, float, float, int]]) -> list[str]:
    """Return a table of the medians, by how many requests the searches make."""
    by_requests: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for _, search, bare, requests in timed:
        by_requests[requests].append((1000 * search, 1000 * bare))
    rows = []
    for requests, own in sorted(by_requests.items()):
        search, bare = (median(times) for times in zip(*own, strict=True))
        ratio = median(one / other for one, other in own)
        rows.append([str(requests), str(len(own)), spelled(search), spelled(bare), spelled(ratio)])
    return table(["requests", "searches", "search ms", "bare ms", "ratio"], rows)


def _time(searcher: Searcher, plain: Plain, question: Question, rounds: int) -> tuple[float, float, int]:
    """Return the best seconds of a search and of its requests, and how many these are."""
    with recorded() as sent:
        searcher.search(question.query, **question.options)
        sent.clear()
        searcher.search(question.query, **question.options)
    _replay(plain, sent)
    search = bare = inf
    for i in range(rounds):
        for searches in (True, False) if i % 2 else (False, True):  # who comes after whom should not tell
            started = time.perf_counter()
            if searches:
                searcher.search(question.query, **question.options)
                search = min(search, time.perf_counter() - started)
            else:
                _replay(plain, sent)
                bare = min(bare, time.perf_counter() - started)
    return search, bare, len(sent)


def _replay(plain: Plain, sent: list[Sent]) -> None:
    for request in sent:
        plain.send(request)
