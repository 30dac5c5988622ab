"""A segment -> what Whoosh's own searcher asks of a codec. Whoosh wants Python's numbers, not NumPy's."""

from __future__ import annotations

import pickle
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.filedb.structfile import BufferFile
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.reading import TermInfo, TermNotFound

from indexer.cached import cached_property
from indexer.engines.bm25 import lengths_of
from indexer.engines.whoosh.blocks import Blocks
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.rows import row_text
from indexer.engines.whoosh.segment import Segment
from indexer.engines.whoosh.terms import ranges


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Terms and postings."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def _field(self, name: str) -> Field | None:
        return self._segment.field(name)

    def _found(self, name: str, text: bytes) -> tuple[Field, int]:
        field = self._field(name)
        number = field.find(text) if field else None
        if field is None or number is None:
            raise KeyError(f"No term {name}:{text!r}")  # which Whoosh turns into what it tells
        return field, number

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        field = self._field(term[0])
        return field is not None and field.find(term[1]) is not None

    def indexed_field_names(self) -> list[str]:
        return sorted(self._segment.field_names())

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for name in self.indexed_field_names():
            field = self._field(name)
            if field is not None and name >= fieldname:
                first = field.place_of(prefix) if name == fieldname else 0
                yield from ((name, field.term(number)) for number in range(first, len(field)))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return self.items_from("", b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        field, number = self._found(fieldname, text)
        passages, frequencies = _postings(field, number)
        shortest = int(lengths_of(np.array([field.shortest[number]]))[0]) if field.is_ranked else 1
        longest = int(field.lengths[field.units_of(passages)].max()) if field.is_ranked else 1
        return TermInfo(
            float(frequencies.sum()), len(passages), shortest, longest, float(frequencies.max()),
            int(passages[0]), int(passages[-1]),
        )  # fmt: skip

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(_postings(*self._found(fieldname, text))[1].sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        field, number = self._found(fieldname, text)
        return int(field.passage_count(number))

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> PostingsMatcher:
        try:
            field, number = self._found(fieldname, text)
        except KeyError as error:
            raise TermNotFound(*error.args) from None
        return PostingsMatcher(field, number, format_, scorer, (fieldname, text))

    def cursor(self, fieldname: str, fieldobj: Any) -> base.FieldCursor:
        field = self._field(fieldname)
        return base.EmptyCursor() if field is None else _Cursor(self, field, fieldobj)


def _postings(field: Field, number: int) -> tuple[Any, Any]:
    """Return the passages that hold a term, and how often each does."""
    passages, frequencies = field.expanded(*field.units(number))
    return passages, frequencies


class _Cursor(base.FieldCursor):  # type: ignore[misc]
    def __init__(self, reader: TermsReader, field: Field, fieldobj: Any) -> None:
        self._reader = reader
        self._field = field
        self._fieldobj = fieldobj
        self._at = 0

    def first(self) -> Any:
        self._at = 0
        return self.text()

    def find(self, term: Any) -> Any:
        self._at = self._field.place_of(term if isinstance(term, bytes) else self._fieldobj.to_bytes(term))
        return self.text()

    def next(self) -> Any:
        self._at += 1
        return self.text()

    def text(self) -> Any:
        return self._fieldobj.from_bytes(self._field.term(self._at)) if self.is_valid() else None

    def term_info(self) -> TermInfo | None:
        return self._reader.term_info(self._field.name, self._field.term(self._at)) if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._at < len(self._field)


class PostingsMatcher(LeafMatcher):  # type: ignore[misc]
    """The postings of a term, as one block."""

    def __init__(self, field: Field, number: int, format_: Any, scorer: Any, term: tuple[str, bytes]) -> None:
        self._field = field
        self._number = number
        self.format = format_
        self.scorer = scorer
        self._term = term
        passages, frequencies = _postings(field, number)
        self._ids: list[int] = passages.tolist()
        self._frequencies: list[int] = frequencies.tolist()
        self._boost: float = getattr(format_, "field_boost", 1.0)
        self._at = 0

    def is_active(self) -> bool:
        return self._at < len(self._ids)

    def id(self) -> int:
        # Whoosh asks matchers that are at their end, and does nothing with the answer.
        return self._ids[min(self._at, len(self._ids) - 1)]

    def reset(self) -> None:
        self._at = 0

    def next(self) -> bool:
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return not self.is_active()

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._ids, id, self._at)

    def skip_to_quality(self, minquality: float) -> int:
        if self.is_active() and self.block_quality() <= minquality:
            self._at = len(self._ids)
            return 1
        return 0

    def all_ids(self) -> Iterator[int]:
        return iter(self._ids[self._at :])

    def weight(self) -> float:
        return self._frequencies[self._at] * self._boost

    def value(self) -> bytes:
        if self.supports("positions"):
            value: bytes = self.format.encode(self._positions())
        elif self.format.fixed_value_size():
            value = self._frequencies[self._at].to_bytes(4, "big")
        else:
            value = b""
        return value

    def value_as(self, astype: str) -> Any:
        if astype == "positions" and self._field.has_positions:
            return self._positions()
        return super().value_as(astype)

    def _positions(self) -> list[int]:
        places, unit = self._field.postings(self._number), self._field.units_of(np.array([self.id()]))
        (first,), (last,) = ranges(self._field, places, unit, unit)
        positions: list[int] = (places[first:last] - self._field.layout.start(unit)).tolist()
        return positions

    @cached_property
    def _highest(self) -> float:
        return max(self._frequencies) * self._boost

    def block_max_weight(self) -> float:
        return self._highest

    def max_quality(self) -> float:
        # The scorer's own bound comes from `term_info`, which cannot know the field's boost.
        quality: float = self.block_quality()
        return quality

    def block_min_length(self) -> int:
        return int(lengths_of(np.array([self._field.shortest[self._number]]))[0]) if self._field.is_ranked else 1


class DocumentsReader(base.PerDocumentReader):  # type: ignore[misc]
    """Everything that is kept by passage."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def doc_count(self) -> int:
        return self._segment.state.live_count

    def doc_count_all(self) -> int:
        return self._segment.passages

    def has_deletions(self) -> bool:
        return bool(len(self._segment.state.deleted))

    def is_deleted(self, docnum: int) -> bool:
        return self._segment.live is not None and not self._segment.live[docnum]

    def deleted_docs(self) -> set[int]:
        return set(self._segment.state.deleted.tolist())

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        return f"column/{fieldname}" in self._segment.documents

    def column_reader(self, fieldname: str, column: Any) -> Any:
        data = self._segment.documents.array(f"column/{fieldname}").tobytes()
        return column.reader(BufferFile(data), 0, len(data), self._segment.passages)

    def _ranked(self, fieldname: str) -> Field | None:
        field = self._segment.field(fieldname)
        return field if field is not None and field.is_ranked else None

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        field = self._ranked(fieldname)
        return int(field.lengths[field.units_of(np.array([docnum]))[0]]) if field else default

    def field_length(self, fieldname: str) -> int:
        field = self._ranked(fieldname)
        return field.totals[1] if field else 0

    def min_field_length(self, fieldname: str) -> int:
        field = self._ranked(fieldname)
        return int(field.lengths[field.lengths > 0].min(initial=field.totals[2])) if field else 0

    def max_field_length(self, fieldname: str) -> int:
        field = self._ranked(fieldname)
        return field.totals[2] if field else 0

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        passage, payload = self._segment.record(docnum)
        article = int(self._segment.article_of[docnum])
        row = self._segment.row(article)
        stored: dict[str, Any] = {}
        if row.id:
            stored = {"article": row.id, "passage": passage, "payload": payload}
            if docnum == self._first_passage(article):
                stored["row"] = row_text(row)
        if self._more is not None:
            stored |= pickle.loads(self._more.record(docnum))
        return stored

    def _first_passage(self, article: int) -> int:
        """Return the first passage of an article that is not deleted."""
        first, end = self._segment.first_passages[article : article + 2].tolist()
        live = self._segment.live
        return int(first if live is None else first + np.argmax(live[first:end]))

    @cached_property
    def _more(self) -> Blocks | None:
        """Stored fields that another program's schema has."""
        return Blocks(self._segment.documents, "more") if "more/data" in self._segment.documents else None
