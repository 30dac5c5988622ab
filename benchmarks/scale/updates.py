"""The part `update`: articles given by their paths, changed and indexed again, in a small and in a large index."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.scale.requests import recorded
from benchmarks.scale.workspace import Workspace
from benchmarks.speed.figures import Figure, Section, spelled
from benchmarks.speed.isolation import isolated
from indexer import BuildOptions, build

# Seconds for 100 articles, however large the index is.
_AT_MOST = 3
# Files that a line at their end changes.
_TEXTS = (".md", ".txt", ".html", ".htm")


def run(space: Workspace) -> Section:
    """Update the same articles in an index of a tenth of the folder and in one of all of it."""
    section = Section("update")
    medians = {}
    for name in ("tenth", "full"):
        address = space.on_cluster(name)
        files = _own_files(space, name)
        runs = [_update(files, address, i) for i in range(space.options.rounds + 1)][1:]  # the first brings the copies
        medians[name] = median(seconds for seconds, _ in runs)
        size = spelled(len(list(space.source(name).rglob("*.*"))))
        label = f"{len(files)} changed articles of {size}"
        section.figures += [
            Figure(label, medians[name], "s", _AT_MOST),
            Figure(f"{label}, requests", median(requests for _, requests in runs), ""),
        ]
        section.details[label] = runs
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


def _update(files: Sequence[Path], address: str, number: int) -> tuple[float, int]:
    """Change files and index them; return the seconds, and the requests to the cluster."""
    for path in files:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n\nChanged for the {number}. time.\n")
    return isolated(update_timed, files, address)


def update_timed(files: Sequence[Path], address: str) -> tuple[float, int]:
    """Index files; return the seconds, and the requests to the cluster. Raises RuntimeError if not all changed."""
    started = time.perf_counter()
    with recorded() as sent:
        report = build(files, address, BuildOptions())
    took = time.perf_counter() - started
    if report.replaced < len(files):
        raise RuntimeError(f"{report.replaced} articles were replaced, not {len(files)}: {report}")
    return took, len(sent)
