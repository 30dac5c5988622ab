"""Dates as a user gives them -> the days that they include."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import cache

from indexer.errors import UsageError
from indexer.numerals import NUMERALS, number
from search.model import Wording

_PLAIN = re.compile(r"(?P<year>\d{4})(?:[-/](?P<month>\d{1,2})(?:[-/](?P<day>\d{1,2}))?)?")
# The first year of the Republic, 民國元年, is 1912.
_REPUBLIC = 1911

Span = tuple[date | None, date | None]


def first_day(value: date | str | None) -> date | None:
    """Return the first day of YYYY, YYYY-MM, YYYY-MM-DD, or of the same in Chinese. Raises UsageError."""
    return value if value is None or isinstance(value, date) else _days(value)[0]


def last_day(value: date | str | None) -> date | None:
    """Return the last day of YYYY, YYYY-MM, YYYY-MM-DD, or of the same in Chinese. Raises UsageError."""
    return value if value is None or isinstance(value, date) else _days(value)[1]


def days_of(field: str, value: str) -> Span:
    """Return the first and last day of `since:`, `until:` or `date:` with such a value; None is open.

    `date:` takes a date, two with .. between them, of which one may be missing, or one behind >, >=, < or <=.
    Raises UsageError of a Wording.
    """
    value = unicodedata.normalize("NFKC", value).strip()
    if field == "since":
        return _days(value)[0], None
    if field == "until":
        return None, _days(value)[1]
    compared = _compared().fullmatch(value)
    if compared:
        return _beside(compared[1], *_days(compared[2]))
    ends = _between().split(value)
    if len(ends) == 2 and any(ends):
        return (_days(ends[0])[0] if ends[0] else None), (_days(ends[1])[1] if ends[1] else None)
    return _days(value)


def _beside(sign: str, low: date, high: date) -> Span:
    try:
        return {
            ">=": (low, None),
            "<=": (None, high),
            ">": (high + timedelta(1), None),
            "<": (None, low - timedelta(1)),
            "=": (low, high),
        }[sign]
    except OverflowError:
        raise UsageError(Wording("There is no day {sign} {day}.", {"sign": sign, "day": low.isoformat()})) from None


def _days(value: str) -> tuple[date, date]:
    """Return the first and last day of a year, month or day."""
    if not isinstance(value, str):
        raise UsageError(
            f"{value!r} is no date but {type(value).__name__}: use a date, or text as 2026, 2026-02, 2026-02-05 or "
            "2026年2月5日."
        )
    value = unicodedata.normalize("NFKC", value).strip()
    match = _PLAIN.fullmatch(value) or _chinese().fullmatch(value)
    if match is None:
        message = "{value} is no date: use 2026, 2026-02, 2026-02-05 or 2026年2月5日."
        raise UsageError(Wording(message, {"value": repr(value)}))
    year, month, day = (number(part) if part else None for part in match.group("year", "month", "day"))
    year = (year or 0) + (_REPUBLIC if value.startswith("民") else 0)
    try:
        low = date(year, 1 if month is None else month, 1 if day is None else day)
        last_month = month or 12
        return low, date(year, last_month, day or _last_day(year, last_month))
    except ValueError:
        raise UsageError(Wording("{value} is no date: there is no such day.", {"value": repr(value)})) from None


def _last_day(year: int, month: int) -> int:
    return 31 if month == 12 else (date(year, month + 1, 1) - timedelta(1)).day


@cache
def _compared() -> re.Pattern[str]:
    return re.compile(r"(>=|<=|>|<|=)\s*(.+)")


@cache
def _between() -> re.Pattern[str]:
    return re.compile(r"\s*(?:\.{2,}|~|至|到|—+|–)\s*")


@cache
def _chinese() -> re.Pattern[str]:
    year, month, day = (f"(?P<{name}>[{NUMERALS}]{{1,5}})" for name in ("year", "month", "day"))
    return re.compile(rf"(?:民[國国])?{year}年(?:{month}月(?:{day}[日号號]?)?)?")
