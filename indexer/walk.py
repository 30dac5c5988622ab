"""A folder -> the files in it that are read, with what tells whether they changed, in a stable order."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from indexer.display import path_text
from indexer.model import Failure, FileState
from indexer.sources import is_readable


class FoundFile(NamedTuple):
    """A file and the state that its article rows remember."""

    path: Path
    name: str  # the path as text of UTF-8, as rows and reports have it
    state: FileState


def walk(folder: Path, root: Path, exclude: Sequence[str], skip: Path, failures: list[Failure]) -> Iterator[FoundFile]:
    """Yield the files below `folder` (or `folder` itself, if it is a file) that have a format that is read.

    Hidden entries, the folder `skip` and what matches a pattern of `exclude`, by name or by path from `root`, are
    passed over. Links are followed, each folder once. Folders that cannot be listed go to `failures`.
    """
    inside = [folder, *folder.parents]
    if any(_passed_over(path, root, exclude) for path in inside[: inside.index(root)]):
        return
    if folder.is_file():
        yield _found(folder)
    else:
        yield from _walk(folder, root, exclude, skip, failures, set())


def _walk(
    folder: Path,
    top: Path,
    exclude: Sequence[str],
    skip: Path,
    failures: list[Failure],
    seen: set[tuple[int, int]],
) -> Iterator[FoundFile]:
    try:
        status = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        failures.append(Failure(path_text(folder), error.strerror or str(error)))
        return
    if (status.st_dev, status.st_ino) in seen or folder == skip:
        return
    seen.add((status.st_dev, status.st_ino))
    for entry in entries:
        path = Path(entry.path)
        if _passed_over(path, top, exclude):
            continue
        try:
            if entry.is_dir():
                yield from _walk(path, top, exclude, skip, failures, seen)
            elif entry.is_file() and is_readable(path):
                yield _found(path)
        except OSError as error:
            failures.append(Failure(path_text(entry.path), error.strerror or str(error)))


def _passed_over(path: Path, root: Path, patterns: Sequence[str]) -> bool:
    relative = path.relative_to(root).as_posix()
    return path.name.startswith(".") or any(
        fnmatch(path.name, pattern) or fnmatch(relative, pattern) for pattern in patterns
    )


def _found(path: Path) -> FoundFile:
    status = path.stat()
    return FoundFile(path, path_text(path), FileState(status.st_size, status.st_mtime_ns, status.st_ino))
