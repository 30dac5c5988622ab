"""The commonest terms of several segments are those of all of them together."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.whoosh.commonest import commonest


class Terms:
    """A field that knows of each of its terms how many passages hold it."""

    def __init__(self, counts):
        self.names = sorted(counts)
        self.counts = np.array([counts[name] for name in self.names], np.int64)

    def term(self, number):
        return self.names[number]

    def find(self, term):
        return self.names.index(term) if term in self.names else None

    def passage_counts(self, numbers):
        return self.counts[numbers]


segments = st.lists(
    st.dictionaries(st.sampled_from([bytes([letter]) for letter in b"abcdefghijkl"]), st.integers(1, 4)), max_size=3
)


@given(segments, st.integers(1, 12))
def test_they_are_those_of_all_segments_counted_together(counts, most):
    fields = [Terms(own) for own in counts]
    found = commonest([(field, np.arange(len(field.names))) for field in fields], [None] * len(fields), most)
    totals = sum(map(Counter, counts), Counter())
    if len(totals) <= most:
        assert found is None
        return
    kept = set(sorted(totals, key=lambda term: (-totals[term], term))[:most])
    for field, numbers in zip(fields, found, strict=True):
        assert [field.term(number) for number in numbers] == [name for name in field.names if name in kept]
