"""Plain text -> an article whose body is the text, paragraph by paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.model import Article
from indexer.sources.assembly import assemble
from indexer.sources.body import BodyBuilder
from indexer.sources.front_matter import split_front_matter
from indexer.sources.heads import reads_as_title
from indexer.sources.markdown import read_markdown
from indexer.sources.metadata import Metadata
from indexer.sources.source import Reading, SourceFile, content_hash

# Paragraphs end at an empty line, or before a line that begins with an ideographic space.
_CR_LINE = re.compile(r"(.*?)(\r\n?|\Z)", re.DOTALL)
_GAP = re.compile(r"(?:\r\n|\r(?!\n)|\n)(?=[^\S\r\n]*[\r\n]|\u3000)\s*")
_LINE_END = re.compile(r"[\r\n]")


def read(file: SourceFile) -> Iterator[Reading]:
    """Yield the article of a text file."""
    article = read_text(file.decoded.text, file.article_id, file.path)
    yield Reading(article, content_hash(file.data), file.decoded)


def read_text(text: str, article_id: str, path: str) -> Article:
    """Read a text file; one that begins with front matter is read as markdown, whatever its name."""
    if split_front_matter(text)[0] is not None:
        return read_markdown(text, article_id, path)
    return plain_article(text, article_id, path, Metadata())


def plain_article(text: str, article_id: str, path: str, given: Metadata) -> Article:
    """Make an article of plain text; what `given` leaves empty is taken from the head of the text."""
    builder = BodyBuilder()
    for start, paragraph in _paragraphs(text):
        kind = "heading" if not _LINE_END.search(paragraph.strip()) and reads_as_title(paragraph.strip()) else "body"
        for line in _CR_LINE.finditer(paragraph):
            builder.add(line.group(1), start + line.start(), kind)
            if line.group(2):
                builder.add("\n", start + line.end() - 1, kind)
        builder.end_block()
    return assemble(builder, given, article_id, path, heading_is_title=False)


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for gap in _GAP.finditer(text):
        yield start, text[start : gap.start()]
        start = gap.end()
    yield start, text[start:]
