"""Dates as articles write them -> `datetime.date`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

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
_MONTH = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?<!\d)((?:19|20)\d\d)"
_DATE = re.compile(
    rf"(?<!\.){_YEAR}[-/.](\d\d?)[-/.](\d\d?)(?!\.?\d)"
    rf"|{_YEAR}\s*年\s*(\d\d?)\s*月\s*(\d\d?)\s*[日号號]"
    rf"|\b{_MONTH}\s+(\d\d?)(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)(?!\d)"
    rf"|(?<!\d)(\d\d?)(?:st|nd|rd|th)?\s+{_MONTH},?\s+((?:19|20)\d\d)(?!\d)"
    r"|(?<!\d)(\d\d?)/(\d\d?)/((?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)

_COMPACT = re.compile(r"(?:19|20)\d{6}")


def find_date(text: str) -> date | None:
    """Return the first whole date in `text`: 2026-02-05, 2026年2月5日, February 5, 2026, 5 Feb 2026, 02/05/2026."""
    for match in _DATE.finditer(unicodedata.normalize("NFKC", text)):
        found = _date(match.groups())
        if found:
            return found
    return None


def as_date(value: object) -> date | None:
    """Return the date that a metadata value stands for, if any."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip() if value else ""
    if _COMPACT.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return find_date(text)


def _date(groups: tuple[str | None, ...]) -> date | None:
    iso, chinese, month_first, day_first, slashed = (groups[i : i + 3] for i in range(0, 15, 3))
    if iso[0] or chinese[0]:
        year, month, day = iso if iso[0] else chinese
    elif month_first[0]:
        month, day, year = month_first
        month = str(_MONTHS[str(month).lower()])
    elif day_first[0]:
        day, month, year = day_first
        month = str(_MONTHS[str(month).lower()])
    else:
        month, day, year = slashed
    try:
        return date(int(year or 0), int(month or 0), int(day or 0))
    except ValueError:
        return None
