"""A query that is asked again and again -> what came in since it was asked last, by a mark in a file of the user's own.

There is a file for each index, of JSON: by the query and what limits it, the index's identity and the last run that was
seen. It is replaced whole. Of two processes that mark at the same moment one may take the other's mark back: what was
new to that is then shown once more.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from indexer.errors import UsageError, WensouError
from indexer.whole_files import write_whole
from search.model import Note, SearchResult
from search.searcher import Searcher

# Options that do not change what a query finds.
_OF_THE_PAGE = ("limit", "offset", "sort", "passages", "facets", "after", "context", "stories")

_FIRST = Note("new", "Asked with --new for the first time: all that there is is new.")
_BUILT_ANEW = Note("new", "The index was built from scratch since this was last asked: all that there is is new.")
_UNREADABLE = Note("new", "What was remembered cannot be read: all that there is is new.")


class _Mark(NamedTuple):
    """The index that was asked, and the last run that it had seen."""

    identity: str
    run: int


class SavedQueries:
    """What queries of one index have seen. `folder` is where that is remembered; it need not be there."""

    def __init__(self, folder: Path, searcher: Searcher) -> None:
        name = hashlib.blake2b(str(searcher.folder).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
        self._file = folder / f"{name}.json"
        self._searcher = searcher

    @contextmanager
    def new(self, query: str, **options: Any) -> Iterator[SearchResult]:
        """Answer a query, with options of `Searcher.search`, by what came in since it was last asked so.

        What is answered counts as seen when the block is left, unless by an exception. Raises UsageError for options
        that do not go with this, WensouError where the mark cannot be written.
        """
        if options.get("offset") or not {options.get(name) for name in ("added_since", "after")} <= {None}:
            raise UsageError("What is new is shown from the best on: leave out --offset, --after and --added-since.")
        key = _key(query, options)
        marks, said = self._marks()
        mark = marks.get(key)
        if mark is not None and mark.identity != self._searcher.identity:
            mark, said = None, _BUILT_ANEW
        seen = self._searcher.last_run
        result = self._searcher.search(query, **{**options, "added_since": mark and mark.run})
        # The mark is no limit that the user gave, so what it takes away needs no explanation.
        others = [note for note in result.notes if not (mark and note.kind == "filtered")]
        yield replace(result, notes=(*_notes(mark, said, result), *others))
        self._write(key, _Mark(self._searcher.identity, seen))

    def _marks(self) -> tuple[dict[str, _Mark], Note]:
        """Return the marks by query, and what to say of one that has none."""
        try:
            values = json.loads(self._file.read_text("utf-8"))["queries"]
            return {key: _Mark(str(identity), int(run)) for key, (identity, run) in values.items()}, _FIRST
        except FileNotFoundError:
            return {}, _FIRST
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}, _UNREADABLE

    def _write(self, key: str, mark: _Mark) -> None:
        marks = {**self._marks()[0], key: mark}  # read again: answering took a while
        text = json.dumps({"index": str(self._searcher.place), "queries": marks}, indent=1)
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._file, text.encode())
        except OSError as error:
            raise WensouError(
                f"What was shown cannot be remembered in {self._file.parent}: {error.strerror}. It will be shown as "
                "new again. Name another folder with WENSOU_STATE."
            ) from error


def _key(query: str, options: dict[str, Any]) -> str:
    """Return a name for a query and what limits it: white space, and the order of kinds, make no difference."""
    limits = {
        name: sorted(map(str, value)) if isinstance(value, list | tuple) else str(value)
        for name, value in sorted(options.items())
        if name not in _OF_THE_PAGE and value not in (None, False, "", (), [])
    }
    return json.dumps([" ".join(unicodedata.normalize("NFC", query).split()), limits], ensure_ascii=False)


def _notes(mark: _Mark | None, said: Note, result: SearchResult) -> Iterator[Note]:
    yield Note("new", "Since run {run}, when this was last asked.", {"run": str(mark.run)}) if mark else said
    if result.cursor or (result.total and not result.hits):
        again = f"--added-since {mark.run} " if mark else ""
        advice = f"To see it, without --new: {again}--offset {len(result.hits)}"
        yield Note("more_new", "There is more, which counts as seen now.", advice=advice)
