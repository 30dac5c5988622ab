"""A segment: what the table of contents knows of it, and its files opened for reading."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from indexer.engines.base import KnownFile
from indexer.engines.whoosh.blocks import Blocks
from indexer.engines.whoosh.container import Array, Container
from indexer.engines.whoosh.files import Files
from indexer.engines.whoosh.packing import load_record
from indexer.engines.whoosh.postings import MOST_FREQUENT, SEPARATOR, Layout
from indexer.engines.whoosh.rows import load_row
from indexer.model import ArticleRow

INDEX_NAME = "MAIN"
DOCUMENTS, POSTINGS = ".documents", ".postings"


@dataclass(slots=True, eq=False)
class SegmentState:
    """A segment as a commit has it. The files themselves never change; what does is here."""

    id: str
    passages: int
    deleted: Array = field(default_factory=lambda: np.empty(0, "<u4"))  # rising
    files_version: int = 1
    index_name: str = INDEX_NAME

    def file_name(self, extension: str) -> str:
        """Return the name of one of the segment's files."""
        return f"{self.index_name}_{self.id}{extension}"

    @property
    def files_extension(self) -> str:
        """The extension of the table of source files that is in force."""
        return f".files{self.files_version}"

    @property
    def names(self) -> list[str]:
        """The names of all its files."""
        return [self.file_name(extension) for extension in (DOCUMENTS, POSTINGS, self.files_extension)]

    @property
    def live_count(self) -> int:
        return self.passages - len(self.deleted)


class Segment:
    """A segment open for reading. Raises IndexDamaged, IndexStale, or FileNotFoundError."""

    def __init__(self, folder: Path, state: SegmentState) -> None:
        self.folder = folder
        self.state = state
        self.passages = state.passages
        self.documents = Container(folder / state.file_name(DOCUMENTS))
        self.postings = Container(folder / state.file_name(POSTINGS))
        # Opened at once, like the others: a writer may take away the files of a commit that is still read.
        self.files = Files(folder / state.file_name(state.files_extension))
        self._fields: dict[str, Field | None] = {}

    def verify(self) -> None:
        """Raise IndexDamaged if one of the files is not as it was written."""
        for container in (self.documents, self.postings, self.files.container):
            container.verify()

    @cached_property
    def live(self) -> Array | None:
        """Which passages are not deleted; None if all are."""
        if not len(self.state.deleted):
            return None
        live = np.ones(self.passages, bool)
        live[self.state.deleted] = False
        return live

    @cached_property
    def article_of(self) -> Array:
        """The number of the article of each passage; an article's passages stand together, in order."""
        return self.documents.array("articles/of")

    @cached_property
    def first_passages(self) -> Array:
        """The first passage of each article, and the number of passages."""
        return self.documents.array("articles/first")

    @property
    def articles(self) -> int:
        return len(self.first_passages) - 1

    @cached_property
    def rows(self) -> Blocks:
        return Blocks(self.documents, "rows")

    @cached_property
    def records(self) -> Blocks:
        return Blocks(self.documents, "records")

    def row(self, article: int) -> ArticleRow:
        """Return the row of an article."""
        file = self.files.of_article(article)
        return load_row(self.rows.record(article), file.path, file.root, file.state)

    @cached_property
    def live_articles(self) -> Array:
        """Which articles have a passage that is not deleted: other programs may delete only some of them."""
        if self.live is None:
            return np.ones(self.articles, bool)
        before = np.concatenate(([0], np.cumsum(self.live)))[self.first_passages]
        return before[1:] > before[:-1]

    def known_files(self) -> list[KnownFile]:
        """Return the files of articles that are not deleted."""
        before = np.concatenate(([0], np.cumsum(self.live_articles)))
        files = self.files.all()
        ends = [*(file.first for file in files[1:]), self.articles]
        counts = (before[ends] - before[[file.first for file in files]]).tolist() if files else []
        return [KnownFile(*file[:3], count) for file, count in zip(files, counts, strict=True) if count]

    def rows_of(self, paths: Collection[str]) -> Iterator[ArticleRow]:
        """Yield the rows of the articles of some files that are not deleted."""
        files = self.files.all()
        ends = [*(file.first for file in files[1:]), self.articles]
        for file, end in zip(files, ends, strict=True):
            if file.path in paths:
                yield from (self.row(article) for article in range(file.first, end) if self.live_articles[article])

    def record(self, passage: int) -> tuple[str, bytes]:
        """Return the id and the payload of a passage."""
        return load_record(self.records.record(passage))

    def article_key(self, article: int) -> bytes:
        """Return the id of an article, as bytes that sort as ids do."""
        articles = self.field("article")
        assert articles is not None
        return articles.term(int(self.places_by_id[article]))

    @cached_property
    def places_by_id(self) -> Array:
        """The place of each article in the order of the ids: the number of its term in the field `article`."""
        return self.documents.array("articles/term")

    def column(self, name: str) -> Array:
        """Return a column of numbers; it may end before the last passage, and is 0 from there on."""
        name = f"column/{name}"
        return self.documents.array(name).view(">u4") if name in self.documents else np.empty(0, ">u4")

    def field(self, name: str) -> Field | None:
        """Return a field's terms and postings, None if no passage has any."""
        if name not in self._fields:
            self._fields[name] = Field(self.postings, name) if f"{name}/ends" in self.postings else None
        return self._fields[name]

    def field_names(self) -> list[str]:
        """Return the names of the fields that have terms."""
        return [name.removesuffix("/ends") for name in self.postings.names() if name.endswith("/ends")]


class Field:
    """Terms and postings of a field in one segment; terms are numbered in order."""

    def __init__(self, container: Container, name: str) -> None:
        self._container = container
        self.name = name
        self._ends = container.view(f"{name}/ends")
        self.starts = container.view(f"{name}/starts")
        self.all_postings = container.array(f"{name}/postings")
        self._blob = container.view(f"{name}/terms") if len(self._ends) > 1 else memoryview(b"")
        self.has_positions = f"{name}/shift" in container
        self.is_ranked = f"{name}/lengths" in container
        self.is_shared = f"{name}/units" in container

    def __len__(self) -> int:
        return len(self._ends) - 1

    def term(self, number: int) -> bytes:
        """Return a term by its number."""
        return bytes(self._blob[self._ends[number] : self._ends[number + 1] - len(SEPARATOR)])

    def terms(self) -> list[bytes]:
        """Return all terms in order."""
        blob, ends = bytes(self._blob), self.ends.tolist()
        return [blob[start : end - 1] for start, end in pairwise(ends)]

    @property
    def blob(self) -> memoryview:
        """All terms, each with a separator behind it."""
        return self._blob

    @property
    def ends(self) -> Array:
        """Where each term begins in `blob`, and the end."""
        return self._container.array(f"{self.name}/ends")

    def place_of(self, term: bytes) -> int:
        """Return how many terms are smaller than this one."""
        blob, ends, separator = self._blob, self._ends, len(SEPARATOR)
        return bisect_left(range(len(self)), term, key=lambda i: bytes(blob[ends[i] : ends[i + 1] - separator]))

    def find(self, term: bytes) -> int | None:
        """Return the number of a term, None if the field has it not."""
        number = self.place_of(term)
        return number if number < len(self) and self.term(number) == term else None

    @cached_property
    def unit_count(self) -> int:
        """The number of units."""
        return len(self.lengths) if self.is_ranked else int(self.all_postings.max(initial=0) >> 8) + 1

    def beginning_with(self, prefix: bytes) -> range:
        """Return the numbers of the terms that begin so."""
        start = self.place_of(prefix)
        after = prefix.rstrip(b"\xff")
        end = self.place_of(after[:-1] + bytes([after[-1] + 1])) if after else len(self)
        return range(start, end)

    def postings(self, number: int) -> Array:
        """Return the postings of a term, as they are stored."""
        return self.all_postings[self.starts[number] : self.starts[number + 1]]

    def units(self, number: int) -> tuple[Array, Array]:
        """Return the units that hold a term, rising, and how often each does."""
        postings = self.postings(number)
        if self.has_positions:
            return grouped(self.layout.units_of(postings).astype(np.int64))
        return (postings >> np.uint32(8)).astype(np.int64), self.frequencies(number, number + 1)

    def passages(self, number: int) -> Array:
        """Return the passages that hold a term, rising, deleted ones among them."""
        return self.expanded(self.units(number)[0])[0]

    def units_of(self, passages: Array) -> Array:
        """Return the units of passages."""
        units: Array = self._units[passages].astype(np.int64) if self.is_shared else passages
        return units

    def expanded(self, units: Array, *values: Array) -> tuple[Array, ...]:
        """Return the passages of units, and for each passage the values of its unit."""
        if not self.is_shared:
            return units, *values
        first = self.first[units].astype(np.int64)
        counts = self.first[units + 1] - first
        passages = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
        return passages, *(np.repeat(value, counts) for value in values)

    @cached_property
    def _units(self) -> Array:
        return self._container.array(f"{self.name}/units")

    @cached_property
    def first(self) -> Array:
        """The first passage of each unit, and the number of passages; only where units are shared."""
        return self._container.array(f"{self.name}/first")

    def passage_count(self, number: int) -> int:
        """Return how many passages hold a term, deleted ones among them."""
        if self.has_positions or self.is_shared:
            return self._passage_counts[number]
        return self.starts[number + 1] - self.starts[number]

    @cached_property
    def _passage_counts(self) -> memoryview:
        return self._container.view(f"{self.name}/passages")

    def frequencies(self, low: int, high: int) -> Array:
        """Return the frequencies in the postings of terms `low` to `high`, in a field without positions."""
        start, end = self.starts[low], self.starts[high]
        found: Array = self.all_postings[start:end] & np.uint32(0xFF)
        at, values = self._overflow
        if len(at):
            first, last = np.searchsorted(at, (start, end))
            found = found.astype(np.int64)
            found[at[first:last] - start] = values[first:last]
        return found

    def frequencies_at(self, number: int, at: Array) -> Array:
        """Return the frequencies in some of the postings of a term without positions."""
        found: Array = self.postings(number)[at] & np.uint32(0xFF)
        if self._overflow[0].size and found.max(initial=0) >= MOST_FREQUENT:
            return self.frequencies(number, number + 1)[at]
        return found

    @cached_property
    def _overflow(self) -> tuple[Array, Array]:
        both = self._container.get(f"{self.name}/overflow", "<u8").astype(np.int64)
        return both[: len(both) // 2], both[len(both) // 2 :]

    @cached_property
    def layout(self) -> Layout:
        """The layout of positions."""
        shift = int(self._container.array(f"{self.name}/shift")[0])
        if f"{self.name}/firsts" in self._container:
            return Layout(
                shift, self._container.array(f"{self.name}/firsts"), self._container.array(f"{self.name}/slots")
            )
        return Layout(shift, _Counting(len(self.lengths) + 1), _Counting(len(self.lengths)))

    @cached_property
    def lengths(self) -> Array:
        """The number of tokens of each unit."""
        return self._container.array(f"{self.name}/lengths")

    @property
    def extents(self) -> Array:
        """The positions that each unit has room for."""
        name = f"{self.name}/extents"
        return self._container.array(name) if name in self._container else self.lengths

    @cached_property
    def totals(self) -> tuple[int, int, int]:
        """How many passages have the field, how many tokens they have, and the longest; deleted ones among them."""
        having, tokens, longest = self._container.array(f"{self.name}/totals").tolist()
        return having, tokens, longest

    @cached_property
    def highest(self) -> memoryview:
        """The highest frequency of each term, 255 for more."""
        return self._container.view(f"{self.name}/highest")

    @cached_property
    def shortest(self) -> memoryview:
        """The code (`bm25.length_codes`) of the shortest unit that holds each term."""
        return self._container.view(f"{self.name}/shortest")


def grouped(numbers: Array) -> tuple[Array, Array]:
    """Return rising numbers, each once, and how often each stood there."""
    if not len(numbers):
        return numbers, numbers
    is_first = np.empty(len(numbers), bool)
    is_first[0] = True
    np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
    firsts = np.flatnonzero(is_first)
    return numbers[firsts], np.diff(firsts, append=len(numbers))


class _Counting:
    """The numbers from 0 on, as an array that takes no memory: slots and units where each has one."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, at: Any) -> Any:
        return at
