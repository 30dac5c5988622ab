"""What Whoosh's own writer hands to a codec, document by document and posting by posting -> the files of a segment.

Documents of our schema become articles: neighbours with the same `article` are one; `row` is as readers give it.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.codec import base
from whoosh.filedb.structfile import StructFile
from whoosh.formats import Existence, Frequency, Positions

from indexer.engines.whoosh.blocks import PASSAGES, ROWS, compress, write_blocks
from indexer.engines.whoosh.buffer import write_articles
from indexer.engines.whoosh.container import ContainerWriter
from indexer.engines.whoosh.files import files_of, write_files
from indexer.engines.whoosh.packing import dump_record
from indexer.engines.whoosh.postings import FieldWriter, counted_already, layout_of, placed_already
from indexer.engines.whoosh.rows import dump_row, plain_row, row_from_text
from indexer.engines.whoosh.segment import DOCUMENTS, POSTINGS
from indexer.engines.whoosh.storage import MARK
from indexer.model import ArticleRow

if TYPE_CHECKING:
    from indexer.engines.whoosh.codec import WensouSegment

_OURS = ("article", "passage", "payload", "row")


class DocumentsWriter(base.PerDocWriterWithColumns):  # type: ignore[misc]
    """Writes what is kept by passage."""

    def __init__(self, folder: Path, segment: WensouSegment) -> None:
        super().__init__()
        self._folder = folder
        self._segment = segment
        self._stored: list[dict[str, Any]] = []
        self._columns: dict[str, tuple[Any, BytesIO]] = {}
        self._lengths: dict[str, dict[int, int]] = defaultdict(dict)
        self._is_wensous = (folder / MARK).exists()
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        self._docnum = docnum
        self._stored.append({})

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int) -> None:
        if value is not None:
            self._stored[-1][fieldname] = value
        if length:
            self._lengths[fieldname][self._docnum] = length

    def finish_doc(self) -> None:
        if self._is_wensous and not _is_ours(self._stored[-1]):
            raise ValueError(
                f"A document of wensou's index needs the stored field `article`, as text; {sorted(self._stored[-1])} "
                "has none. It was not added."
            )

    def _has_column(self, fieldname: str) -> bool:
        return fieldname in self._columns

    def _create_column(self, fieldname: str, column: Any) -> None:
        data = BytesIO()
        self._columns[fieldname] = column.writer(StructFile(data)), data

    def _get_column(self, fieldname: str) -> Any:
        return self._columns[fieldname][0]

    def close(self) -> None:
        self.is_closed = True
        count = len(self._stored)
        for name, own in self._lengths.items():
            lengths = np.zeros(count, np.int64)
            lengths[list(own)] = list(own.values())
            self._segment.lengths[name] = lengths
        self._segment.state.passages = count
        state = self._segment.state
        writer = ContainerWriter(self._folder / state.file_name(DOCUMENTS))
        rows, first = self._articles()
        place = {article_id: i for i, article_id in enumerate(sorted({row.id for row in rows if row.id}))}
        write_articles(writer, np.array([*first, count]), np.array([place.get(row.id, 0) for row in rows], np.int64))
        write_blocks(writer, "rows", compress(map(dump_row, rows), ROWS))
        write_blocks(writer, "records", compress(map(_record, self._stored), PASSAGES))
        more = [_foreign(stored) for stored in self._stored]
        if any(more):
            write_blocks(writer, "more", compress(map(pickle.dumps, more), PASSAGES))
        for name, (column, data) in self._columns.items():
            column.finish(count)
            writer.add(f"column/{name}", np.frombuffer(data.getvalue(), "u1"))
        writer.close()
        write_files(self._folder / state.file_name(state.files_extension), list(files_of(rows)))
        ContainerWriter(self._folder / state.file_name(state.labels_extension)).close()  # what is relabelled goes there

    def _articles(self) -> tuple[list[ArticleRow], list[int]]:
        """Return the rows of the articles, and the first passage of each."""
        rows, first = [], []
        numbered = enumerate(self._stored)
        # Without an article, a document is one by itself.
        for _, group in groupby(numbered, key=lambda pair: pair[1]["article"] if _is_ours(pair[1]) else pair[0]):
            number, stored = next(iter(group))
            first.append(number)
            name = stored["article"] if _is_ours(stored) else ""
            rows.append(row_from_text(stored["row"], name) if name and "row" in stored else plain_row(name))
        return rows, first


def _is_ours(stored: dict[str, Any]) -> bool:
    """Tell whether stored fields are those of a passage of an article."""
    kinds = {"article": str, "passage": str, "payload": bytes, "row": str}
    return bool(stored.get("article")) and all(
        isinstance(stored.get(name, kind()), kind) for name, kind in kinds.items()
    )


def _foreign(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the stored fields that are not wensou's."""
    return {name: value for name, value in stored.items() if name not in _OURS} if _is_ours(stored) else stored


def _record(stored: dict[str, Any]) -> bytes:
    return (
        dump_record(stored.get("passage", ""), stored.get("payload", b"")) if _is_ours(stored) else dump_record("", b"")
    )


class PostingsWriter(base.FieldWriter):  # type: ignore[misc]
    """Writes terms and postings."""

    def __init__(self, folder: Path, segment: WensouSegment) -> None:
        self._folder = folder
        self._segment = segment
        self._writer: ContainerWriter | None = None
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        if type(fieldobj.format) not in (Existence, Frequency, Positions):
            raise ValueError(
                f"The field {fieldname} keeps {type(fieldobj.format).__name__}, which wensou's codec does not. Make it "
                "without chars=True, or write this index without codec=."
            )
        self._name = fieldname
        self._format = fieldobj.format
        self._terms: list[bytes] = []
        self._counts: list[int] = []
        self._passages: list[int] = []
        self._values: list[Any] = []  # frequencies, or lists of positions

    def start_term(self, text: bytes) -> None:
        self._terms.append(bytes(text))
        self._counts.append(0)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:
        self._counts[-1] += 1
        self._passages.append(docnum)
        if self._format.supports("positions"):
            self._values.append(self._format.decode_positions(vbytes))
        else:
            self._values.append(self._format.decode_frequency(vbytes))

    def finish_term(self) -> None:
        pass

    def finish_field(self) -> None:
        if self._writer is None:
            self._writer = ContainerWriter(self._folder / self._segment.state.file_name(POSTINGS))
        passages, counts = np.array(self._passages, np.int64), np.array(self._counts, np.int64)
        lengths = self._segment.lengths.get(self._name)
        if not self._format.supports("positions"):
            part = counted_already(passages, np.array(self._values, np.int64), counts)
            FieldWriter(self._writer, self._name, lengths, None).write(self._terms, [part])
            return
        tokens = np.array([len(own) for own in self._values], np.int64)
        positions = np.fromiter((place for own in self._values for place in own), np.int64, int(tokens.sum()))
        of_token = np.repeat(passages, tokens)
        # Positions may leave gaps, so that the last one is beyond the length.
        extents = np.zeros(self._segment.state.passages, np.int64)
        np.maximum.at(extents, of_token, positions + 1)
        if lengths is None:
            lengths = np.bincount(of_token, minlength=len(extents))
        part = placed_already(of_token, positions, tokens, counts, layout := layout_of(np.maximum(extents, lengths)))
        writer = FieldWriter(self._writer, self._name, lengths, layout, extents=np.maximum(extents, lengths))
        writer.write(self._terms, [part])

    def close(self) -> None:
        self.is_closed = True
        if self._writer is None:
            self._writer = ContainerWriter(self._folder / self._segment.state.file_name(POSTINGS))
        if self._writer is not None:
            self._writer.close()
            self._writer = None
