"""Markdown with front matter and inline HTML -> an article. The door of pyromark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from indexer.model import Article
from indexer.sources.assembly import assemble
from indexer.sources.body import BodyBuilder
from indexer.sources.markup import Fragments
from indexer.sources.metadata import Metadata, split_front_matter
from indexer.sources.source import Reading, SourceFile, content_hash

# What begins or ends a block, and the kind that it gives to its text.
_BLOCK_KINDS = {
    "Paragraph": None,
    "Heading": "heading",
    "BlockQuote": "quote",
    "CodeBlock": None,
    "HtmlBlock": None,
    "List": None,
    "Item": None,
    "FootnoteDefinition": None,
    "Table": "table",
    "TableHead": None,
    "TableRow": None,
}

_HIDING_END = re.compile(rb"</(?:script|style|template|noscript|head|svg)\b", re.IGNORECASE)


def read(file: SourceFile) -> Iterator[Reading]:
    """Yield the article of a markdown file."""
    article = read_markdown(file.decoded.text, file.article_id, file.path)
    yield Reading(article, content_hash(file.data), file.decoded)


def read_markdown(text: str, article_id: str, path: str) -> Article:
    """Read a markdown file; title and date come from front matter, else from the first heading and the head."""
    given, start = split_front_matter(text)
    reader = _Reader(text, start)
    reader.read()
    return assemble(reader.builder, given or Metadata(), article_id, path, heading_is_title=True)


@cache
def _parser() -> Any:
    import pyromark

    options = pyromark.Options
    return pyromark.Markdown(
        options=options.ENABLE_TABLES
        | options.ENABLE_STRIKETHROUGH
        | options.ENABLE_TASKLISTS
        | options.ENABLE_FOOTNOTES
    )


class _Reader:
    """Walks the parser's events, whose ranges are bytes of UTF-8, and adds their text to a body."""

    def __init__(self, text: str, start: int) -> None:
        self.builder = BodyBuilder()
        self._markdown = text[start:]
        self._data = self._markdown.encode("utf-8", "replace")
        self._fragments = Fragments(self.builder)
        self._kinds: list[str] = []
        self._unread = 0  # depth of elements whose text is not the article's: image descriptions, bare addresses
        self._last_closing: int | None = None
        self._byte = 0  # the last position asked for, in bytes and in characters of the file
        self._character = start

    def read(self) -> None:
        html_until = 0
        fragments = self._fragments
        for event, place in _parser().events_with_range(self._markdown):
            start, end = place["start"], place["end"]
            if isinstance(event, str):
                self._read_mark(event, start)
                continue
            ((name, value),) = event.items()
            if name == "Start":
                tag, detail = (value, None) if isinstance(value, str) else next(iter(value.items()))
                if tag == "HtmlBlock":
                    html_until = end
                    self.builder.end_block()
                    fragments.read(self._data[start:end].decode("utf-8", "replace"), self._at(start))
                else:
                    self._start(tag, detail)
            elif name == "End":
                self._end(value if isinstance(value, str) else next(iter(value)))
            elif start >= html_until and not self._unread:
                self._read_text(name, value, start, end)
            if fragments.skipping and not self._closes_later(end):
                fragments.skipping = 0

    def _start(self, tag: str, detail: Any) -> None:
        if tag in _BLOCK_KINDS:
            self.builder.end_block()
            kind = _BLOCK_KINDS[tag]
            if kind:
                self._kinds.append(kind)
        elif tag == "TableCell":
            self.builder.add("\t", self._character, "table")
        elif tag == "Image" or (tag == "Link" and detail["link_type"] in ("Autolink", "Email")) or self._unread:
            self._unread += 1

    def _end(self, tag: str) -> None:
        if tag in _BLOCK_KINDS:
            self.builder.end_block()
            if _BLOCK_KINDS[tag]:
                self._kinds.pop()
        elif tag == "TableCell":
            return
        elif self._unread:
            self._unread -= 1

    def _read_mark(self, event: str, start: int) -> None:
        if event in ("SoftBreak", "HardBreak"):
            self.builder.add("\n", self._at(start), self._kind())
        elif event == "Rule":
            self.builder.end_block()

    def _read_text(self, name: str, value: Any, start: int, end: int) -> None:
        if name == "InlineHtml":
            self._fragments.read(value, self._at(start))
        elif self._fragments.skipping:
            return
        elif name == "Text":
            self.builder.add(value, self._at(start), self._kind())
        elif name == "Code":
            inside = self._data.find(value.encode("utf-8", "replace"), start, end)
            self.builder.add(value, self._at(max(start, inside)), self._kind())

    def _closes_later(self, byte: int) -> bool:
        """Tell whether an element that hides text is closed at all; one that is not hides nothing."""
        if self._last_closing is None:
            closings = [match.start() for match in _HIDING_END.finditer(self._data)]
            self._last_closing = closings[-1] if closings else -1
        return byte <= self._last_closing

    def _kind(self) -> str:
        if "heading" in self._kinds:
            return "heading"
        return self._fragments.kind or (self._kinds[-1] if self._kinds else "body")

    def _at(self, byte: int) -> int:
        """Return the character of the file at `byte`. Positions are asked for in rising order."""
        if byte > self._byte:
            self._character += len(self._data[self._byte : byte].decode("utf-8", "replace"))
            self._byte = byte
        return self._character
