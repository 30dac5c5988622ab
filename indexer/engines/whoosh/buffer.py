"""Packed articles -> the files of one segment, by sorting arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from indexer.engines.base import KEYWORD_FIELDS, LABEL_FIELDS, NUMBER_FIELDS, TERM_FIELDS
from indexer.engines.columns import NO_NUMBER, Numbers, Tokens
from indexer.engines.whoosh.blocks import ROWS, Block, compress, write_blocks
from indexer.engines.whoosh.container import Array, ContainerWriter, encoded
from indexer.engines.whoosh.files import files_of, write_files
from indexer.engines.whoosh.packing import Packed
from indexer.engines.whoosh.postings import MOST_PASSAGES, FieldWriter, counted, layout_of, placed
from indexer.engines.whoosh.rows import dump_row
from indexer.engines.whoosh.segment import DOCUMENTS, POSTINGS, SegmentState
from indexer.model import ArticleRow

# Bytes that a token costs while it waits, and while its field is sorted; a term of the vocabulary; a row.
_WAITING, _SORTING, _TERM, _ROW = 4, 36, 150, 1500

TermOf = Callable[[str, int], bytes]  # field, number -> the term that Whoosh knows the number by


class SegmentBuffer:
    """Collects articles for one segment."""

    def __init__(self, term_of: TermOf) -> None:
        self._term_of = term_of
        self._fields = {name: _FieldBuffer() for name in (*TERM_FIELDS, *KEYWORD_FIELDS)}
        self._rows: list[ArticleRow] = []
        self._passages: list[int] = []
        self._numbers: dict[str, list[int]] = {name: [] for name in NUMBER_FIELDS}
        self._blocks: list[Block] = []
        self._block_bytes = 0
        self._size = 0

    def __len__(self) -> int:
        """The number of passages."""
        return self._size

    def add(self, packed: Packed) -> range:
        """Add articles; return the numbers of their passages."""
        first = self._size
        columns = packed.columns
        for name, tokens in columns.fields.items():
            self._fields[name].add(tokens)
        self._rows += columns.rows
        self._passages += columns.passages
        for name, numbers in columns.numbers.items():
            self._numbers[name] += numbers
        self._blocks += packed.blocks
        self._block_bytes += sum(len(block.data) for block in packed.blocks)
        self._size += sum(columns.passages)
        return range(first, self._size)

    def numbers(self) -> dict[str, Numbers]:
        """Return by field how terms are numbered here; what is numbered so can be added without its terms."""
        return {name: field.numbers for name, field in self._fields.items()}

    @property
    def memory(self) -> int:
        """About how many bytes this takes, and will while it is written."""
        tokens = [field.tokens for field in self._fields.values()]
        terms = sum(len(field.numbers) for field in self._fields.values())
        return (
            _WAITING * sum(tokens)
            + _SORTING * max(tokens, default=0)
            + _TERM * terms
            + _ROW * len(self._rows)
            + self._block_bytes
        )

    @property
    def is_full(self) -> bool:
        """Whether a segment cannot hold many more."""
        return self._size > MOST_PASSAGES // 2 or any(field.tokens > 1 << 30 for field in self._fields.values())

    def write(self, folder: Path, state: SegmentState) -> None:
        """Write the files of the segment."""
        first = np.concatenate(([0], np.cumsum(self._passages, dtype=np.int64))).astype("<u4")
        with ContainerWriter(folder / state.file_name(POSTINGS)) as writer:
            for name in [name for name in self._fields if name not in LABEL_FIELDS]:
                self._write_field(writer, name, self._fields.pop(name))
            ids = [row.id for row in self._rows]
            numbers = {article_id: i for i, article_id in enumerate(sorted(set(ids)))}
            term = np.array([numbers[article_id] for article_id in ids], "<u4")
            self._write_articles(writer, [*numbers], term)
            for name, values in self._numbers.items():
                self._write_numbers(writer, name, np.array(values, "<i8"))
        with ContainerWriter(folder / state.file_name(state.labels_extension)) as writer:
            for name in [*self._fields]:
                self._write_field(writer, name, self._fields.pop(name))
        self._write_documents(folder, state, first, term)

    def _write_documents(self, folder: Path, state: SegmentState, first: Array, term: Array) -> None:
        with ContainerWriter(folder / state.file_name(DOCUMENTS)) as writer:
            write_articles(writer, first, term)
            write_blocks(writer, "rows", compress(map(dump_row, self._rows), ROWS))
            write_blocks(writer, "records", self._blocks)
            for name, values in self._numbers.items():
                write_column(writer, name, np.array(values))
        write_files(folder / state.file_name(state.files_extension), list(files_of(self._rows)))

    def _write_field(self, writer: ContainerWriter, name: str, field: _FieldBuffer) -> None:
        lengths, sizes = np.concatenate(field.lengths), np.concatenate(field.sizes)
        names = sorted(field.numbers)
        rank = np.empty(len(names), np.uint32)
        rank[field.numbers.of(names, len(names))] = np.arange(len(names))
        terms = rank[np.concatenate(field.tokens_of_batches)]
        field.tokens_of_batches.clear()
        if not len(terms):
            return
        if TERM_FIELDS.get(name):
            layout = layout_of(lengths)
            ends = np.cumsum(lengths, dtype=np.int64)
            offset = layout.start(np.arange(len(lengths))) - (ends - lengths)
            places = np.repeat(offset, lengths) + np.arange(len(terms))
            part = placed(places, terms, len(names))
        else:
            layout = None
            part = counted(np.repeat(np.arange(len(lengths), dtype="<u4"), lengths), terms, len(names))
        ranked = lengths if name in TERM_FIELDS else None
        FieldWriter(writer, name, ranked, layout, sizes=sizes).write(
            [name.encode("utf-8", "surrogatepass") for name in names], [part]
        )

    def _write_articles(self, writer: ContainerWriter, ids: Sequence[str], terms: Array) -> None:
        """Write the field of the articles' ids, which are in order; `terms` are their places for each article."""
        part = counted(np.arange(len(terms)), terms, len(ids))
        sizes = np.array(self._passages, "<u4")
        FieldWriter(writer, "article", None, None, sizes=sizes).write(list(map(encoded, ids)), [part])

    def _write_numbers(self, writer: ContainerWriter, name: str, values: Array) -> None:
        having = np.flatnonzero(values != NO_NUMBER)
        if len(having):
            different, terms = np.unique(values[having], return_inverse=True)
            keys = [self._term_of(name, number) for number in different.tolist()]
            FieldWriter(writer, name, None, None).write(keys, [counted(having, terms, len(different))])


def write_articles(writer: ContainerWriter, first: Array, term: Array) -> None:
    """Write which passages are which article's.

    `first` are the articles' first passages and the number of passages, `term` the articles' places in the order of
    their ids.
    """
    counts = first[1:].astype(np.int64) - first[:-1]
    writer.add("articles/first", first.astype("<u4"))
    writer.add("articles/of", np.repeat(np.arange(len(counts), dtype="<u4"), counts))
    writer.add("articles/term", term.astype("<u4"))


def write_column(writer: ContainerWriter, name: str, values: Array) -> None:
    """Write a column of numbers as Whoosh does: big-endian, of 32 bits."""
    writer.add(f"column/{name}", values.astype(">u4").view("u1"))


class _FieldBuffer:
    """The tokens of one field, as numbers of the terms in `numbers`."""

    def __init__(self) -> None:
        self.numbers = Numbers()
        self.tokens_of_batches: list[Array] = []
        self.lengths: list[Array] = []
        self.sizes: list[Array] = []
        self.tokens = 0

    def add(self, tokens: Tokens) -> None:
        numbers = tokens.numbers
        if tokens.terms is not None:
            numbers = self.numbers.of(tokens.terms, len(tokens.terms))[numbers]
        self.tokens_of_batches.append(numbers)
        self.lengths.append(tokens.lengths)
        self.sizes.append(tokens.sizes)
        self.tokens += len(numbers)
