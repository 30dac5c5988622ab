"""The part `ranking`: one field, our words given to all, ten passages, nothing stored."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.speed import peers
from benchmarks.speed.corpus import Streams, library
from benchmarks.speed.figures import Figure, Section
from benchmarks.speed.judge import Answer, Field, Judge, Verdicts
from benchmarks.speed.queries import KINDS, WordQuery, word_queries
from benchmarks.speed.timing import Timed, latencies, latency_table, time_queries
from benchmarks.speed.workspace import Workspace
from indexer.engines.base import Request

T = TypeVar("T")
Ask = Callable[[WordQuery], Answer]
Times = dict[str, dict[str, Timed[Answer]]]


def run(space: Workspace) -> Section:
    """Compare with the peers on all passages, and with stock Whoosh, which is slow, on as many as the options say."""
    section = Section("ranking")
    known = library(space.folder, space.options.passages, space.options.seed)
    every, some = known.zh, known.zh.sample(space.options.whoosh_passages, space.options.seed)
    names = ["tantivy", "fts5", "bm25s"] + (["whoosh"] if len(some) == len(every) else [])
    rounds: list[tuple[Streams, list[str]]] = [(every, names)]
    if len(some) < len(every):
        rounds.append((some, ["whoosh"]))
    for i, (streams, chosen) in enumerate(rounds):
        queries = word_queries(known, streams, space.options.queries, space.options.seed)
        _Round(section, streams, queries, space.scratch / f"ranking{i}").run(chosen)
    return section


class _Round:
    """One comparison: the same passages in every engine."""

    def __init__(self, section: Section, streams: Streams, queries: dict[str, list[WordQuery]], scratch: Path) -> None:
        self._section = section
        self._streams = streams
        self._queries = queries
        self._scratch = scratch
        self._asks: dict[str, tuple[Ask, Sequence[str]]] = {}

    def run(self, names: Sequence[str]) -> None:
        count = len(self._streams)
        if not self._queries["OR"]:
            self._section.lines.append(f"{count:,} passages: no title has three words that say something.")
            return
        with_positions = f"{len(self._streams.numbers):,} words, {len(self._queries['OR'])} queries of each kind"
        self._section.lines += ["", f"{count:,} passages with Chinese words, {with_positions}, k = {peers.K}"]
        ours = self._built("wensou", lambda: peers.Wensou(self._streams, self._scratch / "wensou"))
        self._asks["wensou"] = ours.search, ours.kinds
        for name in names:
            self._add(name)
        gc.collect()
        gc.freeze()  # what the indexes hold in Python is no reason to look for garbage
        times: Times = {
            kind: time_queries(
                {name: ask for name, (ask, kinds) in self._asks.items() if kind in kinds}, self._queries[kind]
            )
            for kind in KINDS
        }
        gc.unfreeze()
        self._section.lines += latency_table(times, "wensou")
        if not ours.counts_exactly:
            self._section.lines.append("Some of our totals are not exact.")
        self._judge(times)
        self._section.details[f"{count} passages"] = latencies(times)
        self._section.figures += _targets(times, count)

    def _add(self, name: str) -> None:
        streams, folder = self._streams, self._scratch / name
        match name:
            case "fts5":
                fts5 = self._built("SQLite FTS5", lambda: peers.Fts5(streams, folder))
                self._asks[fts5.name] = fts5.search, fts5.kinds
            case "whoosh":
                whoosh = self._built("stock Whoosh", lambda: peers.StockWhoosh(streams, folder))
                self._asks[whoosh.name] = whoosh.search, whoosh.kinds
            case library_name:
                module = peers.load(library_name)
                if module is None:
                    self._section.lines.append(peers.missing(library_name))
                elif library_name == "bm25s":
                    bm25s = self._built("bm25s", lambda: peers.Bm25s(streams, module))
                    self._asks[bm25s.name] = bm25s.search, bm25s.kinds
                else:
                    tantivy = self._built("tantivy", lambda: peers.Tantivy(streams, folder, module))
                    self._asks["tantivy"] = tantivy.search, tantivy.kinds
                    self._asks["tantivy, counting"] = tantivy.search_counting, tantivy.kinds
                    self._section.details["tantivy segments"] = tantivy.segments

    def _built(self, name: str, make: Callable[[], T]) -> T:
        started = time.perf_counter()
        made = make()
        took = time.perf_counter() - started
        self._section.details.setdefault("indexing s", {})[f"{name}, {len(self._streams)} passages"] = took
        return made

    def _judge(self, times: Times) -> None:
        """Compare every timed answer of ours, and count the peers' that cannot be right."""
        streams = self._streams
        field = Field(streams)
        judge = Judge({"zh": field, "text": field}, np.arange(len(streams)), len(streams))
        verdicts = Verdicts(peers.K)
        doubtful: dict[str, int] = {}
        matching: dict[str, list[int]] = {kind: [] for kind in times}
        for kind, timed in times.items():
            for i, asked in enumerate(self._queries[kind]):
                verdict = judge.articles(Request(rank=peers.node_of(asked)))
                matching[kind].append(int(verdict.matched.sum()))
                verdicts.check(f"{kind} {' '.join(asked.terms)}", verdict, timed["wensou"].answers[i])
                for name, one in timed.items():
                    plausible = verdict.is_plausible(one.answers[i][0], peers.K)
                    doubtful[name] = doubtful.get(name, 0) + (not plausible)
        means = {kind: float(np.mean(counts)) for kind, counts in matching.items()}
        self._section.lines.append(
            "passages that match, on average: " + ", ".join(f"{kind} {mean:,.0f}" for kind, mean in means.items())
        )
        wrong = {name: number for name, number in doubtful.items() if number}
        if wrong:
            self._section.lines.append(f"answers with passages that do not match, or too few: {wrong}")
        self._section.checked += verdicts.checked
        self._section.deviations += verdicts.deviations
        self._section.details[f"{len(streams)} passages, mean matching"] = means
        self._section.details[f"{len(streams)} passages, doubtful answers"] = doubtful


def _targets(times: Times, count: int) -> list[Figure]:
    """Return what the measured times are to keep; ratios are ours to the peer's, or theirs to ours where we lead."""
    figures = []
    on = f"on {count:,} passages"
    if "tantivy" in times["OR"]:
        bounds = {"OR": 1.0, "AND": 1.5, "phrase": 1.5}
        for kind, bound in bounds.items():
            own, other = times[kind]["wensou"], times[kind]["tantivy"]
            figures.append(Figure(f"{kind}, median, ours / tantivy, {on}", own.median / other.median, "", bound))
            if kind == "OR":
                figures.append(Figure(f"{kind}, p95, ours / tantivy, {on}", own.p95 / other.p95, "", bound))
        kind = "OR + 3 stop words"
        own, other = times[kind]["wensou"], times[kind]["tantivy"]
        figures.append(Figure(f"{kind}, median, tantivy / ours, {on}", other.median / own.median, "x", at_least=5))
        figures.append(Figure(f"prefix, p95, {on}", times["prefix"]["wensou"].p95, "ms", 30))
    if "stock Whoosh" in times["OR"]:
        kind = "OR + 3 stop words"
        own, other = times[kind]["wensou"], times[kind]["stock Whoosh"]
        figures.append(
            Figure(f"{kind}, median, stock Whoosh / ours, {on}", other.median / own.median, "x", at_least=200)
        )
    return figures
