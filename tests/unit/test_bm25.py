"""The formula: its parts against numbers worked out by hand and by the judge."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from indexer.engines.bm25 import K1, B, idf, length_codes, lengths_of, norms, quantised, saturation
from tests.contract.judge import lucene_length


def test_lengths_are_rounded_as_lucene_does():
    lengths = np.arange(5000)
    assert quantised(lengths).tolist() == [lucene_length(length) for length in range(5000)]
    assert quantised(np.array([39, 40, 41, 43, 100, 1000])).tolist() == [39, 40, 40, 42, 96, 984]


def test_a_code_is_a_byte_and_rises_with_the_length():
    lengths = np.unique(np.geomspace(1, 2**31 - 1, 5000).astype(np.int64))
    codes = length_codes(lengths)
    assert codes.dtype == np.uint8
    assert (np.diff(codes.astype(int)) >= 0).all()
    assert (lengths_of(codes) <= lengths).all()


def test_idf():
    assert idf(1, 10) == pytest.approx(log(1 + 9.5 / 1.5))


def test_saturation():
    values = saturation(np.array([1.0, 3.0]), norms(np.array([10, 20]), 10.0))
    assert values[0] == pytest.approx(1 - 1 / (1 + 1 / K1))
    assert values[1] == pytest.approx(1 - 1 / (1 + 3 / (K1 * (1 - B + B * 2))))
