"""CSV and TSV -> articles, one a row; the first row names the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.errors import SourceError
from indexer.model import Offset
from indexer.sources.records import Record, Records, Text, missing_text, text_name
from indexer.sources.source import Reading, SourceFile

_DELIMITERS = ",\t;|"
_DOUBLED = re.compile('""')


class _Cell(NamedTuple):
    """A value of a row; `start` is where its first character stands, behind the quote if it has one."""

    value: str
    start: int
    is_quoted: bool

    def offsets(self, text: str) -> list[Offset]:
        """Return where its characters stand: an offset wherever value and text begin to go in step anew."""
        offsets = [Offset(0, self.start)]
        if self.is_quoted:
            until = self.start + len(self.value) + self.value.count('"')
            for i, doubled in enumerate(_DOUBLED.finditer(text, self.start, until)):
                offsets.append(Offset(doubled.start() - self.start - i + 1, doubled.end()))
        return offsets


def read(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the article of each row. Raises NotAnArticle if no column is called as a text is."""
    text = file.decoded.text
    first_line = text.lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    rows = _rows(text, delimiter)
    names = [cell.value.strip().lower() for cell in next(rows, [])]
    column = text_name(names, file.options)
    if not column:
        raise missing_text(file.options)
    records = Records(file)
    for number, row in enumerate(rows, 2):
        cells = dict(zip(names, row, strict=False))
        if column in cells and any(cell.value.strip() for cell in row):
            yield records.reading(_record(text, cells, column, row, number))
        elif column not in cells and any(cell.value for cell in row):
            yield SourceError(f"row {number}: {len(row)} columns where the first row names {len(names)}")


def _record(text: str, cells: dict[str, _Cell], column: str, row: Sequence[_Cell], number: int) -> Record:
    values = {name: cell.value for name, cell in cells.items() if name != column and cell.value}
    body = cells[column]
    return Record(
        number=str(number),
        values=values,
        text=Text(body.value, body.offsets(text)),
        start=row[0].start,
        raw="\x1f".join(cell.value for cell in row),
    )


def _rows(text: str, delimiter: str) -> Iterator[list[_Cell]]:
    """Cut a table as RFC 4180 has it; a quote that is not closed is a character like others."""
    other = rf"[^{re.escape(delimiter)}\r\n]*+"
    cell = re.compile(rf'(?:[ ]*"((?>[^"]*+(?:""[^"]*+)*))"{other}|({other}))({re.escape(delimiter)}|\r\n|\n|\r|\Z)')
    row: list[_Cell] = []
    at = 0
    while at < len(text) or row:
        match = cell.match(text, at)
        if match is None:
            raise SourceError(f"not a table: cannot be read from character {at} on")
        if match.group(1) is not None:
            row.append(_Cell(match.group(1).replace('""', '"'), match.start(1), True))
        else:
            row.append(_Cell(match.group(2), match.start(2), False))
        at = match.end()
        if match.group(3) != delimiter:
            yield row
            row = []
