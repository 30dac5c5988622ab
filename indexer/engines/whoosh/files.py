"""The files that a segment's articles came from: path, root and state of each.

They stand apart from the segment, whose other files never change, since a file may be touched and hold the same text.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.cached import cached_property
from indexer.engines.whoosh.container import Array, Container, ContainerWriter, decoded, encoded
from indexer.model import ArticleRow, FileState

_STATE = ("size", "modified_ns", "inode")


class SourceFile(NamedTuple):
    """A file, its articles being `first`, `first + 1` … of the segment, up to the next file's."""

    path: str
    root: str
    state: FileState
    first: int


def files_of(rows: Sequence[ArticleRow], first: int = 0) -> Iterator[SourceFile]:
    """Yield the files that rows came from; rows of one file that follow each other make one."""
    last: SourceFile | None = None
    for number, row in enumerate(rows, first):
        found = SourceFile(row.path, row.root, row.state, number)
        if last is None or found[:3] != last[:3]:
            yield found
            last = found


def write_files(path: Path, files: Sequence[SourceFile]) -> None:
    """Write a table of files."""
    roots = list(dict.fromkeys(file.root for file in files))
    number = {root: i for i, root in enumerate(roots)}
    with ContainerWriter(path) as writer:
        _write_texts(writer, "roots", roots)
        _write_texts(writer, "paths", [file.path for file in files])
        for name, values in by_path([file.path for file in files]).items():
            writer.add(name, values)
        writer.add("root", np.array([number[file.root] for file in files], "<u4"))
        writer.add("first", np.array([file.first for file in files], "<u4"))
        for name in _STATE:
            kind = "<u8" if name == "inode" else "<i8"
            writer.add(name, np.array([getattr(file.state, name) for file in files], kind))


def _write_texts(writer: ContainerWriter, name: str, texts: Sequence[str]) -> None:
    data = [encoded(text) for text in texts]
    writer.add(f"{name}/data", np.frombuffer(b"".join(data), "u1"))
    writer.add(f"{name}/ends", np.cumsum([0, *map(len, data)]).astype("<u8"))


def by_path(paths: Sequence[str]) -> dict[str, Array]:
    """Return by what files are found: the hashes of their paths, rising, and the number of the file of each."""
    hashes = np.array([_hash(path) for path in paths], "<u8")
    order = np.argsort(hashes, kind="stable")
    return {"by_path/hashes": hashes[order], "by_path/numbers": order.astype("<u4")}


def _hash(path: str) -> int:
    return int.from_bytes(blake2b(encoded(path), digest_size=8).digest())


class Files:
    """A table of files, read on demand."""

    def __init__(self, path: Path) -> None:
        self.container = Container(path)
        self._first = self.container.view("first")

    def __len__(self) -> int:
        return len(self._first)

    @cached_property
    def _views(self) -> dict[str, memoryview]:
        texts = ("roots/data", "roots/ends", "paths/data", "paths/ends")
        names = ("root", *_STATE, *texts, "by_path/hashes", "by_path/numbers")
        return {name: self.container.view(name) for name in names}

    def number_of(self, article: int) -> int:
        """Return the number of the file of an article."""
        return bisect_right(self._first, article) - 1

    def of_article(self, article: int) -> SourceFile:
        """Return the file of an article."""
        return self.file(self.number_of(article))

    def file(self, number: int) -> SourceFile:
        """Return a file by its number."""
        root = self._text("roots", self._views["root"][number])
        state = FileState(*[self._views[name][number] for name in _STATE])
        return SourceFile(self._text("paths", number), root, state, self._first[number])

    def numbers_at(self, paths: Collection[str]) -> list[int]:
        """Return the numbers, rising, of the files at some paths."""
        hashes, numbers = self._views["by_path/hashes"], self._views["by_path/numbers"]
        found: list[int] = []
        for path in set(paths):
            wanted = _hash(path)
            same = range(bisect_left(hashes, wanted), bisect_right(hashes, wanted))
            found += (numbers[at] for at in same if self._text("paths", numbers[at]) == path)
        return sorted(found)

    def articles_of(self, number: int, articles: int) -> range:
        """Return the articles of a file by its number, of a segment with so many."""
        return range(self._first[number], self._first[number + 1] if number + 1 < len(self) else articles)

    def all(self) -> list[SourceFile]:
        """Return all files."""
        roots, paths = self._texts("roots"), self._texts("paths")
        states = map(FileState._make, zip(*(self.container.array(name).tolist() for name in _STATE), strict=True))
        in_root = [roots[i] for i in self.container.array("root").tolist()]
        return list(map(SourceFile, paths, in_root, states, self._first.tolist()))

    def _text(self, name: str, number: int) -> str:
        start, end = self._views[f"{name}/ends"][number : number + 2]
        return decoded(self._views[f"{name}/data"][start:end].tobytes())

    def _texts(self, name: str) -> list[str]:
        data = self.container.array(f"{name}/data").tobytes()
        ends = self.container.array(f"{name}/ends").tolist()
        return [decoded(data[start:end]) for start, end in pairwise(ends)]
