"""A saved HTML page -> an article: all that the page shows, with the kind of each block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from indexer.sources.assembly import assemble
from indexer.sources.body import BodyBuilder
from indexer.sources.html_kinds import line_kinds
from indexer.sources.html_markup import NumberedMarkup, number_text
from indexer.sources.html_metadata import page_values
from indexer.sources.html_tables import Tables
from indexer.sources.html_text import Writer, line_texts
from indexer.sources.html_tree import Tree, parse
from indexer.sources.metadata import metadata
from indexer.sources.source import Reading, SourceFile, content_hash


def read(file: SourceFile) -> Iterator[Reading]:
    """Yield the article of a page."""
    text = file.decoded.text
    is_xml = text.lstrip().startswith("<?xml") or file.path.lower().endswith(".xhtml")
    builder = BodyBuilder()
    values: dict[str, Any] = {}
    for page in number_text(text, is_xml=is_xml):
        found = _read_part(page, text, builder)
        values = values or found
    article = assemble(builder, metadata(values), file.article_id, file.path, heading_is_title=True)
    yield Reading(replace(article, lang=str(values.get("lang", ""))), content_hash(file.data), file.decoded)


def _read_part(page: NumberedMarkup, text: str, builder: BodyBuilder) -> dict[str, Any]:
    """Write a page, or a part of a large one, to a body; return what it says of itself."""
    tree = parse(page, text)
    tables = Tables(tree)
    texts = line_texts(tree.lines, text, page.spans)
    kinds = line_kinds(tree, tables, texts)
    Writer(builder, text, page.spans, tree, tables).write(tree.lines, kinds)
    return page_values(tree, text, page.spans, _headings(tree, texts, kinds))


def _headings(tree: Tree, texts: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Return the headings of the main text, the largest first."""
    tags = [tree.elements[line.element].tag for line in tree.lines]
    found = [(tag, i) for i, (tag, kind) in enumerate(zip(tags, kinds, strict=True)) if kind == "heading"]
    return [texts[i] for _, i in sorted(found)]
