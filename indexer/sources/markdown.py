"""Markdown with front matter and inline HTML -> an article. The door of pyromark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from indexer.model import Article
from indexer.sources.assembly import assemble
from indexer.sources.body import BodyBuilder
from indexer.sources.front_matter import split_front_matter
from indexer.sources.markup import Fragments
from indexer.sources.metadata import Metadata
from indexer.sources.source import Reading, SourceFile, content_hash

# What begins or ends a block, and the kind that it gives to its text.
_BLOCK_KINDS = {
    "Paragraph": None,
    "Heading": "heading",
    "BlockQuote": "quote",
    "CodeBlock": None,
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
        self._is_ascii = len(self._data) == len(self._markdown)
        self._fragments = Fragments(self.builder)
        self._kinds: list[str] = []  # that open blocks give to their text
        self._kind = "body"
        self._html_until = 0  # what begins before is in a block of HTML, and read with it
        self._unread = 0  # depth of elements whose text is not the article's: image descriptions, bare addresses
        self._last_closing: int | None = None
        self._byte = 0  # the last position asked for, in bytes and in characters of the file
        self._character = start

    def read(self) -> None:
        fragments, add = self._fragments, self.builder.add
        for event, place in _parser().events_with_range(self._markdown):
            start = place["start"]
            if isinstance(event, str):
                self._read_mark(event, start)
            elif (text := event.get("Text")) is not None:
                if not self._unread and not fragments.skipping and start >= self._html_until:
                    add(text, self._at(start), self._kind)
            elif (end := event.get("End")) is not None:
                self._end(end if isinstance(end, str) else next(iter(end)))
            elif (begun := event.get("Start")) is not None:
                tag, detail = (begun, None) if isinstance(begun, str) else next(iter(begun.items()))
                self._start(tag, detail, start, place["end"])
            elif not self._unread and start >= self._html_until:
                ((name, value),) = event.items()
                self._read_other(name, value, start, place["end"])
            if fragments.skipping and not self._closes_later(place["end"]):
                fragments.skipping = 0

    def _start(self, tag: str, detail: Any, start: int, end: int) -> None:
        if tag in _BLOCK_KINDS:
            self.builder.end_block()
            if kind := _BLOCK_KINDS[tag]:
                self._kinds.append(kind)
                self._kind = self._kind_now()
        elif tag == "TableCell":
            self.builder.add("\t", self._character, "table")
        elif tag == "HtmlBlock":
            self._html_until = end
            self.builder.end_block()
            self._read_html(self._data[start:end].decode("utf-8", "replace"), start)
        elif tag == "Image" or (tag == "Link" and detail["link_type"] in ("Autolink", "Email")) or self._unread:
            self._unread += 1

    def _end(self, tag: str) -> None:
        if tag in _BLOCK_KINDS:
            self.builder.end_block()
            if _BLOCK_KINDS[tag]:
                self._kinds.pop()
                self._kind = self._kind_now()
        elif tag == "HtmlBlock":
            self.builder.end_block()
        elif self._unread and tag != "TableCell":
            self._unread -= 1

    def _read_mark(self, event: str, start: int) -> None:
        if event in ("SoftBreak", "HardBreak"):
            self.builder.add("\n", self._at(start), self._kind)
        elif event == "Rule":
            self.builder.end_block()

    def _read_other(self, name: str, value: Any, start: int, end: int) -> None:
        if name == "InlineHtml":
            self._read_html(value, start)
        elif name == "Code" and not self._fragments.skipping:
            inside = self._data.find(value.encode("utf-8", "replace"), start, end)
            self.builder.add(value, self._at(max(start, inside)), self._kind)

    def _read_html(self, fragment: str, start: int) -> None:
        self._fragments.read(fragment, self._at(start))
        self._kind = self._kind_now()

    def _closes_later(self, byte: int) -> bool:
        """Tell whether an element that hides text is closed at all; one that is not hides nothing."""
        if self._last_closing is None:
            closings = [match.start() for match in _HIDING_END.finditer(self._data)]
            self._last_closing = closings[-1] if closings else -1
        return byte <= self._last_closing

    def _kind_now(self) -> str:
        """Return the kind of text that stands here; what is open has changed."""
        if "heading" in self._kinds:
            return "heading"
        return self._fragments.kind or (self._kinds[-1] if self._kinds else "body")

    def _at(self, byte: int) -> int:
        """Return the character of the file at `byte`. Positions are asked for in rising order."""
        if byte > self._byte:
            passed = byte - self._byte
            if not self._is_ascii:
                passed = len(self._data[self._byte : byte].decode("utf-8", "replace"))
            self._character += passed
            self._byte = byte
        return self._character
