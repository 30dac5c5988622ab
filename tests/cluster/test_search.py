"""Requests to an index on a cluster, beside the judge."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import FACETS, Request
from indexer.engines.opensearch.search import search
from indexer.nodes import SORTS, AllOf, AnyOf, Boost, Every, Keyword, Not, Range, Term
from tests.cluster.test_dictionary import archive_of
from tests.contract.test_engine import after, assert_equal, batches, fields, keyword_fields, places, terms

PRECISION = 1e-5

leaves = st.one_of(
    st.builds(Term, fields, terms),
    st.builds(Keyword, keyword_fields, st.lists(st.sampled_from(["en", "zh-Hans", "ab", "中国"]), min_size=1).map(tuple)),
    st.builds(Range, st.just("published"), st.none() | st.just(737_000), st.none() | st.just(737_500)),
    st.just(Every()),
)  # fmt: skip
nodes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
        st.builds(Boost, inner, st.sampled_from([0.5, 2.0])),
    ),
    max_leaves=6,
)
requests = st.builds(
    Request,
    rank=nodes,
    match=st.none() | nodes,
    passages=st.none() | leaves,
    prefer=st.none() | nodes,
    sort=st.sampled_from(SORTS),
    limit=st.integers(0, 5),
    offset=st.integers(0, 2),
    by_passage=st.booleans(),
    per_article=st.integers(1, 3),
    counts=st.lists(nodes, max_size=2).map(tuple),
    facets=st.lists(st.sampled_from(FACETS), unique=True, max_size=2).map(tuple),
)


class Plain:
    """Makes queries of nodes that a cluster knows as they are."""

    def scored(self, node):
        match node:
            case Term(name, term):
                return {"term": {f"p.{name}": term}}
            case Keyword(name, values):
                return constant({"terms": {f"p.{name}": list(values)}})
            case Range(name, low, high):
                return constant({"range": {f"p.{name}": {"gte": low, "lte": high}}})
            case AllOf(parts):
                return {"bool": {"must": [self.scored(part) for part in parts]}}
            case AnyOf(parts):
                return {"bool": {"should": [self.scored(part) for part in parts], "minimum_should_match": 1}}
            case Not(inner):
                return {"bool": {"filter": [{"match_all": {}}], "must_not": [self.scored(inner)]}}
            case Boost(inner, weight):
                return {"bool": {"must": [self.scored(inner)], "boost": weight}}
            case Every():
                return {"match_all": {}}

    def filtering(self, node):
        return {"bool": {"filter": [self.scored(node)]}}


def constant(query):
    return {"constant_score": {"filter": query}}


def asked(small, request):
    return search(small.search, request, Plain(), lambda entry: (), lambda: ())


@settings(max_examples=25)
@given(batches=batches, several=st.lists(requests, min_size=1, max_size=8))
def test_answers_are_those_of_plain_evaluation(small, batches, several):
    archive = archive_of(*batches)
    archive.precision = PRECISION
    small.fill(archive)
    for request in several:
        assert_equal(asked(small, request), request, archive)


def read_through(small, request):
    """Return all results, each asked for behind the one before."""
    read = asked(small, replace(request, limit=1, offset=0)).articles
    while behind := asked(small, replace(request, limit=1, offset=0, after=read[-1].after)).articles if read else ():
        read += behind
    return read


def told(article):
    return article.article_id, article.score, [passage.passage_id for passage in article.passages]


@settings(max_examples=15)
@given(batches=batches, request=requests, several=st.lists(places, min_size=1, max_size=5), simple=st.booleans())
def test_behind_any_place_the_order_goes_on(small, batches, request, several, simple):
    if simple:
        request = replace(request, rank=Every(), match=None, prefer=None)  # all tie
    archive = archive_of(*batches)
    archive.precision = PRECISION
    small.fill(archive)
    for place in several:
        assert_equal(asked(small, after(request, place)), after(request, place), archive)
    every = asked(small, replace(request, limit=99, offset=0)).articles
    for one in every:
        assert_equal(asked(small, replace(request, after=one.after)), replace(request, after=one.after), archive)
    assert list(map(told, read_through(small, request))) == list(map(told, every))
