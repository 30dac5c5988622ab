"""A half-life as a user gives it -> how scores fade with an article's date."""

from __future__ import annotations

import re
from math import isfinite
from typing import NamedTuple

from indexer.errors import UsageError
from indexer.manifest import Manifest
from indexer.nodes import Decayed, Node

# The half-life in days where only freshness is asked for: what is a year older counts half.
HALF_LIFE = "365"
# Articles without a date are neither new nor old: they count as if one half-life old.
UNDATED = 0.5
DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)([dwmy]?)")
_DAYS = {"": 1.0, "d": 1.0, "w": 7.0, "m": 365.25 / 12, "y": 365.25}


class Freshness(NamedTuple):
    """A score halves with each `half_life` of days that an article is older than the `day`, a proleptic ordinal."""

    half_life: float
    day: int

    def fading(self, rank: Node) -> Node:
        return Decayed(rank, "published", self.day, self.half_life, UNDATED)


def freshness_of(value: float | str | None, manifest: Manifest) -> Freshness | None:
    """Read a half-life: days, or text of these, or of weeks (6w), months (3m) or years (2y).

    It counts from the last run, so that the pages of an answer are of one order. Raises UsageError for anything else.
    """
    if value is None:
        return None
    found = DURATION.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    days = float(found[1]) * _DAYS[found[2]] if found else value
    if isinstance(days, str | bool) or not isfinite(days) or days <= 0:
        raise UsageError(f"{value!r} is no half-life: use days, as 30, or 6w, 3m, 2y.")
    return Freshness(float(days), manifest.runs[-1].moment.toordinal())
