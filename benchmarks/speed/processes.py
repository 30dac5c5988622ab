"""The parts `cold`, `update` and `memory`: what whole processes take."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks.speed.corpus import JOBS, library, plant
from benchmarks.speed.figures import Figure, Section, spelled, table
from benchmarks.speed.isolation import isolated
from benchmarks.speed.machine import REPOSITORY
from benchmarks.speed.queries import word_queries
from benchmarks.speed.searching import memory_of_searching
from benchmarks.speed.workspace import UPDATE_ROUNDS, Workspace
from indexer import BuildOptions, build
from indexer.walk import Unread, walk

_COMMAND = "from search.cli import main; main()"
# What any Chinese search in Python begins with.
_LEAST = "import click, numpy, rjieba; list(rjieba.cut('中国人'))"
_LATIN = "release notes"
_FOUND_OR_NOT = (0, 1)


def cold(space: Workspace) -> Section:
    """Time whole processes in turn: searches, and the least that Python needs to begin with."""
    section = Section("cold")
    index = space.built("full").index
    chinese = _three_words(space)[0]
    search = [sys.executable, "-c", _COMMAND, "search", "--index", str(index)]
    commands = {
        "least": [sys.executable, "-c", _LEAST],
        f"wensou search {chinese}": [*search, chinese],
        f"wensou search {_LATIN}": [*search, _LATIN],
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(space.options.cold_runs + 1):
        for name, command in commands.items():
            took_ms = _time_process(command)
            if run:  # the first fills the caches of files
                took[name].append(took_ms)
    least = median(took["least"])
    rows = [[name, spelled(median(times)), spelled(median(times) / least)] for name, times in took.items()]
    section.lines += ["", f"whole processes, median of {space.options.cold_runs}; least: {_LEAST}"]
    section.lines += table(["", "ms", "/ least"], rows)
    section.figures += [
        Figure("cold search, Chinese, / least", median(took[f"wensou search {chinese}"]) / least, "", 1.3),
        Figure("cold search, Latin, / least", median(took[f"wensou search {_LATIN}"]) / least, "", 1.3),
    ]
    section.details["ms"] = took
    return section


def _time_process(command: list[str]) -> float:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, cwd=REPOSITORY)
    took_ms = (time.perf_counter() - started) * 1000
    if done.returncode not in _FOUND_OR_NOT or b"Traceback" in done.stderr:
        raise RuntimeError(f"{command} failed: {done.stderr.decode('utf-8', 'replace')}")
    return took_ms


def update(space: Workspace) -> Section:
    """Add articles to an index of the whole folder and to one of a tenth, each time in a fresh process."""
    section = Section("update")
    rows = []
    size = space.update_size
    for name in ("tenth", "full"):
        articles = space.built(name).articles
        took = _time_updates(space, name)
        medians = {what: median(times) for what, times in took.items()}
        rows.append([f"{articles:,} articles", *map(spelled, medians.values())])
        label = f"adding {size} articles to {articles:,}"
        section.figures.append(Figure(label, medians["adding"], "s", 1.0))
        section.details[label] = took
    section.lines += ["", f"build() again with two processes, without their start, median of {UPDATE_ROUNDS}"]
    section.lines += table(["", f"{size} more, s", "nothing new, s", "listing alone, s"], rows)
    return section


def _time_updates(space: Workspace, name: str) -> dict[str, list[float]]:
    """Bring a copy of an index up to date when files came and when none did, and only list the files.

    The index knows the folder of links that it was built from; links are added to it and taken away again.
    """
    built = space.built(name)
    index = space.scratch / f"{name}.updated"
    shutil.copytree(built.index, index)
    took: dict[str, list[float]] = {"adding": [], "nothing new": [], "listing": []}
    new = built.source / "new articles"
    for i in range(UPDATE_ROUNDS):
        files = space.held_out[i * space.update_size : (i + 1) * space.update_size]
        plant(files, space.folder, new / str(i))
        added, took_s = isolated(time_build, built.source, index)
        if added < len(files):
            raise RuntimeError(f"{added} articles were added, not {len(files)}")
        took["adding"].append(took_s)
        took["nothing new"].append(isolated(time_build, built.source, index)[1])
        took["listing"].append(isolated(time_listing, built.source, index))
    shutil.rmtree(new)
    return took


def time_build(source: Path, index: Path) -> tuple[int, float]:
    """Bring an index up to date; return the articles that were added, and the seconds it took."""
    started = time.perf_counter()
    report = build(source, index, BuildOptions(jobs=JOBS))
    return report.added, time.perf_counter() - started


def time_listing(source: Path, index: Path) -> float:
    """List the files of a folder as a build does; return the seconds it took."""
    started = time.perf_counter()
    for _ in walk(source, source, (), index, Unread()):
        pass
    return time.perf_counter() - started


def memory(space: Workspace) -> Section:
    """Search many times in a fresh process and read what the system says of its memory."""
    section = Section("memory")
    queries = list(islice(cycle(_three_words(space)), space.options.queries))
    found = isolated(memory_of_searching, space.built("full").index, queries)
    section.lines += ["", f"a process that has searched {len(queries)} times"]
    section.lines += [f"{name:8s} {spelled(value):>8s} MB" for name, value in found.items()]
    section.figures.append(Figure("searching process, peak of resident memory", found["VmHWM"], "MB", 150))
    section.details["MB"] = found
    return section


def _three_words(space: Workspace) -> list[str]:
    return isolated(draw_three_words, space)


def draw_three_words(space: Workspace) -> list[str]:
    """Return typed queries of three words, drawn from a tenth of the folder, which is quicker to read."""
    known = library(space.source("tenth"), 0, space.options.seed)
    drawn = word_queries(known, known.zh, space.options.queries, space.options.seed)["OR"]
    return [" ".join(asked.terms) for asked in drawn] or ["中国"]
