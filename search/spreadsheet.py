"""Rows -> CSV in which a spreadsheet finds text and numbers, and nothing to carry out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

from indexer.display import harmless

# A cell that begins so is a formula.
_FORMULA = tuple("=+-@＝＋－＠")

Cell = str | int | None


def as_csv(rows: Iterable[Mapping[str, Cell]]) -> Iterator[str]:
    """Yield the lines of a table, the names of its columns first; nothing without rows.

    Each cell is on one line; one that a spreadsheet would take for a formula has an apostrophe before it.
    """
    for i, row in enumerate(rows):
        if not i:
            yield _line(row)
        yield _line([_safe(cell) for cell in row.values()])


def _line(cells: Iterable[Cell]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _safe(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = harmless(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
