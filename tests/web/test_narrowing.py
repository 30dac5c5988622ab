"""Conditions on a query: what is added is a condition of all of it, however odd the query is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.grammar import LONGEST_QUERY, parse
from search.syntax import And, Exact, Together
from search.web.narrowing import Narrowing
from tests.property.test_grammar import queries

values = st.text(st.sampled_from('ab"“”「\\ ()|:=-新華社'), min_size=1, max_size=8).filter(str.strip).map(str.strip)


def parts(query):
    tree = parse(query).tree
    return () if tree == Together(()) else tree.parts if isinstance(tree, And) else (tree,)


@given(queries.filter(lambda query: len(query) < LONGEST_QUERY), st.sampled_from(["source", "tag", "author"]), values)
def test_a_condition_is_of_all_of_the_query(query, field, value):
    narrowed = Narrowing(query).to(field, value)
    assert parts(narrowed) == (*parts(query), Exact(field, value))


@given(queries.filter(lambda query: len(query) < LONGEST_QUERY), values)
def test_a_condition_can_be_taken_away(query, value):
    condition = Narrowing(Narrowing(query).to("source", value)).conditions[-1]
    assert condition[:2] == ("source", value)
    assert parts(condition.without) == parts(query)


@pytest.mark.parametrize(("query", "narrowed"), [
    ("川普 关税", '川普 关税 AND source:="BBC"'), ("", 'source:="BBC"'), ("a OR b", '(a OR b) AND source:="BBC"'),
    ('"a', 'a AND source:="BBC"'), ("(a", '(a AND source:="BBC"'), ("a AND b", 'a AND b AND source:="BBC"'),
])  # fmt: skip
def test_the_query_stays_as_it_was_typed(query, narrowed):
    assert Narrowing(query).to("source", "BBC") == narrowed


def test_the_query_is_as_before_when_a_condition_is_gone():
    for query in ("川普 关税", "a OR b", "a AND b", "“a b” -c"):
        one = Narrowing(query).to("source", "BBC")
        both = Narrowing(one).to("tag", "x y")
        assert [condition[:2] for condition in Narrowing(both).conditions] == [("source", "BBC"), ("tag", "x y")]
        assert Narrowing(both).conditions[1].without == one
        assert Narrowing(one).conditions[0].without == query
