"""Articles with their entries -> arrays: what a worker process hands over in place of objects for each token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, groupby
from typing import NamedTuple

import numpy as np

from indexer.engines.base import KEYWORD_FIELDS, NUMBER_FIELDS, TERM_FIELDS
from indexer.engines.whoosh.blocks import PASSAGES, Block, compress
from indexer.engines.whoosh.container import Array, decoded, encoded
from indexer.model import ArticleRow, IndexEntry

NO_NUMBER = 0
# Fields whose tokens are the article's rather than the passage's: they are looked through for what can be shared.
_SHARED = ("title_zh", "title_en", "title_text")


class Tokens(NamedTuple):
    """The tokens of one field, unit after unit (see `postings`), as numbers of terms."""

    terms: list[str]  # different ones
    numbers: Array  # uint32: the place in `terms` of each token
    lengths: Array  # uint32: tokens of each unit
    sizes: Array  # uint32: passages of each unit


class Packed(NamedTuple):
    """Articles and their passages as columns."""

    rows: list[ArticleRow]
    passages: list[int]  # of each article
    fields: dict[str, Tokens]
    numbers: dict[str, list[int]]  # of each passage, NO_NUMBER where it has none
    blocks: list[Block]  # of each passage its id and payload


def pack(articles: Sequence[tuple[ArticleRow, Sequence[IndexEntry]]]) -> Packed:
    """Pack articles in order."""
    entries = [entry for _, own in articles for entry in own]
    fields = {}
    for name in TERM_FIELDS:
        streams = [[entry.terms.get(name, ()) for entry in own] for _, own in articles]
        fields[name] = _tokens(map(_shared if name in _SHARED else _each, streams))
    for name in KEYWORD_FIELDS:
        fields[name] = _tokens(_each([entry.keywords.get(name, ()) for entry in own]) for _, own in articles)
    return Packed(
        rows=[row for row, _ in articles],
        passages=[len(own) for _, own in articles],
        fields=fields,
        numbers={name: [entry.numbers.get(name, NO_NUMBER) for entry in entries] for name in NUMBER_FIELDS},
        blocks=compress((dump_record(entry.id, entry.payload) for entry in entries), PASSAGES),
    )


Stream = Sequence[str]


def _each(streams: Sequence[Stream]) -> list[tuple[Stream, int]]:
    """Return each passage's stream of an article as a unit."""
    return [(stream, 1) for stream in streams]


def _shared(streams: Sequence[Stream]) -> list[tuple[Stream, int]]:
    """Return the units of an article's streams."""
    return [(stream, len(list(same))) for stream, same in groupby(streams)]


def _tokens(articles: Iterable[list[tuple[Stream, int]]]) -> Tokens:
    units = list(chain.from_iterable(articles))
    lengths = np.array([len(stream) for stream, _ in units], "<u4")
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    tokens = chain.from_iterable([stream for stream, _ in units])
    found = np.fromiter(map(numbers.__getitem__, tokens), "<u4", int(lengths.sum()))
    return Tokens(list(numbers), found, lengths, np.array([size for _, size in units], "<u4"))


def dump_record(passage_id: str, payload: bytes) -> bytes:
    """Return what is stored of a passage beside its terms."""
    key = encoded(passage_id)
    return len(key).to_bytes(4, "little") + key + payload


def load_record(record: bytes) -> tuple[str, bytes]:
    """Return the id and the payload of a passage."""
    end = 4 + int.from_bytes(record[:4], "little")
    return decoded(record[4:end]), record[end:]
