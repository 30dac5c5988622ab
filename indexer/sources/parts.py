"""A part of a file, text or HTML -> an article, and what the whole file says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.model import Article, Block
from indexer.sources.encoding import decode
from indexer.sources.html import read as read_page
from indexer.sources.metadata import Metadata
from indexer.sources.source import SourceFile

# Names of encodings that fit any bytes, so that programs put them on text that they do not know.
_FITS_ALL = ("ascii", "us-ascii", "iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252", "8bit", "unknown-8bit")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "cp950", "x-big5": "big5hkscs"}


def part_text(data: bytes, charset: str, encoding: str = "") -> str:
    """Return the text of bytes that are said to be in `charset`; where they cannot be, of what `decode` finds."""
    name = charset.strip().lower()
    if name and name not in _FITS_ALL:
        for candidate in (_WIDER.get(name, name), "big5hkscs" if "big5" in name else ""):
            try:
                return data.decode(candidate)
            except (LookupError, ValueError):
                continue
    return decode(data, encoding).text


def html_article(file: SourceFile) -> Article:
    """Read a part of HTML; where in the whole file it stands is not known."""
    return without_places(next(read_page(file)).article)


def without_places(article: Article) -> Article:
    """Return an article of a format whose files have no lines to lead to."""
    return replace(article, offsets=())


def joined(articles: Sequence[Article]) -> Article:
    """Return the first article with the bodies of all, one after another; at least one is needed, none has places."""
    body = ""
    blocks: list[Block] = []
    for article in articles:
        body += "\n\n" if body and article.body else ""
        blocks += (Block(block.kind, len(body) + block.start, len(body) + block.end) for block in article.blocks)
        body += article.body
    return replace(articles[0], body=body, blocks=tuple(blocks))


def overruled(article: Article, given: Metadata) -> Article:
    """Return the article with what `given` says, where it says anything."""
    dated = given if given.published else article
    return replace(
        article,
        title=given.title or article.title,
        has_headline=bool(given.title) or article.has_headline,
        published=dated.published,
        published_at=dated.published_at,
        published_guessed=dated.published_guessed,
        author=given.author or article.author,
        source=given.source or article.source,
        url=given.url or article.url,
        tags=given.tags or article.tags,
    )


def completed(article: Article, given: Metadata) -> Article:
    """Return the article with what `given` says where itself says nothing; the date stays as it is."""
    return replace(
        article,
        title=article.title if article.has_headline else given.title or article.title,
        has_headline=article.has_headline or bool(given.title),
        author=article.author or given.author,
        source=article.source or given.source,
        url=article.url or given.url,
        tags=article.tags or given.tags,
    )
