"""What an engine takes fastest: arrays for the tokens of many passages, in place of an object for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.model import ArticleRow

Array = NDArray[Any]

NO_NUMBER = 0


class Numbers(defaultdict[str, int]):
    """Term -> its number, given when it is first met."""

    def __init__(self) -> None:
        super().__init__()
        self.default_factory = self.__len__

    def of(self, terms: Iterable[str], count: int) -> Array:
        """Return the numbers of so many terms, uint32."""
        return np.fromiter(map(self.__getitem__, terms), "<u4", count)


class Tokens(NamedTuple):
    """The tokens of one field, unit after unit, as numbers of terms.

    A unit is the passages of an article, one behind the other, that have the same tokens in the field.
    """

    terms: list[str] | None  # each of some token, a few perhaps twice; None: who takes them has given the numbers
    numbers: Array  # uint32: the place in `terms` of each token
    lengths: Array  # uint32: tokens of each unit
    sizes: Array  # uint32: passages of each unit


class Columns(NamedTuple):
    """Articles in order, and their passages in order."""

    rows: list[ArticleRow]
    passages: list[int]  # of each article
    fields: dict[str, Tokens]  # of the fields of terms and of keywords
    numbers: dict[str, list[int]]  # of the number fields, for each passage; NO_NUMBER where it has none
    records: list[tuple[str, bytes]]  # of each passage its id and payload
