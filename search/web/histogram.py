"""How many matches each year, month or day has -> bars that lead to it, without gaps; which of the three is shown."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from search.days import first_day, last_day
from search.model import FacetValue
from search.web.state import State

# Bars that fit beside the results; years before them are one bar. An archive of a century has fewer.
_MOST_BARS = 100


class Bar(NamedTuple):
    """A year, month or day: how many articles are of it, in parts of the most that one has, and where it leads."""

    label: str
    articles: int
    percent: int
    address: str


class Histogram(NamedTuple):
    """`unit` is year, month or day, `inside` the year or month that is shown, empty for all; `up` leads out of it."""

    unit: str
    inside: str
    bars: tuple[Bar, ...]
    up: str


def unit_of(state: State) -> tuple[str, str]:
    """Return what to count by, and the year or month that the state's dates lie in, if it is a single one."""
    low, high = first_day(state.get("since") or None), last_day(state.get("until") or None)
    if low is None or high is None or low > high or low.year != high.year:
        return "year", ""
    return ("month", f"{low:%Y}") if low.month != high.month else ("day", f"{low.year:04}-{low.month:02}")


def histogram(values: Sequence[FacetValue], state: State) -> Histogram:
    """Return the bars of a facet that counts by `unit_of(state)`."""
    unit, inside = unit_of(state)
    counts = {value.value: value.count for value in values}
    periods = _periods(sorted(counts), inside)
    early = sum(count for period, count in counts.items() if periods and period < periods[0])
    most = max((early, *counts.values()))
    bars = tuple(_bar(period, period, period, counts.get(period, 0), most, state) for period in periods)
    if early:
        first = f"{int(periods[0]) - 1:04}"
        bars = (_bar(f"≤ {first}", "", first, early, most, state), *bars)
    return Histogram(unit, inside, bars, _outside(inside, state))


def _bar(label: str, since: str, until: str, count: int, most: int, state: State) -> Bar:
    # What is there is seen, however little it is.
    percent = max(1, round(100 * count / most)) if count else 0
    return Bar(label, count, percent, state.asked({"since": since, "until": until}).address())


def _periods(known: Sequence[str], inside: str) -> list[str]:
    """Return all years from the first known one to the last, all months of a year, or all days of a month."""
    if not known:
        return []
    if not inside:
        last = int(known[-1])
        return [f"{year:04}" for year in range(max(int(known[0]), last - _MOST_BARS + 1), last + 1)]
    if len(inside) == len("2026"):
        return [f"{inside}-{month:02}" for month in range(1, 13)]
    day = date.fromisoformat(f"{inside}-01")
    return [f"{inside}-{number:02}" for number in range(1, monthrange(day.year, day.month)[1] + 1)]


def _outside(inside: str, state: State) -> str:
    """Return what leads from a month to its year, from a year to all years."""
    if not inside:
        return ""
    wider = inside[:4] if len(inside) > len("2026") else ""
    return state.asked({"since": wider, "until": wider}).address()
