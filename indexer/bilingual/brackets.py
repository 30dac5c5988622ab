"""Text -> what stands in it as `中文（English）` or `English (中文)`: perhaps a foreign name in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from indexer.model import FOREIGN_KINDS, Article

# What begins the terms of such pairs in the field `marks` of an index.
PREFIX = "p"
# Characters before a bracket, of which the name is the end.
_LONGEST_CHINESE, _LONGEST_ENGLISH = 16, 80
_BRACKET = re.compile(rf"[（(]([^（）()\n]{{2,{_LONGEST_ENGLISH}}})[）)]")
_HAN = "\u3400-\u9fff"
_QUOTES = " 」』》〉”’\"'"
_CHINESE_END = re.compile(f"[{_HAN}][{_HAN}·・‧•]{{0,{_LONGEST_CHINESE - 2}}}[{_HAN}]$")
_CHINESE = re.compile(f"[{_HAN}][{_HAN}·・‧•]{{0,{_LONGEST_CHINESE - 2}}}[{_HAN}]")
_NAME = r"[A-Za-z][A-Za-z.'’&-]*(?: [A-Za-z&][A-Za-z.'’&-]*){0,7}"
_ENGLISH = re.compile(f"({_NAME})(?:[,，;；:：] ?({_NAME}))?")
_ENGLISH_END = re.compile(f"{_NAME}$")


class Bracket(NamedTuple):
    """A Chinese text, and an English one beside it; `is_whole`: all of the Chinese is meant, not only its end.

    `also` is a second English text, behind a comma.
    """

    chinese: str
    english: str
    also: str = ""
    is_whole: bool = False

    def term(self) -> str:
        """Return what an index stores."""
        return f"{PREFIX}{self.chinese}|{self.english}|{self.also}|{'w' * self.is_whole}"

    @classmethod
    def of_term(cls, term: str) -> Bracket:
        """Read what `term` wrote."""
        chinese, english, also, mark = term[len(PREFIX) :].split("|")
        return cls(chinese, english, also, bool(mark))


def bracket_terms(article: Article) -> tuple[str, ...]:
    """Return what an index stores of the brackets of an article, each once."""
    texts = (article.text_of(block) for block in article.blocks if block.kind not in FOREIGN_KINDS)
    return tuple(dict.fromkeys(bracket.term() for bracket in _in_texts(texts)))


def _in_texts(texts: Iterable[str]) -> Iterator[Bracket]:
    for text in texts:
        if not text.isascii():
            yield from brackets(text)


def brackets(text: str) -> Iterator[Bracket]:
    """Yield the brackets in a text with one language in them and the other before them."""
    for match in _BRACKET.finditer(text):
        inside, start = match[1].strip(), match.start()
        before = text[max(0, start - _LONGEST_ENGLISH) : start].rstrip(_QUOTES)
        if not before:
            continue
        if english := _ENGLISH.fullmatch(inside):
            if chinese := _CHINESE_END.search(before[-_LONGEST_CHINESE:]):
                yield Bracket(chinese[0], english[1], english[2] or "")
        elif before[-1].isascii() and _CHINESE.fullmatch(inside) and (english := _ENGLISH_END.search(before)):
            yield Bracket(inside, english[0], is_whole=True)
