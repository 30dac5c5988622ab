"""The fields of the Whoosh index, of stock classes only, so that any program can open it."""

from __future__ import annotations

from typing import Any

from whoosh import columns, fields
from whoosh.analysis import SpaceSeparatedTokenizer

from indexer.engines.base import KEYWORD_FIELDS, NUMBER_FIELDS, TERM_FIELDS

# A stored field that no passage fills: it carries, pickled with the schema in the table of contents, what the index
# knows besides articles, so that one rename commits both.
META = "meta"


def length_field(name: str) -> str:
    """Return the column with the exact lengths of a field: Whoosh's own keep 8 bits of them."""
    return f"length_{name}"


def schema(meta: str) -> Any:
    """Return the schema; terms come analysed, so a field splits at spaces and no more."""
    return fields.Schema(
        article=fields.ID(sortable=columns.VarBytesColumn()),
        passage=fields.STORED(),
        payload=fields.STORED(),
        row=fields.STORED(),
        ordinal=fields.COLUMN(columns.NumericColumn("i", default=-1)),
        **{
            name: fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=positions)
            for name, positions in TERM_FIELDS.items()
        },
        **{length_field(name): fields.COLUMN(columns.NumericColumn("i")) for name in TERM_FIELDS},
        **{name: fields.KEYWORD() for name in KEYWORD_FIELDS},
        **{name: fields.NUMERIC(int, signed=False, sortable=True, default=0) for name in NUMBER_FIELDS},
        **{META: with_meta(meta)},
    )


def with_meta(meta: str) -> Any:
    """Return the field that carries `meta`."""
    field = fields.STORED()
    field.meta = meta
    return field
