"""One commit, open for reading: its segments as one row of passages, and as one row of articles.

Passages are numbered through all segments; deleted ones keep their number and appear in nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import NamedTuple, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from indexer.engines.whoosh.container import encoded
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.statistics import Statistics, statistics_of
from indexer.nodes import Synonym

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Part(NamedTuple):
    """A stretch of passages in one segment: `base + low` to `base + high` of all."""

    segment: Segment
    base: int
    low: int
    high: int


class Concept(NamedTuple):
    """A Synonym in a snapshot: n*, N, idf(n*), and the most that it scores."""

    containing: float
    passages: int
    idf: float
    bound: float


_Remembered = TypeVar("_Remembered")
# Rows of a number for each passage, or of whether it is in a set, that are kept: of every kind of query, and some days.
_REMEMBERED = 8


class Snapshot:
    """The segments of a commit. Safe to share between threads."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = segments
        self.bases = [0, *accumulate(segment.passages for segment in segments)]
        self.article_bases = [0, *accumulate(segment.articles for segment in segments)]
        self.size = self.bases[-1]
        self.articles = self.article_bases[-1]
        self.is_flat = self.articles == self.size  # each article is one passage, and has its number
        self._fields: dict[str, list[tuple[Segment, int, Field]]] = {}
        self._statistics: dict[str, Statistics] = {}
        self.terms: dict[tuple[str, str], object] = {}  # what `terms.py` remembers
        self.concepts: dict[Synonym, Concept] = {}  # what `synonyms.py` remembers
        self.enough: WeakKeyDictionary[object, tuple[int, int] | None] = (
            WeakKeyDictionary()
        )  # what `matching.py` counted, by scorers' keys
        self._remembered: dict[object, object] = {}
        self._scratch: list[Floats] = []

    def release(self) -> None:
        """Give back the memory that reading has taken."""
        for segment in self.segments:
            for container in segment.containers:
                container.release()

    def rest(self) -> None:
        """Give back all memory that the next search gets again: some milliseconds for a million passages."""
        self.release()
        self._scratch.clear()

    def check_readable(self) -> None:
        """Raise IndexDamaged if a file was cut short since it was opened."""
        for segment in self.segments:
            for container in segment.containers:
                container.check_readable()

    @property
    def live_count(self) -> int:
        return sum(segment.state.live_count for segment in self.segments)

    def parts(self, low: int, high: int) -> Iterator[Part]:
        """Yield the stretches that passages `low` to `high` lie in."""
        for segment, base in zip(self.segments, self.bases, strict=False):
            start, end = max(low, base), min(high, base + segment.passages)
            if start < end:
                yield Part(segment, base, start - base, end - base)

    def divided(self, passages: Ints) -> Iterator[tuple[int, Segment, int, slice]]:
        """Yield the segments that rising passages lie in: number, segment, its first passage, and which they are."""
        if len(self.segments) == 1:
            yield 0, self.segments[0], 0, slice(0, len(passages))
            return
        cuts = np.searchsorted(passages, self.bases).tolist()
        for number, segment in enumerate(self.segments):
            if cuts[number] < cuts[number + 1]:
                yield number, segment, self.bases[number], slice(cuts[number], cuts[number + 1])

    def articles_of(self, passages: Ints) -> Ints:
        """Return the number of the article of each passage; passages rise."""
        if self.is_flat:
            return passages
        found = np.empty(len(passages), np.int64)
        for number, segment, base, own in self.divided(passages):
            found[own] = segment.article_of.take(passages[own] - base if base else passages[own])
            if number:
                found[own] += self.article_bases[number]
        return found

    def passages_of(self, articles: Ints) -> tuple[Ints, Ints]:
        """Return the passages of articles, in their order, and where in them each article begins.

        Each of the articles, which rise, has a passage that is not deleted; only such passages are returned.
        """
        if self.is_flat:
            return articles, np.arange(len(articles))
        first, behind = self._extents(articles)
        counts = behind - first
        starts = np.cumsum(counts) - counts
        passages = np.repeat(first - starts, counts) + np.arange(int(counts.sum()))
        live = np.ones(len(passages), bool)
        for _, segment, base, own in self.divided(passages):
            if segment.live is not None:
                segment.live.take(passages[own] - base, out=live[own])
        if live.all():
            return passages, starts
        return passages.compress(live), np.concatenate(([0], np.cumsum(live)))[starts]

    def _extents(self, articles: Ints) -> tuple[Ints, Ints]:
        """Return the first passage of each article, which rise, and the one behind its last."""
        extents = np.empty((2, len(articles)), np.int64)
        cuts = articles.searchsorted(self.article_bases).tolist()
        for number, segment in enumerate(self.segments):
            own = slice(cuts[number], cuts[number + 1])
            local = articles[own] - self.article_bases[number]
            extents[0, own] = segment.first_passages.take(local)
            extents[1, own] = segment.first_passages.take(local + 1)
            extents[:, own] += self.bases[number]
        return extents[0], extents[1]

    def first_passages(self, articles: Ints) -> Ints:
        """Return the first passage of each article, by its number; behind the last, the number of passages."""
        number = np.searchsorted(self.article_bases, articles, side="right") - 1
        found = np.full(len(articles), self.size, np.int64)
        for i, segment in enumerate(self.segments):
            own = number == i
            if own.any():
                found[own] = (
                    segment.first_passages[articles[own] - self.article_bases[i]].astype(np.int64) + self.bases[i]
                )
        return found

    def live(self, low: int, high: int) -> Mask:
        """Return which passages of a stretch are not deleted."""
        found = np.ones(high - low, bool)
        for segment, base, start, end in self.parts(low, high):
            if segment.live is not None:
                found[base + start - low : base + end - low] = segment.live[start:end]
        return found

    def place_of_passage(self, passage: int) -> tuple[Segment, int]:
        """Return the segment of a passage, and its number there."""
        number = bisect_right(self.bases, passage) - 1
        return self.segments[number], passage - self.bases[number]

    def place_of_article(self, article: int) -> tuple[Segment, int]:
        """Return the segment of an article, and its number there."""
        number = bisect_right(self.article_bases, article) - 1
        return self.segments[number], article - self.article_bases[number]

    def article_number(self, article_id: str) -> int | None:
        """Return the number of an article, or None."""
        key = encoded(article_id)
        for segment, base in zip(self.segments, self.article_bases, strict=False):
            articles = segment.field("article")
            number = articles.find(key) if articles else None
            if articles is None or number is None:
                continue
            passages = articles.passages(number)
            if segment.live is not None:
                passages = passages[segment.live[passages]]
            if len(passages):
                return int(segment.article_of[passages[0]]) + base
        return None

    def statistics(self, name: str) -> Statistics:
        """Return the statistics of a ranked field over all live passages."""
        if name not in self._statistics:
            ranked = [(segment, field) for segment, _, field in self.fields(name) if field.is_ranked]
            self._statistics[name] = statistics_of(ranked)
        return self._statistics[name]

    def remembered(self, key: object, work_out: Callable[[], _Remembered]) -> _Remembered:
        """Return what was worked out for a key; only some of the last are kept."""
        if key not in (known := self._remembered):
            if len(known) >= _REMEMBERED:
                self._remembered = known = {}
            known[key] = work_out()
        return cast(_Remembered, known[key])

    @contextmanager
    def scratch(self) -> Iterator[Floats]:
        """Lend an array of a zero for each passage; whoever writes to it makes it zero again.

        They are kept, for whichever thread asks next: memory that is new costs more than adding to it.
        """
        try:
            scores = self._scratch.pop()
        except IndexError:
            scores = np.zeros(self.size)
        yield scores
        self._scratch.append(scores)

    def fields(self, name: str) -> Sequence[tuple[Segment, int, Field]]:
        """Return the segments that have terms of a field, with their first passages."""
        if name not in self._fields:
            pairs = (
                (segment, base, segment.field(name)) for segment, base in zip(self.segments, self.bases, strict=False)
            )
            self._fields[name] = [(segment, base, field) for segment, base, field in pairs if field is not None]
        return self._fields[name]
