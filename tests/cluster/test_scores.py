"""Scores of single passages, worked out of what is stored of them, beside those of the judge."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.bm25 import idf
from indexer.engines.opensearch.details import Details, passage_of
from indexer.engines.opensearch.documents import document
from indexer.engines.opensearch.scores import Scores
from indexer.model import IndexEntry
from indexer.nodes import AllOf, Best, Boost, Decayed, Every, Form, Near, Not, Pattern, Phrase, Prefix, Synonym, Term
from tests.cluster.test_dictionary import archive_of
from tests.contract.judge import Archive, edits, is_like
from tests.contract.test_engine import batches, leaves, nodes, row, synonyms


class Judged:
    """What scores depend on, as the judge of an archive knows it."""

    def __init__(self, archive):
        self._archive = archive

    def _having(self, field):
        return [entry.terms[field] for entry in self._archive.entries if entry.terms.get(field)]

    def terms_of(self, node):
        terms = {term for stream in self._having(node.field) for term in stream}
        if isinstance(node, Pattern):
            return [term for term in terms if is_like(term, node.pattern)]
        begin = [term for term in terms if term.startswith(node.term[: node.kept])]
        return [term for term in begin if edits(term, node.term) <= node.distance]

    def idf(self, term):
        having = self._having(term.field)
        return idf(sum(term.term in stream for stream in having), len(having))

    def average_length(self, field):
        having = self._having(field)
        return sum(map(len, having)) / len(having) if having else 0.0

    def concept(self, node):
        return SimpleNamespace(idf=self._archive._concept_idf(node))


def fields_of(archive):
    """Yield each entry with its passage's fields as the cluster gives them."""
    for own, entries in archive.articles.values():
        for entry, passage in zip(entries, document(own, entries)["p"], strict=True):
            fields = {f"p.{name}": [passage[name]] for name in ("entry",)}
            yield entry, fields | ({"p.before": passage["before"]} if passage["before"] else {})


def assert_told(archive, asked):
    details = Details(asked, Judged(archive))
    for entry, fields in fields_of(archive):
        told = [archive.detail(node, entry) for node in asked]
        assert details.of(fields) == pytest.approx(tuple(told), rel=1e-9)


@settings(max_examples=100)
@given(batches=batches, asked=st.lists(synonyms | leaves | nodes, min_size=1, max_size=6))
def test_scores_are_those_of_plain_evaluation(batches, asked):
    assert_told(archive_of(*batches), asked)


few = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)


@settings(max_examples=80)
@given(
    st.text("abc", max_size=14).map(tuple), few, st.booleans(), few | st.just(()), few | st.just(()), st.integers(0, 4)
)
def test_phrases_stand_wherever_they_do(stream, asked, prefix, before, behind, slop):
    phrase = Phrase("text", asked, prefix, before, behind)
    archive = Archive()
    archive.articles["1"] = row("1"), [IndexEntry("1@0", {"text": stream}), IndexEntry("1@1", {"text": (*"abcab",)})]
    parts = (phrase, Term("text", "c"), Prefix("text", "b"), phrase)
    near = [Near(parts, slop), Near(parts, slop, (phrase,)), Near(parts[1:], slop, parts[1:2])]
    assert_told(archive, [phrase, *near, Synonym((Form(phrase, 2.0), Form(Term("text", "b"))))])


def test_each_number_counts():
    streams = [("a", "a", "a", "b"), ("b", "c"), ("a", "c", "a", "a")]
    numbers = [{"published": 700_000}, {"published": 738_000}, {}]
    archive = Archive()
    archive.articles["1"] = (
        row("1"),
        [IndexEntry(f"1@{i}", {"text": own, "zh": own[1:]}, {}, numbers[i]) for i, own in enumerate(streams)],
    )
    twice, both = Phrase("text", ("a", "a")), Synonym((Form(Term("text", "a"), 2.0), Form(Term("zh", "c"))))
    faded = Decayed(Every(), "published", 737_000, 1000.0, 0.3)
    assert_told(archive, [twice, both, Boost(both, 0.5), faded, Best((both, twice)), AllOf((both, Not(twice)))])


def test_what_only_must_not_match_needs_nothing_known_of_it():
    archive = Archive()
    archive.articles["1"] = row("1"), [IndexEntry("1@0", {"text": ("a",)}), IndexEntry("1@1", {"text": ("b", "c")})]
    term, phrase = Term("text", "a"), Phrase("text", ("b", "c"))
    nots = [Not(Best((term, Synonym((Form(term), Form(phrase)))))), Not(AllOf((Not(Boost(phrase, 2.0)), term)))]
    details = Details(nots, SimpleNamespace(terms_of=None))
    told = [details.of(fields) for _, fields in fields_of(archive)]
    assert [[one == 0.0 for one in own] for own in told] == [[True, True], [True, True]]
    scores = Scores(SimpleNamespace(terms_of=None))
    matched = [[scores.of(node)(passage_of(fields)) for node in nots] for _, fields in fields_of(archive)]
    assert matched == [[None, None], [None, 0.0]]
