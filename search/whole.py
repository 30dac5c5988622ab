"""An article's id -> the whole article as it is read, with every stretch of it that a query finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from indexer.engines.opening import Place
from indexer.model import Article, Block
from indexer.passages import cut_passages
from indexer.show import show
from indexer.sources.source import ReadOptions
from search.highlight import Highlighter, spans_of
from search.model import Span
from search.planner import Plan


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """`article.body[s:e]` of each of `spans` is highlighted, and `article.title[s:e]` of `title_spans`."""

    article: Article
    spans: tuple[Span, ...] = ()
    title_spans: tuple[Span, ...] = ()

    def spans_in(self, block: Block) -> tuple[Span, ...]:
        """Return what is highlighted in one of the article's blocks, from its beginning."""
        start, end = block.start, block.end
        return tuple((max(s, start) - start, min(e, end) - start) for s, e in self.spans if s < end and e > start)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape: the article, with the text and spans of its blocks."""
        article = self.article
        blocks = [
            {**block._asdict(), "text": article.text_of(block), "spans": list(map(list, self.spans_in(block)))}
            for block in article.blocks
        ]
        published = article.published and article.published.isoformat()
        title_spans = list(map(list, self.title_spans))
        return {**asdict(article), "published": published, "title_spans": title_spans, "blocks": blocks}


def marked_article(article: str, index: Place, read: ReadOptions | None, planned: Plan) -> MarkedArticle:
    """Read an article that the index has anew, and mark it as its passages are in the index."""
    found = show(article, index, read)
    body, title = (Highlighter(planned.sought(scope)) for scope in ("body", "title"))
    spans = [
        (passage.start + start, passage.start + end)
        for passage in cut_passages(found)
        for start, end in spans_of(body.marks(passage.text))
    ]
    return MarkedArticle(found, tuple(spans), spans_of(title.marks(found.title)))
