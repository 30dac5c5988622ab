"""Dates as a user gives them -> the days that they include."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from indexer.errors import UsageError

_FORM = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def first_day(value: date | str | None) -> date | None:
    """Return the first day of YYYY, YYYY-MM or YYYY-MM-DD. Raises UsageError."""
    return _parse(value, last=False)


def last_day(value: date | str | None) -> date | None:
    """Return the last day of YYYY, YYYY-MM or YYYY-MM-DD. Raises UsageError."""
    return _parse(value, last=True)


def _parse(value: date | str | None, *, last: bool) -> date | None:
    if value is None or isinstance(value, date):
        return value
    match = _FORM.fullmatch(value.strip())
    if match is None:
        raise UsageError(f"{value!r} is no date: use 2026, 2026-02 or 2026-02-05.")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        chosen_month = month or (12 if last else 1)
        return date(year or 0, chosen_month, day or (monthrange(year or 0, chosen_month)[1] if last else 1))
    except (ValueError, IndexError):
        raise UsageError(f"{value!r} is no date: there is no such day.") from None
