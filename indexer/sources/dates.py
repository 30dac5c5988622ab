"""Text and values of metadata -> the dates that they give."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import NamedTuple

from indexer.numerals import NUMERALS, number
from indexer.sources.clock import time_behind

# What is outside is a number of another kind, or a slip.
FIRST_YEAR, LAST_YEAR = 1800, 2100
# The first year of the Republic, 民國元年, is 1912.
_REPUBLIC = 1911


class Moment(NamedTuple):
    """A day as it is written, the same with its time in ISO 8601 if one is given, and whether it is a guess."""

    day: date
    at: str = ""
    guessed: bool = False


class Mention(NamedTuple):
    """A date in a text: there is such a day. `year` is 0 where the text gives none; a time may stand behind `end`."""

    start: int
    end: int
    year: int
    month: int
    day: int
    is_ambiguous: bool = False  # the day could be the month

    def on(self, year: int) -> date | None:
        """Return the day, in `year` if the text gives none; None if that year has no such day."""
        return day_of(self.year or year, self.month, self.day)


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip

# Each begins with one character of a class: the engine of regular expressions passes over all others fast.
_YEAR_FIRST = re.compile(r"(\d(?<![\d.]\d)\d{3})([-/.／．－])(\d\d?)\2(\d\d?)(?!\.?\d)")
_YEAR_LAST = re.compile(r"(\d(?<![\d./-]\d)\d?)([-/.])(\d\d?)\2(\d{4})(?![\d.]?\d)")
_ENGLISH_YEAR = r"((?:1[89]|20|21)\d\d)(?!\d)"
_DAY_FIRST = re.compile(
    r"(\d(?<![\d:]\d)\d?)(?:st|nd|rd|th)?(?:[^\S\n]+|-)(?:of[^\S\n]+)?([A-Za-z]{3,9})\b\.?"
    rf"(?:(?:,?[^\S\n]+|-){_ENGLISH_YEAR}|(?![,-]?[^\S\n]*\d))"
)
_MONTH_FIRST = re.compile(
    r"([JFMASONDjfmasond](?<![A-Za-z].)[A-Za-z]{2,8})(?:\.[^\S\n]*|[^\S\n]+)(\d\d?)(?:st|nd|rd|th)?(?!\d)"
    rf"(?:[,，]?[^\S\n]*{_ENGLISH_YEAR}|()[^\S\n]+\d\d?:\d\d(?::\d\d)?(?:[^\S\n]+[A-Z+-][A-Z\d:]+)?[^\S\n]+{_ENGLISH_YEAR})?"
)
_HAN = re.compile(rf"([{NUMERALS}][{NUMERALS}]?)[^\S\n]*月[^\S\n]*([{NUMERALS}][{NUMERALS}]{{0,2}})[^\S\n]*[日号號]")
_HAN_YEAR = re.compile(rf"(民[國国])?[^\S\n]*([{NUMERALS}]{{1,7}})[^\S\n]*年[^\S\n]*\Z|今年\Z")
_REPUBLICAN = re.compile(r"民[國国][^\S\n]*(\d{1,3})([-/.])(\d\d?)\2(\d\d?)(?!\d)")

_COMPACT = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?)?(\D.*)?")
_UNIX_S = re.compile(r"\d{10}(?:\.\d+)?|\d{13}")
# Of a value that is no date much less is said of one.
_LONGEST_VALUE = 200


def day_of(year: int, month: int, day: int) -> date | None:
    """Return a day, or None if there is no such day or its year is none of an article."""
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def find_dates(text: str) -> list[Mention]:
    """Return the dates of a text in their order: those with a year, and those of a month and a day alone."""
    found = (read(match) for pattern, read in _FORMS for match in pattern.finditer(text))
    return sorted(mention for mention in found if mention and mention.on(2000))


def find_moment(text: str) -> Moment | None:
    """Return the first date of a text that has a year, with its time; one whose day could be its month is a guess."""
    return next((moment_of(mention, text) for mention in find_dates(text) if mention.year), None)


def moment_of(mention: Mention, text: str, year: int = 0) -> Moment:
    """Return the day that `text` mentions, with its time; if it is given no year, in `year`, which is a guess."""
    day = mention.on(year)
    assert day is not None
    return Moment(day, time_behind(text, mention.end, day), mention.is_ambiguous or not mention.year)


def read_moment(value: object) -> Moment | None:
    """Return the date that a value of metadata stands for, of several the first; 10 or 13 digits count from 1970."""
    if isinstance(value, list | tuple):
        return next((moment for moment in map(read_moment, value) if moment), None)
    text = value.isoformat() if isinstance(value, date) else str(value).strip()[:_LONGEST_VALUE]
    if _UNIX_S.fullmatch(text):
        return _since_1970(float(text) / (1000 if len(text.partition(".")[0]) == 13 else 1))
    compact = _COMPACT.fullmatch(text)
    if compact:
        year, month, day, hour, minute, second, rest = compact.groups("")
        text = f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second or '00'}{rest}" if hour else "")
    return find_moment(text)


def _since_1970(seconds: float) -> Moment | None:
    then = datetime.fromtimestamp(seconds, UTC)
    return Moment(then.date(), then.isoformat()) if then.year <= LAST_YEAR else None


def _year_first(match: re.Match[str]) -> Mention:
    return Mention(match.start(), match.end(), int(match[1]), int(match[3]), int(match[4]))


def _year_last(match: re.Match[str]) -> Mention:
    """Read 02/05/2026 as February 5, if there is such a month, and 05.02.2026 with the day first, always."""
    month, day = int(match[1]), int(match[3])
    if match[2] == "." or month > 12:
        return Mention(match.start(), match.end(), int(match[4]), day, month)
    return Mention(match.start(), match.end(), int(match[4]), month, day, is_ambiguous=day <= 12 and day != month)


def _day_first(match: re.Match[str]) -> Mention | None:
    return _english(match, match[2], match[1], match[3] or "", match.end())


def _month_first(match: re.Match[str]) -> Mention | None:
    day_end = match.start(4)  # of Feb 5 10:00:00 2026
    return _english(match, match[1], match[2], match[3] or match[5] or "", match.end() if day_end < 0 else day_end)


def _english(match: re.Match[str], month: str, day: str, year: str, end: int) -> Mention | None:
    """Read a date by the name of its month, which without a year must be capitalised: not every march is one."""
    if month.lower() not in _MONTHS or not (year or month[0].isupper()):
        return None
    return Mention(match.start(), end, int(year or 0), _MONTHS[month.lower()], int(day))


def _han(match: re.Match[str]) -> Mention | None:
    """Read 2月5日 with the year before it; 去年2月5日 is no date, 今年2月5日 one without a year."""
    start = match.start()
    before = match.string[max(0, start - 16) : start]
    year = 0
    if before.rstrip().endswith("年"):
        given = _HAN_YEAR.search(before)
        if given is None:
            return None
        if given[2]:
            year = number(given[2]) + (_REPUBLIC if given[1] else 0)
            start -= len(before) - given.start()
            if not FIRST_YEAR <= year <= LAST_YEAR:
                return None
    return Mention(start, match.end(), year, number(match[1]), number(match[2]))


def _republican(match: re.Match[str]) -> Mention:
    return Mention(match.start(), match.end(), int(match[1]) + _REPUBLIC, int(match[3]), int(match[4]))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Mention | None]], ...] = (
    (_YEAR_FIRST, _year_first),
    (_YEAR_LAST, _year_last),
    (_DAY_FIRST, _day_first),
    (_MONTH_FIRST, _month_first),
    (_HAN, _han),
    (_REPUBLICAN, _republican),
)
