"""The XML of a Word document -> blocks of a body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.sources.body import BodyBuilder

# What is not the text: the older form of a text box, text moved elsewhere, readings above Han characters.
_SKIPPED = {"Fallback", "moveFrom", "rt"}
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF = ("0", "false", "off")
_MOST_ANCESTORS = 20  # of a style; one that descends from itself has no end
_BODY_LEVEL = "9"  # the outline level of what is no heading


class Styles:
    """Tells by the id of a paragraph style what kind of block it makes."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._style = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "style":
            self._style = attributes.get("styleId", "")
        elif name == "name" and _kind_of(value):
            self._kinds[self._style] = _kind_of(value)
        elif name == "basedOn":
            self._parents[self._style] = value
        elif name == "outlineLvl" and value != _BODY_LEVEL:
            self._kinds.setdefault(self._style, "heading")

    def end(self, name: str) -> None:
        if name == "style":
            self._style = ""

    def text(self, text: str) -> None:
        pass

    def kind(self, style: str) -> str:
        """Return the kind that a style, or the nearest one it is based on, gives; body if none gives any."""
        for _ in range(_MOST_ANCESTORS):
            if style in self._kinds or style not in self._parents:
                break
            style = self._parents[style]
        return self._kinds.get(style, "body")


def _kind_of(name: str) -> str:
    lower = name.lower()
    if lower.startswith(("heading", "title", "subtitle", "标题", "標題", "副标题", "副標題")):
        return "heading"
    if lower.startswith(("caption", "题注", "標號")):
        return "caption"
    return "quote" if "quote" in lower or lower.startswith("引") else ""


@dataclass(slots=True)
class _Paragraph:
    kind: str = "body"
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class DocumentBody:
    """Adds paragraphs to a builder as they end, the rows of tables as blocks with tabs between their cells.

    With `kind` all blocks are of that kind; with `seen`, a paragraph that is in it is left out, and others are put in.
    """

    def __init__(self, builder: BodyBuilder, styles: Styles, kind: str = "", seen: set[str] | None = None) -> None:
        self._builder = builder
        self._styles = styles
        self._kind = kind
        self._seen = seen
        self._paragraphs: list[_Paragraph] = []  # open ones: a text box stands inside a paragraph
        self._rows: list[list[list[_Paragraph]]] = []  # open ones: rows of cells of paragraphs
        self._skipping = 0
        self._in_runs = 0
        self._in_text = False
        self._hidden = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        if name in _SKIPPED or self._skipping:
            self._skipping += 1
        elif name == "p":
            self._paragraphs.append(_Paragraph())
        elif name == "tr":
            self._rows.append([])
        elif name == "tc" and self._rows:
            self._rows[-1].append([])
        elif name == "r":
            self._in_runs += 1
            self._hidden = False
        elif name == "t":
            self._in_text = True
        elif name == "vanish" and self._in_runs:
            self._hidden = value not in _OFF
        elif name in _MARKS and self._in_runs:
            self._add(_MARKS[name])
        elif self._paragraphs and name == "pStyle":
            self._paragraphs[-1].kind = self._styles.kind(value)
        elif self._paragraphs and name == "outlineLvl" and value != _BODY_LEVEL:
            self._paragraphs[-1].kind = "heading"

    def end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
        elif name == "t":
            self._in_text = False
        elif name == "r":
            self._in_runs -= 1
        elif name == "p" and self._paragraphs:
            self._end_paragraph(self._paragraphs.pop())
        elif name == "tr" and self._rows:
            self._end_row(self._rows.pop())

    def text(self, text: str) -> None:
        if self._in_text and not self._skipping:
            self._add(text)

    def _add(self, text: str) -> None:
        if self._paragraphs and not self._hidden:
            self._paragraphs[-1].pieces.append(text)

    def _end_paragraph(self, paragraph: _Paragraph) -> None:
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(paragraph)
        else:
            self._add_block(paragraph.text, paragraph.kind)

    def _end_row(self, cells: list[list[_Paragraph]]) -> None:
        if len(cells) == 1:  # a frame around text, not a table
            for paragraph in cells[0]:
                self._add_block(paragraph.text, paragraph.kind)
        else:
            texts = ([paragraph.text for paragraph in cell] for cell in cells)
            self._add_block("\t".join("\n".join(filter(str.strip, cell)) for cell in texts), "table")

    def _add_block(self, text: str, kind: str) -> None:
        if self._seen is not None:
            if text in self._seen:
                return
            self._seen.add(text)
        self._builder.add(text, 0, self._kind or kind)
        self._builder.end_block()
