"""Every node on a cluster: the passages that it matches and their scores, beside those of the judge."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from indexer.engines.bm25 import idf
from indexer.engines.opensearch.context import Context
from indexer.engines.opensearch.mapping import PASSAGES
from indexer.engines.opensearch.mapping import settings as mapping_settings
from indexer.engines.opensearch.queries import Queries
from indexer.engines.opensearch.statistics import Statistics, scale_of
from indexer.errors import UsageError
from indexer.model import IndexEntry
from indexer.nodes import AnyOf, Every, Form, Near, Not, Pattern, Phrase, Prefix, Synonym, Term
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


def check(small, archive, asked, scale=1.0):
    statistics = Statistics(small, scale)
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


def test_a_phrase_counts_the_passages_of_shards_that_hold_none_of_its_terms(small):
    archive = archive_of_streams([[("x", "y")], *([("z", "z")] for _ in range(9))])
    small.fill(archive)
    rare = (Phrase("text", ("x", "y")), Phrase("text", ("x", "y"), not_after=("z",)), Term("text", "x"))
    check(small, archive, [*rare, *(Synonym((Form(node),)) for node in rare)])


def test_scores_are_the_same_by_the_bm25_of_older_versions(small, monkeypatch):
    older = mapping_settings(replicas=0)
    older["index"]["similarity"]["default"]["type"] = "LegacyBM25"  # what BM25 is before 3
    monkeypatch.setattr("tests.cluster.small.settings", lambda replicas: older)
    archive = archive_of_streams([[("a", "b", "a")], [("b", "ab"), ("a", "c", "a", "b")], [("c",)]])
    small.fill(archive)
    leaves = (Term("text", "a"), Phrase("text", ("a", "b")), Phrase("text", ("a", "b"), prefix=True, not_after=("c",)))
    forms = (*map(Form, leaves), Form(Prefix("text", "a"), 0.5))
    asked = [*leaves, Synonym(forms), Near(leaves[:2], 1), AnyOf((leaves[0], Every()))]
    check(small, archive, asked, scale=scale_of((2, 19, 1)))
    assert scale_of((3, 0, 0)) == 1


def test_places_may_end_in_the_beginning_of_any_number_of_terms(small):
    streams = [("a", *(f"中{chr(0x4E00 + 50 * part + number)}" for number in range(50)), "b") for part in range(80)]
    archive = archive_of_streams([[stream] for stream in streams])
    small.fill(archive)
    phrase = Phrase("text", ("a", "中"), prefix=True, not_after=("b",))
    check(small, archive, [phrase, Near((Prefix("text", "中"), Term("text", "b")), 0), Near((phrase,), 0)])


def test_what_a_request_needs_to_know_is_asked_at_once_and_once(small):
    small.fill(archive_of_streams([[("a", "b", "a")], [("b", "ab")]]))
    forms = (Form(Term("text", "a")), Form(Phrase("text", ("a", "b")), 0.5), Form(Prefix("text", "a"), 0.5))
    asked = [Synonym(forms), Synonym(forms[1:]), Phrase("text", ("a", "b", "a"), not_after=("x",)), Term("zh", "b")]
    statistics = Statistics(small)
    with patch.object(small, "search", wraps=small.search) as search:
        context = Context(statistics, asked[:2], told=asked)
        assert context.concept(asked[0]).containing == 1 + 0.25
        assert context.concept(asked[1]).containing == 2
        assert context.average_length("text") == 2.5
        assert context.idf(Term("zh", "b")) == idf(0, 0)
        Context(statistics, asked)
    assert search.call_count == 1


def test_what_only_matches_needs_to_know_nothing(small):
    with patch.object(small, "search", wraps=small.search) as search:
        Context(Statistics(small), ranked=[Not(Synonym((Form(Term("text", "a")),)))], chosen=[Term("text", "b")])
    assert not search.called


def test_patterns_mean_no_more_than_their_signs(small):
    archive = Archive()
    for number, name in enumerate(["a.b", "axb", "a\\b", "a[b", "a*b", '"a"', "a#b", "中@国"]):
        entry = IndexEntry(f"{number}@0", {"text": (name,)}, {"path": (name,)})
        archive.articles[str(number)] = row(str(number)), [entry]
    small.fill(archive)
    patterns = ("a.b", "a\\b", "a[b", "a*b", "a?b", '"*"', "a#*", "*@?", "??", "*?*")
    check(small, archive, [Pattern(field, pattern) for field in ("text", "path") for pattern in patterns])


@pytest.mark.parametrize("field", ["text", "path"])
def test_a_pattern_that_a_cluster_cannot_work_out_is_refused(small, field):
    small.fill(archive_of_streams([[("a",)]]))
    check(small, archive_of_streams([[("a",)]]), [Pattern(field, f"?????????????????*a{'?' * 9}*")])
    with pytest.raises(UsageError, match="more than 9 question marks behind an asterisk"):
        Context(Statistics(small), chosen=[Not(Pattern(field, f"*a{'?' * 10}"))])


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
