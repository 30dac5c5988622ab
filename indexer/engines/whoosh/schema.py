"""The fields of the Whoosh index, of stock classes only, so that any program can open it."""

from __future__ import annotations

from typing import Any

from whoosh import fields
from whoosh.analysis import SpaceSeparatedTokenizer

from indexer.engines.base import KEYWORD_FIELDS, NUMBER_FIELDS, ROW_FIELDS, TERM_FIELDS
from indexer.engines.whoosh.toc import META


def schema(meta: str) -> Any:
    """Return the schema; terms come analysed, so a field splits at spaces and no more."""
    return fields.Schema(
        article=fields.ID(stored=True),
        passage=fields.STORED(),
        payload=fields.STORED(),
        row=fields.STORED(),  # of an article, with its first passage
        **{
            name: fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=positions)
            for name, positions in TERM_FIELDS.items()
        },
        **{name: fields.KEYWORD() for name in KEYWORD_FIELDS if name not in ROW_FIELDS},
        **{name: fields.KEYWORD(commas=True) if name == "tag" else fields.ID() for name in ROW_FIELDS},
        **{name: number_field() for name in NUMBER_FIELDS},
        **{META: with_meta(meta)},
    )


def number_field() -> Any:
    """Return a field of numbers: a column to sort by, and one term for each number, as ranges need."""
    return fields.NUMERIC(int, signed=False, sortable=True, default=0, shift_step=0)


def with_meta(meta: str) -> Any:
    """Return the field that carries `meta`."""
    field = fields.STORED()
    field.meta = meta
    return field
