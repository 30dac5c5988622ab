"""Every node on a cluster: the passages that it matches and their scores, beside those of the judge."""

from __future__ import annotations

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from indexer.engines.opensearch.context import Context
from indexer.engines.opensearch.mapping import PASSAGES
from indexer.engines.opensearch.queries import Queries
from indexer.engines.opensearch.statistics import Statistics
from indexer.model import IndexEntry
from indexer.nodes import Near, Phrase, Term
from tests.contract.judge import Archive
from tests.contract.test_engine import batches, made, nodes, row, synonyms

# To look for a smaller example takes minutes on a cluster.
GENERATED = (Phase.explicit, Phase.reuse, Phase.generate)


def passages_of(small, queries):
    """Return the score of each passage that some queries of passages match, for each query."""
    asked = {"size": 10_000, "_source": False, "stored_fields": [f"{PASSAGES}.id"]}
    inner = {"inner_hits": {**asked, "size": 100}}
    lines = []
    for query in queries:
        lines += [{"index": small.name}, {**asked, "query": {"nested": {"path": PASSAGES, "query": query, **inner}}}]
    answers = small.client.msearch(body=lines, search_type="dfs_query_then_fetch")["responses"]
    return [_scores(answer) for answer in answers]


def _scores(answer):
    assert "error" not in answer, answer["error"]
    own = [hit for article in answer["hits"]["hits"] for hit in article["inner_hits"][PASSAGES]["hits"]["hits"]]
    return {hit["fields"][f"{PASSAGES}.id"][0]: hit["_score"] for hit in own}


def judged(archive, node):
    scores = {entry.id: archive.score(node, entry) for entry in archive.entries}
    return {passage: score for passage, score in scores.items() if score is not None}


def archive_of(*batches):
    archive = Archive()
    for article_id, parts in (change for batch in batches for change in batch):
        archive.articles.pop(article_id, None)
        if parts is not None:
            archive.articles[article_id] = row(article_id), made(article_id, parts)
    return archive


def archive_of_streams(streams, field="text"):
    archive = Archive()
    for number, parts in enumerate(streams):
        name = str(number)
        archive.articles[name] = row(name), [IndexEntry(f"{name}@{i}", {field: own}) for i, own in enumerate(parts)]
    return archive


def check(small, archive, asked):
    statistics = Statistics(small)
    ranked, chosen = Context(statistics, asked), Context(statistics, chosen=asked)
    scores = passages_of(small, map(Queries(ranked).scored, asked))
    matches = passages_of(small, map(Queries(chosen).filtering, asked))
    for node, own, matched in zip(asked, scores, matches, strict=True):
        wanted = judged(archive, node)
        if own != pytest.approx(wanted, rel=1e-5, abs=1e-6) or matched.keys() != wanted.keys():
            pytest.fail(f"{node} scores {own}, not {wanted}, and matches {sorted(matched)}")
    assert not ranked.cut


@settings(max_examples=10, phases=GENERATED)
@given(batches=batches, asked=st.lists(synonyms | nodes, min_size=4, max_size=20))
def test_passages_and_scores_are_those_of_plain_evaluation(small, batches, asked):
    archive = archive_of(*batches)
    small.fill(archive)
    check(small, archive, asked)


letters = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)
around = st.lists(st.sampled_from("abcx"), max_size=3).map(tuple)
lettered = st.builds(Phrase, st.just("text"), letters, st.booleans(), around, around)
parts = lettered | st.builds(Term, st.just("text"), st.sampled_from("abc"))
stretches = st.builds(
    lambda pairs, slop: Near(tuple(node for node, _ in pairs), slop, tuple(node for node, wide in pairs if wide)),
    st.lists(st.tuples(parts, st.booleans()), min_size=1, max_size=4),
    st.integers(0, 4),
)


@settings(max_examples=10, phases=GENERATED)
@given(
    st.lists(st.lists(st.text("abc", max_size=12).map(tuple), min_size=1, max_size=4), min_size=1, max_size=6),
    st.lists(lettered | stretches, min_size=5, max_size=20),
)
def test_places_are_those_of_plain_evaluation(small, streams, asked):
    archive = archive_of_streams(streams)
    small.fill(archive)
    check(small, archive, asked)
