"""The runs of an index: when each took place, as far back as is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

# Kept are the newest runs, of those before the last of each day for so many days, and before these the last of each
# month: who looks every hour has all of the last days, every day of a year, and twelve runs a year from then on.
NEWEST = 200
DAYS = 400


class Run(NamedTuple):
    """A run of indexing that changed the index: its number, from 1, and when it did, ISO 8601 in UTC."""

    number: int
    time: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.time)


def with_run(runs: Sequence[Run], number: int, moment: datetime) -> tuple[Run, ...]:
    """Return runs, in order, with one more; old ones are thinned as above, but the first is kept."""
    runs = (*runs, Run(number, moment.astimezone(UTC).isoformat(timespec="seconds")))
    days = {run.time[:10]: run for run in runs}
    months = {run.time[:7]: run for run in runs}
    kept = {runs[0], *runs[-NEWEST:], *[*days.values()][-DAYS:], *months.values()}
    return tuple(run for run in runs if run in kept)


def last_before(runs: Sequence[Run], moment: datetime) -> int:
    """Return the number of the last run before a moment that is still known; 0 if there is none."""
    return max((run.number for run in runs if run.moment < moment), default=0)


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)
