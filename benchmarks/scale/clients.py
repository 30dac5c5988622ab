"""What goes on while a node is killed: clients that search, and one that updates, each in a process of its own."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from threading import Barrier, Event
from typing import Any

from opensearchpy import Transport

from benchmarks.scale.comparing import OTHER, TIES, Page, compare, deviation, page_of
from benchmarks.scale.questions import Question
from indexer import BuildOptions, build
from search import Searcher

_WRITTEN = 300


@dataclass(frozen=True)
class Signals:
    """What processes tell each other: all are `ready`; a bulk request is `awaited`, is sent; a node dies; the end."""

    ready: Barrier
    awaited: Event
    sending: Event
    killed: Event
    over: Event


@dataclass(slots=True)
class Heard:
    """What came of a client's searches."""

    searches: int = 0
    ties: int = 0
    longest_s: float = 0.0
    states: set[int] = field(default_factory=set)  # that it saw, by their numbers
    failed: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Updated:
    """What came of updates: how many were done, which documents the cluster took, and what went wrong."""

    done: int = 0
    took: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    longest_s: float = 0.0


def search_on(
    address: str, asked: Sequence[Question], states: Sequence[Sequence[Page]], refreshes: bool, signals: Signals
) -> Heard:
    """Search until all is over. `states[n]` are the answers after `n` updates; a client never goes back to an earlier
    one, and one that never refreshes stays where it began, until a node takes that with it.
    """
    heard = Heard()
    seen = 0
    with Searcher(address) as searcher:
        signals.ready.wait()
        for number in cycle(range(len(asked))):
            if signals.over.is_set():
                return heard
            question = asked[number]
            heard.searches += 1
            started = time.perf_counter()
            try:
                if refreshes:
                    searcher.refresh()
                found = page_of(searcher.search(question.query, **question.options), question.options)
            except Exception as error:
                heard.failed.append(f"{question}: {type(error).__name__}: {error}")
                continue
            finally:
                heard.longest_s = max(heard.longest_s, time.perf_counter() - started)
            allowed = range(seen, len(states) if refreshes or signals.killed.is_set() else seen + 1)
            seen = judge(heard, question, found, [(state, states[state][number]) for state in allowed])
            heard.states.add(seen)
    raise AssertionError  # the cycle has no end


def judge(heard: Heard, question: Question, found: Page, allowed: Sequence[tuple[int, Page]]) -> int:
    """Note whether an answer is one of those allowed; return which state it shows, the first one if none."""
    for state, page in allowed:
        verdict = compare(page, found)
        if verdict != OTHER and page.others["total"] == found.others["total"]:
            heard.ties += verdict == TIES
            return state
    first, page = allowed[0]
    totals = f"{found.others['total']}, not {page.others['total']}"
    heard.different.append(f"state {first}, {question}: total {totals}, scores off by {deviation(page, found):.2g}")
    return first


def update_on(address: str, source: Path, batches: Sequence[Path], pause_s: float, signals: Signals) -> Updated:
    """Add a batch of articles to the folder and the index each `pause_s` seconds; again what failed with the next."""
    updated = Updated()
    with _watched(updated.took, signals):
        signals.ready.wait()
        started = time.monotonic()
        for number, batch in enumerate(batches):
            if signals.over.wait(max(0.0, started + number * pause_s - time.monotonic())):
                break
            shutil.copytree(batch, source / batch.name)
            begun = time.monotonic()
            try:
                report = build(source, address, BuildOptions())
                updated.failed += [f"{one.path}: {one.reason}" for one in report.rejected]
                updated.done = number + 1
            except Exception as error:
                updated.failed.append(f"update {number}: {type(error).__name__}: {error}")
            updated.longest_s = max(updated.longest_s, time.monotonic() - begun)
    return updated


@contextmanager
def _watched(took: set[str], signals: Signals) -> Iterator[None]:
    """Note which documents the cluster says it took, and tell when a bulk request goes out that is awaited."""
    perform = Transport.perform_request

    def watching(self: Transport, method: str, url: str, **more: Any) -> Any:
        if not url.endswith("/_bulk"):
            return perform(self, method, url, **more)
        if signals.awaited.is_set():
            signals.sending.set()
        answer = perform(self, method, url, **more)
        for name, item in zip(put_by(more["body"]), answer["items"], strict=True):
            if next(iter(item.values()))["status"] < _WRITTEN:
                took.add(name)
        return answer

    Transport.perform_request = watching  # type: ignore[method-assign]
    try:
        yield
    finally:
        Transport.perform_request = perform  # type: ignore[method-assign]


def put_by(lines: bytes) -> Iterator[str]:
    """Yield the names of the documents that a bulk request puts."""
    those = iter(lines.splitlines())
    for line in those:
        yield json.loads(line)["index"]["_id"]
        next(those)
