"""What a run of indexing did with each file -> a file of JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TextIO

from indexer.display import as_json
from indexer.errors import UsageError
from indexer.model import Damage, Failure


class ReportFile:
    """Takes a line for each file as it is done with: `path`, `status` and what belongs to it."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file

    @classmethod
    @contextmanager
    def opened(cls, path: Path | None) -> Iterator[Self]:
        """Open a report at `path`, in place of one that is there; without a path it takes lines and writes none.

        Raises UsageError if the file cannot be written.
        """
        if path is None:
            yield cls(None)
            return
        try:
            file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"The report cannot be written to {path}: {error.strerror}.") from error
        with file:
            yield cls(file)

    def read(self, path: str, articles: int, encodings: Sequence[str], damaged: Sequence[Damage]) -> None:
        """Note a file that was read."""
        places = sum(damage.places for damage in damaged)
        self._line(path, "read", articles=articles, encoding=", ".join(encodings), damaged=places)

    def failures(self, status: str, failures: Sequence[Failure]) -> None:
        """Note files that were not read."""
        for failure in failures:
            self._line(failure.path, status, reason=failure.reason)

    def _line(self, path: str, status: str, **values: Any) -> None:
        if self._file is not None:
            self._file.write(as_json({"path": path, "status": status, **values}) + "\n")
