"""A field of a segment: its terms in order, and the postings of each."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import Any

import numpy as np

from indexer.cached import cached_property
from indexer.engines.bm25 import length_codes
from indexer.engines.whoosh.container import Array, Container, decoded
from indexer.engines.whoosh.postings import MOST_FREQUENT, SEPARATOR, Layout

# Frequencies up to here are looked up with the length, what they are worth; higher ones are worked out.
TABLED = 64
# Terms whose numbers a field remembers, and bytes of tables that it does.
_REMEMBERED = 1024
_NOT_THERE = -1
_KEPT_BYTES = 1 << 20
# Every so many terms one is kept at hand, to begin a look-up with: .2 ms for 100,000 terms, once.
_SAMPLED = 256


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
        self.tables: dict[int, Array] = {}
        self._found: dict[bytes, int] = {}

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
        block = bisect_left(self._sample, term)
        low, high = max(block - 1, 0) * _SAMPLED, min(block * _SAMPLED, len(self))
        return bisect_left(range(high), term, low, key=self.term)

    @cached_property
    def _sample(self) -> list[bytes]:
        return [self.term(number) for number in range(0, len(self), _SAMPLED)]

    def find(self, term: bytes) -> int | None:
        """Return the number of a term, None if the field has it not."""
        number = self._found.get(term)
        if number is None:
            place = self.place_of(term)
            number = place if place < len(self) and self.term(place) == term else _NOT_THERE
            if len(self._found) >= _REMEMBERED:
                self._found = {}
            self._found[term] = number
        return None if number == _NOT_THERE else number

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
        units = (postings >> np.uint32(8)).astype(np.int64)
        if self.is_ranked and self.highest[number] < MOST_FREQUENT:
            return units, postings.view(np.uint8)[::4]  # the lowest byte of each
        return units, self.frequencies(number, number + 1)

    def passages(self, number: int) -> Array:
        """Return the passages that hold a term, rising, deleted ones among them."""
        return self.expanded(self.units(number)[0])[0]

    def unit_pairs(self) -> tuple[Array, Array]:
        """Return the unit of every posting of a field without positions, and the number of its term."""
        counts: Array = np.diff(np.asarray(self.starts).astype(np.int64))
        return (self.all_postings >> np.uint32(8)).astype(np.int64), np.repeat(np.arange(len(counts)), counts)

    def pairs(self) -> tuple[Array, Array]:
        """Return every passage of a field without positions with the number of a term it holds, term by term."""
        passages, terms = self.expanded(*self.unit_pairs())
        return passages, terms

    def over_units(self, values: Array) -> Array:
        """Return for each unit the sum of the values of its passages, given for all passages."""
        if not self.is_shared:
            return values
        sums: Array = np.add.reduceat(values, self.first[:-1].astype(np.int64))
        return sums

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

    def passage_counts(self, numbers: Array) -> Array:
        """Return how many passages hold each of some terms, deleted ones among them."""
        if self.has_positions or self.is_shared:
            found: Array = self._container.array(f"{self.name}/passages")[numbers].astype(np.int64)
            return found
        starts = self._container.array(f"{self.name}/starts")
        counts: Array = starts[numbers + 1].astype(np.int64) - starts[numbers].astype(np.int64)
        return counts

    @cached_property
    def letters(self) -> tuple[Array, Array]:
        """The code points of all terms, a line feed behind each, and where each line feed stands; kept in memory."""
        text = decoded(bytes(self._blob))
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        return codes, np.flatnonzero(codes == ord(decoded(SEPARATOR)))

    @cached_property
    def letter_sets(self) -> Array:
        """The `letter_set` of each term; kept in memory."""
        bits = np.array([letter_set(bytes([byte])) for byte in range(256)], np.uint32)
        sets: Array = np.bitwise_or.reduceat(bits[np.frombuffer(self._blob, "u1")], self.ends[:-1].astype(np.int64))
        return sets

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

    def keep_table(self, number: int, table: Array) -> None:
        """Remember for a common term how often each unit holds it, in place of others if there are too many."""
        if len(self.tables) >= max(1, _KEPT_BYTES // len(table)):
            self.tables = {}
        self.tables[number] = table

    @cached_property
    def rows(self) -> Array:
        """The first entry in a table of saturations (`statistics.py`) for each unit, kept in memory."""
        lengths, longest = self.lengths, self.totals[2]
        codes = length_codes(lengths) if longest > len(lengths) else length_codes(np.arange(longest + 1)).take(lengths)
        return codes.astype(np.uint16) * np.uint16(TABLED)

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


def letter_set(term: bytes) -> np.uint32:
    """Return the characters of a term as bits: each has one, which it may share with others."""
    bits = 0
    for byte in term.replace(SEPARATOR, b""):
        if byte < 0x80:
            bits |= 1 << (byte & 31)
        elif byte >= 0xC0:  # the first of several bytes
            bits |= 1 << 31
    return np.uint32(bits)


def firsts_of(numbers: Array) -> Array:
    """Return where in rising numbers each stands first."""
    is_first = np.empty(len(numbers), bool)
    is_first[:1] = True
    np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
    firsts: Array = is_first.nonzero()[0]
    return firsts


def grouped(numbers: Array) -> tuple[Array, Array]:
    """Return rising numbers, each once, and how often each stood there."""
    firsts = firsts_of(numbers)
    frequencies = np.empty_like(firsts)
    np.subtract(firsts[1:], firsts[:-1], out=frequencies[:-1])
    frequencies[-1:] = len(numbers) - firsts[-1:]
    return numbers.take(firsts), frequencies


class _Counting:
    """The numbers from 0 on, as an array that takes no memory: slots and units where each has one."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, at: Any) -> Any:
        return at
