"""An article as read -> the same with a kind for each block: what is its own text, and what stands around it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files

from indexer.model import FOREIGN_KINDS, Article, Block
from indexer.recurrence import block_mark, edge_blocks
from indexer.sentences import sentence_ends

# Characters of a block that can be a heading over other articles, name one, or be a caption or notice.
_LONGEST_HEADING, _LONGEST_NAMED, _LONGEST_CAPTION, _LONGEST_NOTICE = 40, 150, 200, 300
# A heading over other articles before this part of a text without markup is none: what follows is most of the text.
_EARLIEST_RELATED = 0.25
# Characters of a block that say whether it is a notice, or names another article.
_LOOKED_AT = 100
_CAPTION_HINT = re.compile("[图圖照截摄攝影]|[Pp]hoto|PHOTO|[Ii]mage|[Pp]icture|[Ii]llustration|[Ss]creenshot|AI")
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def clean(article: Article) -> Article:
    """Return an article with the kinds of its blocks, as far as the article itself shows them.

    Nothing is taken from the body, and where the source knows that a block is not the article's own, that stands.
    """
    blocks = _Blocks(article)
    blocks.find_alone()
    blocks.find_teasers()
    blocks.find_edges()
    return replace(article, blocks=tuple(blocks.labelled()))


def label_learnt(article: Article, learnt: Collection[str]) -> Article:
    """Return a cleaned article with those of its edge blocks as boilerplate whose marks are `learnt`."""
    at_edge = edge_blocks(article) if learnt else []
    found = {i for i in at_edge if block_mark(article.text_of(article.blocks[i])) in learnt}
    if not found:
        return article
    blocks = (block._replace(kind="boilerplate") if i in found else block for i, block in enumerate(article.blocks))
    return replace(article, blocks=tuple(blocks))


class _Blocks:
    """The blocks of an article, with the kinds found so far."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self._texts = [article.text_of(block) for block in article.blocks]
        self._kinds = [block.kind for block in article.blocks]
        # Where markup says what is a heading, a quotation, a table, only the rest can be anything else.
        self._open = ("body",) if article.has_markup else ("body", "heading")

    def labelled(self) -> list[Block]:
        pairs = zip(self._article.blocks, self._kinds, strict=True)
        return [block if block.kind == kind else block._replace(kind=kind) for block, kind in pairs]

    def find_alone(self) -> None:
        """Find what shows what it is by itself: notices, lines that name another article, captions."""
        for i, text in enumerate(self._texts):
            if len(text) > _LONGEST_NOTICE or self._kinds[i] not in self._open:
                continue
            kind = _begins_as(text[:_LOOKED_AT])
            if kind == "notice":
                self._kinds[i] = "boilerplate"
            elif kind == "named" and len(text) <= _LONGEST_NAMED:
                self._kinds[i] = "teaser"
            elif len(text) <= _LONGEST_CAPTION and _CAPTION_HINT.search(text):
                last = text.rsplit("\n", 1)[-1].strip()
                if any(_pattern("caption").fullmatch(line.strip()) for line in (text, last)):
                    self._kinds[i] = "caption"

    def find_teasers(self) -> None:
        """Find what is said of other articles, below a heading for that."""
        section = ""
        for i, text in enumerate(self._texts):
            own_heading = self._heads_others(i, text) if len(text) <= _LONGEST_HEADING else ""
            if own_heading:
                section = own_heading
            elif self._article.has_markup and self._kinds[i] == "heading":
                section = ""  # in bare text the titles of others look like headings
            is_listed = section == "references" and (own_heading or not _is_sentence(text))
            if (section == "related" or is_listed) and self._kinds[i] != "boilerplate":
                self._kinds[i] = "teaser"

    def _heads_others(self, i: int, text: str) -> str:
        """Return which kind of heading over other articles a block is; empty if it is none."""
        name = _heading_over(text)
        if name == "references":
            return name if self._kinds[i] == "heading" and self._article.has_markup else ""
        is_early = self._article.blocks[i].start < len(self._article.body) * _EARLIEST_RELATED
        return "" if is_early and not self._article.has_markup else name

    def find_edges(self) -> None:
        """Find what stands before the first and behind the last paragraph: menus, buttons, bars."""
        count = len(self._texts)
        for order in (range(count), range(count - 1, -1, -1)):
            for i in order:
                if self._kinds[i] not in FOREIGN_KINDS and not self._stands_around(i):
                    break

    def _stands_around(self, i: int) -> bool:
        """Tell whether what is behind a block, seen from the edge, may stand around the article as well."""
        text, kind = self._texts[i], self._kinds[i]
        if kind in self._open and len(text) <= _LONGEST_NOTICE and all(map(_pattern("edge").match, text.splitlines())):
            self._kinds[i] = "boilerplate"
            return True
        return kind in ("heading", "caption")


@lru_cache(maxsize=4096)
def _heading_over(text: str) -> str:
    """Return whether a text is a heading over `related` articles or `references`; empty if it is neither."""
    bare = _AROUND.sub("", text)
    return next((name for name in ("related", "references") if _pattern(name).fullmatch(bare)), "")


@lru_cache(maxsize=8192)
def _begins_as(text: str) -> str:
    """Return whether a text begins as a `notice` or with what is `named`; empty if it does neither."""
    return next((name for name in ("notice", "named") if _pattern(name).match(text)), "")


def _is_sentence(text: str) -> bool:
    """Tell whether a block holds a sentence with its end; a list of titles has none."""
    return len(text) > _LONGEST_HEADING and (text[-1] in "。！？.!?" or bool(sentence_ends(text)))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in _patterns()[name]), re.IGNORECASE)


@cache
def _patterns() -> dict[str, Sequence[str]]:
    return tomllib.loads(files("indexer").joinpath("data/kinds.toml").read_text("utf-8"))
