"""The codec by which any Whoosh program reads and writes wensou's segments.

`whoosh.index.open_dir` finds it by itself; to write, give it: `ix.writer(codec=WensouCodec())`.

A document is a passage; those of an article follow each other, the first with its `row`. To replace an article, delete
it by `delete_by_term("article", id)` and add its passages: `update_document` would replace but one of them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec import base

from indexer.engines.whoosh.segment import Segment, SegmentState
from indexer.engines.whoosh.toc import state_of, values_of
from indexer.engines.whoosh.whoosh_readers import DocumentsReader, TermsReader
from indexer.engines.whoosh.whoosh_writers import DocumentsWriter, PostingsWriter


class WensouCodec(base.Codec):  # type: ignore[misc]
    """Segments of flat, memory-mapped arrays."""

    length_stats = False  # lengths are exact, and the segment's own

    def per_document_writer(self, storage: Any, segment: WensouSegment) -> DocumentsWriter:
        return DocumentsWriter(Path(storage.folder), segment)

    def field_writer(self, storage: Any, segment: WensouSegment) -> PostingsWriter:
        return PostingsWriter(Path(storage.folder), segment)

    def terms_reader(self, storage: Any, segment: WensouSegment) -> TermsReader:
        return TermsReader(Segment(Path(storage.folder), segment.state))

    def per_document_reader(self, storage: Any, segment: WensouSegment) -> DocumentsReader:
        return DocumentsReader(Segment(Path(storage.folder), segment.state))

    def new_segment(self, storage: Any, indexname: str) -> WensouSegment:
        return WensouSegment.of(SegmentState(secrets.token_hex(8), 0, index_name=indexname))


class WensouSegment(base.Segment):  # type: ignore[misc]
    """A segment as Whoosh knows it: pickled into the table of contents, found again by this class's path."""

    state: SegmentState
    compound = False

    def __init__(self) -> None:
        self.lengths: dict[str, Any] = {}  # of the passages, while the segment is written: see whoosh_writers

    @classmethod
    def of(cls, state: SegmentState) -> WensouSegment:
        """Return the segment with this state."""
        segment = cls()
        segment.state = state
        return segment

    @property
    def indexname(self) -> str:
        return self.state.index_name

    @property
    def segid(self) -> str:
        return self.state.id

    def codec(self) -> WensouCodec:
        return WensouCodec()

    def should_assemble(self) -> bool:
        return False

    def doc_count_all(self) -> int:
        return self.state.passages

    def set_doc_count(self, doccount: int) -> None:
        self.state.passages = doccount

    def deleted_count(self) -> int:
        return len(self.state.deleted)

    def deleted_docs(self) -> Iterator[int]:
        return iter(self.state.deleted.tolist())

    def is_deleted(self, docnum: int) -> bool:
        at = int(np.searchsorted(self.state.deleted, docnum))
        return at < len(self.state.deleted) and int(self.state.deleted[at]) == docnum

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        change = np.union1d if delete else np.setdiff1d
        self.state = replace(self.state, deleted=change(self.state.deleted, [docnum]).astype("<u4"))

    def __getstate__(self) -> dict[str, Any]:
        return values_of(self.state)

    def __setstate__(self, values: dict[str, Any]) -> None:
        self.lengths = {}
        self.state = state_of(values)
