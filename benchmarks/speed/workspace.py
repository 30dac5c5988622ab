"""A folder of articles -> the samples and indexes that parts share, each made when it is first asked for."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.speed.corpus import JOBS, files_of, plant
from benchmarks.speed.isolation import isolated
from benchmarks.speed.memory import ChildrenWatch, memory_mb
from indexer import BuildOptions, build

UPDATE_ARTICLES = 100
UPDATE_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is told; 0 stands for all."""

    seed: int = 1
    queries: int = 200
    passages: int = 0
    whoosh_passages: int = 20_000
    build_files: int = 1200
    build_runs: int = 3
    cold_runs: int = 15


@dataclass(frozen=True)
class Built:
    """An index, the folder it is of, and how its building went."""

    source: Path
    index: Path
    took_s: float
    articles: int
    failed: int
    parent_mb: float  # peak memory of the process that called `build`
    workers_mb: float  # of the largest of those it started


@dataclass(frozen=True)
class Workspace:
    """The folder that is measured, and a scratch folder for everything made on the way."""

    folder: Path
    scratch: Path
    options: Options

    @cached_property
    def _shuffled(self) -> list[Path]:
        files = files_of(self.folder)
        random.Random(self.options.seed).shuffle(files)
        return files

    @property
    def update_size(self) -> int:
        """How many articles an update adds: fewer where the folder is small."""
        return min(UPDATE_ARTICLES, max(1, len(self._shuffled) // 40))

    @property
    def held_out(self) -> list[Path]:
        """Files that no index holds before it is updated."""
        return self._shuffled[: self.update_size * UPDATE_ROUNDS]

    def source(self, name: str) -> Path:
        """Return a folder of links: `full`, all files but those held out, a random `tenth` of these, or a `sample`."""
        place = self.scratch / name
        if not place.exists():
            files = self._shuffled[len(self.held_out) :]
            counts = {"full": len(files), "tenth": len(files) // 10, "sample": self.options.build_files or len(files)}
            plant(files[: counts[name]], self.folder, place)
        return place

    def built(self, name: str) -> Built:
        """Return the index of a source, built by a process of its own."""
        record = self.scratch / f"{name}.json"
        index = self.scratch / f"{name}.index"
        source = self.source(name)
        if not record.exists():
            record.write_text(json.dumps(isolated(build_measured, source, index)), "utf-8")
        return Built(source, index, **json.loads(record.read_text("utf-8")))


def build_measured(source: Path, index: Path) -> dict[str, Any]:
    """Build an index; return the time it took, from files to a searchable index, and the memory."""
    with ChildrenWatch() as watch:
        started = time.perf_counter()
        report = build(source, index, BuildOptions(jobs=JOBS))
        took = time.perf_counter() - started
    return {
        "took_s": took,
        "articles": report.added + report.replaced,
        "failed": len(report.failed),
        "parent_mb": memory_mb()["VmHWM"],
        "workers_mb": max(watch.peaks_mb.values(), default=0.0),
    }
