"""The lead of a report, as its search key -> the day that it tells of."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from indexer.numerals import NUMERALS, number

# A report tells of a day at most so long before it; what it names else is the past, or still to come.
_MOST_DAYS = 3
# So reports of one event, or of two on days that follow each other, were published at most so many days apart.
MOST_APART = _MOST_DAYS + 1
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HAN_WEEKDAYS = "一二三四五六日"


def day_told(key: str, published: date) -> date | None:
    """Return the first day that a lead names, of the last ones before it was published; None if it names none.

    The day of a dateline (新华社2月5日电, BEIJING, Feb 5 —) is when it was sent, and counts if there is no other.
    """
    sent: date | None = None
    for match in _mention().finditer(key):
        day = _day(match, published)
        if day is not None and timedelta(0) <= published - day <= timedelta(_MOST_DAYS):
            if not _is_dateline(key, match):
                return day
            sent = sent or day
    return sent


@cache
def _mention() -> re.Pattern[str]:
    months, weekdays = "|".join(_MONTHS), "|".join(_WEEKDAYS)
    return re.compile(
        rf"(?:(?P<han_month>[{NUMERALS}]{{1,3}})月|(?<![月年{NUMERALS}])\(?)(?P<han_day>[{NUMERALS}]{{1,3}})\)?日(?![元本均圆])"
        rf"|(?<![上下每])(?:周|星期|礼拜)(?P<han_weekday>[{_HAN_WEEKDAYS}天])(?!年)"
        r"|(?P<today>今[天日晚早晨]|今\(|\b(?:today|tonight|this (?:morning|afternoon|evening))\b)"
        r"|(?P<yesterday>昨[天日晚早晨]|昨\(|前一[天日晚]|\b(?:yesterday|last night)\b)"
        r"|(?P<before>前[天日](?!本))"
        rf"|\b(?P<month>{months})[a-z]{{0,6}}\.? (?P<day>\d{{1,2}})\b(?!:)"
        rf"|\b(?P<day_first>\d{{1,2}}) (?P<month_last>{months})[a-z]{{0,6}}\b"
        rf"|(?<!next )(?<!every )\b(?P<weekday>{weekdays})(?:|s|nes|rs|ur)day\b"
    )


def _day(match: re.Match[str], published: date) -> date | None:
    """Return the day of a mention: of those that it can mean the last up to publication."""
    given = match.groupdict()
    if given["today"]:
        return published
    if given["yesterday"] or given["before"]:
        return published - timedelta(1 if given["yesterday"] else 2)
    if given["han_weekday"] or given["weekday"]:
        name = given["weekday"]
        weekday = _WEEKDAYS.index(name) if name else _HAN_WEEKDAYS.index(given["han_weekday"].replace("天", "日"))
        return published - timedelta((published.weekday() - weekday) % 7)
    month_name = given["month"] or given["month_last"]
    month = _MONTHS.index(month_name) + 1 if month_name else number(given["han_month"] or "")
    day = int(given["day"] or given["day_first"] or number(given["han_day"] or ""))
    days = (published - timedelta(back) for back in range(_MOST_DAYS + 1))
    return next((one for one in days if one.day == day and month in (0, one.month)), None)


def _is_dateline(key: str, match: re.Match[str]) -> bool:
    """Tell whether 电, a dash or the name of an agency stands behind a date."""
    return re.match(r"\s*(?:电|讯|\([^)]{1,20}\)|[-—–]+\s)", key[match.end() : match.end() + 24]) is not None
