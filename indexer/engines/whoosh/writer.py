"""Articles -> one commit of the Whoosh index."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from whoosh.index import clean_files
from whoosh.writing import CLEAR, SegmentWriter

from indexer.engines.whoosh.rows import dump_row
from indexer.engines.whoosh.schema import META, length_field, with_meta
from indexer.model import ArticleRow, IndexEntry


class WhooshWriter:
    """Writes through a Whoosh writer; whoever made it commits or cancels it."""

    def __init__(self, writer: SegmentWriter, replace_all: bool) -> None:
        self._writer = writer
        self._replace_all = replace_all
        self._reader = writer.reader()
        self._added: dict[str, range] = {}  # article -> its passages' numbers in the new segment
        self._changed = replace_all

    def put(self, row: ArticleRow, entries: Sequence[IndexEntry]) -> None:
        self.delete(row.id)
        self._changed = True
        first = self._writer.docnum
        for ordinal, entry in enumerate(entries):
            self._writer.add_document(
                article=row.id,
                passage=entry.id,
                payload=entry.payload,
                ordinal=ordinal,
                **({"row": dump_row(row)} if ordinal == 0 else {}),
                **{name: terms for name, terms in entry.terms.items() if terms},
                **{length_field(name): len(terms) for name, terms in entry.terms.items()},
                **{name: list(values) for name, values in entry.keywords.items()},
                **entry.numbers,
            )
        self._added[row.id] = range(first, self._writer.docnum)

    def delete(self, article_id: str) -> None:
        for number in self._added.pop(article_id, ()):
            self._writer.newsegment.delete_document(number)
        if not self._replace_all and ("article", article_id.encode()) in self._reader:
            for number in self._reader.postings("article", article_id).all_ids():
                self._writer.delete_document(number)
                self._changed = True

    def set_meta(self, meta: Mapping[str, Any]) -> None:
        self._changed = True
        self._writer.schema._fields[META] = with_meta(json.dumps(meta, ensure_ascii=False, sort_keys=True))

    def commit(self) -> None:
        """Make everything visible at once, if there is anything."""
        if not self._changed:
            self.cancel()
            return
        self._reader.close()
        self._writer.commit(mergetype=CLEAR if self._replace_all else None)

    def cancel(self) -> None:
        """Make nothing visible, and leave nothing behind."""
        self._reader.close()
        writer = self._writer
        writer._close_segment()
        clean_files(writer.storage, writer.indexname, writer.generation - 1, writer.segments)
        writer._finish()
