"""A folder -> the files in it that are read, with what tells whether they changed, in a stable order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from indexer.display import path_text
from indexer.model import Failure, FileState
from indexer.sources import is_readable, unknown_format


class FoundFile(NamedTuple):
    """A file and the state that its article rows remember."""

    path: str
    name: str  # the path as text of UTF-8, as rows and reports have it
    state: FileState


@dataclass(slots=True)
class Unread:
    """What a walk came upon and did not yield: what failed to be listed, and what is not read anyway."""

    failed: list[Failure] = field(default_factory=list)
    skipped: list[Failure] = field(default_factory=list)


def walk(folder: Path, root: Path, exclude: Sequence[str], skip: Path, unread: Unread) -> Iterator[FoundFile]:
    """Yield the files below `folder` (or `folder` itself, if it is a file) that have a format that is read.

    Hidden entries, the folder `skip` and what matches a pattern of `exclude`, by name or by path from `root`, are
    passed over. Links are followed, each folder once. What else is not yielded goes to `unread`, with the reason.
    """
    inside = [folder, *folder.parents]
    above = inside[: inside.index(root)]
    if any(_passed_over(path.name, path.relative_to(root).as_posix(), exclude) for path in above):
        return
    if folder.is_file():
        yield _found(str(folder), folder.stat())
    else:
        walker = _Walker(len(str(root).rstrip(os.sep)) + 1, exclude, str(skip), unread)
        yield from walker.walk(str(folder))


class _Walker:
    """Walks folders as strings: a Path for each file would take as long as asking the system for it."""

    def __init__(self, relative_from: int, exclude: Sequence[str], skip: str, unread: Unread) -> None:
        self._relative_from = relative_from  # characters of a path before what patterns are compared with
        self._exclude = exclude
        self._skip = skip
        self._unread = unread
        self._seen: set[tuple[int, int]] = set()

    def walk(self, folder: str) -> Iterator[FoundFile]:
        try:
            status = Path(folder).stat()
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self._unread.failed.append(Failure(path_text(folder), error.strerror or str(error)))
            return
        if folder == self._skip:
            return
        if (status.st_dev, status.st_ino) in self._seen:
            self._skipped(folder, "a link to a folder that is read anyway")
            return
        self._seen.add((status.st_dev, status.st_ino))
        for entry in entries:
            path = entry.path
            if _passed_over(entry.name, path[self._relative_from :], self._exclude):
                continue
            try:
                if entry.is_dir():
                    yield from self.walk(path)
                elif not entry.is_file():
                    self._skipped(path, "neither a file nor a folder, or a link to nothing")
                elif is_readable(entry.name):
                    yield _found(path, entry.stat())
                else:
                    self._skipped(path, str(unknown_format(entry.name)))
            except OSError as error:
                self._unread.failed.append(Failure(path_text(path), error.strerror or str(error)))

    def _skipped(self, path: str, reason: str) -> None:
        self._unread.skipped.append(Failure(path_text(path), reason))


def _passed_over(name: str, relative: str, patterns: Sequence[str]) -> bool:
    if name.startswith("."):
        return True
    relative = relative.replace(os.sep, "/")
    return any(fnmatch(name, pattern) or fnmatch(relative, pattern) for pattern in patterns)


def _found(path: str, status: os.stat_result) -> FoundFile:
    return FoundFile(path, path_text(path), FileState(status.st_size, status.st_mtime_ns, status.st_ino))
