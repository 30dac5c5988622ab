"""An engine's explanation -> why an article has its score, in the words of the query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import NamedTuple

from indexer.analysis.analyzer import FIELDS, Analyzer
from indexer.engines.base import Engine, Request
from indexer.engines.explanation import Contribution, Explanation
from indexer.nodes import AnyOf, Keyword, Node, Not, Term
from search.answering import plan_of
from search.descriptions import described, part_of
from search.explanation import ArticleExplanation, Factor, Reason
from search.grammar import LONGEST_QUERY
from search.lexicon import Lexicon
from search.planner import Filters, Plan
from search.rerank import factors_of

# Numbers that a score is multiplied by, from what a term's own are.
_FACTORS = frozenset(("weight", "factor", "place", "freshness", "preference"))
# What a part of a request that is missing is called, where its node says less.
_NAMES: Mapping[Node, str] = {Not(Keyword("copy", ("yes",))): "to be no exact copy of an earlier article"}


def explanations(
    query: str, filters: Filters, ids: Iterable[str], engine: Engine, lexicon: Lexicon
) -> dict[str, ArticleExplanation]:
    """Return why a search gives articles their scores, by id. Raises UsageError if the engine does not have one."""
    request = explainable(plan_of(query, filters, engine, lexicon))
    factors = factors_of(engine, request)
    return {
        one: explained(engine.explain(request, one), request, query, lexicon.analyzer, factors.get(one, 1.0))
        for one in ids
    }


def explainable(plan: Plan) -> Request:
    """Return the request of a plan, for one article; a plan without anything to find is met by none."""
    request = plan.request(sort="relevance", limit=1, offset=0)
    return replace(request, match=AnyOf(()) if plan.is_empty else request.match, counts=())


def explained(
    explanation: Explanation, request: Request, query: str, analyzer: Analyzer, together: float = 1.0
) -> ArticleExplanation:
    """Return what an engine explains of a request; `query` is as it was typed, and says where terms come from.

    `together` is what the score is multiplied by where the forms of words are added up (`search.rerank`).
    """
    missing = tuple(_named(node, request) for node in explanation.lacking)
    if missing:
        return ArticleExplanation(explanation.article_id, explanation.passage_id, 0.0, (), missing=missing)
    factors = (Factor("together", together),) if together != 1 else ()
    found = _Reasons(_words_of(query, analyzer)).of(explanation.score, factors)
    reasons = found.reasons
    if len(reasons) == 1 and reasons[0].reasons:
        found = _Found(reasons[0].reasons, found.left_out + reasons[0].left_out)
    return ArticleExplanation(
        explanation.article_id,
        explanation.passage_id,
        explanation.score.value * together,
        tuple(found.reasons),
        found.left_out,
    )


def _named(lacking: Node, request: Request) -> str:
    if lacking == request.passages:
        return f"a passage that holds it and is {described(lacking)}"
    part = part_of(lacking)
    return _NAMES.get(lacking) or described(lacking) + (f" in {part}" if part else "")


def _words_of(query: str, analyzer: Analyzer) -> Mapping[tuple[str, str], str]:
    """Return for terms of the fields what was typed for them first."""
    typed: dict[tuple[str, str], str] = {}
    text = query[:LONGEST_QUERY]
    analysis = analyzer.analyze(text)
    for field in FIELDS:
        for token in getattr(analysis, field):
            typed.setdefault((field, token.term), text[token.start : token.end])
    return typed


class _Found(NamedTuple):
    """Reasons that add up to what a part contributes, and how many parts of it add nothing."""

    reasons: Sequence[Reason]
    left_out: int = 0


class _Reasons:
    def __init__(self, words: Mapping[tuple[str, str], str]) -> None:
        self._words = words

    def of(self, part: Contribution, outer: tuple[Factor, ...]) -> _Found:
        """Return the reasons of a part that is multiplied by `outer`; sums of several are one with reasons."""
        if not part.value * prod(factor.value for factor in outer):
            return _Found((), 1)
        match part.operation:
            case "maximum":
                best = max(part.parts, key=lambda one: one.value)
                found = self.of(best, outer)
                return found._replace(left_out=found.left_out + len(part.parts) - 1)
            case "sum":
                return self._sum(part, outer)
            case "product":
                numbers = tuple(_factor(one) for one in part.parts if one.name in _FACTORS)
                if numbers:
                    (inner,) = (one for one in part.parts if one.name not in _FACTORS)
                    return self.of(inner, (*numbers, *outer))
                return _Found((self._leaf(part, (*map(_factor, part.parts), *outer)),))
        return _Found((self._leaf(part, (Factor("constant", part.value), *outer)),))

    def _sum(self, part: Contribution, outer: tuple[Factor, ...]) -> _Found:
        found = [self.of(inner, outer) for inner in part.parts]
        reasons = sorted((reason for own in found for reason in own.reasons), key=lambda one: -one.contribution)
        left_out = sum(own.left_out for own in found)
        if len(reasons) == 1:
            return _Found(reasons, left_out)
        total = sum(reason.contribution for reason in reasons)
        assert part.node is not None
        whole = Reason(part.name, "", described(part.node), total, reasons=tuple(reasons), left_out=left_out)
        return _Found((whole,))

    def _leaf(self, part: Contribution, factors: tuple[Factor, ...]) -> Reason:
        node = part.node
        assert node is not None
        field = getattr(node, "field", "")
        term = described(node).removeprefix(f"{field} ")
        word = self._words.get((field.removeprefix("title_"), node.term), "") if isinstance(node, Term) else ""
        value = prod(factor.value for factor in factors)
        return Reason(part.name, field, term, value, word if word != term else "", part.found, factors)


def _factor(part: Contribution) -> Factor:
    return Factor(part.name, part.value, part.numbers, " ".join(part.found))
