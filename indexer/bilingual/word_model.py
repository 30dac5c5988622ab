"""Lines beside their translations -> how surely each word is translated by another.

IBM Model 1 (Brown et al. 1993) in both directions, learnt by expectation maximisation. What was counted is kept: lines
that come later are counted by what is known, so that each line is read once (incremental EM, Neal & Hinton 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
Shares = NDArray[np.float32]

_ROUNDS = 5
# Words of a line: longer ones are paragraphs whose words could be anything's translation.
_LONGEST_LINE = 60
# Counts that are forgotten: three quarters of the pairs of words on 480 pages are below.
_NOTHING = 0.03


class Side(NamedTuple):
    """The words of many lines, in order of the lines: `numbers` into `words`, `lines` that each stands in."""

    words: Sequence[str]
    numbers: Numbers
    lines: Numbers


class Pair(NamedTuple):
    """Two words, the lines that hold both, how sure it is, and the first page that has such a line."""

    one: str
    other: str
    seen: int
    certainty: float
    page: int


@dataclass
class Model:
    """Words of two languages, and the cells of the table of them that have counts.

    `cells` are numbers of two words, in order; `forth` and `back` how often the second is expected to translate the
    first, and the first the second; `counts` the lines with both; `pages` where they first stood.
    """

    words: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    cells: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    forth: Shares = field(default_factory=lambda: np.empty(0, np.float32))
    back: Shares = field(default_factory=lambda: np.empty(0, np.float32))
    counts: Numbers = field(default_factory=lambda: np.empty(0, np.int32))
    pages: Numbers = field(default_factory=lambda: np.empty(0, np.int32))

    def add(self, one: Side, other: Side, pages: Numbers) -> None:
        """Count lines beside their translations; `pages` is the number of the page of each line."""
        beside = _beside(self._known(0, one), self._known(1, other), len(pages))
        cells, places = np.unique(np.concatenate([self.cells, beside.cells]), return_inverse=True)
        old, new = places[: len(self.cells)], places[len(self.cells) :]
        first = np.full(len(cells), np.iinfo(np.int32).max, np.int32)
        np.minimum.at(first, new, pages[beside.lines])
        first[old] = self.pages
        self.counts = (_spread(self.counts, old, len(cells)) + np.bincount(new, minlength=len(cells))).astype(np.int32)
        forth, back = _spread(self.forth, old, len(cells)), _spread(self.back, old, len(cells))
        self.forth = _expected(forth, new, cells >> 32, beside.others)
        self.back = _expected(back, new, cells & 0xFFFFFFFF, beside.ones)
        self.cells, self.pages = cells, first
        self._forget()

    def pairs(self, least: float, lines: int) -> list[Pair]:
        """Return the words that translate each other at least so surely, in both directions, in at least so many lines.

        The certainty is the product of both probabilities.
        """
        certainty = _share(self.forth, self.cells >> 32) * _share(self.back, self.cells & 0xFFFFFFFF)
        chosen = np.flatnonzero((certainty >= least) & (self.counts >= lines))
        ones, others = self.words
        return [
            Pair(ones[cell >> 32], others[cell & 0xFFFFFFFF], int(self.counts[at]), float(certainty[at]), page)
            for at, cell, page in zip(chosen, self.cells[chosen].tolist(), self.pages[chosen].tolist(), strict=True)
        ]

    def _known(self, place: int, side: Side) -> Side:
        """Return a side with the numbers that its words have here."""
        known = {word: number for number, word in enumerate(self.words[place])}
        numbers = np.array([known.setdefault(word, len(known)) for word in side.words], np.int32)
        self.words[place][:] = known
        return side._replace(numbers=numbers[side.numbers] if len(numbers) else side.numbers)

    def _forget(self) -> None:
        kept = np.flatnonzero(np.maximum(self.forth, self.back) >= _NOTHING)
        self.cells, self.counts, self.pages = self.cells[kept], self.counts[kept], self.pages[kept]
        self.forth, self.back = self.forth[kept].astype(np.float32), self.back[kept].astype(np.float32)


class _Beside(NamedTuple):
    """Each word of each line with each of its translation: their cell, their line, and which word of all it was."""

    cells: NDArray[np.int64]
    lines: Numbers
    ones: Numbers
    others: Numbers


def _beside(one: Side, other: Side, lines: int) -> _Beside:
    one, other = _distinct(one, lines), _distinct(other, lines)
    many = np.bincount(other.lines, minlength=lines)
    many[(many > _LONGEST_LINE) | (np.bincount(one.lines, minlength=lines) > _LONGEST_LINE)] = 0
    starts = np.searchsorted(other.lines, np.arange(lines))
    times = many[one.lines]
    ones = np.repeat(np.arange(len(times), dtype=np.int32), times)
    within = np.arange(len(ones)) - np.repeat(np.cumsum(times) - times, times)
    others = (starts[one.lines[ones]] + within).astype(np.int32)
    cells = one.numbers[ones].astype(np.int64) << 32 | other.numbers[others]
    return _Beside(cells, one.lines[ones], ones, others)


def _distinct(side: Side, lines: int) -> Side:
    """Return each word of a line once."""
    words = int(side.numbers.max(initial=0)) + 1
    keys = np.unique(side.lines.astype(np.int64) * words + side.numbers)
    return side._replace(lines=(keys // words).astype(np.int32), numbers=(keys % words).astype(np.int32))


def _expected(
    known: NDArray[np.float64], places: NDArray[np.intp], given: NDArray[np.int64], translated: Numbers
) -> Shares:
    """Return the expected counts of cells, those `known` and those of new lines together.

    `places` are the cells of the words beside each other in new lines, `translated` which word each translates: its
    probabilities add up to 1. `given` is the word that each cell is a translation of.
    """
    shares = np.ones(len(known))
    total = known
    for _ in range(_ROUNDS):
        weights = shares[places]
        weights /= np.bincount(translated, weights)[translated]
        total = known + np.bincount(places, weights, len(known))
        shares = _share(total, given)
    return total.astype(np.float32)


def _share(counts: NDArray[np.floating], given: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return of each cell its share of the counts of the word that it translates."""
    return counts / np.maximum(np.bincount(given, counts), 1e-9)[given] if len(counts) else counts.astype(np.float64)


def _spread(values: NDArray[np.generic], places: NDArray[np.intp], size: int) -> NDArray[np.float64]:
    found = np.zeros(size)
    found[places] = values
    return found
