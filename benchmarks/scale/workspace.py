"""A folder of articles and a cluster -> sources and indexes that parts share, each made when it is first asked for."""

from __future__ import annotations

import random
import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.cluster import Cluster
from benchmarks.scale.requests import Plain
from benchmarks.speed.corpus import JOBS, files_of, plant
from benchmarks.speed.isolation import isolated
from indexer import BuildOptions, build


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is told; 0 stands for all."""

    seed: int = 1
    files: int = 0
    queries: int = 500
    seconds: int = 60
    rounds: int = 3
    rate_files: int = 2000
    changed: int = 100


@dataclass(frozen=True)
class Workspace:
    """The folder that is measured, a scratch folder, and the nodes, as HOST:PORT, that take indexes named `name`-…

    `cluster` is the one that was started for it, whose nodes may be killed; None if it is another's.
    """

    folder: Path
    scratch: Path
    hosts: tuple[str, ...]
    name: str
    cluster: Cluster | None
    options: Options
    _built: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def files(self) -> list[Path]:
        """The articles that are measured, in an order drawn by the seed."""
        files = files_of(self.folder)
        random.Random(self.options.seed).shuffle(files)
        return files[: self.options.files or len(files)]

    def address(self, name: str) -> str:
        """Return the address of an index on the cluster."""
        return f"http://{','.join(self.hosts)}/{self.name}-{name}"

    def source(self, name: str) -> Path:
        """Return a folder of links: `full`, all files; `tenth` and `kill`, a tenth; `sample`, what is written."""
        place = self.scratch / name
        if not place.exists():
            tenth = len(self.files) // 10
            counts = {"full": len(self.files), "tenth": tenth, "kill": tenth}
            plant(self.files[: counts.get(name, self.options.rate_files or len(self.files))], self.folder, place)
        return place

    def embedded(self, name: str) -> Path:
        """Return the index of a source in a folder."""
        index = self.scratch / f"{name}.index"
        self._make(name, str(index))
        return index

    def on_cluster(self, name: str) -> str:
        """Return the address of the index of a source on the cluster."""
        self._make(name, self.address(name))
        return self.address(name)

    def seconds_of(self, index: str) -> float:
        """Return how long an index took to build."""
        return float(self._built[index])

    def _make(self, name: str, index: str) -> None:
        if index not in self._built:
            self._built[index] = isolated(build_timed, self.source(name), index)

    def plain(self) -> Plain:
        """Return a plain client of the nodes, to be closed."""
        return Plain(self.hosts)

    def wait(self, name: str) -> None:
        """Wait until an index has all its copies."""
        with closing(self.plain()) as plain:
            plain.ask("GET", f"/_cluster/health/{self.name}-{name}?wait_for_status=green&timeout=60s")

    def merge(self, name: str) -> int:
        """Merge away the passages of an index that were replaced, and return how many documents these were.

        They count in statistics till then. A cluster keeps them half a minute, but not of an index that is opened anew.
        """
        index = f"/{self.name}-{name}"
        with closing(self.plain()) as plain:
            deleted = plain.ask("GET", f"{index}/_stats/docs")["_all"]["primaries"]["docs"]["deleted"]
            for step in ("_flush", "_close", "_open"):
                plain.ask("POST", f"{index}/{step}")
            self.wait(name)
            plain.ask("POST", f"{index}/_forcemerge?max_num_segments=1")
            plain.ask("POST", f"{index}/_refresh")
        return int(deleted)

    def clear(self, name: str = "") -> None:
        """Remove from the cluster what was made on it, or the indexes whose names begin so."""
        with closing(self.plain()) as plain:
            for index in plain.ask("GET", f"/{self.name}-{name}*/_alias"):
                plain.ask("DELETE", f"/{index}")


def build_timed(source: Path, index: str) -> float:
    """Build an index, or bring it up to date; return the seconds it took. Raises RuntimeError for what it rejects."""
    started = time.perf_counter()
    report = build(source, index, BuildOptions(jobs=JOBS))
    if report.rejected:
        raise RuntimeError(f"{index}: {report.rejected[:3]}")
    return time.perf_counter() - started
