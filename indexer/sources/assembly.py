"""A body, and what its source says of it -> an article; what the source leaves out is taken from the body's head."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.model import FOREIGN_KINDS, Article, Block
from indexer.sources.body import BodyBuilder
from indexer.sources.heads import find_headline, first_sentence
from indexer.sources.metadata import Metadata, one_line
from indexer.sources.published import find_published

# All that is looked at for a title and a date.
_HEAD_CHARS = 4000


def assemble(builder: BodyBuilder, given: Metadata, article_id: str, path: str, *, heading_is_title: bool) -> Article:
    """Make an article; with `heading_is_title` its first heading is its title, unless `given` has one."""
    body, blocks, offsets = builder.finish()
    headline = given.title
    if not headline and heading_is_title:
        headline = one_line(next((body[block.start : block.end] for block in blocks if block.kind == "heading"), ""))
    head = _head(body, blocks)
    headline = headline or find_headline(head)
    moment = given.moment or find_published(head, given.url, article_id)
    return Article(
        id=article_id,
        title=headline or first_sentence(head),
        has_headline=bool(headline),
        has_markup=heading_is_title,
        body=body,
        path=path,
        published=moment.day if moment else None,
        published_at=moment.at if moment else "",
        published_guessed=bool(moment and moment.guessed),
        author=given.author,
        source=given.source,
        url=given.url,
        tags=given.tags,
        blocks=blocks,
        offsets=offsets,
    )


def _head(body: str, blocks: Sequence[Block]) -> str:
    """Return the first blocks of a body that are the article's own."""
    pieces: list[str] = []
    room = _HEAD_CHARS
    for block in blocks:
        if room <= 0:
            break
        if block.kind not in FOREIGN_KINDS:
            pieces.append(body[block.start : min(block.end, block.start + room)])
            room -= len(pieces[-1]) + 2
    return "\n\n".join(pieces)
