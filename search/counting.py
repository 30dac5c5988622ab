"""Query -> how many articles it finds, and how often what it finds stands in them, by time or by source."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from indexer.model import ArticleRow
from search.model import Note
from search.occurrences import Finding

# Characters of YYYY-MM-DD.
PERIODS = {"month": 7, "year": 4, "day": 10}
BY = (*PERIODS, "source")


@dataclass(frozen=True, slots=True)
class CountRow:
    """Of one value the articles found, and the occurrences in them; the value is empty where an article has none."""

    value: str
    articles: int
    occurrences: int

    def to_dict(self, by: str) -> dict[str, str | int]:
        """Return the row with its value under the name of what is counted by."""
        return {by: self.value, "articles": self.articles, "occurrences": self.occurrences}


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts by value: periods in their order, sources by occurrences, most first; articles without a value last."""

    query: str
    by: str
    rows: tuple[CountRow, ...]
    articles: int
    occurrences: int
    took_ms: float
    notes: tuple[Note, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape."""
        return {
            **asdict(self),
            "rows": [asdict(row) for row in self.rows],
            "notes": [note.to_dict() for note in self.notes],
        }


def count(finding: Finding, *, by: str, titles: bool) -> Counts:
    """Count all that was found by one of BY."""
    articles: Counter[str] = Counter()
    occurrences: Counter[str] = Counter()
    for article in finding.articles():
        value = _value(article.row, by)
        articles[value] += 1
        occurrences[value] += sum(len(spans) for _, spans in finding.marked(article, titles=titles))
    return Counts(
        query=finding.query,
        by=by,
        rows=_rows(articles, occurrences, by),
        articles=articles.total(),
        occurrences=occurrences.total(),
        took_ms=round((time.perf_counter() - finding.started) * 1000, 3),
        notes=finding.notes,
    )


def _value(row: ArticleRow, by: str) -> str:
    if by == "source":
        return row.source
    return row.published.isoformat()[: PERIODS[by]] if row.published else ""


def _rows(articles: Counter[str], occurrences: Counter[str], by: str) -> tuple[CountRow, ...]:
    rows = [CountRow(value, articles[value], occurrences[value]) for value in sorted(articles)]
    if by == "source":
        rows.sort(key=lambda row: (-row.occurrences, -row.articles))
    return tuple(sorted(rows, key=lambda row: not row.value))


def between(one: str, other: str) -> Sequence[str]:
    """Return the periods between two of one length, none if one of them is empty."""
    return [_period(number, len(one)) for number in range(_number(one) + 1, _number(other))] if one and other else []


def _number(value: str) -> int:
    """Return the number of a period, which grows by 1 from one to the next."""
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 3:
        return date(*parts).toordinal()
    return parts[0] * 12 + parts[1] - 1 if len(parts) == 2 else parts[0]


def _period(number: int, characters: int) -> str:
    if characters == PERIODS["day"]:
        return date.fromordinal(number).isoformat()
    return f"{number // 12:04}-{number % 12 + 1:02}" if characters == PERIODS["month"] else f"{number:04}"
