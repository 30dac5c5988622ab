"""Markup with numbered text -> elements and lines of text in the order of the page. The door of selectolax."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from indexer.sources.html_markup import NUMBER, NumberedMarkup

BREAK = "<br>"

_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hgroup", "hr", "html", "iframe", "legend", "li", "main", "menu", "nav", "noframes",
    "noscript", "ol", "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul", "xmp",
}  # fmt: skip
_UNSEEN = {
    "head", "iframe", "noembed", "script", "style", "svg", "template",
}  # fmt: skip
# Not `visibility: hidden`: pages of WeChat have it on the article until a script shows it.
_HIDING_STYLE = re.compile(r"(?:^|[;\s])display\s*:\s*none", re.IGNORECASE)
_PIECE = re.compile(NUMBER + r"(\d+)|[ \t\n\r\f]+")
# A sentence has at least one of these; menus and lists of links have none.
_MARKS = re.compile(r"[，。！？；、,!?;]|\.(?=\s|$)")


@dataclass(slots=True)
class Line:
    """Text that no block begins or ends in; sizes are bytes of UTF-8, for which 1 Han character is 3 Latin ones."""

    element: int  # the block that it stands in
    pieces: list[int | str] = field(default_factory=list)  # numbers of text, white space, and BREAK
    size: int = 0
    linked: int = 0  # of it inside links
    links: int = 0  # stretches of text inside links
    marks: int = 0

    @property
    def prose(self) -> int:
        """How much of the line is running text, as opposed to labels, menus and links; 0 or nearly all of it."""
        is_prose = self.size >= 60 and self.marks and self.linked * 2 < self.size
        is_verse = self.size >= 300 and self.linked * 4 < self.size
        return self.size - self.linked if is_prose or is_verse else 0

    @property
    def is_link(self) -> bool:
        """Tell whether it is one link, or several, with hardly anything beside."""
        return self.linked > 0 and self.linked * 10 >= self.size * 7


@dataclass(slots=True)
class Element:
    """An element; `parent` is its number in the tree, which is smaller than its own, -1 for the first."""

    tag: str
    parent: int
    block: int  # the number of the nearest block, itself if it is one
    names: str = ""  # class, id, role and itemprop
    is_unseen: bool = False
    is_linked: bool = False


@dataclass(slots=True)
class Tree:
    """A page as it is shown, and what its head holds."""

    elements: list[Element] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    head: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # html, meta, link and time with attributes
    raw: list[tuple[str, str]] = field(default_factory=list)  # text of title and of scripts of data

    def ancestors(self, number: int) -> list[int]:
        """Return an element and all around it, innermost first."""
        found = []
        while number >= 0:
            found.append(number)
            number = self.elements[number].parent
        return found


def parse(page: NumberedMarkup, text: str) -> Tree:
    """Parse the markup of a page whose text is `text`."""
    from selectolax.lexbor import LexborHTMLParser

    reader = _Reader(page, text)
    root = LexborHTMLParser(page.markup.encode("utf-8", "replace")).root
    if root is not None:
        for node in root.traverse(include_text=True):
            reader.read(node)
    return reader.tree


class _Reader:
    """Takes the nodes of a tree in document order."""

    def __init__(self, page: NumberedMarkup, text: str) -> None:
        self.tree = Tree()
        self._page = page
        self._text = text
        self._numbers: dict[int, int] = {}  # identity of a node -> number of its element
        self._line: Line | None = None

    def read(self, node: Any) -> None:
        tag = node.tag
        if tag == "-text":
            self._read_text(self._numbers[node.parent.mem_id], node.text_content)
        elif tag == "br" and self._line is not None:
            self._line.pieces.append(BREAK)
        elif tag and tag[0] != "-":
            self._read_element(node, tag)

    def _read_element(self, node: Any, tag: str) -> None:
        elements = self.tree.elements
        number = len(elements)
        self._numbers[node.mem_id] = number
        attributes: dict[str, str] = {name: value or "" for name, value in node.attributes.items()}
        parent = self._numbers.get(node.parent.mem_id, -1)
        is_block = tag in _BLOCKS or parent < 0
        if is_block:
            self._line = None
        around = elements[parent] if parent >= 0 else None
        elements.append(
            Element(
                tag,
                parent,
                number if is_block or around is None else around.block,
                _names(attributes) if attributes else "",
                tag in _UNSEEN or _is_hidden(tag, attributes) or (around is not None and around.is_unseen),
                (tag == "a" and "href" in attributes) or (around is not None and around.is_linked),
            )
        )
        if tag in ("html", "meta", "link", "time"):
            self.tree.head.append((tag, attributes))

    def _read_text(self, number: int, content: str) -> None:
        element = self.tree.elements[number]
        if element.is_unseen:
            if element.tag in ("title", "script"):
                self.tree.raw.append((element.tag, content))
            return
        line = self._line
        if line is None or line.element != element.block:
            if NUMBER not in content:
                return
            line = self._line = Line(element.block)
            self.tree.lines.append(line)
        for piece in _PIECE.finditer(content):
            if piece[1] is None:
                line.pieces.append(piece[0])
            else:
                self._add(line, int(piece[1]), element.is_linked)

    def _add(self, line: Line, text_number: int, is_linked: bool) -> None:
        start, end = self._page.spans[text_number]
        text = self._text[start:end]
        size = len(text.encode("utf-8", "replace"))
        line.pieces.append(text_number)
        line.size += size
        if is_linked:
            line.linked += size
            line.links += 1
        else:
            line.marks += len(_MARKS.findall(text))


def _names(attributes: dict[str, str]) -> str:
    return " ".join(attributes[name] for name in ("class", "id", "role", "itemprop") if name in attributes)


def _is_hidden(tag: str, attributes: dict[str, str]) -> bool:
    """Tell whether an element is not shown; `aria-hidden` hides what only decorates, so a page's body never."""
    if not attributes or tag in ("html", "body"):
        return False
    return (
        ("hidden" in attributes and attributes["hidden"] != "until-found")
        or attributes.get("aria-hidden") == "true"
        or ("style" in attributes and _HIDING_STYLE.search(attributes["style"]) is not None)
    )
