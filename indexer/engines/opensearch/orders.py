"""The order that a request asks for: as clauses of a search, and as places that go on behind one."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from struct import pack, unpack
from typing import Any

from indexer.engines.base import After, SortKey
from indexer.engines.opensearch.mapping import searchable

# What articles without a day sort as: behind all days, whichever come first.
_NO_DAY = {"date": 0, "date-asc": (1 << 31) - 1}
_BY_SCORE = {"_score": {"order": "desc"}}
_BY_ID = {"id": {"order": "asc"}}
# Above all scores of 32 bits.
_HIGHEST = 3e38

Place = tuple[Any, ...]


def clauses(sort: str) -> list[Any]:
    """Return what articles are sorted by."""
    if sort == "relevance":
        return [_BY_SCORE, _BY_ID]
    if sort == "title":
        return [{"title": {"order": "asc", "missing": "_last"}}, _BY_ID]
    order = "desc" if sort == "date" else "asc"
    return [{"published": {"order": order, "missing": _NO_DAY[sort]}}, _BY_SCORE, _BY_ID]


def behind(sort: str, after: After) -> list[Any]:
    """Return the values by which a search goes on right behind an article."""
    return _behind(sort, after.key, searchable(after.article_id))


def _behind(sort: str, key: SortKey, article_id: str) -> list[Any]:
    if sort == "relevance":
        return [float(key[0]), article_id]
    if sort == "title":
        return [searchable(str(key[0])) or None, article_id]
    return [int(key[0]) or _NO_DAY[sort], float(key[1]), article_id]


def before(sort: str, after: After) -> list[Any] | None:
    """Return the values behind which all articles are that have a passage behind a place; None for the beginning.

    A passage may be behind it although its article's best one is not.
    """
    if sort == "relevance":
        return None
    if sort == "title":  # its own article is not passed over: before any id is its beginning
        return _behind(sort, after.key, searchable(after.article_id)[:-1])
    return _behind(sort, (after.key[0], _HIGHEST), "")


def key(sort: str, values: Sequence[Any]) -> SortKey:
    """Return what `After` tells of an article, by its values in a response."""
    if sort == "relevance":
        return (single(values[0]),)
    if sort == "title":
        return (values[0] or "",)
    return (0 if values[0] == _NO_DAY[sort] else values[0], single(values[1]))


def rescored(sort: str, values: SortKey, score: float) -> SortKey:
    """Return what `After` tells of a passage with a score, by what it tells of its article."""
    if sort == "relevance":
        return (score,)
    return values if sort == "title" else (values[0], score)


def place(sort: str, after: After) -> Place:
    """Return what sorts as the order does."""
    values, article_id, number = after
    article_id = searchable(article_id)
    if sort == "title":
        return not values[0], searchable(str(values[0])), article_id, number
    score = -float(values[-1])
    if sort == "relevance":
        return score, article_id, number
    day = float(values[0])
    return -day if sort == "date" else day or inf, score, article_id, number


def single(score: float) -> float:
    """Return a score as the number of 32 bits that it is on the cluster: a response has just enough digits to tell."""
    rounded: float = unpack("f", pack("f", score))[0]
    return rounded
