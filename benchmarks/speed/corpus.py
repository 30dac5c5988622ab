"""A folder of articles -> its checksum, samples of its files as folders, and its passages as streams of numbers."""

from __future__ import annotations

import hashlib
import random
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.display import path_text
from indexer.engines.columns import Columns
from indexer.engines.entry_columns import EntriesOf, entries_of
from indexer.entries import Instructions
from indexer.files import FileTask
from indexer.manifest import Manifest
from indexer.walk import Unread, walk
from indexer.workers import read_files

JOBS = 2


def files_of(folder: Path) -> list[Path]:
    """Return the files below a folder that wensou reads, in order."""
    return [Path(found.path) for found in walk(folder, folder, (), folder / "\0", Unread())]


def checksum(files: Sequence[Path], folder: Path) -> str:
    """Return the SHA-256 of the names and contents of files."""
    digest = hashlib.sha256()
    for path in files:
        data = path.read_bytes()
        digest.update(f"{path_text(path.relative_to(folder))}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def plant(files: Iterable[Path], folder: Path, into: Path) -> Path:
    """Make a folder of links to files, each where it stands below `folder`; return it."""
    made: set[Path] = set()
    for path in files:
        link = into / path.relative_to(folder)
        if link.parent not in made:
            link.parent.mkdir(parents=True, exist_ok=True)
            made.add(link.parent)
        link.symlink_to(path)
    return into


def tasks_of(folder: Path) -> list[FileTask]:
    """Return what a first build of a folder reads."""
    _, root = Manifest().with_root(folder)
    return [FileTask(str(path), path_text(path), root.path, root.article_id(path)) for path in files_of(folder)]


def read(folder: Path, learnt: frozenset[str] = frozenset()) -> Iterator[EntriesOf]:
    """Yield the articles of a folder as a build reads them, analysed by `JOBS` processes.

    `learnt` is what the build has learnt to be boilerplate.
    """
    for batch in read_files(tasks_of(folder), JOBS, Instructions(run=1, learnt=learnt), _entries):
        for articles in batch.packed:
            yield from articles


def _entries(columns: Columns) -> list[EntriesOf]:
    return list(entries_of(columns))


class Numbers(dict[str, int]):
    """Numbers terms as they come."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Streams:
    """The terms of one field of passages: passage `i` is `numbers[starts[i]:starts[i + 1]]`, indices of `terms`."""

    terms: list[str]
    numbers: NDArray[np.int32]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def stream(self, passage: int) -> list[str]:
        """Return the terms of a passage."""
        terms = self.terms
        return [terms[number] for number in self.numbers[self.starts[passage] : self.starts[passage + 1]].tolist()]

    def sample(self, count: int, seed: int) -> Streams:
        """Return `count` passages drawn at random, in their order; all of them if that is 0."""
        if not 0 < count < len(self):
            return self
        chosen = sorted(random.Random(seed).sample(range(len(self)), count))
        bounds = [(int(self.starts[i]), int(self.starts[i + 1])) for i in chosen]
        numbers = np.concatenate([self.numbers[start:end] for start, end in bounds])
        return Streams(self.terms, numbers, np.cumsum([0, *(end - start for start, end in bounds)]))


class StreamBuilder:
    """Collects the streams of one field."""

    def __init__(self) -> None:
        self._known = Numbers()
        self._numbers = array("i")
        self._starts = array("q", [0])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def add(self, terms: Iterable[str]) -> None:
        """Add a passage."""
        self._numbers.extend(map(self._known.__getitem__, terms))
        self._starts.append(len(self._numbers))

    def streams(self) -> Streams:
        """Return what was added, without a copy; nothing can be added afterwards."""
        return Streams(list(self._known), np.frombuffer(self._numbers, np.int32), np.frombuffer(self._starts, np.int64))


@dataclass(frozen=True, slots=True)
class Library:
    """The passages that hold a word of `zh`, and the titles of all articles."""

    zh: Streams
    titles: list[str]


def library(folder: Path, limit: int, seed: int) -> Library:
    """Read a folder and draw `limit` of its passages that have Chinese words, or take all if that is 0."""
    builder = StreamBuilder()
    titles: dict[str, None] = {}
    for row, entries in read(folder):
        titles[row.title] = None
        for entry in entries:
            if entry.terms["zh"]:
                builder.add(entry.terms["zh"])
    return Library(builder.streams().sample(limit, seed), list(titles))
