"""The parts `search` and `scaling`: a whole search, from typed text to quotations, over all fields."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks.speed import peers
from benchmarks.speed.corpus import StreamBuilder, read
from benchmarks.speed.figures import Figure, Section, p95, spelled, summary
from benchmarks.speed.isolation import isolated
from benchmarks.speed.judge import Answer, Field, Judge, Verdict, Verdicts
from benchmarks.speed.queries import typed_queries
from benchmarks.speed.recipe import RecipeSearcher, build_recipe
from benchmarks.speed.timing import Timed, latencies, latency_table, time_queries
from benchmarks.speed.workspace import Built, Workspace
from indexer.analysis.analyzer import default_analyzer
from indexer.engines.base import ROW_FIELDS, TERM_FIELDS
from indexer.manifest import Manifest
from indexer.model import ArticleRow
from indexer.payload import load_passage
from indexer.pipeline import opened
from search import Searcher
from search.grammar import parse
from search.model import SearchResult
from search.planner import Filters, plan

LIMIT = 10
# Passages of which quoted phrases are drawn.
_TEXTS = 2000
# Of each kind that peers are asked: the usual recipe takes a tenth of a second for one.
_PEER_QUERIES = 20
_AS_ASKED = "wensou, copies folded"
MAIN_KIND = "three words"
# Keywords that a query may name; none is known of copies, which these searches do not leave out.
_KEYWORDS = ("kind", "lang", *ROW_FIELDS)
_PREFIX_KIND = "one character"

Times = dict[str, dict[str, Timed[Any]]]


def run(space: Workspace) -> Section:
    """Search the whole folder; and, beside the peers, a sample of it, as the recipe takes long to build."""
    section = Section("search")
    built = space.built("full")
    contents = Contents.of(built)
    queries = contents.queries(space)
    with Searcher(built.index) as searcher:
        times = timed(queries, _asks(searcher))
    section.lines += ["", f"Searcher.search on {contents.described}, ten articles with quotations"]
    section.lines += latency_table(times, "wensou")
    contents.judge(section, queries, times, "wensou")
    everything = [ms for own in times.values() for ms in own[_AS_ASKED].best_ms]
    section.figures += [
        Figure(f"search, {MAIN_KIND}, median", times[MAIN_KIND][_AS_ASKED].median, "ms", 5),
        Figure("search, queries of all kinds, median", summary(everything)["median"], "ms", 5),
        Figure("search, queries of all kinds, p95", p95(everything), "ms"),
        Figure(f"search, {_PREFIX_KIND} (a prefix), p95", times[_PREFIX_KIND][_AS_ASKED].p95, "ms", 30),
    ]
    section.details["whole folder"] = latencies(times)
    _beside_peers(space, section)
    return section


def _beside_peers(space: Workspace, section: Section) -> None:
    built = space.built("sample")
    recipe_folder = space.scratch / "sample.recipe"
    if not recipe_folder.exists():
        isolated(build_recipe, built.source, recipe_folder)
    asks: dict[str, Callable[[str], Any]] = {"usual recipe": RecipeSearcher(recipe_folder).search}
    chain = peers.load_tantivy_chain()
    if chain is None:
        section.lines.append(peers.missing("tantivy"))
    else:
        tantivy_folder = space.scratch / "sample0.tantivy"
        if not tantivy_folder.exists():
            isolated(chain.build_tantivy, built.source, tantivy_folder)
        asks["tantivy, our quotations"] = chain.TantivySearcher(tantivy_folder).search
    contents = Contents.of(built)
    queries = {kind: asked[:_PEER_QUERIES] for kind, asked in contents.queries(space).items()}
    with Searcher(built.index) as searcher:
        times = timed(queries, {**_asks(searcher), **asks})
    section.lines += ["", f"whole searches beside peers, on {contents.described}"]
    section.lines += latency_table(times, "wensou")
    contents.judge(section, queries, times, "wensou")
    kind = "three + 3 stop words"
    ratio = times[kind]["usual recipe"].median / times[kind][_AS_ASKED].median
    section.figures.append(Figure(f"search of the sample, {kind}, median, usual recipe / ours", ratio, "x"))
    section.details["sample"] = latencies(times)


def scaling(space: Workspace) -> Section:
    """Ask the same of an index and of one with a tenth of its articles."""
    section = Section("scaling")
    small, large = space.built("tenth"), space.built("full")
    few, many = Contents.of(small), Contents.of(large)
    queries = few.queries(space)
    with Searcher(small.index) as one, Searcher(large.index) as other:
        times = timed(queries, {"tenth": partial(one.search, copies=True), "full": partial(other.search, copies=True)})
    section.lines += ["", f"the same queries on {few.described} and on {many.described}"]
    section.lines += latency_table(times, "tenth")
    few.judge(section, queries, times, "tenth")
    many.judge(section, queries, times, "full")
    growth = times[MAIN_KIND]["full"].median / times[MAIN_KIND]["tenth"].median
    passages = many.size / max(1, few.size)
    bound = 4.0 if passages >= 9 else None
    name = f"search, {MAIN_KIND}, median, growth with {spelled(passages)} times the passages"
    section.figures.append(Figure(name, growth, "x", bound))
    section.details["times"] = latencies(times)
    return section


def _asks(searcher: Searcher) -> dict[str, Callable[[str], SearchResult]]:
    """Return what is timed of ours: with all copies as hits, which the judge can tell, and as usual, folded."""
    return {"wensou": partial(searcher.search, copies=True), _AS_ASKED: searcher.search}


def timed(queries: Mapping[str, Sequence[str]], asks: Mapping[str, Callable[[str], Any]]) -> Times:
    """Time the queries of each kind."""
    gc.collect()
    gc.freeze()  # the streams for the judge are no part of a search
    times = {kind: time_queries(asks, asked) for kind, asked in queries.items() if asked}
    gc.unfreeze()
    return times


@dataclass(frozen=True)
class Contents:
    """What a source holds, to draw queries from and to judge answers by."""

    judged: Judge
    numbers: Mapping[str, int]  # of articles
    rows: Sequence[ArticleRow]
    texts: Sequence[str]
    builders: Mapping[str, StreamBuilder]

    @classmethod
    def of(cls, built: Built) -> Contents:
        """Read a folder as its build did."""
        with opened(built.index) as engine:
            learnt = frozenset(Manifest.load(engine.meta()).boilerplate)
        builders = {name: StreamBuilder() for name in (*TERM_FIELDS, *_KEYWORDS)}
        numbers: dict[str, int] = {}
        days: list[int] = []
        firsts: list[int] = []
        rows: list[ArticleRow] = []
        texts: list[str] = []
        size = 0
        for row, entries in read(built.source, learnt):
            if not entries:
                continue
            numbers[row.id] = len(numbers)
            rows.append(row)
            firsts.append(size)
            for entry in entries:
                size += 1
                days.append(entry.numbers.get("published", 0))
                for name, builder in builders.items():
                    builder.add((entry.terms if name in TERM_FIELDS else entry.keywords).get(name, ()))
            if len(texts) < _TEXTS:
                texts.append(load_passage(entries[0].payload, entries[0].id, row.id).text)
        fields = {name: Field(builder.streams()) for name, builder in builders.items()}
        judged = Judge(fields, np.array(firsts), size, {"published": np.array(days)})
        return cls(judged, numbers, rows, texts, builders)

    @property
    def size(self) -> int:
        """The number of passages."""
        return len(self.builders["zh"])

    @property
    def described(self) -> str:
        return f"{len(self.numbers):,} articles, {self.size:,} passages"

    def queries(self, space: Workspace) -> dict[str, list[str]]:
        titles = [(row.title, row.title_lang) for row in self.rows]
        return typed_queries(
            titles, self.texts, self.builders["zh"].streams(), space.options.queries, space.options.seed
        )

    def judge(
        self, section: Section, queries: Mapping[str, Sequence[str]], times: Times, name: str, sort: str = "relevance"
    ) -> None:
        """Compare every timed answer with exhaustive evaluation of what the planner asks."""
        verdicts = Verdicts(LIMIT)
        for kind, own in times.items():
            for query, results in zip(queries[kind], own[name].answers, strict=True):
                answers = [self._answer(result) for result in results]
                verdicts.check(f"{name}, {kind}, {query!r}", self._verdict(query, sort), answers)
        section.checked += verdicts.checked
        section.deviations += verdicts.deviations

    def _answer(self, result: SearchResult) -> Answer:
        found = tuple((self.numbers[hit.article_id], hit.score) for hit in result.hits)
        return Answer(found, result.total if result.total_is_exact else None)

    def _verdict(self, query: str, sort: str) -> Verdict:
        for loosely in (False, True):
            planned = plan(parse(query), Filters(), default_analyzer(), loosely=loosely)
            verdict = self.judged.articles(planned.request(sort=sort, limit=LIMIT, offset=0))
            if verdict.matched.any():
                break
        return verdict
