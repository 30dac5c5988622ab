"""Rows -> CSV in which a spreadsheet finds text and numbers, and nothing to carry out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from indexer.display import as_json, as_line

# What a spreadsheet takes for the beginning of a formula; some also in full width.
_FORMULA = tuple("=+-@＝＋－＠")


def as_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of a table, the names of its columns first: those given, else those of the first row, if any.

    Each cell is on one line; text that a spreadsheet would take for a formula has an apostrophe before it, what is
    neither text nor None is JSON.
    """
    if columns:
        yield _line(columns)
    for i, row in enumerate(rows):
        if not i and not columns:
            yield _line(row)
        yield _line(map(_cell, row.values()))


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> str:
    if not isinstance(value, str):
        return "" if value is None else as_json(value)
    text = as_line(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
