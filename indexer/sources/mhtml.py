"""MHTML, a page saved with its pictures in one file -> the article of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

from indexer.errors import NotAnArticle
from indexer.sources.encoding import Decoded
from indexer.sources.mail_headers import header
from indexer.sources.mail_parts import parsed, text_of
from indexer.sources.metadata import metadata
from indexer.sources.parts import completed, html_article
from indexer.sources.properties import dated
from indexer.sources.source import Reading, SourceFile, content_hash


def read(file: SourceFile) -> Iterator[Reading]:
    """Yield the article of a saved page; what the page says of itself goes before what the browser noted."""
    message = parsed(file.data)
    page = _page(message)
    text = text_of(page, file.options.encoding)
    options = replace(file.options, encoding="utf-8")
    article = html_article(SourceFile(text.encode("utf-8", "replace"), file.article_id, file.path, options))
    noted = metadata(
        {
            "title": header(message, "Subject"),
            "url": header(message, "Snapshot-Content-Location") or header(page, "Content-Location"),
        }
    )
    article = dated(completed(article, noted), header(message, "Date"))
    yield Reading(article, content_hash(file.data), Decoded(""))


def _page(message: Message) -> Message:
    """Return the part that is the page: the one named as the start, else the first of HTML."""
    pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise NotAnArticle("no HTML page in it")
    start = message.get_param("start")
    return next((page for page in pages if start and header(page, "Content-ID") == start), pages[0])
