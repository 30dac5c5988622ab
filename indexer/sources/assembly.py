"""A body, and what its source says of it -> an article; what the source leaves out is taken from the body's head."""

from __future__ import annotations

from indexer.model import Article
from indexer.sources.body import BodyBuilder
from indexer.sources.heads import find_headline, first_sentence
from indexer.sources.metadata import Metadata, one_line
from indexer.sources.published import find_published


def assemble(builder: BodyBuilder, given: Metadata, article_id: str, path: str, *, heading_is_title: bool) -> Article:
    """Make an article; with `heading_is_title` its first heading is its title, unless `given` has one."""
    body, blocks, offsets = builder.finish()
    headline = given.title
    if not headline and heading_is_title:
        headline = one_line(next((body[block.start : block.end] for block in blocks if block.kind == "heading"), ""))
    headline = headline or find_headline(body)
    moment = given.moment or find_published(body, given.url, article_id)
    return Article(
        id=article_id,
        title=headline or first_sentence(body),
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
