"""The first articles of an answer, scored anew: what stands in several forms counts as one word with all of them.

An engine ranks a concept by its best form. Of the first articles the forms' weighted frequencies are added up before
they are saturated, as BM25 would if they were one word, as far as the concept says (`Synonym.together`); of the rest
the engine's order stays. Every page of a request
sees the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from indexer.engines.base import Engine, RankedArticle, Ranking, Request
from indexer.nodes import AllOf, Also, AnyOf, Best, Boost, Decayed, Lead, Node, Scaled, Synonym

# A number for each of some passages.
Floats = Sequence[float]

# Articles, from the best on, that are scored anew.
FIRST = 100


def ranked(engine: Engine, request: Request, *, further: bool = False) -> Ranking:
    """Answer a request, with the first articles in the order of their second scores.

    With `further` those behind the page that are scored anew for it are there too.
    """
    anew = _Anew(request.rank)
    is_first = request.offset < FIRST and request.after is None
    if not anew.has_concepts or request.sort != "relevance" or request.by_passage or not is_first or not request.limit:
        return engine.search(request)
    ranking = engine.search(replace(request, offset=0, limit=FIRST, details=anew.details))
    last = request.offset + request.limit
    chosen = slice(request.offset, None if further else last)
    articles = tuple(
        [article.scored(score, scores) for article, score, scores in _scored_anew(ranking.articles, anew)[chosen]]
    )
    if last > FIRST and len(ranking.articles) == FIRST:
        rest = replace(request, offset=FIRST, limit=last - FIRST, counts=(), facets=())
        articles = (*articles, *engine.search(rest).articles)
    return replace(ranking, articles=articles)


def factors_of(engine: Engine, request: Request) -> dict[str, float]:
    """Return what `ranked` multiplies the scores of articles by, for those that are scored anew, by id."""
    anew = _Anew(request.rank)
    if not anew.has_concepts:
        return {}
    first = engine.search(replace(request, offset=0, limit=FIRST, details=anew.details, counts=()))
    return {one.article_id: score / one.score for one, score, _ in _scored_anew(first.articles, anew) if one.score}


class _Scored(NamedTuple):
    """An article as it was scored first, its second score, and those of its passages."""

    article: RankedArticle
    score: float
    scores: Sequence[float]


def _scored_anew(articles: Sequence[RankedArticle], anew: _Anew) -> list[_Scored]:
    """Return articles in the order of their second scores."""
    factors = iter(anew.factors([details for article in articles for details in article.details]))
    scored = []
    for article in articles:
        scores = [score * next(factors) for score in article.scores]
        first = article.scores[0]
        scored.append(_Scored(article, article.score * max(scores) / first if first else article.score, scores))
    having = Counter([one.score for one in scored])  # only where several have a score are ids read
    return sorted(scored, key=lambda one: (-one.score, one.article.article_id if having[one.score] > 1 else ""))


class _Concept(NamedTuple):
    """What adds to a score `weight` times the best of some nodes, or of what a synonym, boosted by `own`, is worth."""

    weight: float
    synonym: Synonym
    own: float
    others: tuple[Node, ...] = ()

    @property
    def details(self) -> tuple[Node, ...]:
        """The first score of the synonym, its second one, and those of the other nodes."""
        return (Boost(self.synonym, self.own), self.synonym, *self.others)

    def gains(self, first: Floats, second: Floats, others: Sequence[Floats]) -> Iterator[float]:
        """Yield what the second stage adds to the score of each passage, by the details."""
        weight = self.synonym.together * self.weight
        before = _highest([first, *others])
        now = _highest([[self.own * score for score in second], *others])
        return (weight * (one - other) for one, other in zip(now, before, strict=True))


class _Part(NamedTuple):
    """What may be a passage's score, and the concepts that are added up in it."""

    node: Node
    concepts: tuple[_Concept, ...]

    @property
    def details(self) -> tuple[Node, ...]:
        return (self.node, *(node for concept in self.concepts for node in concept.details))

    def scores(self, details: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Return the first and the second score of each passage, by the details."""
        first, at = details[0], 1
        gains = [0.0] * len(first)
        for concept in self.concepts:
            end = at + 2 + len(concept.others)
            added = concept.gains(details[at], details[at + 1], details[at + 2 : end])
            gains = [one + other for one, other in zip(gains, added, strict=True)]
            at = end
        return first, [score + gain if score else 0.0 for score, gain in zip(first, gains, strict=True)]


class _Anew:
    """Works out second scores of the passages of a ranking, by the details of a request."""

    def __init__(self, rank: Node) -> None:
        inner = _inner(rank)
        nodes = tuple(map(_inner, inner.nodes)) if isinstance(inner, Best) else (inner,)
        parts = [_Part(node, tuple(_added(node, 1.0))) for node in nodes]
        self.has_concepts = any(part.concepts for part in parts)
        # What to ask an engine, and each part with its place in the answer.
        self.details: tuple[Node, ...] = ()
        self._parts: list[tuple[_Part, slice]] = []
        for part in parts:
            start = len(self.details)
            self.details += part.details
            self._parts.append((part, slice(start, len(self.details))))

    def factors(self, details: Sequence[Sequence[float]]) -> list[float]:
        """Return the second score of each passage as a part of its first one, by its details."""
        columns = list(zip(*details, strict=True)) or [()] * len(self.details)
        firsts, seconds = zip(*(part.scores(columns[own]) for part, own in self._parts), strict=True)
        pairs = zip(_highest(firsts), _highest(seconds), strict=True)
        return [second / first if first else 1.0 for first, second in pairs]


def _highest(columns: Sequence[Floats]) -> Floats:
    """Return the highest of each row."""
    return columns[0] if len(columns) == 1 else list(map(max, *columns))


def _inner(node: Node) -> Node:
    """Return what ranks, without what multiplies all of it."""
    return _inner(node.node) if isinstance(node, (Scaled, Lead, Decayed)) else node


def _added(node: Node, weight: float) -> Iterator[_Concept]:
    """Yield the concepts whose scores are added up in that of a node."""
    match node:
        case Synonym():
            yield _Concept(weight, node, 1.0)
        case Boost(inner, own):
            yield from _added(inner, weight * own)
        case AllOf(nodes) | AnyOf(nodes):
            for one in nodes:
                yield from _added(one, weight)
        case Also(inner, extras):
            for one in (inner, *extras):
                yield from _added(one, weight)
        case Best(nodes):
            synonyms = [found for one in nodes for found in _added(one, 1.0)]
            others = tuple(one for one in nodes if not any(_added(one, 1.0)))
            if len(synonyms) == 1:
                yield _Concept(weight, synonyms[0].synonym, synonyms[0].weight, others)
