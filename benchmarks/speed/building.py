"""The part `build`: files to a searchable index, the index stage by itself, size, memory."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from whoosh import fields
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.index import create_in

from benchmarks.speed import peers
from benchmarks.speed.corpus import files_of, read
from benchmarks.speed.figures import Figure, Section, spelled, table
from benchmarks.speed.isolation import isolated
from benchmarks.speed.recipe import build_recipe
from benchmarks.speed.workspace import Built, Workspace, build_measured
from indexer.engines.base import TERM_FIELDS
from indexer.engines.whoosh import WhooshEngine
from indexer.model import ArticleRow, IndexEntry
from indexer.payload import load_passage

_Article = tuple[ArticleRow, tuple[IndexEntry, ...]]


def run(space: Workspace) -> Section:
    """Build by every way; each in a process of its own, the quick ones several times in turn."""
    section = Section("build")
    _end_to_end(space, section)
    _index_stage(space, section)
    _whole_folder(space, section)
    return section


def _end_to_end(space: Workspace, section: Section) -> None:
    source = space.source("sample")
    chain = peers.load_tantivy_chain()
    if chain is None:
        section.lines.append(peers.missing("tantivy"))
    ours: list[float] = []
    theirs: list[float] = []
    for i in range(space.options.build_runs):
        ours.append(isolated(build_measured, source, space.scratch / f"sample{i}.ours")["took_s"])
        if chain is not None:
            theirs.append(isolated(chain.build_tantivy, source, space.scratch / f"sample{i}.tantivy"))
    recipe = isolated(build_recipe, source, space.scratch / "sample.recipe")
    rows = [["wensou, two processes", spelled(median(ours)), ""]]
    rows.append(["usual recipe, one process", spelled(recipe), spelled(recipe / median(ours))])
    section.figures.append(Figure("build, usual recipe / ours", recipe / median(ours), "x", at_least=12, aim=20))
    if theirs:
        ratio = median(theirs) / median(ours)
        rows.append(["our analysis ending in tantivy", spelled(median(theirs)), spelled(ratio)])
        section.figures.append(Figure("build, ours / ending in tantivy", 1 / ratio, "", at_most=1))
    section.lines += [
        "",
        f"files to searchable index, {len(files_of(source)):,} files, median of {len(ours)}; the recipe once",
    ]
    section.lines += table(["", "s", "/ ours"], rows)
    section.details["end to end s"] = {"wensou": ours, "ending in tantivy": theirs, "usual recipe": recipe}


def _index_stage(space: Workspace, section: Section) -> None:
    took = isolated(time_index_stage, space.source("sample"), space.scratch, space.options.build_runs)
    own = median(took["wensou"])
    section.lines += ["", "entries in memory to committed index, the same files"]
    section.lines += table(
        ["", "s", "/ ours"],
        [[name, spelled(median(times)), spelled(median(times) / own)] for name, times in took.items()],
    )
    section.figures.append(
        Figure("index stage, stock Whoosh / ours", median(took["stock Whoosh"]) / own, "x", at_least=30)
    )
    section.details["index stage s"] = took


def time_index_stage(source: Path, scratch: Path, runs: int) -> dict[str, list[float]]:
    """Read a folder, then time only what writes the same entries to an index."""
    articles = list(read(source))
    gc.collect()
    gc.freeze()  # so many entries are not kept by a build, and its collector does not visit them
    ways: dict[str, Callable[[list[_Article], Path], None]] = {"wensou": _write_ours}
    if (chain := peers.load_tantivy_chain()) is not None:
        ways["tantivy"] = lambda articles, folder: chain.write(chain.open_index(folder), articles)
    took: dict[str, list[float]] = {name: [] for name in ways}
    for i in range(runs):
        for name, way in ways.items():
            took[name].append(_timed(way, articles, scratch / f"stage{i}.{name}"))
    took["stock Whoosh"] = [_timed(_write_whoosh, articles, scratch / "stage.whoosh")]
    return took


def _timed(way: Callable[[list[_Article], Path], None], articles: list[_Article], folder: Path) -> float:
    gc.collect()
    started = time.perf_counter()
    way(articles, folder)
    return time.perf_counter() - started


def _write_ours(articles: list[_Article], folder: Path) -> None:
    engine = WhooshEngine(folder, create=True)
    with engine.writer() as writer:
        for row, entries in articles:
            writer.put(row, entries)
    engine.close()


def _write_whoosh(articles: list[_Article], folder: Path) -> None:
    """Write with Whoosh as it comes: the same terms and positions, ids and payloads stored."""
    folder.mkdir()
    term_fields: dict[str, Any] = {
        name: fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=positions)
        for name, positions in TERM_FIELDS.items()
    }
    schema = fields.Schema(article=fields.ID(stored=True), passage=fields.STORED, payload=fields.STORED, **term_fields)
    writer = create_in(folder, schema).writer()
    for row, entries in articles:
        for entry in entries:
            # Whoosh takes terms in a sequence as they are, which is quicker than to have it split text.
            terms = {name: list(values) for name, values in entry.terms.items() if values}
            writer.add_document(article=row.id, passage=entry.id, payload=entry.payload, **terms)
    writer.commit()


def _whole_folder(space: Workspace, section: Section) -> None:
    built = space.built("full")
    passages, text_bytes = isolated(text_of, built.index)
    index_bytes = sum(path.stat().st_size for path in built.index.rglob("*") if path.is_file())
    rate = f"{text_bytes / 1e6 / built.took_s:.2f} MB of text a second"
    section.lines += [
        "",
        f"whole folder: {built.articles:,} articles, {passages:,} passages in {spelled(built.took_s)} s, {rate}",
        f"index {index_bytes / 1e6:,.1f} MB, text {text_bytes / 1e6:,.1f} MB; {built.failed} files could not be read",
    ]
    section.figures += [
        Figure("index / text that it holds, bytes", index_bytes / text_bytes, "", at_most=2.5),
        *_memory(built),
    ]
    section.details["whole folder"] = {
        "articles": built.articles,
        "passages": passages,
        "text_bytes": text_bytes,
        "index_bytes": index_bytes,
        "took_s": built.took_s,
    }


def _memory(built: Built) -> list[Figure]:
    return [
        Figure("building process, peak memory", built.parent_mb, "MB"),
        Figure("largest worker, peak memory", built.workers_mb, "MB"),
    ]


def text_of(index: Path) -> tuple[int, int]:
    """Return the passages of an index, and the bytes of their text and of each article's title."""
    engine = WhooshEngine(index)
    passages, size = 0, 0
    for row in list(engine.rows()):
        size += len(row.title.encode("utf-8", "replace"))
        for ranked in engine.passages(row.id):
            passage = load_passage(ranked.payload, ranked.passage_id, row.id)
            size += len(passage.text.encode("utf-8", "replace"))
            passages += 1
    engine.close()
    return passages, size
