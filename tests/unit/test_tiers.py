"""Which segments are merged."""

import numpy as np
import pytest

from indexer.engines.whoosh.segment import SegmentState
from indexer.engines.whoosh.tiers import to_merge


@pytest.mark.parametrize(
    ("sizes", "new", "merged"),
    [
        ((100_000, 60_000), (), []),
        ((100_000, 60_000), (0, 1), [[0, 1]]),  # spilled by one build
        ((100_000, 60_000, 30_000), (1, 2), [[1, 2]]),
        ((100_000, 40_000, 30_000), (1,), [[1, 2]]),  # what is smaller goes with it
        ((100_000, 40_000), (1,), []),
        ((100_000, 60_000, 40_000), (), [[0, 1, 2]]),
        ((100_000, 1_500, 400), (), [[1, 2]]),
        ((1 << 23, 60_000), (0, 1), []),  # more than a segment holds
    ],
)
def test_what_a_build_adds_becomes_one_segment_and_what_is_small_beside_the_next_is_merged(sizes, new, merged):
    states = [SegmentState(str(i), size, deleted=np.empty(0, "<u4")) for i, size in enumerate(sizes)]
    found = to_merge(states, [states[i] for i in new])
    assert [[states.index(state) for state in group] for group in found] == merged
