"""Articles with their entries <-> columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, pairwise, repeat

import numpy as np

from indexer.analysis.batch import Column
from indexer.engines.base import ARTICLE_FIELDS, KEYWORD_FIELDS, NUMBER_FIELDS, TERM_FIELDS
from indexer.engines.columns import NO_NUMBER, Columns, Numbers, Tokens
from indexer.model import ArticleRow, IndexEntry

EntriesOf = tuple[ArticleRow, Sequence[IndexEntry]]
Stream = Sequence[str]


def columns_of(articles: Iterable[EntriesOf], numbers: Mapping[str, Numbers] | None = None) -> Columns:
    """Return articles as columns; `numbers` by field are those of who takes them."""
    rows = []
    streams: dict[str, list[list[Stream]]] = {name: [] for name in (*TERM_FIELDS, *KEYWORD_FIELDS)}
    entries: list[IndexEntry] = []
    passages = []
    for row, own in articles:
        rows.append(row)
        passages.append(len(own))
        entries += own
        for name in TERM_FIELDS:
            streams[name].append([entry.terms.get(name, ()) for entry in own])
        for name in KEYWORD_FIELDS:
            streams[name].append([entry.keywords.get(name, ()) for entry in own])
    return Columns(
        rows,
        passages,
        {
            name: tokens_of(_units(by_article, name in ARTICLE_FIELDS), numbers[name] if numbers else None)
            for name, by_article in streams.items()
        },
        {name: [entry.numbers.get(name, NO_NUMBER) for entry in entries] for name in NUMBER_FIELDS},
        [(entry.id, entry.payload) for entry in entries],
    )


def entries_of(columns: Columns) -> Iterator[EntriesOf]:
    """Yield the articles that the columns are of, each with its entries."""
    streams = {name: _streams(tokens) for name, tokens in columns.fields.items()}
    numbers = [dict[str, int]() for _ in columns.records]
    for name, values in columns.numbers.items():
        for own, value in zip(numbers, values, strict=True):
            if value != NO_NUMBER:
                own[name] = value
    entries = (
        IndexEntry(
            id=passage_id,
            terms={name: next(streams[name]) for name in TERM_FIELDS},
            keywords={name: next(streams[name]) for name in KEYWORD_FIELDS},
            numbers=own,
            payload=payload,
        )
        for (passage_id, payload), own in zip(columns.records, numbers, strict=True)
    )
    for row, count in zip(columns.rows, columns.passages, strict=True):
        yield row, tuple(next(entries) for _ in range(count))


def with_sizes(column: Column, sizes: Sequence[int]) -> Tokens:
    """Return the tokens of a column, each text of which is a unit of so many passages."""
    return Tokens(*column, np.array(sizes, "<u4"))


def tokens_of(units: Iterable[tuple[Stream, int]], numbers: Numbers | None = None) -> Tokens:
    """Return units, each a stream and its number of passages, as tokens, numbered anew or as `numbers` are."""
    streams, sizes = zip(*units, strict=True) if (units := list(units)) else ((), ())
    lengths = np.array([len(stream) for stream in streams], "<u4")
    used = Numbers() if numbers is None else numbers
    found = used.of(chain.from_iterable(streams), int(lengths.sum()))
    return Tokens(list(used) if numbers is None else None, found, lengths, np.array(sizes, "<u4"))


def _units(articles: Iterable[Sequence[Stream]], are_shared: bool) -> Iterator[tuple[Stream, int]]:
    for streams in articles:
        if not are_shared:
            yield from zip(streams, repeat(1), strict=False)
        elif streams and streams.count(streams[0]) == len(streams):
            yield streams[0], len(streams)
        else:
            yield from ((stream, len(list(same))) for stream, same in groupby(streams))


def _streams(tokens: Tokens) -> Iterator[tuple[str, ...]]:
    """Yield the stream of each passage."""
    assert tokens.terms is not None
    terms = tokens.terms
    ends = [0, *np.cumsum(tokens.lengths).tolist()]
    numbers = tokens.numbers.tolist()
    for (start, end), size in zip(pairwise(ends), tokens.sizes.tolist(), strict=True):
        yield from repeat(tuple([terms[number] for number in numbers[start:end]]), size)
