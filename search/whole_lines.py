"""An article with what a query finds in it -> text for people: what it is called, then each block with its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from indexer.display import harmless
from indexer.model import Article
from search.model import ArticleText, Span
from search.present import marked
from search.whole import MarkedArticle


def as_text(found: MarkedArticle, *, color: bool) -> Iterator[str]:
    """Yield the lines of an article; what is highlighted is in colour or between marks."""
    article = found.article
    yield from _head(article, article.id, found.title_spans, color)
    for block in article.blocks:
        yield from _block(block.kind, article.text_of(block), found.spans_in(block), color)


def as_indexed(found: ArticleText, *, color: bool) -> Iterator[str]:
    """Yield the lines of an article as its index holds it, a paragraph of several passages as one block."""
    yield from _head(found, found.article_id, found.title_spans, color)
    for _, pieces in groupby(found.blocks, lambda block: block.paragraph):
        text = kind = ""
        spans: list[Span] = []
        for piece in pieces:
            text, kind = text + piece.gap, kind or piece.kind
            spans += [(len(text) + start, len(text) + end) for start, end in piece.spans]
            text += piece.text
        yield from _block(kind, text, spans, color)


def _head(article: Article | ArticleText, article_id: str, spans: Sequence[Span], color: bool) -> Iterator[str]:
    title = marked(article.title, spans, color)
    facts = {
        name: harmless(str(getattr(article, name) or "")) for name in ("published", "author", "source", "url", "path")
    }
    tags = harmless(", ".join(article.tags))
    for name, value in {"id": harmless(article_id), "title": title, **facts, "tags": tags}.items():
        yield f"{name:11} {value}".rstrip()


def _block(kind: str, text: str, spans: Sequence[Span], color: bool) -> Iterator[str]:
    yield ""
    for i, line in enumerate(_lines(text, spans, color)):
        yield f"{'' if i else kind:11} {line}"


def _lines(text: str, spans: Sequence[Span], color: bool) -> Iterator[str]:
    start = 0
    for line in text.splitlines(keepends=True):
        shown, end = line.splitlines()[0], start + len(line)
        inside = [
            (max(s, start) - start, min(e - start, len(shown)))
            for s, e in spans
            if s < start + len(shown) and e > start
        ]
        yield marked(shown, inside, color)
        start = end
