"""Why an article has its score, in the words of a query: the values, and their JSON shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Factor:
    """A number of a product, with the numbers that it is worked out from; `of` is what a factor belongs to."""

    name: str
    value: float
    numbers: Mapping[str, float] = field(default_factory=dict)
    of: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a part of a query adds to a score: the product of `factors`, or else the sum of `reasons`.

    `word` is what was typed for `term`, empty if that is the same or not known; `found` are the words that a beginning
    or a pattern stands for. `left_out` parts add nothing.
    """

    kind: str
    field: str
    term: str
    contribution: float
    word: str = ""
    found: tuple[str, ...] = ()
    factors: tuple[Factor, ...] = ()
    reasons: tuple[Reason, ...] = ()
    left_out: int = 0

    def leaves(self) -> Iterator[Reason]:
        """Yield the reasons that are products; their contributions add up to this one's."""
        if self.reasons:
            for reason in self.reasons:
                yield from reason.leaves()
        else:
            yield self


@dataclass(frozen=True, slots=True)
class ArticleExplanation:
    """Why an article has its score: what its best passage gets it for, most first, or what it lacks to be found.

    What `reasons` contribute adds up to `score`; `left_out` parts of the query add nothing. Only an article that is not
    found has things `missing`; its score is 0 and has no reasons.
    """

    article_id: str
    passage_id: str
    score: float
    reasons: tuple[Reason, ...]
    left_out: int = 0
    missing: tuple[str, ...] = ()

    def leaves(self) -> Iterator[Reason]:
        """Yield each term's reason; their contributions add up to the score."""
        for reason in self.reasons:
            yield from reason.leaves()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape."""
        return {
            "article_id": self.article_id,
            "passage_id": self.passage_id,
            "score": self.score,
            "missing": list(self.missing),
            "reasons": [_reason(reason) for reason in self.reasons],
            "left_out": self.left_out,
        }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "kind": reason.kind,
        "field": reason.field,
        "term": reason.term,
        "word": reason.word,
        "found": list(reason.found),
        "contribution": reason.contribution,
        "factors": [asdict(factor) for factor in reason.factors],
        "reasons": [_reason(inner) for inner in reason.reasons],
        "left_out": reason.left_out,
    }
