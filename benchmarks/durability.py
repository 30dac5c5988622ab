"""Does every commit survive? Kills a writer at random moments, and looks at what it left.

    python -m benchmarks.durability [--kills 200] [--seed 1] [--keep FOLDER]

A process builds an index of a small archive, changes the archive and brings the index up to date, merges and rebuilds,
again and again; it says what each commit will hold before it begins, and that it is done after `build` returned. It is
killed (SIGKILL) at a random moment: a part of the moments are spread over its whole run, the others over one phase of
a commit, so that short phases are hit as well. Then the index must hold the articles of the last commit that was done,
or all of the one that was under way, pass `check`, answer a search, and be free to write; the commits that are kept
beside the newest must open; the next writer must remove every file that none of these names. Prints where the kills
fell, and exits with 1 if anything was otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from benchmarks.speed.machine import commit as commit_of_repository
from benchmarks.speed.machine import describe
from indexer import BuildOptions, build, check
from indexer.bilingual.state import FILE_NAME as COUNTS
from indexer.engines.whoosh import WhooshEngine, durable, tiers, writer
from indexer.engines.whoosh.buffer import SegmentBuffer
from indexer.engines.whoosh.commits import kept_commits, names_of
from indexer.engines.whoosh.segment import INDEX_NAME
from indexer.engines.whoosh.storage import MARK
from indexer.engines.whoosh.toc import read_commit
from indexer.errors import CommitGone
from indexer.status import STATUS_FILE
from indexer.vocabulary.alias_lines import LEARNT_FILE
from search import Searcher

PHASES = ("reading", "writing", "merging", "table", "rename", "renamed", "removing", "between")
# Segments of so few passages are merged at once: small archives then have several segments.
SMALL = 20
# Every article has this word.
WORD = "鳳凰"

Articles = dict[str, str]  # id -> title


# The process that is killed.


def victim(folder: Path, seed: int) -> None:
    """Change the archive and the index for ever, and write what is done to standard output."""
    tiers._SMALL = SMALL
    _mark_phases()
    dice = random.Random(seed)
    archive = folder / "archive"
    _say("ready")
    while True:
        rebuild = dice.random() < 0.3
        is_new = not WhooshEngine.exists(folder / "index")
        _say("begins", "create" if is_new else "rebuild" if rebuild else "update", json.dumps(articles_of(archive)))
        _say("phase", "reading")
        build(archive, folder / "index", BuildOptions(rebuild=rebuild and not is_new, prune=True, verify=True))
        _say("done")
        _say("phase", "between")
        change(archive, dice)


def _say(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())


def _mark_phases() -> None:
    """Have the writer say where it is. A table of contents is renamed, then the folder synced, then files removed."""
    replace, clean = os.replace, writer.clean

    def marked(phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            _say("phase", phase)
            return function(*arguments, **named)

        return call

    def replaced(old: Path, new: Path) -> None:
        _say("phase", "rename")
        replace(old, new)
        _say("phase", "renamed")

    def cleaned(folder: Path, kept: Any) -> None:
        """Say what follows: a writer removes leftovers before it begins, too."""
        is_before = sys._getframe(1).f_code.co_name == "__init__"
        _say("phase", "reading" if is_before else "removing")
        clean(folder, kept)

    SegmentBuffer.write = marked("writing", SegmentBuffer.write)  # type: ignore[method-assign]
    writer.merge = marked("merging", writer.merge)  # type: ignore[attr-defined]
    durable.write_toc = marked("table", durable.write_toc)
    writer.clean = cleaned
    os.replace = replaced


def change(archive: Path, dice: random.Random) -> None:
    """Add, rewrite, touch and remove articles."""
    known = sorted(articles_of(archive))
    for name in dice.sample(known, min(len(known), dice.randint(0, 6))):
        path = archive / name
        what = dice.choice(["change", "touch", "remove"])
        if what == "change":
            write_article(path, dice)
        elif what == "touch":
            os.utime(path)
        elif len(known) > 10:
            path.unlink()
    for _ in range(dice.randint(0, 5) if len(known) < 60 else 0):
        write_article(archive / f"a{dice.randrange(10**6)}.md", dice)


def write_article(path: Path, dice: random.Random) -> None:
    """Write an article under another title than before, all at once."""
    text = "".join(f"第{dice.randrange(1000)}段說到{WORD}與 number {dice.randrange(1000)}。\n\n" for _ in range(20))
    new = path.with_suffix(".new")
    new.write_text(f"# {path.stem} {dice.randrange(10**9)}\n\n{text * dice.choice([1, 1, 1, 5])}", "utf-8")
    new.rename(path)


def articles_of(archive: Path) -> Articles:
    """Return what an index of the archive must hold."""
    return {path.name: path.read_text("utf-8").partition("\n")[0][2:] for path in sorted(archive.glob("*.md"))}


# The process that kills and looks.


@dataclass(slots=True)
class Run:
    """What a victim said until its end."""

    operation: str = "start"
    phase: str = "starting"
    promised: list[Articles] = field(default_factory=list)  # the last done, and the one under way
    commits: int = 0


@dataclass(slots=True)
class Tally:
    """What came of all kills."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)  # by operation and phase
    finished: Counter[str] = field(default_factory=Counter)  # by phase: the commit under way was there
    leftovers: Counter[str] = field(default_factory=Counter)  # by phase: kills that left files to remove
    commits: int = 0
    wait_s: float = 0.0  # the longest of a next writer
    faults: list[str] = field(default_factory=list)


class Durations:
    """How long phases last, learned from victims."""

    def __init__(self) -> None:
        self._seen: defaultdict[str, list[float]] = defaultdict(list)

    def note(self, phase: str, took_s: float) -> None:
        self._seen[phase].append(took_s)

    def of(self, phase: str) -> float:
        """Return a duration that nine of ten did not exceed."""
        seen = sorted(self._seen[phase])
        return seen[len(seen) * 9 // 10] if seen else 0.02


def kill_once(folder: Path, seed: int, last: Articles | None, dice: random.Random, durations: Durations) -> Run:
    """Run a victim, kill it at a random moment, and return what it said."""
    command = [sys.executable, "-m", "benchmarks.durability", "--victim", str(folder), "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent) as process:
        assert process.stdout is not None
        run = Run(promised=[] if last is None else [last])
        said = _noted(process.stdout, run, durations)
        aimed = dice.choice([None, *PHASES])
        skipped = dice.randrange(4) if last is not None else 0  # so that creations are hit
        for phase in said:
            skipped -= phase == aimed or (aimed is None and phase == "reading")
            if skipped < 0:
                break
        whole = sum(map(durations.of, PHASES))
        time.sleep(dice.uniform(0, 3 * whole if aimed is None else durations.of(aimed)))
        process.send_signal(signal.SIGKILL)
        for _ in said:  # what it said meanwhile
            pass
    if process.returncode != -signal.SIGKILL:
        raise SystemExit(f"The writer ended by itself with {process.returncode}.")
    return run


def _noted(pipe: IO[bytes], run: Run, durations: Durations) -> Iterator[str]:
    """Yield the phases that a victim says it is in, having noted all else."""
    since = time.monotonic()
    for line in pipe:
        kind, *words = line.decode().rstrip("\n").split(" ", 2)
        if kind == "begins":
            run.operation = words[0]
            run.promised.append(json.loads(words[1]))
        elif kind == "done":
            run.commits += 1
            del run.promised[:-1]
        elif kind == "phase":
            now = time.monotonic()
            if run.phase in PHASES:
                durations.note(run.phase, now - since)
            run.phase, since = words[0], now
            yield run.phase


def look(folder: Path, run: Run, tally: Tally) -> Iterator[str]:
    """Yield what is wrong with the index that a killed writer left."""
    index = folder / "index"
    if not WhooshEngine.exists(index):
        if len(run.promised) > 1 or run.commits or run.operation != "create":
            yield "there is no index"
        return
    report = check(index)
    if report.problems:
        yield from report.problems
        return
    engine = WhooshEngine(index)
    found = {row.id: row.title for row in engine.rows()}
    yield from _unreadable(engine, index)
    engine.close()
    # An index is created as an empty commit before its first articles.
    allowed = run.promised if len(run.promised) > 1 or run.commits else [{}, *run.promised]
    if found not in allowed:
        yield f"it holds {len(found)} articles, which are those of neither commit"
    elif len(run.promised) > 1 and found == run.promised[-1] != run.promised[-2]:
        tally.finished[run.phase] += 1
    if found:
        with Searcher(index) as searcher:
            total = searcher.search(WORD).total
        if total != len(found):
            yield f"a search finds {total} of {len(found)} articles"


def _unreadable(engine: WhooshEngine, index: Path) -> Iterator[str]:
    """Yield which of the kept commits do not open."""
    for commit in kept_commits(index, time.time()):
        try:
            engine.at(commit.name).close()
        except CommitGone as error:
            yield str(error)


def write_next(folder: Path, run: Run, tally: Tally, empty: bool) -> tuple[Articles, list[str]]:
    """Run the next writer; return what the index holds then, and what it left that no commit names."""
    index = folder / "index"
    has_leftovers = index.exists() and bool(unnamed(index))
    tally.leftovers[run.phase] += has_leftovers
    started = time.monotonic()
    if empty and WhooshEngine.exists(index):
        engine = WhooshEngine(index)
        with engine.writer():
            tally.wait_s = max(tally.wait_s, time.monotonic() - started)
        held = {row.id: row.title for row in engine.rows()}
        engine.close()
    else:
        build(folder / "archive", index, BuildOptions(prune=True, verify=True))
        held = articles_of(folder / "archive")
    return held, [f"{name} is still there after the next writer" for name in unnamed(index)]


def unnamed(index: Path) -> list[str]:
    """Return the files that neither the newest commit nor one that is kept names."""
    named = {MARK, f"{INDEX_NAME}_WRITELOCK", STATUS_FILE, LEARNT_FILE, COUNTS}
    if WhooshEngine.exists(index):
        named = named.union(*map(names_of, [read_commit(index), *kept_commits(index, time.time())]))
    return sorted({path.name for path in index.iterdir()} - named)


def begin(folder: Path, dice: random.Random) -> None:
    """Make an archive, and no index."""
    if (folder / "index").exists():
        for path in (folder / "index").iterdir():
            path.unlink()
        (folder / "index").rmdir()
    (folder / "archive").mkdir(exist_ok=True)
    for path in (folder / "archive").iterdir():
        path.unlink()
    for number in range(20):
        write_article(folder / "archive" / f"first{number}.md", dice)


def trial(folder: Path, kills: int, seed: int) -> Tally:
    """Kill so many writers, and look after each."""
    dice, durations, tally = random.Random(seed), Durations(), Tally()
    last: Articles | None = None
    for kill in range(kills):
        if kill % 5 == 0:
            begin(folder, dice)
            last = None
        run = kill_once(folder, dice.randrange(10**9), last, dice, durations)
        tally.kills[run.operation, run.phase] += 1
        tally.commits += run.commits
        faults = list(look(folder, run, tally))
        if faults:
            begin(folder, dice)
            last = None
        else:
            last, faults = write_next(folder, run, tally, empty=dice.random() < 0.5)
        for fault in faults:
            tally.faults.append(f"kill {kill} in {run.operation}, {run.phase}: {fault}")
            print(tally.faults[-1], flush=True)
        if sys.stderr.isatty():
            print(f"\r{kill + 1} of {kills}", end="", file=sys.stderr)
    return tally


def table(tally: Tally) -> Iterator[str]:
    """Yield a table of where the kills fell, and what was found."""
    operations = ("create", "update", "rebuild")
    yield "| killed while | " + " | ".join(operations) + " | commit under way was there | files left to remove |"
    yield "|---" * (len(operations) + 3) + "|"
    for phase in (*PHASES, "starting"):
        counts = [tally.kills[operation, phase] for operation in operations]
        counts[0] += tally.kills["start", phase]
        if any(counts):
            cells = [phase, *counts, tally.finished[phase], tally.leftovers[phase]]
            yield "| " + " | ".join(map(str, cells)) + " |"
    inside = sum(count for (_, phase), count in tally.kills.items() if phase not in ("between", "starting"))
    yield f"{tally.kills.total()} kills, {inside} of them inside a commit; {tally.commits} commits were done before"
    yield f"the next writer had the lock after {tally.wait_s * 1000:.0f} ms at most"
    yield f"{len(tally.faults)} violations"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="work in this folder, and leave it")
    parser.add_argument("--victim", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.victim:
        victim(options.victim, options.seed)
    machine = describe()
    print(f"wensou {commit_of_repository()}, Python {machine['python']}, {machine['platform']}, {machine['cpu']}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.keep or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        tally = trial(folder, options.kills, options.seed)
    for line in table(tally):
        print(line)
    print(f"in {time.monotonic() - started:.0f} s")
    sys.exit(1 if tally.faults else 0)


if __name__ == "__main__":
    main()
