"""The folder of an index: files that only their owner can read, a mark that it is ours, clear errors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.util import random_name

from indexer.errors import IndexMissing, IndexStale, IndexUnusable

# Stands in a folder before anything in it is unpickled. Its content is the number of the format.
_MARK = "wensou.format"
FORMAT = 1


class PrivateStorage(FileStorage):  # type: ignore[misc]
    """Whoosh's folder of files, each created for its owner alone."""

    def create_file(self, name: str, excl: bool = False, mode: str = "wb", **options: Any) -> StructFile:
        flags = os.O_CREAT | os.O_RDWR | os.O_TRUNC | (os.O_EXCL if excl else 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self._fpath(name), flags, 0o600)
        return StructFile(os.fdopen(descriptor, mode), name=name, **options)

    def temp_storage(self, name: str | None = None) -> PrivateStorage:
        folder = Path(self.folder) / (name or f"{random_name()}.tmp")
        folder.mkdir(mode=0o700, exist_ok=True)
        return PrivateStorage(str(folder))

    def lock(self, name: str) -> Any:
        os.close(os.open(self._fpath(name), os.O_CREAT | os.O_RDWR, 0o600))
        return super().lock(name)


def has_index(folder: Path) -> bool:
    """Tell whether the folder holds a commit of any Whoosh index."""
    return folder.is_dir() and any(folder.glob("_*_*.toc"))


def check_ours(folder: Path) -> None:
    """Raise IndexMissing, IndexUnusable where an index is not wensou's, IndexStale where it has another format."""
    if not has_index(folder):
        raise IndexMissing(f"No index in {folder}. Create it with: wensou index FOLDER --index {folder}")
    try:
        mark = (folder / _MARK).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise IndexUnusable(
            f"The index in {folder} was not made by wensou and is left alone. Choose another folder with --index."
        ) from None
    if mark != str(FORMAT):
        raise IndexStale(
            f"The index in {folder} has format {mark}, this wensou reads format {FORMAT}. "
            f"Build it anew with: wensou index FOLDER --rebuild --index {folder}"
        )


def prepare(folder: Path) -> PrivateStorage:
    """Create the folder of a new index and mark it as ours."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = folder / _MARK
    descriptor = os.open(mark, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{FORMAT}\n")
    return PrivateStorage(str(folder))
