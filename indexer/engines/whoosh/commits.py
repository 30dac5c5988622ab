"""Which commits of an index stay readable: the newest, and for a while those that it replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.snapshot import Snapshot
from indexer.engines.whoosh.toc import Commit, generations, read_commit, toc_path
from indexer.errors import CommitGone, IndexDamaged, IndexStale

# Who pages through an answer, or has just got a link to a place in one, goes on within this time.
KEPT_S = 600.0
# Commits kept beside the newest, however fast they follow each other: each rebuild among them is a whole index.
MOST_KEPT = 2
# Of the number of a commit; a name with more, which a forged cursor may have, is too long for a file.
_DIGITS = 18


def kept_commits(folder: Path, now: float) -> Iterator[Commit]:
    """Yield the commits before the newest that stay, newest first: those that were replaced less than KEPT_S ago.

    What is damaged or empty is not kept. `now` is compared with the times of the tables of contents.
    """
    for newer, generation in pairwise(generations(folder)[: -MOST_KEPT - 2 : -1]):
        with suppress(IndexDamaged, OSError):
            if now - toc_path(folder, newer).stat().st_mtime < KEPT_S:
                commit = read_commit(folder, generation)
                if commit.segments:
                    yield commit


def names_of(commit: Commit) -> set[str]:
    """Return the names of the files of a commit."""
    return {commit.path.name, *(name for state in commit.segments for name in state.names)}


def opened(folder: Path, known: Snapshot, generation: int | None = None) -> tuple[Commit, Snapshot]:
    """Open a commit, the newest if none is named; segments that `known` has are taken from there.

    Raises IndexDamaged, IndexStale; FileNotFoundError if the commit was removed.
    """
    commit = read_commit(folder, generation)
    open_ones = {tuple(segment.state.names): segment for segment in known.segments if not len(segment.state.deleted)}
    segments = [
        open_ones[key]
        if (key := tuple(state.names)) in open_ones and not len(state.deleted)
        else Segment(folder, state)
        for state in commit.segments
        if state.passages
    ]
    return commit, Snapshot(segments)


def opened_again(folder: Path, known: Snapshot, name: str) -> tuple[Commit, Snapshot]:
    """Open the commit of this name. Raises CommitGone if it is not there, or not whole, any more."""
    number = name.partition("-")[0]
    is_number = number.isdecimal() and len(number) <= _DIGITS
    try:
        commit, snapshot = opened(folder, known, int(number) if is_number else -1)
    except (FileNotFoundError, IndexDamaged, IndexStale) as error:
        raise _gone(folder, name) from error
    if commit.name != name:
        raise _gone(folder, name)
    return commit, snapshot


def _gone(folder: Path, name: str) -> CommitGone:
    return CommitGone(f"The index in {folder} no longer keeps its commit {name}. Ask its newest one.")
