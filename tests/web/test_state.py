"""Addresses of searches that differ from the one in force."""

from hypothesis import given
from hypothesis import strategies as st

from search.web.state import State

filters = st.sampled_from(["q", "lang", "kind"])
names = filters | st.sampled_from(["offset", "after"])
values = st.text("关税 a?&=%#+,", max_size=4)


@given(st.lists(st.tuples(names, values)).map(State.of), filters, values, values.filter(bool))
def test_many_addresses_that_differ_in_one_value_are_made_as_each_by_itself(state, name, before, value):
    assert state.asking(name, before)(value) == state.asked({name: before + value}).address()
