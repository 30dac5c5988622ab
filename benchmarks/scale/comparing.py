"""Two answers to one search -> whether they are equal, differ by ties, or otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose
from typing import Any, NamedTuple

from search.model import SearchResult

# Scores that differ by less, as a part of the larger one, are a tie: the cluster keeps scores in 32 bits, and adds them
# up in another order.
TIE = 1e-4
EQUAL, TIES, OTHER = "equal", "ties", "other"


class Found(NamedTuple):
    """A hit: what was found, what it is sorted by before its score, and that."""

    name: str
    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, as far as two indexes of the same articles must agree on it."""

    hits: tuple[Found, ...]
    others: Mapping[str, Any]


def page_of(result: SearchResult, options: Mapping[str, Any]) -> Page:
    """Return what is compared of the answer to a search with these options."""
    sort = options.get("sort", "relevance")
    hits = []
    for hit in result.hits:
        name = f"{hit.article_id} {hit.snippets[0].passage_id}" if options.get("passages") else hit.article_id
        key = {"relevance": "", "title": hit.title}.get(sort, str(hit.published))
        hits.append(Found(name, key, hit.score))
    quotations = {(hit.article_id, i): snippet.text for hit in result.hits for i, snippet in enumerate(hit.snippets)}
    others = {
        "total": (result.total, result.passages_total) if result.total_is_exact else "many",
        "notes": tuple((note.kind, note.text) for note in result.notes),
        "quotations": quotations,
        "facets": result.facets,
        "copies": {hit.article_id: (hit.copies, hit.stories) for hit in result.hits},
    }
    return Page(tuple(hits), others)


def compare(one: Page, other: Page) -> str:
    """Return EQUAL for the same hits in the same order, TIES if all that stand elsewhere have the same score there."""
    if [hit.name for hit in one.hits] == [hit.name for hit in other.hits]:
        return EQUAL
    if len(one.hits) != len(other.hits):
        return OTHER
    at_each = all(_is_tie(mine, theirs) for mine, theirs in zip(one.hits, other.hits, strict=True))
    return TIES if at_each and _same_scores(one, other) else OTHER


def differing(one: Page, other: Page) -> tuple[str, ...]:
    """Return the names of what else differs, of pages with equal hits."""
    return tuple(name for name, value in one.others.items() if value != other.others[name])


def deviation(one: Page, other: Page) -> float:
    """Return the largest difference of the scores of what both have found, as a part of them."""
    scores = {hit.name: hit.score for hit in other.hits}
    both = [(hit.score, scores[hit.name]) for hit in one.hits if hit.name in scores]
    return max((abs(mine - theirs) / max(abs(mine), abs(theirs), 1e-9) for mine, theirs in both), default=0.0)


def _is_tie(mine: Found, theirs: Found) -> bool:
    return mine.key == theirs.key and isclose(mine.score, theirs.score, rel_tol=TIE)


def _same_scores(one: Page, other: Page) -> bool:
    """Tell whether what both have found has the same score, whichever place it has."""
    return deviation(one, other) <= TIE
