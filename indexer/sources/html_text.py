"""Lines of a page -> text as a browser shows it, in blocks, with the place of each character."""

from __future__ import annotations

import re
from html import unescape

from indexer.sources.body import BodyBuilder
from indexer.sources.html_markup import SPACES
from indexer.sources.html_tables import Tables
from indexer.sources.html_tree import BREAK, Line, Tree

_CHANGED = re.compile(rf"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{{1,32}};?)|[{SPACES}]+")
_IS_CHANGED = re.compile(r"&|[\t\n\r\f]|  ")
# Between these a line break of the file is no space, as in Firefox: Chinese has none between words.
_WIDE = re.compile(r"[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_INDENTED = re.compile(r"\u3000|&emsp;|(?:&nbsp;|\xa0){2}")


class Writer:
    """Writes lines of a page, whose text is `text` and whose stretches of text are `spans`, to a body."""

    def __init__(
        self, builder: BodyBuilder, text: str, spans: list[tuple[int, int]], tree: Tree, tables: Tables
    ) -> None:
        self._builder = builder
        self._text = text
        self._spans = spans
        self._tables = tables
        self._pre = _preformatted(tree)
        self._is_pre = False
        self._kind = ""
        self._end = 0  # where the last stretch of text ends in the file
        self._last = ""  # the last character written; empty at the start of a block

    def write(self, lines: list[Line], kinds: list[str]) -> None:
        """Write lines and their kinds; those of one row of a table become one block, its cells separated by tabs."""
        before: Line | None = None
        for line, self._kind in zip(lines, kinds, strict=True):
            self._is_pre = line.element in self._pre
            row = self._tables.row(line.element)
            if before is None or row < 0 or row != self._tables.row(before.element):
                self._end_block()
            elif self._last:
                same_cell = self._tables.cell(line.element) == self._tables.cell(before.element)
                self._mark(" " if same_cell else "\t", self._spans[_first(line)][0])
            self._write_line(line)
            before = line
        self._end_block()

    def _end_block(self) -> None:
        self._builder.end_block()
        self._last = ""

    def _write_line(self, line: Line) -> None:
        space = ""
        breaks = 0
        for piece in line.pieces:
            if isinstance(piece, int):
                self._write_gap(space, breaks, self._spans[piece])
                self._write_text(*self._spans[piece])
                space, breaks = "", 0
            elif piece == BREAK:
                breaks += 1
            else:
                space = space or piece

    def _write_gap(self, space: str, breaks: int, span: tuple[int, int]) -> None:
        """Write what separates two stretches of text; two breaks, or one and an indent, end a block."""
        start = span[0]
        if breaks > 1 or (breaks and _INDENTED.match(self._text, start)):
            self._end_block()
        elif breaks and self._last:
            self._mark("\n", max(0, self._text.rfind("<", 0, start)))
        elif space and self._last:
            place = self._text.find(space, self._end, start)
            self._write_space(space, place if place >= 0 else start, self._text[start : start + 1])

    def _write_text(self, start: int, end: int) -> None:
        """Write `text[start:end]` of the file: entities as what they stand for, white space as one space."""
        text = self._text
        if _IS_CHANGED.search(text, start, end):
            at = start
            for match in _CHANGED.finditer(text, start, end):
                self._add(text[at : match.start()], at)
                at = match.end()
                if match[0][0] == "&":
                    self._write_entity(match[0], match.start())
                else:
                    self._write_space(match[0], match.start(), text[at : at + 1])
            start = at
        self._add(text[start:end], start)
        self._end = end

    def _write_entity(self, entity: str, place: int) -> None:
        shown = unescape(entity)
        kept = 0
        while kept < min(len(shown), len(entity)) and shown[-1 - kept] == entity[-1 - kept]:
            kept += 1
        for character in shown[: len(shown) - kept]:
            self._mark(character, place)
        self._add(entity[len(entity) - kept :], place + len(entity) - kept)

    def _write_space(self, space: str, place: int, following: str) -> None:
        if self._is_pre:
            self._add(space, place)
        elif not ("\n" in space and _WIDE.match(self._last) and _WIDE.match(following)):
            self._mark(" ", place)

    def _mark(self, character: str, place: int) -> None:
        """Add a character that stands for something else in the file."""
        self._builder.add(character, place, self._kind)
        self._last = character

    def _add(self, text: str, place: int) -> None:
        if text:
            self._builder.add(text, place, self._kind)
            self._last = text[-1]


def line_texts(lines: list[Line], text: str, spans: list[tuple[int, int]]) -> list[str]:
    """Return what each line says, with single spaces, whatever its kind."""
    return [_line_text(line, text, spans) for line in lines]


def _line_text(line: Line, text: str, spans: list[tuple[int, int]]) -> str:
    joined = "".join(text[slice(*spans[piece])] if isinstance(piece, int) else " " for piece in line.pieces)
    return " ".join((unescape(joined) if "&" in joined else joined).split())


def _first(line: Line) -> int:
    return next(piece for piece in line.pieces if isinstance(piece, int))


def _preformatted(tree: Tree) -> set[int]:
    found: set[int] = set()
    for i, element in enumerate(tree.elements):
        if element.tag in ("pre", "xmp", "plaintext", "listing") or element.parent in found:
            found.add(i)
    return found
