"""Requests to an index on a cluster, beside the judge."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import Request
from indexer.engines.opensearch.search import search
from indexer.engines.opensearch.statistics import Statistics
from indexer.nodes import SORTS, AllOf, AnyOf, Best, Every, Not, Term
from tests.cluster.test_dictionary import archive_of
from tests.cluster.test_queries import GENERATED
from tests.contract.test_engine import after, assert_equal, batches, places, requests

PRECISION = 1e-5


def asked(small, request):
    return search(Statistics(small), request)


@settings(max_examples=25, phases=GENERATED)
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


def test_passages_of_articles_that_are_not_ranked_are_asked_for_together(small):
    small.fill(archive_of([(name, [(("a",), (name,), (), "en", 0, (), "")] * 2) for name in ("a", "b", "c")]))
    with patch.object(small, "search", wraps=small.search) as sent:
        articles = asked(small, Request(Term("text", "b"), match=Term("zh", "a"))).articles
    assert [told(one)[2] for one in articles] == [["b@0", "b@1"], ["a@0"], ["c@0"]]
    assert [one.passages[-1].score > 0 for one in articles] == [True, False, False]
    assert sent.call_count == 2


@pytest.mark.parametrize("sort", SORTS)
def test_passages_of_preferred_articles_are_preferred_as_results_of_their_own(small, sort):
    lengths = {"a": (1, 4, 9), "b": (2, 5), "c": (3, 6, 7)}
    archive = archive_of(
        (name, [(("p",) if name == "b" else (), ("x",) + ("y",) * own, (), "en", 700_000, (), "") for own in several])
        for name, several in lengths.items()
    )
    archive.precision = PRECISION
    small.fill(archive)
    request = Request(Term("text", "x"), prefer=Term("zh", "p"), by_passage=True, sort=sort)
    assert_equal(asked(small, request), request, archive)
    for one in asked(small, request).articles:
        assert_equal(asked(small, replace(request, after=one.after)), replace(request, after=one.after), archive)


@pytest.mark.parametrize("rank", [Not(Term("text", "a")), AllOf((Term("text", "a"), Term("text", "b")))])
def test_what_is_ranked_is_passages_also_where_it_is_only_counted(small, rank):
    parts = [((), (word,), (), lang, 0, (), "") for word, lang in (("a", "en"), ("b", "zh-Hans"))]
    archive = archive_of([("a", parts)])
    small.fill(archive)
    for request in (Request(rank, limit=0, facets=("lang",)), Request(rank, facets=("lang",))):
        assert_equal(asked(small, request), request, archive)


def test_any_number_of_words_are_few_conditions_of_articles(small):
    small.fill(archive_of([("a", [(("a",), ("a",), (), "en", 0, (), "")])]))
    words = AnyOf(tuple(Best((Term("zh", f"w{number}"), Term("text", f"w{number}"))) for number in range(3000)))
    request = Request(Every(), match=AnyOf((words, Term("text", "a"))), prefer=words, counts=(words, Not(words)))
    ranking = asked(small, request)
    assert (ranking.total, ranking.counts) == (1, (0, 1))


@pytest.fixture
def little_at_once():
    """Makes several responses necessary where one is enough."""
    package = "indexer.engines.opensearch"
    small = {"search._WINDOW": 3, "search._AT_ONCE": 2, "search._PASSAGES": 1, "tallies._VALUES": 2}
    with ExitStack() as stack:
        for name, value in small.items():
            stack.enter_context(patch(f"{package}.{name}", value))
        yield


@settings(max_examples=15, phases=GENERATED)
@given(batches=batches, several=st.lists(requests, min_size=1, max_size=8), place=places)
def test_what_takes_several_responses_is_the_same(small, little_at_once, batches, several, place):
    archive = archive_of(*batches)
    archive.precision = PRECISION
    small.fill(archive)
    for request in several:
        assert_equal(asked(small, request), request, archive)
        assert_equal(asked(small, after(request, place)), after(request, place), archive)


def test_pages_far_from_the_beginning_are_read_from_window_to_window(small):
    archive = archive_of([(f"n{number:03}", [(("a",), ("a",), (), "en", 0, (), "")]) for number in range(60)])
    small.fill(archive)
    with (
        patch("indexer.engines.opensearch.search._WINDOW", 20),
        patch.object(small, "search", wraps=small.search) as sent,
    ):
        names = [one.article_id for one in asked(small, Request(Term("text", "a"), offset=55, limit=4)).articles]
    assert names == ["n055", "n056", "n057", "n058"]
    assert sent.call_count == 4
    assert all(body["size"] <= 20 for (body,), _ in sent.call_args_list)


@pytest.mark.parametrize("by_passage", [False, True])
def test_a_page_is_one_response_with_all_that_is_counted(small, by_passage):
    small.fill(archive_of([("a", [(("a",), ("a",), (), "en", 700_000, (), "")] * 3)]))
    request = Request(
        Term("text", "a"), match=Every(), by_passage=by_passage, counts=(Every(),), facets=("lang", "year")
    )
    with patch.object(small, "search", wraps=small.search) as sent:
        assert asked(small, request).total == 1
        assert asked(small, replace(request, limit=0)).total == 1
    assert sent.call_count == 2


@pytest.mark.parametrize("by_passage", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_names_that_are_no_text_come_back_as_they_are_and_are_gone_on_behind(small, sort, by_passage):
    names = ["n", "n\udc80", "n\udc80/x", "z" * 500, "~a"]
    archive = archive_of([(name, [(("a",), ("a",), (name,), "en", 700_000, (), "")] * 2) for name in names])
    small.fill(archive)
    request = Request(Term("text", "a"), sort=sort, by_passage=by_passage)
    every = asked(small, request).articles
    assert len({told(one)[2][0] for one in every}) == len(every) == len(names) * (1 + by_passage)
    assert {one.article_id for one in every} == {one.row.id for one in every} == set(names)
    assert all(told(one)[2][0].startswith(f"{one.article_id}@") for one in every)
    assert list(map(told, read_through(small, request))) == list(map(told, every))


def told(article):
    return article.article_id, article.score, [passage.passage_id for passage in article.passages]


@settings(max_examples=15, phases=GENERATED)
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
