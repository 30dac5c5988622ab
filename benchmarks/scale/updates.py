"""The part `update`: articles given by their paths, changed and indexed again, in a small and in a large index."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.scale.requests import recorded
from benchmarks.scale.workspace import Workspace
from benchmarks.speed.figures import Figure, Section, spelled
from benchmarks.speed.isolation import isolated
from indexer import BuildOptions, build

# Seconds for 100 articles, however large the index is.
_AT_MOST = 3
# Files that a line at their end changes.
_TEXTS = (".md", ".txt", ".html", ".htm")


class Updated(NamedTuple):
    """What an update took, of our process and of the cluster's requests."""

    seconds: float
    cpu_s: float
    requests: int


def run(space: Workspace) -> Section:
    """Update the same articles in an index of a tenth of the folder and in one of all of it."""
    section = Section("update")
    medians = {}
    for name in ("tenth", "full"):
        address = space.on_cluster(name)
        files = _own_files(space, name)
        index = str(space.embedded(name))
        runs, own = _run(files, address, space.options.rounds), _run(files, index, space.options.rounds)
        medians[name] = median(one.seconds for one in runs)
        size = spelled(len(list(space.source(name).rglob("*.*"))))
        label = f"{len(files)} changed articles of {size}"
        section.figures += [
            Figure(label, medians[name], "s", _AT_MOST),
            Figure(f"{label}, processor time of ours", median(one.cpu_s for one in runs), "s"),
            Figure(f"{label}, requests", median(one.requests for one in runs), ""),
            Figure(f"{label}, of an index in a folder", median(one.seconds for one in own), "s"),
        ]
        section.details[label] = [one._asdict() for one in runs]
    section.lines += ["", f"build() with the paths of the files, without the start of Python, median of {len(runs)}"]
    section.figures.append(Figure("growth with ten times the articles", medians["full"] / medians["tenth"], "x"))
    return section


def _own_files(space: Workspace, name: str) -> list[Path]:
    """Return some files of a source that are in every one, with copies in place of the links."""
    source = space.source(name)
    common = space.files[: len(space.files) // 10]
    links = [source / path.relative_to(space.folder) for path in common if path.suffix in _TEXTS]
    for link in links[: space.options.changed]:
        original = link.resolve()
        link.unlink()
        shutil.copy2(original, link)
    return links[: space.options.changed]


def _run(files: Sequence[Path], index: str, rounds: int) -> list[Updated]:
    """Change files and index them, several times; the first, that brings the copies, does not count."""
    runs = []
    for number in range(rounds + 1):
        for path in files:
            _change(path, random.Random(f"{path.name} {number}"))
        runs.append(isolated(update_timed, files, index))
    return runs[1:]


def _change(path: Path, dice: random.Random) -> None:
    """Add a line of the article's own words: what all had in common would be taken for boilerplate."""
    words = path.read_text("utf-8", "replace").split()
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n\n{' '.join(dice.choices(words or ['changed'], k=20))}\n")


def update_timed(files: Sequence[Path], index: str) -> Updated:
    """Index files in a process that has done nothing before. Raises RuntimeError if not all changed."""
    started, cpu_started = time.perf_counter(), time.process_time()
    with recorded() as sent:
        report = build(files, index, BuildOptions())
    took = Updated(time.perf_counter() - started, time.process_time() - cpu_started, len(sent))
    if report.replaced < len(files):
        raise RuntimeError(f"{report.replaced} articles were replaced, not {len(files)}: {report}")
    return took
