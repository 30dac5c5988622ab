"""What BM25 needs of a field, over all live passages of a commit."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from indexer.engines.bm25 import lengths_of, norms, saturation
from indexer.engines.whoosh.container import Array
from indexer.engines.whoosh.field import TABLED, Field
from indexer.engines.whoosh.segment import Segment


class Statistics:
    """The passages that have a field, their mean length, exact, and what a frequency is worth in each length."""

    def __init__(self, passages: int, average: float) -> None:
        self.passages = passages
        self.average = average
        self._norms = norms(lengths_of(np.arange(256)), average)
        # One row for each length code, in it each frequency below TABLED.
        self._table = saturation(np.arange(TABLED), self._norms[:, np.newaxis]).ravel()

    def saturations(self, field: Field, units: Array, frequencies: Array, highest: int) -> NDArray[np.float64]:
        """Return `bm25.saturation` of frequencies, none above `highest`, in units of a segment's field."""
        rows = field.rows.take(units)
        if highest < TABLED:
            return self._table.take(rows + frequencies)
        return saturation(frequencies, self._norms.take(rows // TABLED))


def statistics_of(fields: Iterable[tuple[Segment, Field]]) -> Statistics:
    """Count the live passages and tokens of a ranked field."""
    having = tokens = 0
    for segment, field in fields:
        own_having, own_tokens, _ = field.totals
        gone = field.lengths[field.units_of(segment.state.deleted)].astype(np.int64)
        having += own_having - int(np.count_nonzero(gone))
        tokens += own_tokens - int(gone.sum())
    return Statistics(having, tokens / having if having else 1.0)
