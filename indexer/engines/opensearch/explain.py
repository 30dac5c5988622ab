"""A request and an article -> why it has its score, worked out of its entries and the numbers of the index."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.engines.base import Request
from indexer.engines.explaining import Counts, Scaling, explained, unknown
from indexer.engines.explanation import Explanation
from indexer.engines.opensearch.context import Context
from indexer.engines.opensearch.passage import Passage, frequency
from indexer.engines.opensearch.records import entries
from indexer.engines.opensearch.scores import Scores, factor
from indexer.engines.opensearch.statistics import Statistics
from indexer.nodes import Fuzzy, Node, Pattern, Phrase, Prefix, Synonym, Term


def explain(statistics: Statistics, request: Request, article_id: str) -> Explanation:
    """Explain the score of an article. Raises UsageError for one that the index does not have."""
    passages = [Passage(entry, before) for entry, before in entries(statistics.snapshot, article_id)]
    if not passages:
        raise unknown(article_id)
    conditions = [node for node in (request.match, request.passages, request.prefer) if node is not None]
    context = Context(statistics, chosen=conditions, told=[request.rank])
    return explained(request, article_id, _Article(request.rank, passages, context))


class _Article:
    """An article under a request, of which nothing but the node that `rank`s is scored."""

    def __init__(self, rank: Node, passages: Sequence[Passage], context: Context) -> None:
        self._rank = rank
        self._passages = passages
        self._context = context
        self._scores = Scores(context)
        self._matches = self._scores.unweighed()

    def scores(self, node: Node) -> Sequence[float | None]:
        score = (self._scores if node == self._rank else self._matches).of(node)
        return [*map(score, self._passages)]

    def passage(self, number: int) -> _Passage:
        return _Passage(self._passages[number], self._context, self._scores)


class _Passage:
    """One passage under the scorers of a request."""

    def __init__(self, passage: Passage, context: Context, scores: Scores) -> None:
        self._passage = passage
        self._context = context
        self._scores = scores

    @property
    def id(self) -> str:
        return self._passage.entry.id

    def score(self, node: Node) -> float | None:
        return self._scores.of(node)(self._passage)

    def found(self, node: Prefix | Pattern | Fuzzy) -> tuple[str, ...]:
        terms = set(filter(self._scores.fits(node), self._passage.terms(node.field)))
        return tuple(sorted(terms, key=lambda term: term.encode("utf-8", "surrogatepass")))

    def factor(self, node: Scaling) -> float:
        return factor(node)(self._passage)

    def keyword(self, field: str) -> str:
        return self._passage.last(field)

    def number(self, field: str) -> int:
        return self._passage.entry.numbers.get(field, 0)

    def frequency(self, node: Term | Phrase) -> int:
        return frequency(node)(self._passage)

    def length(self, field: str) -> int:
        return self._passage.length(field)

    def average_length(self, field: str) -> float:
        return self._context.average_length(field)

    def counts(self, node: Term | Synonym) -> Counts:
        return Counts(*(self._context.counts(node) if isinstance(node, Term) else self._context.concept(node)))
