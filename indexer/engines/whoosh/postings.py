"""Sorted postings <-> the arrays of one field of a segment.

A field keeps its terms in order, and for each its postings, one array after another, in one of two forms, both rising:

- *frequencies*: `passage << 8 | frequency` in 32 bits; a frequency above 254 stands as 255, its value aside;
- *places*, in fields with positions: `slot of the passage << shift | position`. A passage has as many slots of
  `1 << shift` places as it needs, and one place more than it has tokens, so that no two places of two passages are next
  to each other. Where each passage has one slot, slot and passage are the same number.

The frequency of a term in a passage of a field with positions is how many of its places lie in the passage's slots.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.engines.bm25 import length_codes
from indexer.engines.whoosh.container import Array, ContainerWriter, smallest

MOST_FREQUENT = 255
# Passages of a segment, so that their numbers and a frequency fit into 32 bits; places of a field, likewise.
MOST_PASSAGES = 1 << 24
MOST_PLACES = 1 << 32
# A separator after each term; terms of text have no white space, so patterns can be sought in all of them at once.
SEPARATOR = b"\n"

Ints = NDArray[np.int64]


class Layout(NamedTuple):
    """Where the positions of passages lie: `firsts` are their first slots, `passages` those of the slots."""

    shift: int
    firsts: Any  # array of one more than passages, or what gives the same
    passages: Any

    @property
    def is_even(self) -> bool:
        """Whether each passage has one slot."""
        return len(self.passages) == len(self.firsts) - 1

    def passages_of(self, places: Array) -> Array:
        """Return the passages that places lie in."""
        slots = places >> self.shift
        found: Array = slots if self.is_even else self.passages[slots]
        return found

    def start(self, passages: Array) -> Array:
        """Return the first place of passages, or of the one behind the last."""
        start: Array = self.firsts[passages].astype(np.int64) << self.shift
        return start


def layout_of(lengths: Array) -> Layout:
    """Choose the layout of a field whose passages have these lengths.

    One slot for nearly all passages makes most lookups a shift; fewer places are used with smaller slots.
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
        extents: Array | None = None,
    ) -> None:
        """`lengths` are those of the passages if the field is ranked, `layout` is given if it has positions.

        `extents` are the lengths that the layout was made for, if they are others: positions may leave gaps.
        """
        self._writer = writer
        self._name = name
        self._layout = layout
        self._codes = None if lengths is None else length_codes(lengths)
        self._statistics: list[tuple[Array, Array, Array]] = []
        self._counts: list[Ints] = []
        self._overflow: list[tuple[Ints, Ints]] = []
        if lengths is not None:
            writer.add(f"{name}/lengths", lengths.astype(smallest(int(lengths.max(initial=0)))))
            totals = [np.count_nonzero(lengths), lengths.sum(dtype=np.int64), lengths.max(initial=0)]
            writer.add(f"{name}/totals", np.array(totals, "<u8"))
        if extents is not None and lengths is not None and not np.array_equal(extents, lengths):
            writer.add(f"{name}/extents", extents.astype(smallest(int(extents.max(initial=0)))))
        if layout is not None:
            writer.add(f"{name}/shift", np.array([layout.shift], "u1"))
            if not layout.is_even:
                writer.add(f"{name}/firsts", layout.firsts)
                writer.add(f"{name}/slots", layout.passages)

    def write(self, terms: Sequence[bytes], parts: Iterable[Part]) -> None:
        """Write terms and postings. A posting of frequencies is `passage << 32 | frequency` here, in 64 bits."""
        self._writer.add_parts(f"{self._name}/postings", np.dtype("<u4"), map(self._noted, parts))
        counts = np.concatenate([*self._counts, np.empty(0, np.int64)])
        starts = np.concatenate(([0], np.cumsum(counts)))
        ends = np.cumsum([0, *(len(term) + len(SEPARATOR) for term in terms)])
        blob = np.frombuffer(b"".join([term + SEPARATOR for term in terms]), "u1")
        add, name = self._writer.add, self._name
        add(f"{name}/terms", blob)
        add(f"{name}/ends", ends.astype(smallest(int(ends[-1]))))
        add(f"{name}/starts", starts.astype(smallest(int(starts[-1]))))
        passages, frequencies, lengths = (
            np.concatenate([*columns, np.empty(0, np.int64)])
            for columns in (zip(*self._statistics, strict=True) if self._statistics else ((), (), ()))
        )
        if self._layout is not None:
            add(f"{name}/passages", passages.astype(smallest(int(passages.max(initial=0)))))
        if self._codes is not None:
            add(f"{name}/highest", np.minimum(frequencies, MOST_FREQUENT).astype("u1"))
            add(f"{name}/shortest", lengths.astype("u1"))
        if self._overflow:
            at, values = (np.concatenate(columns) for columns in zip(*self._overflow, strict=True))
            add(f"{name}/overflow", np.concatenate((at, values)).astype("<u8"))

    def _noted(self, part: Part) -> Array:
        """Return what is stored of a part, having taken its statistics."""
        written = int(sum(int(counts.sum()) for counts in self._counts))
        self._counts.append(part.counts)
        if self._layout is None:
            passages, frequencies = (
                part.postings >> np.uint64(32),
                (part.postings & np.uint64(0xFFFFFFFF)).astype(np.int64),
            )
            terms_runs = part.counts
            stored: Array = (passages << np.uint64(8)).astype("<u4")
            stored |= np.minimum(frequencies, MOST_FREQUENT).astype("<u4")
            many = np.flatnonzero(frequencies >= MOST_FREQUENT)
            if len(many):
                self._overflow.append((many + written, frequencies[many]))
        else:
            stored = part.postings.astype("<u4", copy=False)
            passages, frequencies, terms_runs = _runs(self._layout.passages_of(stored), part.counts)
        self._statistics.append(self._summed(passages, frequencies, terms_runs))
        return stored

    def _summed(self, passages: Array, frequencies: Array, counts: Ints) -> tuple[Array, Array, Array]:
        """Return for each term: its passages, its highest frequency, the code of its shortest passage."""
        starts = np.concatenate(([0], np.cumsum(counts)))[:-1]
        if not len(starts) or self._codes is None:
            return counts, counts, counts
        return (
            counts,
            np.maximum.reduceat(frequencies, starts),
            np.minimum.reduceat(self._codes[passages], starts),
        )


def _runs(passages: Array, counts: Ints) -> tuple[Array, Ints, Ints]:
    """Return the passages of places, each once for each term, how often, and how many passages each term has."""
    is_first = np.empty(len(passages), bool)
    is_first[1:] = passages[1:] != passages[:-1]
    ends = np.cumsum(counts)
    is_first[(ends - counts)[counts > 0]] = True
    firsts = np.flatnonzero(is_first)
    frequencies = np.diff(np.append(firsts, len(passages)))
    different = np.concatenate(([0], np.cumsum(is_first)))
    return passages[firsts], frequencies, different[ends] - different[ends - counts]


def counted(passages: Array, terms: Array, of: int) -> Part:
    """Return the postings of tokens, given their passages and the numbers of their terms, of `of` terms."""
    keys = terms.astype(np.uint64) << np.uint64(32)
    keys |= passages.astype(np.uint64)
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


def counted_already(passages: Ints, frequencies: Ints, counts: Ints) -> Part:
    """Return the postings of terms in order, each term's passages rising, `counts` of them for each term."""
    return Part(counts, (passages.astype(np.uint64) << np.uint64(32)) | frequencies.astype(np.uint64))


def placed_already(passages: Ints, positions: Ints, tokens: Ints, counts: Ints, layout: Layout) -> Part:
    """Return the postings of tokens of terms in order, each term's places rising.

    `tokens` says how many each posting has, `counts` how many postings each term.
    """
    ends = np.cumsum(counts)
    before = np.concatenate(([0], np.cumsum(tokens)))
    return Part(before[ends] - before[ends - counts], (layout.start(passages) + positions).astype("<u4"))
