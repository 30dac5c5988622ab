"""What stands behind a date -> its time in ISO 8601, with the zone if one is given."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone

# Names that mean one offset wherever they are used; CST, for one, is China's and North America's.
_ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "HKT": 8, "JST": 9, "北京": 8, "香港": 8, "台北": 8, "臺北": 8,
}  # fmt: skip
_BEFORE_NOON = "上午|早上|凌晨|清晨"
_AFTER_NOON = "下午|傍晚|晚上|晚[间間]"
_TIME = re.compile(
    r"(?P<lead>(?:[^\S\n]|[T,，()（）]|at\b|(?:星期|[周週])[一二三四五六日天]){0,8})"
    rf"(?P<half>{_BEFORE_NOON}|{_AFTER_NOON})?[^\S\n]*(?P<hour>\d\d?)"
    r"(?:[:：](?P<minute>\d\d)(?:[:：](?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"|[^\S\n]*[时時点點][^\S\n]*(?:(?P<minute_han>\d\d?)[^\S\n]*分)?|(?=[^\S\n]?[AaPp]\.?[Mm]))(?!\d)"
    r"(?:[^\S\n]?(?P<meridiem>[AaPp])\.?[Mm]\b\.?)?"
    r"(?:[^\S\n]*[(（]?(?:(?P<name>北京|香港|[台臺]北)[时時][间間]|"
    r"(?:UTC|GMT)?(?P<sign>[+-])(?P<zone_hour>\d\d?)(?:[:']?(?P<zone_minute>\d\d))?(?!\d)|(?P<letters>[A-Z]{1,3})\b))?"
)


def time_behind(text: str, at: int, day: date) -> str:
    """Return `day` with the time that stands in `text` right behind `at`; empty if there is none that can be."""
    match = _TIME.match(text, at)
    if match is None:
        return ""
    try:
        clock = time(
            _hour(match),
            int(match["minute"] or match["minute_han"] or 0),
            int(match["second"] or 0),
            _microsecond(match),
        )
        return datetime.combine(day, clock, _zone(match)).isoformat()
    except ValueError:
        return ""


def _hour(match: re.Match[str]) -> int:
    """Return the hour of the day. Raises ValueError for what is none, such as 13 pm."""
    hour = int(match["hour"])
    half = match["half"] or match["meridiem"]
    if half is None or (match["half"] and hour > 12):
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half in "pP" or re.fullmatch(_AFTER_NOON, half) else 0)


def _microsecond(match: re.Match[str]) -> int:
    return int((match["fraction"] or "0").ljust(6, "0")[:6])


def _zone(match: re.Match[str]) -> timezone | None:
    """Return the zone that a time names, which -12:00 behind 10:00 is not. Raises ValueError for what is none."""
    if match["sign"]:
        if match["sign"] == "-" and not match["second"] and "T" not in match["lead"]:
            return None
        minutes = int(match["zone_hour"]) * 60 + int(match["zone_minute"] or 0)
        return timezone(timedelta(minutes=-minutes if match["sign"] == "-" else minutes))
    hours = _ZONES.get(match["name"] or match["letters"] or "")
    return None if hours is None else timezone(timedelta(hours=hours))
