"""Text as its search key -> the figures in it, comparable over languages: 23亿, 2.3 billion and 二十三亿 are one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from indexer.numerals import number


class Figure(NamedTuple):
    """A value to four digits, such as 2.300e+09, or a score, 2:1; and whether it is in hundredths."""

    value: str
    is_share: bool = False

    @property
    def digits(self) -> int:
        """How many digits it has but for zeros at its end: the more, the less likely it is the same by chance."""
        return len(self.value.partition("e")[0].replace(".", "").rstrip("0"))


_HAN = "零一二两三四五六七八九十百千"
_HAN_POWERS = {"万": 1e4, "亿": 1e8, "万亿": 1e12, "兆": 1e12, "百万": 1e6, "千万": 1e7, "百亿": 1e10, "千亿": 1e11}
_POWERS = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "bn": 1e9, "m": 1e6}
_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: value for value, word in enumerate(_ONES)} | {word: 10 * ten for ten, word in enumerate(_TENS, 2)}
# Up to here words are more often articles and pronouns than figures, and years have so many digits.
_SAID_OFTEN = 2
_YEAR = re.compile(r"(?:1[89]|20|21)\d\d")


def figures_of(key: str) -> frozenset[Figure]:
    """Return the figures of a text; days, times and years are none."""
    return frozenset(figure for pattern, read in _forms() for match in pattern.finditer(key) for figure in read(match))


@cache
def _forms() -> Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Figure]]]]:
    """Return what finds each form of a figure, and what reads it; made when it is first needed, not at import."""
    han_powers = "|".join(sorted(_HAN_POWERS, key=len, reverse=True))
    powers = "|".join(_POWERS)
    no_day = r"(?! ?(?:月|日|时|分(?!之)|点|号|世纪|:\d|[ap]\.?m\b))"
    patterns = (
        r"(?<![\d.:a-z/-])(\d{1,2})(?:-|比|:| : )(\d{1,2})(?![\d.:/-]|[年月日时分]| ?[ap]\.?m\b)",
        r"(?<![\d.:a-z比-])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\d|[-:/比]\d)"
        rf"(?: ?({han_powers})(?:(?<=亿)(\d+)万)?|[ -]?({powers})\b)? ?(%|percent\b|per cent\b|成)?{no_day}",
        rf"百分之([{_HAN}]+)(?:点([{_HAN}]+))?",
        rf"(?<![第几数之点{_HAN}])([{_HAN}]+)({han_powers})?(成)?(?![{_HAN}分]){no_day}",
        rf"\b(?:({'|'.join(_TENS)})[- ]?)?({'|'.join(_WORDS)})\b(?: ({powers})\b)?( percent\b| per cent\b)?",
    )
    readers = (_score, _in_digits, _hundredths, _in_numerals, _in_words)
    return [(re.compile(pattern), read) for pattern, read in zip(patterns, readers, strict=True)]


def _score(match: re.Match[str]) -> Iterator[Figure]:
    yield Figure(f"{int(match[1])}:{int(match[2])}")


def _in_digits(match: re.Match[str]) -> Iterator[Figure]:
    digits, han_power, more, power, share = match.groups()
    if han_power or power or share or not _YEAR.fullmatch(digits):
        value = float(digits.replace(",", "")) * (_HAN_POWERS.get(han_power) or _POWERS.get(power, 1))
        yield _figure(value + float(more or 0) * _HAN_POWERS["万"], share)


def _hundredths(match: re.Match[str]) -> Iterator[Figure]:
    decimals = sum(number(digit) / 10**place for place, digit in enumerate(match[2] or "", 1))
    yield _figure(number(match[1]) + decimals, "%")


def _in_numerals(match: re.Match[str]) -> Iterator[Figure]:
    numerals, power, share = match.groups()
    value = number(numerals)
    if value > _SAID_OFTEN or (value and (power or share)):
        yield _figure(value * _HAN_POWERS.get(power, 1), share)


def _in_words(match: re.Match[str]) -> Iterator[Figure]:
    tens, word, power, share = match.groups()
    value = _WORDS[word] + _WORDS.get(tens, 0)
    if value > _SAID_OFTEN or power:
        yield _figure(value * _POWERS.get(power, 1), share)


def _figure(value: float, share: str | None) -> Figure:
    """Return a value, of which `share` says whether it is in hundredths or, 成, in tenths."""
    return Figure(f"{value * (10 if share == '成' else 1):.3e}", bool(share))
