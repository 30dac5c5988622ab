"""Responses -> ranked articles, or passages, with what is stored of them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from indexer.engines.base import PREFERENCE, After, RankedArticle, Request
from indexer.engines.opensearch import orders
from indexer.engines.opensearch.context import Context
from indexer.engines.opensearch.details import Details, Fields
from indexer.engines.opensearch.documents import label_of, row_of
from indexer.engines.opensearch.mapping import PASSAGES, searchable
from indexer.engines.opensearch.requests import BEST, FIRST, is_by_number
from indexer.model import ArticleRow

Json = Mapping[str, Any]

# What an article's score is multiplied by if `Request.prefer` matches it, as the cluster has it.
_PREFERRED = orders.single(1 + PREFERENCE)


class Found(NamedTuple):
    """A passage in a response, as a result by itself: its place, and its score as one and as a passage."""

    hit: Json
    passage: Json
    after: After
    score: float
    own_score: float


class Answers:
    """Reads the hits of one request."""

    def __init__(self, request: Request, context: Context) -> None:
        self._request = request
        self._details = Details(request.details, context)

    def article(self, hit: Json, first: Json | None) -> RankedArticle:
        """Return an article with its best passages; if it has none, with its `first` that is looked at."""
        scored = self._scored(hit)[: self._request.per_article]
        if first is not None:
            scored = [(first, 0.0)]
        return self._article(hit, orders.single(hit["_score"]), scored, self.after(hit))

    def by_itself(self, found: Found) -> RankedArticle:
        """Return an article with one passage, scored as that."""
        return self._article(found.hit, found.score, [(found.passage, found.own_score)], found.after)

    def passages(self, hit: Json) -> Iterator[Found]:
        """Yield the passages of an article, each as a result by itself.

        An article that scores more than its best passage is preferred, and so are its passages.
        """
        article, scored = self.after(hit), self._scored(hit)
        is_preferred = orders.single(hit["_score"]) > max(own for _, own in scored)
        for passage, own in scored:
            score = orders.single(own * _PREFERRED) if is_preferred else own
            key = orders.rescored(self._request.sort, article.key, score)
            yield Found(hit, passage, After(key, article.article_id, passage["_nested"]["offset"]), score, own)

    def _scored(self, hit: Json) -> list[tuple[Json, float]]:
        """Return the passages of an article that match, and their scores."""
        place = 1 if is_by_number(self._request) else 0
        return [(passage, orders.single(passage["sort"][place])) for passage in best_of(hit)]

    def after(self, hit: Json) -> After:
        return After(orders.key(self._request.sort, hit["sort"]), self._id(hit))

    def _id(self, hit: Json) -> str:
        """Return an article's id; a document that is not named by it begins with `~`."""
        name: str = hit["_id"]
        return row_of(hit["_source"]).id if name.startswith("~") else name

    def _article(self, hit: Json, score: float, passages: Sequence[tuple[Json, float]], after: After) -> RankedArticle:
        fields = [passage["fields"] for passage, _ in passages]
        details = [self._details.of(one) for one in fields] if self._request.details else ()
        return RankedArticle(score, [own for _, own in passages], _Stored(hit["_source"], after, fields), details)


class _Stored(NamedTuple):
    """Reads an article of a response; see `engines.base.StoredArticle`."""

    source: Json
    after: After
    fields: Sequence[Fields]

    @property
    def article_id(self) -> str:
        return self.after.article_id

    @property
    def row(self) -> ArticleRow:
        return row_of(self.source)

    def label(self, field: str) -> str:
        return label_of(self.source, field)

    def passage(self, number: int) -> tuple[str, bytes]:
        return _stored(self.article_id, self.fields[number])


def best_of(hit: Json) -> Sequence[Json]:
    """Return the best passages of an article in a response."""
    passages: Sequence[Json] = hit["inner_hits"][BEST]["hits"]["hits"]
    return passages


def first_of(hit: Json) -> Json:
    """Return the first passage that is looked at of an article in a response."""
    first: Json = hit["inner_hits"][FIRST]["hits"]["hits"][0]
    return first


def _stored(article_id: str, fields: Fields) -> tuple[str, bytes]:
    """Return a passage's id and its payload. What of the id is the article's is taken from that, which is exact."""
    passage_id, shown = fields[f"{PASSAGES}.id"][0], searchable(article_id)
    if passage_id.startswith(shown):
        passage_id = article_id + passage_id[len(shown) :]
    return passage_id, b64decode(fields[f"{PASSAGES}.payload"][0])
