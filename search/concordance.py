"""Query -> every occurrence of what it finds, with the text to its left and right."""

from __future__ import annotations

import heapq
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from indexer.analysis.fold import fold
from indexer.analysis.scripts import runs
from indexer.engines.base import Engine, Ranked, RankedArticle
from indexer.model import Passage
from indexer.payload import load_text
from search.model import Note
from search.occurrences import TITLE, Finding

ORDERS = ("right", "left", "relevance", "date")
# Before anything that a word of a search key holds.
_BETWEEN = "\x00"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A stretch of an article that a query finds, as it stands there, with what stands around it.

    `start` is the place of `keyword` in the article's text. Of the kind "title" it is that in the title, and there is
    no passage.
    """

    article_id: str
    title: str
    published: date | None
    published_guessed: bool
    path: str
    passage_id: str
    kind: str
    lang: str
    left: str
    keyword: str
    right: str
    start: int

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape, dates as YYYY-MM-DD."""
        return {**asdict(self), "published": self.published.isoformat() if self.published else None}


@dataclass(frozen=True, slots=True)
class Concordance:
    """Occurrences in the order that was asked for. `total` counts all there are, in `articles` of `matched` articles.

    The others of these hold what was asked for elsewhere, most in their titles.
    """

    query: str
    occurrences: tuple[Occurrence, ...]
    total: int
    articles: int
    matched: int
    took_ms: float
    notes: tuple[Note, ...] = ()


def concordance(
    engine: Engine, finding: Finding, *, sort: str, context: int, limit: int | None, titles: bool
) -> Concordance:
    """Read all that was found, `context` characters to each side; of the occurrences in order keep the first `limit`.

    The engine must be at the commit that the finding is of.
    """
    reading = _Reading(engine, finding, context, titles)
    key = _KEYS[sort]
    # The last parts of a key tell any two occurrences apart: no more than keys is compared.
    keyed = ((key(occurrence, score), occurrence) for score, occurrence in reading.occurrences())
    # Of none at all nothing would be read, and so nothing counted.
    kept = sorted(keyed) if limit is None else heapq.nsmallest(max(limit, 1), keyed)[:limit]
    return Concordance(
        query=finding.query,
        occurrences=tuple(occurrence for _, occurrence in kept),
        total=reading.total,
        articles=reading.articles,
        matched=finding.matched,
        took_ms=round((time.perf_counter() - finding.started) * 1000, 3),
        notes=finding.notes,
    )


class _Reading:
    """Reads what was found, article by article, and counts."""

    def __init__(self, engine: Engine, finding: Finding, context: int, titles: bool) -> None:
        self._engine, self._finding = engine, finding
        self._context, self._titles = context, titles
        self.total = self.articles = 0

    def occurrences(self) -> Iterator[tuple[float, Occurrence]]:
        """Yield every occurrence with its article's score."""
        for article in self._finding.articles():
            before = self.total
            for occurrence in self._of(article):
                self.total += 1
                yield article.score, occurrence
            self.articles += self.total > before

    def _of(self, article: RankedArticle) -> Iterator[Occurrence]:
        around = _Around(self._engine, article.article_id, self._context)
        for passage, spans in self._finding.marked(article, titles=self._titles):
            row = article.row
            for start, end in spans:
                yield Occurrence(
                    article_id=row.id,
                    title=row.title,
                    published=row.published,
                    published_guessed=row.published_guessed,
                    path=row.path,
                    passage_id=passage.id,
                    kind=passage.kind,
                    lang=passage.lang,
                    left=around.left(passage, start),
                    keyword=passage.text[start:end],
                    right=around.right(passage, end),
                    start=passage.start + start,
                )


class _Around:
    """Gives the text around stretches of an article, over the borders of its passages, between which is white space."""

    def __init__(self, engine: Engine, article_id: str, size: int) -> None:
        self._engine, self._article_id, self._size = engine, article_id, size
        self._stored: Sequence[Ranked] = ()

    def left(self, passage: Passage, start: int) -> str:
        text = passage.text[max(0, start - self._size) : start]
        while (missing := self._size - len(text)) > 0 and (before := self._neighbour(passage, -1)):
            gap = "\n" * (before.end < passage.start)
            text = (before.text + gap)[-missing:] + text
            passage = before
        return text

    def right(self, passage: Passage, end: int) -> str:
        text = passage.text[end : end + self._size]
        while (missing := self._size - len(text)) > 0 and (after := self._neighbour(passage, 1)):
            gap = "\n" * (passage.end < after.start)
            text += (gap + after.text)[:missing]
            passage = after
        return text

    def _neighbour(self, passage: Passage, step: int) -> Passage | None:
        if passage.kind == TITLE:
            return None
        self._stored = self._stored or self._engine.passages(self._article_id)
        at = step + bisect_left(self._stored, passage.start, key=lambda one: self._passage(one).start)
        return self._passage(self._stored[at]) if 0 <= at < len(self._stored) else None

    def _passage(self, stored: Ranked) -> Passage:
        return load_text(stored.payload, stored.passage_id, self._article_id)


class _Place(NamedTuple):
    """What tells two occurrences apart, in the order of articles and texts."""

    article_id: str
    is_text: bool
    start: int


_Key = tuple[float | str, _Place]


def _place(occurrence: Occurrence) -> _Place:
    return _Place(occurrence.article_id, occurrence.kind != TITLE, occurrence.start)


def _by_right(occurrence: Occurrence, score: float) -> _Key:
    return _BETWEEN.join(_words(occurrence.right)), _place(occurrence)


def _by_left(occurrence: Occurrence, score: float) -> _Key:
    return _BETWEEN.join(reversed(_words(occurrence.left))), _place(occurrence)


def _by_relevance(occurrence: Occurrence, score: float) -> _Key:
    return -score, _place(occurrence)


def _by_date(occurrence: Occurrence, score: float) -> _Key:
    return -occurrence.published.toordinal() if occurrence.published else 0, _place(occurrence)


_KEYS: dict[str, Callable[[Occurrence, float], _Key]] = dict(
    zip(ORDERS, (_by_right, _by_left, _by_relevance, _by_date), strict=True)
)


def _words(text: str) -> list[str]:
    """Return the Han characters and words of a text as they are searched for, without marks and white space."""
    found = runs(fold(text, for_words=False).key)
    return [word for run in found for word in (run.text if run.kind == "han" else (run.text,))]
