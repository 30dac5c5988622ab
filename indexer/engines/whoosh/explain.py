"""A request and an article -> why it has its score, in the numbers that the scorers work with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.engines.base import Request
from indexer.engines.bm25 import lengths_of
from indexer.engines.explaining import Counts, explained, unknown
from indexer.engines.explanation import Explanation
from indexer.engines.whoosh.compiler import Compiler
from indexer.engines.whoosh.container import decoded
from indexer.engines.whoosh.field import TABLED, Field
from indexer.engines.whoosh.phrases import PhraseFinder
from indexer.engines.whoosh.scaling import Scaling, factors, numbers_of
from indexer.engines.whoosh.sets import ExpandedScorer
from indexer.engines.whoosh.snapshot import Ints, Snapshot
from indexer.engines.whoosh.synonyms import SynonymScorer
from indexer.engines.whoosh.terms import known
from indexer.nodes import Fuzzy, Node, Pattern, Phrase, Prefix, Synonym, Term


def explain(snapshot: Snapshot, request: Request, article_id: str) -> Explanation:
    """Explain the score of an article. Raises UsageError for one that the index does not have."""
    article = snapshot.article_number(article_id)
    if article is None:
        raise unknown(article_id)
    return explained(request, article_id, _Article(snapshot, article))


class _Article:
    """An article under the scorers of a request."""

    def __init__(self, snapshot: Snapshot, article: int) -> None:
        self._snapshot = snapshot
        self._compiler = Compiler(snapshot)
        self._passages = snapshot.passages_of(np.array([article]))[0]

    def scores(self, node: Node) -> Sequence[float | None]:
        matched, scores = self._compiler.scorer(node).look(self._passages)
        return [float(own) if is_match else None for is_match, own in zip(matched, scores, strict=True)]

    def passage(self, number: int) -> _Passage:
        return _Passage(self._snapshot, self._compiler, int(self._passages[number]))


class _Passage:
    """One passage under the scorers of a request: each value is a scorer's."""

    def __init__(self, snapshot: Snapshot, compiler: Compiler, passage: int) -> None:
        self._snapshot = snapshot
        self._compiler = compiler
        self._passages = np.array([passage])
        self._segment, self._number = snapshot.place_of_passage(passage)

    @property
    def id(self) -> str:
        passage_id: str = self._segment.record(self._number)[0]
        return passage_id

    def score(self, node: Node) -> float | None:
        matched, scores = self._compiler.scorer(node).look(self._passages)
        return float(scores[0]) if matched[0] else None

    def found(self, node: Prefix | Pattern | Fuzzy) -> tuple[str, ...]:
        scorer = self._compiler.scorer(node)
        assert isinstance(scorer, ExpandedScorer)
        return scorer.terms_of(self._segment, self._number)

    def factor(self, node: Scaling) -> float:
        return float(factors(self._snapshot, node)[self._passages[0]])

    def keyword(self, field: str) -> str:
        own = self._segment.field(field)
        number = int(self._segment.label_numbers(field)[self._number]) if own else 0
        return decoded(own.term(number - 1)) if own and number else ""

    def number(self, field: str) -> int:
        return int(numbers_of(self._snapshot, field)[self._passages[0]])

    def frequency(self, node: Term | Phrase) -> int:
        field, unit = self._unit(node.field)
        if isinstance(node, Phrase):
            return len(PhraseFinder(node).find(field, unit).places)
        held = known(self._snapshot, node.field, node.term).held[self._passages[0] - self._number]
        return int(held.frequencies(unit)[0])

    def length(self, field: str) -> int:
        own, unit = self._unit(field)
        return int(lengths_of(own.rows.take(unit) // TABLED)[0])

    def average_length(self, field: str) -> float:
        return self._snapshot.statistics(field).average

    def counts(self, node: Term | Synonym) -> Counts:
        if isinstance(node, Term):
            term = known(self._snapshot, node.field, node.term)
            return Counts(term.containing, self._snapshot.statistics(node.field).passages, term.weight)
        scorer = self._compiler.scorer(node)
        assert isinstance(scorer, SynonymScorer)
        return Counts(scorer.concept.containing, scorer.concept.passages, scorer.concept.idf)

    def _unit(self, name: str) -> tuple[Field, Ints]:
        field = self._segment.field(name)
        assert field is not None
        return field, field.units_of(np.array([self._number]))
