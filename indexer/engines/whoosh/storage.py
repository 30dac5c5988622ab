"""The folder of an index, and the mark that it is ours. What reads is here; what needs Whoosh is in `durable`."""

from __future__ import annotations

from pathlib import Path

from indexer.engines.whoosh.container import FORMAT
from indexer.engines.whoosh.damage import stale
from indexer.engines.whoosh.toc import generations
from indexer.errors import IndexMissing, IndexUnusable
from indexer.whole_files import sync_folder, write_whole

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
