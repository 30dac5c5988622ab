"""An index and queries -> what each part of the measurement found."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote

from benchmarks.speed.figures import Figure, Section, p95
from benchmarks.web.assistant import first_answers_s
from benchmarks.web.clients import Load, load
from benchmarks.web.committing import ARTICLES, WORD, Writer, mixed
from benchmarks.web.memory import cpu_s, memory_bytes
from benchmarks.web.server import COMMAND, Server, environment, serving
from search import Searcher

_HEALTH = "/api/v1/health"
_MIB = 1 << 20
# Seconds after which an idle server has given back what its searches took.
_IDLE_S = 4
_HALF_OPEN = 300
_SAID_MS = re.compile(rb"([\d,]+) ms")


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured."""

    clients: int = 16
    threads: int = 2
    seconds: float = 20.0
    commit_seconds: float = 120.0
    commit_every: float = 5.0
    many: int = 10_000
    runs: int = 10
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Space:
    """What is measured on: an index, the queries, and a folder for what is made."""

    index: Path
    queries: Sequence[str]
    scratch: Path
    options: Options

    @property
    def paths(self) -> list[str]:
        """The queries as they are asked: without facets, and not in the other language."""
        return [_path(query) for query in self.queries]

    @contextmanager
    def serving(self, index: Path | None = None) -> Iterator[Server]:
        """Run a server that has answered every query once."""
        with serving(index or self.index, "--threads", self.options.threads) as server:
            load(server.port, self.paths, 2, requests=len(self.queries))
            yield server


def _path(query: str, **more: object) -> str:
    return f"/api/v1/search?q={quote(query)}&cross=off" + "".join(f"&{name}={value}" for name, value in more.items())


def overhead(space: Space) -> Section:
    """One client: what an answer and a page take beyond the search that they tell of."""
    section = Section("overhead")
    with space.serving() as server:
        _tell_beyond(section, server, "API", space.paths, lambda body: json.loads(body)["took_ms"])
        pages = [f"/?q={quote(query)}&cross=off" for query in space.queries]
        # The page says whole milliseconds.
        _tell_beyond(section, server, "page", pages, lambda body: float(_SAID_MS.findall(body)[0]))
    return section


def _tell_beyond(
    section: Section, server: Server, what: str, paths: Sequence[str], told_ms: Callable[[bytes], float]
) -> None:
    took: list[float] = []

    def look(body: bytes) -> str:
        took.append(told_ms(body))
        return ""

    found = load(server.port, paths, 1, requests=2 * len(paths), look=look)
    beyond = [all_ms - own_ms for all_ms, own_ms in zip(found.took_ms, took, strict=True)]
    section.lines += [f"{what}: {len(took)} searches, median {median(took):.1f} ms; answers {found.median:.1f} ms"]
    section.figures.append(Figure(f"{what} beyond Searcher.search, median", median(beyond), "ms", 5))
    section.figures.append(Figure(f"{what} beyond Searcher.search, p95", p95(beyond), "ms"))
    section.deviations += found.failures


def rate(space: Space) -> Section:
    """Many clients at once, and somebody who asks whether the server is well."""
    section = Section("rate")
    with space.serving() as server, _asking_health(server) as health:
        before_s = cpu_s(*server.pids)
        found = load(server.port, space.paths, space.options.clients, seconds=space.options.seconds)
        used_s = cpu_s(*server.pids) - before_s
    _tell_load(section, found, f"{space.options.clients} clients")
    own_ms = 1000 * used_s / max(1, len(found.took_ms))
    section.lines.append(
        f"the server had {used_s / found.seconds:.2f} cores, and took {own_ms:.1f} ms of them for an answer; "
        f"a search alone takes {_search_cpu_ms(space):.1f}"
    )
    section.figures.append(Figure("health meanwhile, p95", p95(health), "ms"))
    return section


def _search_cpu_ms(space: Space) -> float:
    """Return the processor time of a search, one after another in this process."""
    with Searcher(space.index) as searcher:
        for _ in range(2):  # the first fills what is remembered
            began = time.process_time()
            for query in space.queries:
                searcher.search(query, cross="off")
            took_s = time.process_time() - began
    return 1000 * took_s / len(space.queries)


def _tell_load(section: Section, found: Load, who: str) -> None:
    section.lines.append(f"{who}, {found.seconds:.0f} s, {len(found.took_ms)} answers")
    section.figures += [
        Figure(f"{who}, answers a second", found.rate, "", at_least=80),
        Figure(f"{who}, median", found.median, "ms"),
        Figure(f"{who}, p95", found.p95, "ms", 400),
        Figure(f"{who}, failures", len(found.failures), "", 0),
    ]
    section.deviations += found.failures


@contextmanager
def _asking_health(server: Server) -> Iterator[list[float]]:
    """Ask every tenth of a second, in a process of its own, until the end of the block."""
    command = [sys.executable, "-m", "benchmarks.web.health", str(server.port)]
    process = subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    took: list[float] = []
    yield took
    told, _ = process.communicate("", timeout=30)
    took += map(float, told.split())


def commits(space: Space) -> Section:
    """Many clients while another process commits: no answer fails, none is of two commits, each commit is seen."""
    section = Section("commits")
    options = space.options
    copy = Path(shutil.copytree(space.index, space.scratch / "copy"))
    whole = _path(WORD, limit=ARTICLES, copies=1, exact=1)
    with (
        Writer(copy, space.scratch / "changing", options.commit_every, options.seed) as writer,
        space.serving(copy) as server,
    ):
        paths = [one for path in space.paths for one in (path, whole)]
        found = load(server.port, paths, options.clients, seconds=options.commit_seconds, look=mixed)
    section.lines.append(
        f"{writer.commits} commits, one every {options.commit_every:g} s beside the work of committing"
    )
    _tell_load(section, found, f"{options.clients} clients while another process commits")
    mixed_up = sum(": mixed" in failure for failure in found.failures)
    section.figures.append(Figure("answers of two commits", mixed_up, "", 0))
    section.deviations += writer.failures
    return section


def half_open(space: Space) -> Section:
    """One client, alone and beside connections whose request never comes."""
    section = Section("half-open")
    count = 2 * len(space.paths)
    with space.serving() as server, ExitStack() as held:
        alone = load(server.port, space.paths, 1, requests=count)
        for _ in range(_HALF_OPEN):
            held.enter_context(server.connect(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-"))
        beside = load(server.port, space.paths, 1, requests=count)
        began = time.monotonic()
        closed = held.enter_context(server.connect(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-"))
        _read_all(closed)
        open_s = time.monotonic() - began
    section.lines.append(f"median {alone.median:.1f} ms alone, {beside.median:.1f} ms beside {_HALF_OPEN}")
    section.figures.append(
        Figure(f"median beside {_HALF_OPEN} half-open connections, / alone", beside.median / alone.median, "x", 2)
    )
    section.figures.append(Figure("half a request is closed after", open_s, "s", 10))
    section.deviations += [*alone.failures, *beside.failures]
    return section


def _read_all(connection: socket.socket) -> None:
    try:
        while connection.recv(4096):
            pass
    except ConnectionError:
        pass


def memory(space: Space) -> Section:
    """The server after many queries, beside a process that only searches, after the same ones."""
    section = Section("memory")
    count = space.options.many
    with space.serving() as server:
        found = load(server.port, space.paths, space.options.clients, requests=count)
        busy = memory_bytes(*server.pids)
        time.sleep(_IDLE_S)
        own = memory_bytes(*server.pids)
    asked = "\n".join([str(count), *space.queries])
    command = [sys.executable, "-m", "benchmarks.web.memory", str(space.index)]
    done = subprocess.run(command, env=environment(), input=asked, capture_output=True, text=True, check=True)
    searching = int(done.stdout)
    section.lines.append(
        f"server {own / _MIB:.0f} MiB {_IDLE_S} s after {count:,} queries, {busy / _MIB:.0f} at once; "
        f"searching {searching / _MIB:.0f} MiB (PSS)"
    )
    section.figures.append(Figure("memory of serving beyond that of searching", (own - searching) / _MIB, "MiB", 60))
    section.deviations += found.failures
    return section


def ready(space: Space) -> Section:
    """From the start of `wensou serve` and `wensou mcp` to the first answer; and a search by command, in turn."""
    section = Section("ready")
    served, searched, assisted = [], [], []
    for _ in range(space.options.runs + 1):
        served.append(_ready_s(space.index))
        searched.append(_cold_s(space.index, space.queries[0]))
        assisted.append(first_answers_s(space.index, space.queries[0]))
    section.figures.append(Figure("serve ready, median", median(served[1:]), "s", 1))
    section.figures.append(Figure("wensou search, cold, median", median(searched[1:]), "s"))
    greeted, found = zip(*assisted[1:], strict=True)
    section.figures.append(Figure("mcp first answer over stdio, median", median(greeted), "s", 1.5))
    section.figures.append(Figure("mcp first search answered, median", median(found), "s"))
    return section


def _ready_s(index: Path) -> float:
    began = time.perf_counter()
    with serving(index) as server:
        status, _ = server.get(_HEALTH)
        took = time.perf_counter() - began
        assert status == 200
    return took


def _cold_s(index: Path, query: str) -> float:
    began = time.perf_counter()
    subprocess.run([*COMMAND, "search", "--index", str(index), query], env=environment(), capture_output=True)
    return time.perf_counter() - began
