"""Engines and queries -> the best time of each query by engine, and every answer that was timed."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Generic, TypeVar

from benchmarks.speed.figures import p95, spelled, summary, table

Q = TypeVar("Q")
A = TypeVar("A")

PASSES = 3
# An engine whose warm-up takes longer is timed once.
_LONG_S = 60.0


@dataclass(slots=True)
class Timed(Generic[A]):
    """What one engine did with the queries of one kind: by query the best time and all timed answers.

    `best_cpu_ms` is the processor's time, which what else the machine does hardly changes.
    """

    best_ms: list[float]
    best_cpu_ms: list[float]
    answers: list[list[A]] = field(default_factory=list)

    @property
    def median(self) -> float:
        return summary(self.best_ms)["median"]

    @property
    def p95(self) -> float:
        return p95(self.best_ms)


def time_queries(engines: Mapping[str, Callable[[Q], A]], queries: Sequence[Q]) -> dict[str, Timed[A]]:
    """Ask every engine every query: once to warm up, then in `PASSES` passes that take the engines in turn."""
    timed: dict[str, Timed[A]] = {}
    passes: dict[str, int] = {}
    for name, ask in engines.items():
        started = time.perf_counter()
        for query in queries:
            ask(query)
        passes[name] = 1 if time.perf_counter() - started > _LONG_S else PASSES
        timed[name] = Timed([inf] * len(queries), [inf] * len(queries), [[] for _ in queries])
    gc.collect()
    names = list(engines)
    for done in range(PASSES):
        first = done % len(names)  # who comes after whom should not tell
        for name in names[first:] + names[:first]:
            if done < passes[name]:
                _time_pass(engines[name], queries, timed[name])
    return timed


def _time_pass(ask: Callable[[Q], A], queries: Sequence[Q], timed: Timed[A]) -> None:
    for i, query in enumerate(queries):
        started, cpu_started = time.perf_counter(), time.process_time()
        answer = ask(query)
        took_ms, cpu_ms = (time.perf_counter() - started) * 1000, (time.process_time() - cpu_started) * 1000
        timed.best_ms[i] = min(timed.best_ms[i], took_ms)
        timed.best_cpu_ms[i] = min(timed.best_cpu_ms[i], cpu_ms)
        timed.answers[i].append(answer)


def latency_table(by_kind: Mapping[str, Mapping[str, Timed[A]]], ours: str) -> list[str]:
    """Return a table of all engines and kinds: median, 95th percentile, and the ratio of each to ours."""
    rows = []
    for kind, timed in by_kind.items():
        own = timed[ours]
        for name, one in timed.items():
            ratios = ["", ""] if name == ours else [spelled(one.median / own.median), spelled(one.p95 / own.p95)]
            label = f"{kind:22s}" if name == ours else " " * 22
            rows.append([f"{label} {name}", spelled(one.median), spelled(one.p95), *ratios])
    return table(["", "median ms", "p95 ms", "/ ours", "/ ours p95"], rows)


def latencies(by_kind: Mapping[str, Mapping[str, Timed[A]]]) -> dict[str, dict[str, dict[str, float]]]:
    """Return medians and 95th percentiles by kind and engine, for the JSON."""
    return {kind: {name: summary(one.best_ms) for name, one in timed.items()} for kind, timed in by_kind.items()}
