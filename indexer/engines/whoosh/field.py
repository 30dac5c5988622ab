"""A field of a segment: its terms in order, and the postings of each."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from indexer.engines.whoosh.container import Array, Container
from indexer.engines.whoosh.postings import MOST_FREQUENT, SEPARATOR, Layout


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


def firsts_of(numbers: Array) -> Array:
    """Return where in rising numbers each stands first."""
    is_first = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
    firsts: Array = is_first.nonzero()[0]
    return firsts


def grouped(numbers: Array) -> tuple[Array, Array]:
    """Return rising numbers, each once, and how often each stood there."""
    firsts = firsts_of(numbers)
    return numbers[firsts], np.diff(firsts, append=len(numbers))


class _Counting:
    """The numbers from 0 on, as an array that takes no memory: slots and units where each has one."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, at: Any) -> Any:
        return at
