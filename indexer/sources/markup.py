"""Fragments of HTML -> their text, with its place. The door of html.parser.

Attributes, comments, scripts and styles are not text; captions and tables are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

from indexer.sources.body import BodyBuilder

_SKIPPED = {"script", "style", "template", "noscript", "head", "svg"}
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "summary"), "heading"),
    "figcaption": "caption",
    "caption": "caption",
    "blockquote": "quote",
    "table": "table",
}
_BLOCKS = {*_KINDS, "address", "article", "aside", "details", "dd", "div", "dl", "dt", "figure", "footer", "form"} | {
    "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "tr", "ul",
}  # fmt: skip
_CELLS = {"td", "th"}
_MEANING = _SKIPPED | _BLOCKS | _CELLS | {"br"}


# A start or end tag as it is usually written, and nothing else.
_PLAIN_TAG = re.compile(
    r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s+[a-zA-Z][\w:.-]*(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[\w#./:?=&;%+-]+))?)*\s*/?>"
)

_LONGEST_TAG = 300  # characters, so that what is remembered of tags is bounded


@lru_cache(maxsize=4096)
def _means_nothing(fragment: str) -> bool:
    """Tell whether a fragment is one tag that neither is text nor tells anything of it, as those of links are."""
    tag = _PLAIN_TAG.fullmatch(fragment)
    return tag is not None and tag[1].lower() not in _MEANING


class Fragments(HTMLParser):
    """Reads the fragments of one document one after another and remembers which elements stay open."""

    def __init__(self, builder: BodyBuilder) -> None:
        super().__init__(convert_charrefs=False)
        self._builder = builder
        self._kinds: list[tuple[str, str]] = []  # open elements that give their text a kind
        self.skipping = 0  # depth of open elements whose content is not text
        self._source = 0
        self._lines: list[int] = [0]

    @property
    def kind(self) -> str | None:
        """The kind that an open element gives to text inside it."""
        return self._kinds[-1][1] if self._kinds else None

    def read(self, fragment: str, source: int) -> None:
        """Read a fragment that stands in the file from `source` on."""
        if len(fragment) < _LONGEST_TAG and _means_nothing(fragment):
            return
        self.reset()
        self._source = source
        self._lines = [0]
        self._lines += (i + 1 for i, character in enumerate(fragment) if character == "\n")
        # What opens behind the last end of a comment or tag is none: a comment goes on to the end, a tag is text.
        # html.parser would look for each end again and again.
        unclosed = fragment.find("<!--", fragment.rfind("-->") + 1)
        fragment = fragment if unclosed < 0 else fragment[:unclosed]
        complete = fragment.rfind(">") + 1
        complete = len(fragment) if "<" not in fragment[complete:] else complete
        try:
            self.feed(fragment[:complete])
            self.close()
            if complete < len(fragment) and not self.skipping:
                self._builder.add(fragment[complete:], source + complete, self.kind or "body")
        except AssertionError:  # html.parser's answer to <![…, a marked section of SGML: the rest is no text
            return

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self.skipping += 1
        elif tag in _BLOCKS:
            self._builder.end_block()
            if tag in _KINDS:
                self._kinds.append((tag, _KINDS[tag]))
        elif tag == "br":
            self._add("\n")
        elif tag in _CELLS:
            self._add("\t")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self.skipping = max(0, self.skipping - 1)
        elif tag in _BLOCKS:
            self._builder.end_block()
            names = [name for name, _ in self._kinds]
            if tag in names:
                del self._kinds[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self._add(data)

    def handle_entityref(self, name: str) -> None:
        self._add(unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self._add(unescape(f"&#{name};"))

    def _add(self, text: str) -> None:
        if not self.skipping:
            line, column = self.getpos()
            self._builder.add(text, self._source + self._lines[line - 1] + column, self.kind or "body")
