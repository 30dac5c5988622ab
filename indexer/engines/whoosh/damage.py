"""What is wrong with a file of the index -> an error that names it, and the command that mends it."""

from __future__ import annotations

from pathlib import Path

from indexer.errors import IndexDamaged, IndexStale


def damaged(path: Path, what: str) -> IndexDamaged:
    """Return the error for a file that is not as it was written."""
    return IndexDamaged(
        f"The index in {path.parent} is damaged: {path.name}: {what}. "
        f"Build it anew with: wensou index FOLDER --rebuild --index {path.parent}",
        f"{path.name}: {what}",
    )


def stale(path: Path, found: int | str, expected: int) -> IndexStale:
    """Return the error for a file of another format."""
    return IndexStale(
        f"The index in {path.parent} has format {found} ({path.name}), this wensou reads format {expected}. "
        f"Build it anew with: wensou index FOLDER --rebuild --index {path.parent}",
        f"{path.name}: it has format {found}, not {expected}",
    )
