"""Articles -> marks of their blocks, by which what recurs around articles is told from what recurs in them."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from indexer.model import FOREIGN_KINDS, Article

# Blocks at the head and at the foot of an article where boilerplate is looked for.
_HEAD, _FOOT = 3, 5
# Characters of a block that can be boilerplate, or is counted where it is not.
_LONGEST_EDGE, _LONGEST_INSIDE = 600, 100
_SENTENCE_ENDS = '。！？.!?…」』”"'
_BETWEEN = "\0"
# Bytes of a mark, its letters in base 64, and how many of them are kept of a neighbour, which few others come near.
_BYTES, MARK_LETTERS, SHORT = 6, 8, 4
# In place of a neighbour: there is none.
NO_MARK = "-" * SHORT


class EdgeMark(NamedTuple):
    """A block at the edge of an article, its neighbours towards the text and away from it, and the article's story."""

    block: str
    inner: str
    outer: str
    story: str
    is_heading: bool

    def term(self) -> str:
        """Return what an index stores; those of one block begin alike."""
        kind = "h" if self.is_heading else "b"
        return f"e{self.block}{self.inner}{self.outer}{self.story}{kind}"


class Marks(NamedTuple):
    """What tells whether an article's blocks recur: those at its edges, and those inside."""

    edges: tuple[EdgeMark, ...]
    inside: tuple[str, ...]

    def terms(self) -> tuple[str, ...]:
        """Return what an index stores."""
        return (*(edge.term() for edge in self.edges), *(f"i{mark}" for mark in self.inside))


def short(mark: str) -> str:
    """Return as much of a mark as is kept of a neighbour."""
    return mark[:SHORT]


def block_mark(text: str) -> str:
    """Return 48 bits that name a block, as letters; white space does not count."""
    return _named("".join(text.split()))


def block_marks(texts: Sequence[str]) -> list[str]:
    """Return the marks of several blocks."""
    bare = "".join(_BETWEEN.join(texts).split()).split(_BETWEEN)
    return list(map(_named, bare)) if len(bare) == len(texts) else list(map(block_mark, texts))


def _named(bare: str) -> str:
    digest = blake2b(bare.encode("utf-8", "replace"), digest_size=_BYTES).digest()
    return b2a_base64(digest, newline=False).decode("ascii")


def edge_blocks(article: Article) -> list[int]:
    """Return which blocks at the head or foot of a cleaned article could be boilerplate."""
    edges, titles = _edges([block.kind for block in article.blocks]), _titles(article)
    return [i for i in edges if _can_recur(article, i) and i not in titles]


def _edges(kinds: Sequence[str]) -> list[int]:
    """Return which blocks are where the article's own text could begin and end."""
    own = [i for i, kind in enumerate(kinds) if kind not in FOREIGN_KINDS]
    return own if len(own) <= _HEAD + _FOOT else own[:_HEAD] + own[-_FOOT:]


def marks_of(article: Article) -> Marks:
    """Return the marks of a cleaned article, in which nothing is labelled as learnt yet."""
    kinds = [block.kind for block in article.blocks]
    edges = set(_edges(kinds))
    # A title is the article's own, and yet what stands before it stands outside.
    titles = _titles(article)
    own = [i for i, kind in enumerate(kinds) if kind not in FOREIGN_KINDS and i not in titles]
    marks = dict(zip(own, block_marks([_beginning(article, i) for i in own]), strict=True))
    inside = [i for i in own if i not in edges and kinds[i] == "body"]
    story = short(min((marks[i] for i in inside), default="") or _longest_mark(article))
    at_edge = [at for at, i in enumerate(own) if i in edges and _can_recur(article, i)]
    return Marks(
        tuple(_edge_mark(article, at, own, marks, story) for at in at_edge),
        tuple(dict.fromkeys(marks[i] for i in inside if _can_end_a_text(article, i))),
    )


def _titles(article: Article) -> set[int]:
    """Return which blocks are the article's title."""
    length = len(article.title)
    titles = {
        i
        for i, block in enumerate(article.blocks)
        if block.end - block.start == length and article.text_of(block) == article.title
    }
    headings = (i for i, block in enumerate(article.blocks) if block.kind == "heading")
    return titles.union([next(headings, -1)] if article.has_markup else [])


def _edge_mark(article: Article, at: int, own: Sequence[int], marks: dict[int, str], story: str) -> EdgeMark:
    """Return the mark of the block that is number `at` of the article's `own`."""
    before = short(marks[own[at - 1]]) if at else NO_MARK
    behind = short(marks[own[at + 1]]) if at + 1 < len(own) else NO_MARK
    inner, outer = (behind, before) if at < len(own) / 2 else (before, behind)
    block = own[at]
    return EdgeMark(marks[block], inner, outer, story, article.blocks[block].kind == "heading")


def _can_recur(article: Article, i: int) -> bool:
    """Tell whether a block could be boilerplate: no table or quotation, and nothing that introduces what follows."""
    kind, _, end = article.blocks[i]
    is_open = kind in ("body", "heading", "caption") and article.body[end - 1] not in ":："
    return is_open and _length(article, i) <= _LONGEST_EDGE


def _can_end_a_text(article: Article, i: int) -> bool:
    """Tell whether a block inside an article is counted: as a sentence it could stand at the edge of another one."""
    return _length(article, i) <= _LONGEST_INSIDE and article.body[article.blocks[i].end - 1] in _SENTENCE_ENDS


def _length(article: Article, i: int) -> int:
    return article.blocks[i].end - article.blocks[i].start


def _beginning(article: Article, i: int) -> str:
    """Return as much of a block as tells it from others."""
    _, start, end = article.blocks[i]
    return article.body[start : min(end, start + _LONGEST_EDGE)]


def _longest_mark(article: Article) -> str:
    """Return the mark of the longest block of an article that has none but those at its edges."""
    longest = max(article.blocks, key=lambda block: block.end - block.start, default=None)
    return block_mark(article.text_of(longest)) if longest else NO_MARK
