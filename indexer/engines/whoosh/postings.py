"""Sorted postings <-> the arrays of one field of a segment.

A *unit* is the passages of an article, one behind the other, that have the same tokens in a field: a title, which all
of an article's passages have, is kept once. In most fields each passage is a unit, and both have the same number.

A field keeps its terms in order, and for each its postings, one array after another, in one of two forms, both rising:

- *frequencies*: `unit << 8 | frequency` in 32 bits; a frequency above 254 stands as 255, its value aside;
- *places*, in fields with positions: `slot of the unit << shift | position`. A unit has as many slots of `1 << shift`
  places as it needs, and one place more than it has tokens, so that no two places of two units are next to each other.
  Where each unit has one slot, slot and unit are the same number.

The frequency of a term in a unit of a field with positions is how many of its places lie in the unit's slots.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.engines.bm25 import length_codes
from indexer.engines.whoosh.container import Array, ContainerWriter, smallest

MOST_FREQUENT = 255
# Passages of a segment, so that their numbers and a frequency fit into 32 bits; places of a field, likewise.
MOST_PASSAGES = 1 << 24
MOST_PLACES = 1 << 32
# Postings that are worked on at once: about 60 bytes each while they are.
_AT_ONCE = 1 << 22
# A separator after each term; terms of text have no white space, so patterns can be sought in all of them at once.
SEPARATOR = b"\n"

Ints = NDArray[np.int64]


class Layout(NamedTuple):
    """Where the positions of units lie: `firsts` are their first slots, `units` those of the slots."""

    shift: int
    firsts: Any  # array of one more than units, or what gives the same
    units: Any

    @property
    def is_even(self) -> bool:
        """Whether each unit has one slot."""
        return len(self.units) == len(self.firsts) - 1

    def units_of(self, places: Array) -> Array:
        """Return the units that places lie in."""
        slots = places >> self.shift
        found: Array = slots if self.is_even else self.units[slots]
        return found

    def start(self, units: Array) -> Array:
        """Return the first place of units, or of the one behind the last."""
        start: Array = self.firsts[units].astype(np.int64) << self.shift
        return start


def layout_of(lengths: Array) -> Layout:
    """Choose the layout of a field whose units have these lengths.

    One slot for nearly all units makes most lookups a shift; fewer places are used with smaller slots.
    """
    needed = lengths.astype(np.int64) + 1
    shift = int(np.quantile(needed, 0.999)).bit_length() if len(needed) else 1
    slots = (needed + (1 << shift) - 1) >> shift
    while shift and int(slots.sum()) << shift > MOST_PLACES:
        shift -= 1
        slots = (needed + (1 << shift) - 1) >> shift
    if int(slots.sum()) << shift > MOST_PLACES:
        raise OverflowError("More tokens than a segment holds.")
    firsts = np.concatenate(([0], np.cumsum(slots)))
    return Layout(shift, firsts.astype("<u4"), np.repeat(np.arange(len(slots), dtype="<u4"), slots))


class Part(NamedTuple):
    """The postings of some terms, one after another: how many each has, and which."""

    counts: Ints
    postings: Array


class FieldWriter:
    """Writes the arrays of one field; terms come in order, postings in parts."""

    def __init__(
        self,
        writer: ContainerWriter,
        name: str,
        lengths: Array | None,
        layout: Layout | None,
        *,
        extents: Array | None = None,
        sizes: Array | None = None,
    ) -> None:
        """`lengths` are those of the units if the field is ranked, `layout` is given if it has positions.

        `extents` are the lengths that the layout was made for, if they are others: positions may leave gaps. `sizes`
        are the numbers of passages of the units, if any has more than one.
        """
        self._writer = writer
        self._name = name
        self._layout = layout
        self._codes = None if lengths is None else length_codes(lengths)
        self._sizes = sizes if sizes is not None and (sizes != 1).any() else None
        self._statistics: list[tuple[Array, Array, Array]] = []
        self._counts: list[Ints] = []
        self._overflow: list[tuple[Ints, Ints]] = []
        if lengths is not None:
            writer.add(f"{name}/lengths", lengths.astype(smallest(int(lengths.max(initial=0)))))
            writer.add(f"{name}/totals", totals_of(lengths, self._sizes))
        if extents is not None and lengths is not None and not np.array_equal(extents, lengths):
            writer.add(f"{name}/extents", extents.astype(smallest(int(extents.max(initial=0)))))
        if layout is not None:
            writer.add(f"{name}/shift", np.array([layout.shift], "u1"))
            if not layout.is_even:
                writer.add(f"{name}/firsts", layout.firsts)
                writer.add(f"{name}/slots", layout.units)
        if self._sizes is not None:
            starts = np.concatenate(([0], np.cumsum(self._sizes, dtype=np.int64)))
            # Mostly each unit is an article, in several fields.
            writer.add_once(f"{name}/units", np.repeat(np.arange(len(self._sizes), dtype="<u4"), self._sizes))
            writer.add_once(f"{name}/first", starts.astype("<u4"))

    def write(self, terms: Sequence[bytes], parts: Iterable[Part]) -> None:
        """Write terms and postings. A posting of frequencies is `unit << 32 | frequency` here, in 64 bits."""
        add, name = self._writer.add, self._name
        self._writer.add_parts(f"{name}/postings", np.dtype("<u4"), map(self._noted, parts))
        counts = np.concatenate([*self._counts, _NONE])
        starts = np.concatenate(([0], np.cumsum(counts)))
        lengths = np.fromiter(map(len, terms), np.int64, len(terms)) + len(SEPARATOR)
        ends = np.concatenate(([0], np.cumsum(lengths)))
        add(f"{name}/terms", np.frombuffer(SEPARATOR.join([*terms, b""]), "u1"))
        add(f"{name}/ends", ends.astype(smallest(int(ends[-1]))))
        add(f"{name}/starts", starts.astype(smallest(int(starts[-1]))))
        passages, frequencies, codes = (
            np.concatenate([*(columns[i] for columns in self._statistics), _NONE]) for i in range(3)
        )
        if self._layout is not None or self._sizes is not None:
            add(f"{name}/passages", passages.astype(smallest(int(passages.max(initial=0)))))
        if self._codes is not None:
            add(f"{name}/highest", np.minimum(frequencies, MOST_FREQUENT).astype("u1"))
            add(f"{name}/shortest", codes.astype("u1"))
        if self._overflow:
            at, values = (np.concatenate(columns) for columns in zip(*self._overflow, strict=True))
            add(f"{name}/overflow", np.concatenate((at, values)).astype("<u8"))

    def _noted(self, part: Part) -> Array:
        """Return what is stored of a part, having taken its statistics."""
        written = sum(int(counts.sum()) for counts in self._counts)
        self._counts.append(part.counts)
        if self._layout is not None:
            stored: Array = part.postings.astype("<u4", copy=False)
            self._statistics.append(self._summed(*runs(self._layout.units_of(stored), part.counts)))
            return stored
        units = part.postings >> np.uint64(32)
        frequencies = (part.postings & np.uint64(0xFFFFFFFF)).astype(np.int64)
        many = np.flatnonzero(frequencies >= MOST_FREQUENT)
        if len(many):
            self._overflow.append((many + written, frequencies[many]))
        self._statistics.append(self._summed(units, frequencies, part.counts))
        stored = (units << np.uint64(8)).astype("<u4")
        stored |= np.minimum(frequencies, MOST_FREQUENT).astype("<u4")
        return stored

    def _summed(self, units: Array, frequencies: Array, counts: Ints) -> tuple[Array, Array, Array]:
        """Return for each term: its passages, its highest frequency, the code of its shortest unit."""
        starts = (np.cumsum(counts) - counts).astype(np.int64)
        if not len(starts):
            return _NONE, _NONE, _NONE
        passages = counts if self._sizes is None else np.add.reduceat(self._sizes[units], starts)
        if self._codes is None:
            return passages, _NONE, _NONE
        return passages, np.maximum.reduceat(frequencies, starts), np.minimum.reduceat(self._codes[units], starts)


_NONE = np.empty(0, np.int64)


def totals_of(lengths: Array, sizes: Array | None) -> Array:
    """Return how many passages have the field, how many tokens they have together, and the longest has."""
    counts = np.ones(len(lengths), np.int64) if sizes is None else sizes.astype(np.int64)
    return np.array([counts[lengths > 0].sum(), (lengths * counts).sum(), lengths.max(initial=0)], "<u8")


def runs(units: Array, counts: Ints) -> tuple[Array, Ints, Ints]:
    """Return the units of places, each once for each term, how often, and how many units each term has."""
    is_first = np.empty(len(units), bool)
    is_first[1:] = units[1:] != units[:-1]
    ends = np.cumsum(counts)
    is_first[(ends - counts)[counts > 0]] = True
    firsts = np.flatnonzero(is_first)
    frequencies = np.diff(np.append(firsts, len(units)))
    different = np.concatenate(([0], np.cumsum(is_first)))
    return units[firsts], frequencies, different[ends] - different[ends - counts]


def stretches(counts: Ints) -> Iterator[tuple[int, int]]:
    """Cut terms into stretches, half open, of about `_AT_ONCE` postings."""
    ends = np.cumsum(counts)
    low = 0
    while low < len(counts):
        before = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        yield low, high
        low = high


def counted(units: Array, terms: Array, of: int) -> Part:
    """Return the postings of tokens, given their units and the numbers of their terms, of `of` terms."""
    keys = terms.astype(np.uint64) << np.uint64(32)
    keys |= units.astype(np.uint64)
    keys.sort()
    firsts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.empty(0, np.int64)
    frequencies = np.diff(np.append(firsts, len(keys)))
    different = keys[firsts]
    counts = np.bincount((different >> np.uint64(32)).astype(np.int64), minlength=of)
    return Part(counts, (different << np.uint64(32)) | frequencies.astype(np.uint64))


def placed(places: Array, terms: Array, of: int) -> Part:
    """Return the postings of tokens, given their places and the numbers of their terms, of `of` terms."""
    keys = terms.astype(np.uint64) << np.uint64(32)
    keys |= places.astype(np.uint64)
    keys.sort()
    return Part(np.bincount(terms, minlength=of), (keys & np.uint64(0xFFFFFFFF)).astype("<u4"))


def counted_already(units: Ints, frequencies: Ints, counts: Ints) -> Part:
    """Return the postings of terms in order, each term's units rising, `counts` of them for each term."""
    return Part(counts, (units.astype(np.uint64) << np.uint64(32)) | frequencies.astype(np.uint64))


def placed_already(units: Ints, positions: Ints, tokens: Ints, counts: Ints, layout: Layout) -> Part:
    """Return the postings of tokens of terms in order, each term's places rising.

    `tokens` says how many each posting has, `counts` how many postings each term.
    """
    ends = np.cumsum(counts)
    before = np.concatenate(([0], np.cumsum(tokens)))
    return Part(before[ends] - before[ends - counts], (layout.start(units) + positions).astype("<u4"))
