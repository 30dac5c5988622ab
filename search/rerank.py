"""The first articles of an answer, scored anew: what stands in several forms counts as one word with all of them.

An engine ranks a concept by its best form. Of the first articles the forms' weighted frequencies are added up before
they are saturated, as BM25 would if they were one word, as far as the concept says (`Synonym.together`); of the rest
the engine's order stays. Every page of a request
sees the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from indexer.engines.base import Engine, Ranked, RankedArticle, Ranking, Request
from indexer.nodes import AllOf, Also, AnyOf, Best, Boost, Decayed, Lead, Node, Scaled, Synonym

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
    articles = _scored_anew(ranking.articles, anew)[request.offset : None if further else last]
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
    return {one.article_id: anew.article(one).score / one.score for one in first.articles if one.score}


def _scored_anew(articles: Sequence[RankedArticle], anew: _Anew) -> tuple[RankedArticle, ...]:
    return tuple(sorted(map(anew.article, articles), key=lambda article: (-article.score, article.article_id)))


class _Concept(NamedTuple):
    """What adds to a score `weight` times the best of some nodes, or of what a synonym, boosted by `own`, is worth."""

    weight: float
    synonym: Synonym
    own: float
    others: tuple[Node, ...] = ()

    @property
    def details(self) -> tuple[Node, ...]:
        """The first score, the second one of the synonym, and those of the other nodes."""
        return (Best((Boost(self.synonym, self.own), *self.others)), self.synonym, *self.others)

    def gain(self, first: float, second: float, others: Sequence[float]) -> float:
        """Return what the second stage adds to a score, by the details."""
        return self.synonym.together * self.weight * (max(self.own * second, *others, 0.0) - first)


class _Part(NamedTuple):
    """What may be a passage's score, and the concepts that are added up in it."""

    node: Node
    concepts: tuple[_Concept, ...]

    @property
    def details(self) -> tuple[Node, ...]:
        return (self.node, *(node for concept in self.concepts for node in concept.details))

    def scores(self, details: Sequence[float]) -> tuple[float, float]:
        """Return the first and the second score, by its details."""
        first, at = details[0], 1
        if not first:
            return 0.0, 0.0
        gain = 0.0
        for concept in self.concepts:
            end = at + 2 + len(concept.others)
            gain += concept.gain(details[at], details[at + 1], details[at + 2 : end])
            at = end
        return first, first + gain


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

    def article(self, article: RankedArticle) -> RankedArticle:
        factors = [self._factor(passage.details) for passage in article.passages]
        scored = [one.scored(one.score * factor) for one, factor in zip(article.passages, factors, strict=True)]
        passages = tuple(sorted(scored, key=_by_score))
        first = article.passages[0].score
        return article.scored(article.score * passages[0].score / first if first else article.score, passages)

    def _factor(self, details: Sequence[float]) -> float:
        """Return the second score of a passage as a part of its first one."""
        firsts, seconds = zip(*(part.scores(details[own]) for part, own in self._parts), strict=True)
        return max(seconds) / max(firsts) if max(firsts) else 1.0


def _by_score(passage: Ranked) -> float:
    return -passage.score


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
