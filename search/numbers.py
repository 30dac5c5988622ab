"""Text of a query -> the other ways to write its numbers: 2026年2月5日 is also 二零二六年二月五日.

A number is digits or numerals up to LARGEST with what they count behind them, or a year by itself; and only if that is
a usual writing of its value there: 三百人 holds one, 一些人, 几十人 and 七八人 none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise, product
from math import prod
from typing import NamedTuple

from indexer.analysis.fold import fold
from indexer.numerals import number

# Ways to write one text, its own among them: enough for a date and the hour.
MOST_WRITINGS = 16
LARGEST = 9999
# Without 年 behind them, four digits are taken for one of these years.
_YEARS = range(1800, 2101)

# As search keys have them: Simplified, every sign for zero one.
_NUMERALS = "零一二两三四五六七八九十百千廿卅"
# What makes another number, or none, of numerals that stand behind it.
_BEFORE = f"{_NUMERALS}几数"
# The same in a text in which they were not read as numbers: 一万二千人 does not speak of 2000.
BEFORE_NUMERALS = f"{_BEFORE}万亿"
# What is counted: from zero; all but one, for 一个 is more often an article than a number; and from ten on, for three
# of these is mostly a name (三国).
_DATED = ("月", "日", "号", "世纪", "年代")
_LARGE = ("万", "亿")
_MEASURES = (
    *"年时点分秒天周季岁届次个人名位家户条项种张座层级度倍元米吨克升辆艘架枚颗部套场轮局集章节页卷篇票席支份组批件",
    *("小时", "分钟", "星期", "公里", "公斤", "公顷", "英里", "英尺", "美元", "欧元", "港元", "平方", "立方"),
    *("厘米", "毫米"),
)  # fmt: skip
_CROWDS = tuple("国省市县区多余")
_UNITS = "|".join(sorted((*_DATED, *_LARGE, *_MEASURES, *_CROWDS), key=len, reverse=True))

# A mark that makes one thing of a number and what is beside it: of 2018-2019年 or 3.5万 no part is a number.
_JOINED, _BESIDE = "[-.,:/~]", f"[0-9a-z{_NUMERALS}]"
# What is no number of something, but of so many numerals no word either.
_MANY_NUMERALS = 3
# Any number has one of these.
_SIGNS = frozenset(f"0123456789{_NUMERALS}")


@cache
def _number() -> re.Pattern[str]:
    """Return what may be a number; it takes 2 ms to make, so not at import."""
    return re.compile(
        # Spaces between digits and Han characters go with the digits: numerals have none.
        rf"(?:(?<=[^\x00-\x7f])(?<![{_BEFORE}])[ ](?=[0-9]))?"
        rf"(?<![0-9a-z{_BEFORE}])(?<!{_BESIDE}{_JOINED})"
        rf"(?:(?P<digits>[0-9],[0-9]{{3}}|[0-9]{{1,4}})|[{_NUMERALS}]+(?! (?:{_UNITS})))"
        rf"(?!%|{_BESIDE}|{_JOINED}{_BESIDE}|分之)"
        rf"(?:(?(digits)[ ]?)(?=(?P<unit>{_UNITS})))?"
    )


class _Number(NamedTuple):
    """A number at `key[start:end]`, as it is written and in all usual ways, and where what it counts ends."""

    start: int
    end: int
    written: str
    ways: tuple[str, ...]
    unit_end: int


def writings(text: str) -> tuple[str, ...]:
    """Return the search keys of the other ways to write the numbers of a text, those in digits first.

    They differ in nothing else but the spaces around digits. Of texts with many numbers only the more usual ways, and
    only of the first numbers, are returned.
    """
    key = fold(text, for_words=False).key
    found = list(_numbers(key))
    written = tuple(one.written for one in found)
    return tuple(_rewritten(key, found, ways) for ways in product(*_bounded(found)) if ways != written)


def begins_in_numerals(key: str) -> bool:
    """Tell whether the first character of a search key is a numeral."""
    return key[:1] in _NUMERALS


def number_spans(key: str) -> list[tuple[int, int]]:
    """Return where in a search key numbers stand with what they count, those that touch as one: a date is one."""
    spans: list[tuple[int, int]] = []
    for one in _numbers(key):
        start = one.start + (key[one.start] == " ") - (key[one.start - 1 : one.start] == "第")
        if spans and spans[-1][1] == start:
            start = spans.pop()[0]
        spans.append((start, one.unit_end))
    return spans


def between_numbers(text: str) -> list[tuple[int, int]]:
    """Return the parts of a text, as it is typed, that stand before, between and behind its numbers."""
    folded = fold(text)
    many = re.finditer(rf"[{_NUMERALS}万亿]{{{_MANY_NUMERALS},}}", folded.key)
    spans = [folded.span(*span) for span in sorted([*number_spans(folded.key), *(match.span() for match in many)])]
    parts: list[tuple[int, int]] = []
    begin = 0
    for start, end in [*spans, (len(text), len(text))]:
        if begin < start:
            parts.append((begin, start))
        begin = max(begin, end)
    return parts


def _numbers(key: str) -> Iterator[_Number]:
    if _SIGNS.isdisjoint(key):
        return
    for match in _number().finditer(key):
        written = match[0].strip().replace(",", "")
        unit = match["unit"] or ""
        ways = _ways(number(written), unit, is_ordinal=key[match.start() - 1 : match.start()] == "第")
        if written in ways:
            yield _Number(*match.span(), written, ways, match.end() + len(unit))


def _bounded(found: Sequence[_Number]) -> Iterator[tuple[str, ...]]:
    """Yield for each number the ways that there is room for; all texts that differ only in these have the same."""
    listed = [one.ways for one in found]
    if prod(map(len, listed)) > MOST_WRITINGS:
        listed = [one.ways[:2] if one.written in one.ways[:2] else (one.written,) for one in found]
    room = MOST_WRITINGS
    for one, ways in zip(found, listed, strict=True):
        kept = ways if len(ways) <= room else (one.written,)
        room //= len(kept)
        yield kept


def _rewritten(key: str, found: Sequence[_Number], ways: Sequence[str]) -> str:
    gaps = [key[one.end : other.start] for one, other in pairwise(found)]
    return key[: found[0].start] + "".join(map(str.__add__, ways, [*gaps, key[found[-1].end :]]))


def _ways(value: int, unit: str, *, is_ordinal: bool) -> tuple[str, ...]:
    """Return the usual ways to write a number of something, the most usual first; none where it may be a mere word."""
    if value > LARGEST:
        return ()
    one_by_one = "".join(_NUMERALS_OF[int(digit)] for digit in str(value))
    if not unit:
        return (str(value), one_by_one) if value in _YEARS else ()
    if unit in ("年", "年代") and value >= 1000:
        return (str(value), one_by_one, *(_counted(value, unit, is_ordinal) if value % 100 == 0 else ()))
    if (unit in _MEASURES and value == 1 and not is_ordinal) or (unit in _CROWDS and value < 10):
        return ()
    if unit == "分" and value == 10:  # 十分 is very
        return ()
    return (str(value), *_counted(value, unit, is_ordinal))


_NUMERALS_OF = "零一二三四五六七八九"


def _counted(value: int, unit: str, is_ordinal: bool) -> Iterator[str]:
    """Yield the numerals of a number with 十, 百 and 千; 2 of something may be 两, and days may begin with 廿 or 卅."""
    numerals = _numerals(value)
    if numerals[0] == "二" and numerals[1:2] != "十" and not is_ordinal and unit not in _DATED:
        yield "两" + numerals[1:]
    yield numerals
    if unit in ("日", "号") and 20 <= value <= 31:
        yield "廿卅"[value // 10 - 2] + numerals[2:]


def _numerals(value: int) -> str:
    """Return 0 to LARGEST in numerals: 十二, 一百零五, 一千零五十."""
    text = ""
    rest = value
    for power, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, rest = divmod(rest, power)
        if digit:
            text += _NUMERALS_OF[digit] + sign
        elif text and rest and not text.endswith("零"):
            text += "零"
    return text.removeprefix("一") if text.startswith("一十") else text or "零"
