"""Patterns with * and ?: what they match, and that none is tried in one way after another."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from search.sought import pattern_of
from tests.contract.judge import is_like


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
@example("*?*", "")
@example("a*?b", "ab")
@example("*ab*b", "aabb")
def test_a_pattern_matches_what_a_plain_reading_of_it_does(pattern, text):
    assert bool(pattern_of(pattern).fullmatch(text)) == is_like(text, pattern)


def test_many_wildcards_take_no_longer_than_few(seeds):
    for pattern in ("*?" * 60 + "x", "*e" * 35 + "x", "*?e" * 35 + "*x", "t" + "?*" * 60 + "z"):
        assert not pattern_of(pattern).fullmatch("e" * 255)
        assert seeds.search(pattern).total == 0
