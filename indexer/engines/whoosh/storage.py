"""The folder of an index: a mark that it is ours, files that only their owner can read, durable renames.

What reads is here; what needs Whoosh is in `durable`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from indexer.engines.whoosh.container import FORMAT, create_private
from indexer.engines.whoosh.damage import stale
from indexer.engines.whoosh.toc import generations
from indexer.errors import IndexMissing, IndexUnusable

# Stands in a folder before anything in it is read. Its content is the number of the format.
MARK = "wensou.format"


def has_index(folder: Path) -> bool:
    """Tell whether the folder holds a commit of any Whoosh index."""
    return folder.is_dir() and any(folder.glob("_*_*.toc"))


def check_ours(folder: Path) -> None:
    """Raise IndexMissing, IndexUnusable where an index is not wensou's, IndexStale where it has another format."""
    if not has_index(folder):
        raise IndexMissing(f"No index in {folder}. Create it with: wensou index FOLDER --index {folder}")
    try:
        mark = (folder / MARK).read_text("ascii").strip()
    except PermissionError as error:
        raise IndexUnusable(f"The index in {folder} cannot be read: {error}. Its owner alone may.") from error
    except (OSError, UnicodeDecodeError):
        mark = ""
    if not mark or not generations(folder):
        raise IndexUnusable(
            f"The index in {folder} was not made by wensou and is left alone. Choose another folder with --index."
        )
    if mark != str(FORMAT):
        raise stale(folder / MARK, mark, FORMAT)


def prepare(folder: Path) -> None:
    """Create the folder of a new index and mark it as ours."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in missing:
        sync_folder(path.parent)
    write_whole(folder / MARK, f"{FORMAT}\n".encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there entirely or, if this raises before its last step, not at all; then it is on disk."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with create_private(new) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the folder's entries are on disk, where the system lets a folder be opened."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
