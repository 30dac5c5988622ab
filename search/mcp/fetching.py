"""What an assistant asks `fetch` -> a stretch of an article in whole paragraphs, and where the next one begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from indexer.errors import UsageError
from search.mcp.answers import ABOUT, ArticleAnswer, Metadata, Part, address_of
from search.mcp.arguments import FetchArguments
from search.mcp.budget import Answer, most
from search.model import ArticleBlock, ArticleText, Span
from search.searcher import Searcher

# What stands between paragraphs where an index does not say what did.
_BETWEEN = "\n\n"


def fetch(searcher: Searcher, asked: FetchArguments) -> Answer:
    """Return an article from a place on. Raises UsageError for an unknown id, or where one paragraph does not fit."""
    article = searcher.read(asked.id, asked.query)
    blocks = [block for block in article.blocks if _end(block) > asked.offset]
    # Text is sent twice: of a long article not all stretches have to be tried.
    count = 1 + bisect_right([*accumulate(len(block.text) for block in blocks)], asked.budget // 2)
    count = min(count, len(blocks))
    kept = most(count, lambda number: _stretch(article, blocks, number), asked.budget)
    answer = _stretch(article, blocks, max(kept, min(1, count)))
    if answer.size > asked.budget:
        raise UsageError(
            f"{asked.budget:,} characters are too few for this paragraph. Ask again with budget = {answer.enough}."
        )
    return answer


def _stretch(article: ArticleText, blocks: Sequence[ArticleBlock], number: int) -> Answer:
    """Return an answer with the first of some of an article's blocks."""
    shown, rest = blocks[:number], blocks[number:]
    length = _end(article.blocks[-1]) if article.blocks else 0
    offset = shown[0].start if shown else length
    told = (
        f"The article goes on for {length - rest[0].start:,} characters: fetch with offset = next_offset."
        if rest
        else ""
    )
    answer = ArticleAnswer(
        about=ABOUT,
        id=article.article_id,
        title=article.title,
        text=_text(shown),
        url=address_of(article.article_id, article.url),
        metadata=_metadata(article, length),
        offset=offset,
        spans=tuple(_spans(shown, offset)),
        parts=tuple(_parts(shown)),
        next_offset=rest[0].start if rest else None,
        left_out=told,
    ).to_dict()
    return Answer(answer, answer)


def _metadata(article: ArticleText, length: int) -> Metadata:
    return Metadata(
        article.published,
        article.published_at,
        article.published_guessed,
        article.author,
        article.source,
        article.tags,
        article.path,
        article.title_lang,
        length,
        article.occurrences,
    )


def _text(blocks: Sequence[ArticleBlock]) -> str:
    """Return blocks with as much between them as stood there, so that places in the text are those in the article."""
    pieces: list[str] = []
    end = blocks[0].start if blocks else 0
    for i, block in enumerate(blocks):
        width = block.start - end
        pieces += [(block.gap or _BETWEEN)[:width].ljust(width) if i else "", block.text]
        end = _end(block)
    return "".join(pieces)


def _parts(blocks: Sequence[ArticleBlock]) -> Iterator[Part]:
    """Yield what passages the blocks are of, each once."""
    own: list[ArticleBlock] = []
    for i, block in enumerate(blocks):
        own.append(block)
        if i + 1 == len(blocks) or blocks[i + 1].passage_id != block.passage_id:
            yield Part(block.passage_id, block.kind, block.lang, own[0].start, _end(block))
            own = []


def _spans(blocks: Sequence[ArticleBlock], offset: int) -> Iterator[Span]:
    for block in blocks:
        for start, end in block.spans:
            yield block.start + start - offset, block.start + end - offset


def _end(block: ArticleBlock) -> int:
    return block.start + len(block.text)
