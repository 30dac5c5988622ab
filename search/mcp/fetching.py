"""What an assistant asks `fetch` -> a stretch of an article, of whole paragraphs if one fits; where the next begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from indexer.errors import UsageError
from search.mcp.answers import ABOUT, ArticleAnswer, Metadata, Part, address_of
from search.mcp.arguments import FetchArguments
from search.mcp.budget import Answer, most
from search.mcp.facts import CUT, first_tags, is_cut, short, short_address
from search.mcp.named import id_of, known
from search.model import ArticleBlock, ArticleText, Span
from search.searcher import Searcher

# What stands between paragraphs where an index does not say what did.
_BETWEEN = "\n\n"
# Of a paragraph that does not fit, fewer characters are not worth an answer: it has at least some four sentences.
_LEAST_PIECE = 200


def fetch(searcher: Searcher, asked: FetchArguments) -> Answer:
    """Return an article from a place on. Raises UsageError for an unknown id, or where next to nothing would fit."""
    article_id = id_of(asked.id)
    with known(article_id):
        article = searcher.read(article_id, asked.query)
    blocks = [block for block in article.blocks if _end(block) > asked.offset]
    # Text is sent twice: of a long article not all stretches have to be tried.
    count = 1 + bisect_right([*accumulate(len(block.text) for block in blocks)], asked.budget // 2)
    kept = most(min(count, len(blocks)), lambda number: _stretch(article, blocks, number), asked.budget)
    answer = _stretch(article, blocks, kept) if kept or not blocks else _piece(article, blocks, asked)
    if answer.size > asked.budget:
        raise UsageError(f"{asked.budget:,} characters are too few. Ask again with budget = {answer.enough}.")
    return answer


def _piece(article: ArticleText, blocks: Sequence[ArticleBlock], asked: FetchArguments) -> Answer:
    """Return an answer with as much of a paragraph as fits, from the place on that was asked for."""
    paragraph = _between(blocks[0], asked.offset, _end(blocks[0]))

    def answer(length: int) -> Answer:
        end = _before_span(paragraph, paragraph.start + length)
        pieces = _between(paragraph, paragraph.start, end), _between(paragraph, end, _end(paragraph))
        return _stretch(article, [*(one for one in pieces if one.text), *blocks[1:]], 1)

    longest = min(len(paragraph.text), asked.budget // 2)
    return answer(max(most(longest, answer, asked.budget), min(longest, _LEAST_PIECE)))


def _stretch(article: ArticleText, blocks: Sequence[ArticleBlock], number: int) -> Answer:
    """Return an answer with the first of some of an article's blocks."""
    shown, rest = blocks[:number], blocks[number:]
    length = _end(article.blocks[-1]) if article.blocks else 0
    offset = shown[0].start if shown else length
    said = [CUT] if is_cut(article, article.tags) else []
    if rest:
        said.append(f"The article goes on for {length - rest[0].start:,} characters: fetch with offset = next_offset.")
    answer = ArticleAnswer(
        about=ABOUT,
        id=article.article_id,
        title=short(article.title),
        text=_text(shown),
        url=address_of(article.article_id, short_address(article.url)),
        metadata=_metadata(article, length),
        offset=offset,
        spans=tuple(_spans(shown, offset)),
        parts=tuple(_parts(shown)),
        next_offset=rest[0].start if rest else None,
        left_out=" ".join(said),
    ).to_dict()
    return Answer(answer, answer)


def _metadata(article: ArticleText, length: int) -> Metadata:
    return Metadata(
        article.published,
        article.published_at,
        article.published_guessed,
        short(article.author),
        short(article.source),
        first_tags(article.tags),
        short(article.path),
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


def _between(block: ArticleBlock, start: int, end: int) -> ArticleBlock:
    """Return what of a block stands between two places of the article."""
    first, last = max(0, start - block.start), end - block.start
    spans = ((max(s, first) - first, min(e, last) - first) for s, e in block.spans if s < last and e > first)
    return replace(block, start=block.start + first, text=block.text[first:last], spans=tuple(spans))


def _before_span(block: ArticleBlock, place: int) -> int:
    """Return a place, or the beginning of the span around it, unless the block begins there."""
    around = (block.start + s for s, e in block.spans if 0 < s < place - block.start < e)
    return next(around, place)


def _end(block: ArticleBlock) -> int:
    return block.start + len(block.text)
