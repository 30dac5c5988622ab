"""How many searches a second do threads of one process answer, that share a searcher?

    python -m benchmarks.threads INDEX [--threads 1,2,4] [--rounds 5] [--seconds 3] [--queries 40] [--seed 1]

The queries are those of `make bench`, drawn from the titles and texts of the index, without facets and with the other
language off. So many threads answer 16 clients, each of whom asks again as soon as it is answered: freely, and, to
compare with, one at a time, by a lock. Rounds of both alternate. Prints searches a second, the median of the rounds;
the time that a search takes, and that a client waits for it, half and 95 of 100 of them less; and how many cores the
process had, which tells on a busy machine what the figures are worth. Last, what `refresh` takes if nothing is new.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import cycle
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import median
from threading import Lock, Thread
from typing import NamedTuple

from benchmarks.speed import machine
from benchmarks.speed.corpus import StreamBuilder
from benchmarks.speed.figures import p95, table
from benchmarks.speed.queries import typed_queries
from indexer.analysis.analyzer import default_analyzer
from indexer.engines.opening import open_index, place_of
from indexer.payload import load_text
from search import Searcher

CLIENTS = 16
# Passages of which quoted phrases and common words are drawn, as many as `make bench` takes.
_TEXTS = 2000


class Round(NamedTuple):
    """What came of some seconds: milliseconds of each search, and of each client's wait; cores that were at work."""

    per_second: float
    took_ms: list[float]
    waited_ms: list[float]
    cores: float


def drawn(index: Path, count: int, seed: int) -> list[str]:
    """Return queries of all kinds in any order."""
    engine = open_index(place_of(index))
    rows = list(engine.rows())
    first = [engine.passages(row.id)[0] for row in random.Random(seed).sample(rows, min(_TEXTS, len(rows)))]
    engine.close()
    texts = [load_text(one.payload, one.passage_id, one.article_id).text for one in first]
    titles = [(row.title, row.title_lang) for row in rows]
    builder = StreamBuilder()
    for text in (*texts, *(title for title, _ in titles)):
        builder.add(default_analyzer().terms(text).zh)
    found = [query for own in typed_queries(titles, texts, builder.streams(), count, seed).values() for query in own]
    return random.Random(seed).sample(found, len(found))


def measured(searcher: Searcher, queries: Sequence[str], threads: int, seconds: float, lock: bool) -> Round:
    """Let threads answer clients for some seconds."""
    one_at_a_time: AbstractContextManager[object] = Lock() if lock else nullcontext()
    asked: SimpleQueue[float] = SimpleQueue()
    waiting = cycle(queries)
    took: list[float] = []
    waited: list[float] = []

    def answering() -> None:
        while (now := time.perf_counter()) < ends:
            try:
                since = asked.get(timeout=ends - now)
            except Empty:
                return
            started = time.perf_counter()
            with one_at_a_time:
                searcher.search(next(waiting), cross="off")
            done = time.perf_counter()
            took.append(1000 * (done - started))
            waited.append(1000 * (done - since))
            asked.put(done)

    began, cpu = time.perf_counter(), time.process_time()
    ends = began + seconds
    for _ in range(CLIENTS):
        asked.put(began)
    pool = [Thread(target=answering) for _ in range(threads)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    passed = time.perf_counter() - began
    return Round(len(took) / passed, took, waited, (time.process_time() - cpu) / passed)


def row_of(threads: int, lock: bool, rounds: Sequence[Round]) -> list[str]:
    """Return what is printed of some rounds."""
    took = [ms for one in rounds for ms in one.took_ms]
    waited = [ms for one in rounds for ms in one.waited_ms]
    times = [f"{ms:.1f}" for values in (took, waited) for ms in (median(values), p95(values))]
    per_second, cores = (median(values) for values in zip(*((one[0], one[3]) for one in rounds), strict=True))
    return [f"{threads}{', lock' * lock}", f"{per_second:.0f}", *times, f"{cores:.2f}"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("--threads", default="1,2,4")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--queries", type=int, default=40, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"{machine.describe()['cpu']}, load {machine.describe()['load_before']:.1f}, commit {machine.commit()}")
    queries = drawn(options.index, options.queries, options.seed)
    ways = [(int(threads), lock) for threads in options.threads.split(",") for lock in (False, True)]
    rounds: dict[tuple[int, bool], list[Round]] = {way: [] for way in ways if way != (1, True)}
    with Searcher(options.index) as searcher:
        for query in queries:
            searcher.search(query, cross="off")
        for _ in range(options.rounds):
            for (threads, lock), found in rounds.items():
                found.append(measured(searcher, queries, threads, options.seconds, lock))
        head = ["threads", "a second", "takes ms", "p95", "waits ms", "p95", "cores"]
        print("\n".join(table(head, [row_of(*way, found) for way, found in rounds.items()])))
        refreshes = []
        for _ in range(200):
            started = time.perf_counter()
            searcher.refresh()
            refreshes.append(1000 * (time.perf_counter() - started))
        print(f"refresh with nothing new: {median(refreshes):.3f} ms, p95 {p95(refreshes):.3f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
