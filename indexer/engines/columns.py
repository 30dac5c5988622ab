"""What an engine takes fastest: arrays for the tokens of many passages, in place of an object for each."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from indexer.model import ArticleRow

Array = NDArray[Any]

NO_NUMBER = 0


class Tokens(NamedTuple):
    """The tokens of one field, unit after unit, as numbers of terms.

    A unit is the passages of an article, one behind the other, that have the same tokens in the field.
    """

    terms: list[str]  # each of some token; a few may stand there twice
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
