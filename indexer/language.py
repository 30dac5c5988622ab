"""Text -> its language: zh-Hant, zh-Hans, en or mixed, by counting characters and words."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from indexer.analysis.fold import traditional_only
from indexer.analysis.scripts import HAN

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’]*")
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
        return Counts(*map(int.__add__, self, other))


def count(text: str) -> Counts:
    """Count what tells the language of `text`."""
    words = len(_WORD.findall(text))
    if text.isascii():
        return Counts(0, 0, 0, words)
    traditional, simplified = _only()
    return Counts(len(_HAN.findall(text)), len(traditional.findall(text)), len(simplified.findall(text)), words)


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


@cache
def _only() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Characters that opencc's table changes, and those that come out of it but do not go in."""
    traditional, simplified = traditional_only()
    return re.compile(f"[{''.join(traditional)}]"), re.compile(f"[{''.join(simplified)}]")
