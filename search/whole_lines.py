"""An article with what a query finds in it -> text for people: what it is called, then each block with its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.display import harmless
from search.model import Span
from search.present import marked
from search.whole import MarkedArticle


def as_text(found: MarkedArticle, *, color: bool) -> Iterator[str]:
    """Yield the lines of an article; what is highlighted is in colour or between marks."""
    article = found.article
    title = marked(article.title, found.title_spans, color)
    facts = {
        name: harmless(str(getattr(article, name) or "")) for name in ("published", "author", "source", "url", "path")
    }
    tags = harmless(", ".join(article.tags))
    for name, value in {"id": harmless(article.id), "title": title, **facts, "tags": tags}.items():
        yield f"{name:11} {value}".rstrip()
    for block in article.blocks:
        yield ""
        for i, line in enumerate(_lines(article.text_of(block), found.spans_in(block), color)):
            yield f"{'' if i else block.kind:11} {line}"


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
