"""Text -> its language: zh-Hant, zh-Hans, en or mixed, by counting characters and words."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from indexer.analysis.fold import traditional_only
from indexer.analysis.scripts import is_han

_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f]")
_TRADITIONAL_NAME = re.compile(r"zh[-_](?:hant|tw|hk|mo)", re.IGNORECASE)
# A Latin word says about as much as two Han characters.
_WORD_WEIGHT = 2
# The weaker side must hold this much of a text for the text to be called mixed.
_MIXED_SHARE = 0.3


class Counts(NamedTuple):
    """Han characters, those only Traditional or only Simplified text has, and Latin words."""

    han: int
    traditional: int
    simplified: int
    words: int

    def plus(self, other: Counts) -> Counts:
        han, traditional, simplified, words = other
        return _new_counts(Counts, (self[0] + han, self[1] + traditional, self[2] + simplified, self[3] + words))


# A third of the time of calling Counts, which cutting an article does for each of its sentences.
_new_counts = tuple.__new__


def count(text: str) -> Counts:
    """Count what tells the language of `text`."""
    return Letters(text).count(0, len(text))


class Letters:
    """A text of which any stretch is counted quickly."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._marks = marks = text.translate(_marks())
        # Texts of one writing are many; what a text does not hold is not counted again in each of its stretches.
        self._has_traditional, self._has_simplified = "T" in marks, "S" in marks
        self._has_han = "H" in marks
        self._has_words = "L" in marks

    def count(self, start: int, end: int) -> Counts:
        """Count what tells the language of `text[start:end]`."""
        marks = self._marks
        traditional = marks.count("T", start, end) if self._has_traditional else 0
        simplified = marks.count("S", start, end) if self._has_simplified else 0
        han = traditional + simplified + (marks.count("H", start, end) if self._has_han else 0)
        words = len(_WORD.findall(marks, start, end)) if self._has_words else 0
        return _new_counts(Counts, (han, traditional, simplified, words))


def language(counts: Counts, around: Counts | None = None, named: str = "") -> str:
    """Name the language; empty if there are no letters.

    Where the script shows nothing, `around`, the whole article, decides, and then what the source has `named`.
    """
    weight = counts.words * _WORD_WEIGHT
    total = counts.han + weight
    if not total:
        return language(around, None, named) if around and (around.han or around.words) else ""
    if counts.han < total * _MIXED_SHARE:
        return "en" if counts.han == 0 or weight >= total * (1 - _MIXED_SHARE) else "mixed"
    if weight >= total * _MIXED_SHARE:
        return "mixed"
    if counts.traditional == counts.simplified and around and around.traditional != around.simplified:
        counts = around
    if counts.traditional == counts.simplified:
        return "zh-Hant" if _TRADITIONAL_NAME.match(named) else "zh-Hans"
    return "zh-Hant" if counts.traditional > counts.simplified else "zh-Hans"


# What `_Marks` makes of a word: letters, and apostrophes behind the first of them.
_WORD = re.compile("L['L]*")


class _Marks(dict[int, str]):
    """Code point -> what it counts as: T, S or other Han, letter, apostrophe, or nothing; filled as they are met."""

    def __init__(self) -> None:
        super().__init__({ord("'"): "'", ord("’"): "'"})
        self._traditional, self._simplified = traditional_only()

    def __missing__(self, code_point: int) -> str:
        self[code_point] = mark = self._mark(chr(code_point))
        return mark

    def _mark(self, character: str) -> str:
        if character in self._traditional:
            return "T"
        if character in self._simplified:
            return "S"
        if is_han(character):
            return "H"
        return "L" if _LETTER.match(character) else " "


@cache
def _marks() -> _Marks:
    return _Marks()
