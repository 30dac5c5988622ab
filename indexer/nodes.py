"""What an engine can be asked: a tree of nodes over terms, known to every engine, unaware of languages.

A node matches a set of passages and gives each a score. Terms are already analysed.

| node | matches a passage when | score |
|---|---|---|
| Term | the field holds the term | BM25 (`engines/bm25.py`) |
| Phrase | the terms stand in the field in this order, side by side | Σ idf × saturated phrase frequency, of `exact` |
| Near | all of `nodes`, in any order, stand in a stretch with at most `slop` other places | sum of those of `nodes` |
| Prefix | a term of the field begins so | 1 |
| Pattern | a term of the field is like it: `*` any characters, `?` one | 1 |
| Fuzzy | a term of the field is at most `distance` edits away | 1 |
| Keyword | the keyword field holds one of the values | 1 |
| Range | the number lies between both ends, which are included | 1 |
| AllOf | all nodes match | sum |
| AnyOf | at least one node matches | sum over those that match |
| Not | the node does not match | 0 |
| Synonym | at least one form matches | idf(n*) × (maximum + .3 × what others add), over forms, of w × saturation |
| Best | at least one node matches | maximum |
| Also | `node` matches | its score + those of `extras` that match |
| Boost | the node matches | × weight |
| Scaled | the node matches | × the number of the passage's value of a keyword field, 1 for values that have none |
| Lead | the node matches | × `rest`, but in the article's first passage that is not of some kinds |
| Decayed | the node matches | × ½ for each `half_life` of its number below `origin`, `absent` without a number |
| Every | always | 1 |
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

# In which order articles come. What ties goes by article id, and of one article by the passages' order.
SORTS = (
    "relevance",  # by score, the highest first
    "date",  # by day, the newest first and undated ones last, then by score
    "date-asc",  # by day, the oldest first and undated ones last, then by score
    "title",  # by the keyword `title` of the first passage, in the order of its characters' codes; without one last
)


# Each has a docstring, since a dataclass without one works out its signature when it is made, and searches wait for it.
@dataclass(frozen=True, slots=True)
class Term:
    """A term of a field."""

    field: str
    term: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Adjacent places; a last term that `prefix` marks matches every term beginning with it.

    Where one of `not_after` stands at the place before, or one of `not_before` at the place behind, it is part of
    something else, and no match.
    """

    field: str
    terms: tuple[str, ...]
    prefix: bool = False
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()

    @property
    def exact(self) -> Phrase:
        """The phrase that it scores as, wherever all of it matches: without a term that is only a beginning."""
        return replace(self, terms=self.terms[:-1], prefix=False, not_before=()) if self.prefix else self


@dataclass(frozen=True, slots=True)
class Near:
    """Terms, phrases and prefixes of one field near each other, as places between the first and the last one's ends.

    They may overlap; one that is named twice counts once. Those of `wide` take one more place, behind their terms.
    """

    nodes: tuple[Term | Phrase | Prefix, ...]
    slop: int
    wide: tuple[Term | Phrase | Prefix, ...] = ()


@dataclass(frozen=True, slots=True)
class Prefix:
    """Terms of a field that begin so."""

    field: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say something; the heaviest of a Synonym counts as 1. Raises ValueError unless `weight` is above 0."""

    node: Term | Phrase | Prefix
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.weight > 0:
            raise ValueError(f"The weight of a form has to be above 0: {self}")


@dataclass(frozen=True, slots=True)
class Synonym:
    """One concept in several forms, each different, of any fields, each field with its own lengths.

    w is a form's weight divided by the heaviest one's, its saturation s that of a Term or Phrase in BM25; a Prefix, or
    a Phrase of nothing but a beginning, counts as standing once in a passage of average length. n* is the sum over
    passages of the largest w² of the forms they hold; N in idf(n*) the largest number of passages that have one of the
    fields, and at least n*.

    The second stage is what BM25 gives to the forms as one word, their weighted frequencies added up before they are
    saturated: idf(n*) × X / (1 + X), X the sum of w × s / (1 − s). See `Request.details`. `together` is how far, from 0
    to 1, a searcher goes from the first to the second; engines do not look at it.
    """

    forms: tuple[Form, ...]
    together: float = 1.0

    @property
    def weights(self) -> tuple[float, ...]:
        """w of each form."""
        heaviest = max((form.weight for form in self.forms), default=1.0)
        return tuple(form.weight / heaviest for form in self.forms)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Terms of a field, or keywords, that are like it."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Edits, at most 2, put in, take out or change a character, or exchange two neighbours; the first `kept` stay."""

    field: str
    term: str
    distance: int = 1
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Keyword:
    """One of some values of a keyword field."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `low` to `high`; None is open."""

    field: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of some nodes."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of some nodes."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What a node does not match."""

    node: Node


@dataclass(frozen=True, slots=True)
class Best:
    """The best of some nodes."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Also:
    """A node, and others that only score."""

    node: Node
    extras: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Boost:
    """A node that scores `weight` times as much."""

    node: Node
    weight: float


@dataclass(frozen=True, slots=True)
class Scaled:
    """Numbers by value, from 0 to 1; of several values of a passage the last in their order counts."""

    node: Node
    field: str
    factors: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Lead:
    """What an article begins with, and the number, from 0 to 1, for its other passages.

    Passages of the kinds `without` do not begin an article; of several kinds of a passage the last in order counts.
    """

    node: Node
    without: tuple[str, ...]
    rest: float


@dataclass(frozen=True, slots=True)
class Decayed:
    """A score that fades with the distance of a number, above 0, from `origin`; no number above that adds to it."""

    node: Node
    field: str
    origin: int
    half_life: float
    absent: float


@dataclass(frozen=True, slots=True)
class Every:
    """Everything."""


Node: TypeAlias = (
    Term
    | Phrase
    | Near
    | Prefix
    | Synonym
    | Pattern
    | Fuzzy
    | Keyword
    | Range
    | AllOf
    | AnyOf
    | Not
    | Best
    | Also
    | Boost
    | Scaled
    | Lead
    | Decayed
    | Every
)


def found_by(node: Node) -> Node:
    """Return a node that matches the same passages; it scores otherwise, or nothing, and so takes less to count."""
    match node:
        case Also(inner) | Boost(inner) | Scaled(inner) | Lead(inner) | Decayed(inner):
            return found_by(inner)
        case AnyOf(nodes) | Best(nodes):
            return AnyOf(tuple(map(found_by, nodes)))
        case AllOf(nodes):
            return AllOf(tuple(map(found_by, nodes)))
    return node
