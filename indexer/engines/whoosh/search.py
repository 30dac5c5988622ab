"""Request -> Ranking, over one snapshot."""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import PREFERENCE, Ranked, RankedArticle, Ranking, Request
from indexer.engines.whoosh.evaluate import Evaluator, Matches
from indexer.engines.whoosh.rows import load_row
from indexer.engines.whoosh.snapshot import Floats, Ints, Snapshot
from indexer.nodes import AllOf, AnyOf, Node, Not

Mask = NDArray[np.bool_]


def search(snapshot: Snapshot, request: Request) -> Ranking:
    """Answer a request exactly."""
    evaluator = Evaluator(snapshot)
    looked_at = _passages_looked_at(evaluator, request.passages)
    ranked = _within(evaluator.evaluate(request.rank), looked_at)
    if request.match is None:
        matched = _articles_of(snapshot, ranked.passages)
    else:
        matched = _matching(evaluator, request.match, looked_at)
    ranked = _within(ranked, matched[snapshot.articles])
    scores = np.zeros(len(snapshot.first_passages))
    np.maximum.at(scores, snapshot.articles[ranked.passages], ranked.scores)
    if request.prefer is not None:
        scores[_matching(evaluator, request.prefer, looked_at)] *= 1 + PREFERENCE
    page = _page(snapshot, np.flatnonzero(matched), scores, request)
    return Ranking(
        articles=tuple(_ranked_article(snapshot, article, scores, ranked, looked_at, request) for article in page),
        total=int(matched.sum()),
        passages_total=len(ranked.passages),
        total_is_exact=True,
        counts=tuple(int(_matching(evaluator, node, looked_at).sum()) for node in request.counts),
    )


def _passages_looked_at(evaluator: Evaluator, condition: Node | None) -> Mask:
    if condition is None:
        return evaluator.snapshot.live
    looked_at = np.zeros(evaluator.snapshot.size, bool)
    looked_at[evaluator.evaluate(condition).passages] = True
    return looked_at


def _within(matches: Matches, mask: Mask) -> Matches:
    kept = mask[matches.passages]
    return Matches(matches.passages[kept], matches.scores[kept])


def _articles_of(snapshot: Snapshot, passages: Ints) -> Mask:
    articles = np.zeros(len(snapshot.first_passages), bool)
    articles[snapshot.articles[passages]] = True
    return articles


def _matching(evaluator: Evaluator, node: Node, looked_at: Mask) -> Mask:
    """Return the articles that match: operators combine articles, a leaf is matched by some passage looked at."""
    everything = _articles_of(evaluator.snapshot, np.flatnonzero(looked_at))
    match node:
        case AllOf(nodes):
            return reduce(np.logical_and, (_matching(evaluator, part, looked_at) for part in nodes), everything)
        case AnyOf(nodes):
            nothing = np.zeros_like(everything)
            return reduce(np.logical_or, (_matching(evaluator, part, looked_at) for part in nodes), nothing)
        case Not(inner):
            return everything & ~_matching(evaluator, inner, looked_at)
        case leaf:
            return _articles_of(evaluator.snapshot, _within(evaluator.evaluate(leaf), looked_at).passages)


def _page(snapshot: Snapshot, articles: Ints, scores: Floats, request: Request) -> list[int]:
    """Return the numbers of the articles asked for, in order; only ties cost a look at the ids."""
    keys = [-scores[articles]]
    if request.sort == "date":
        keys.insert(0, -snapshot.column("published")[snapshot.first_passages[articles]].astype(np.float64))
    order = np.lexsort(keys[::-1])
    end = min(request.offset + request.limit, len(order))
    page: list[int] = []
    start = 0
    sorted_keys = np.array([key[order] for key in keys])
    while start < end:
        same = np.all(sorted_keys[:, start:] == sorted_keys[:, start : start + 1], axis=0)
        stop = start + (int(np.argmin(same)) if not same.all() else len(same))
        tied = articles[order[start:stop]]
        if stop - start > 1:
            ids = snapshot.article_ids(tied)
            tied = tied[sorted(range(len(ids)), key=ids.__getitem__)]
        page += tied.tolist()
        start = stop
    return page[request.offset : end]


def _ranked_article(
    snapshot: Snapshot, article: int, scores: Floats, ranked: Matches, looked_at: Mask, request: Request
) -> RankedArticle:
    first = int(snapshot.first_passages[article])
    following = snapshot.first_passages[article + 1 : article + 2]
    end = int(following[0]) if len(following) else snapshot.size
    low, high = np.searchsorted(ranked.passages, (first, end))
    own, own_scores = ranked.passages[low:high], ranked.scores[low:high]
    if len(own):
        best = np.argsort(-own_scores, kind="stable")[: request.per_article]
        chosen = [(int(own[i]), float(own_scores[i])) for i in best]
    else:
        chosen = [(first + int(np.argmax(looked_at[first:end])), 0.0)]
    row = load_row(snapshot.stored(first)["row"])
    passages = tuple(_ranked(snapshot, row.id, passage, score) for passage, score in chosen)
    return RankedArticle(row, float(scores[article]), passages)


def _ranked(snapshot: Snapshot, article_id: str, passage: int, score: float) -> Ranked:
    stored = snapshot.stored(passage)
    return Ranked(stored["passage"], article_id, score, stored["payload"])


def passages_of(snapshot: Snapshot, article_id: str) -> list[Ranked]:
    """Return the passages of an article in order, with score 0; none for an unknown one."""
    passages, _ = snapshot.postings("article", article_id)
    return [_ranked(snapshot, article_id, passage, 0.0) for passage in passages.tolist()]


def live_articles(snapshot: Snapshot) -> list[int]:
    """Return the numbers of all articles."""
    return np.flatnonzero(snapshot.live[snapshot.first_passages]).tolist()
