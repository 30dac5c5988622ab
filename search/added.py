"""A run or a moment as a user gives it -> the run after which articles came in, and what to say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from indexer.errors import UsageError
from indexer.manifest import Manifest
from indexer.runs import Run, last_before
from search.days import first_day
from search.model import Note, Value, Wording


class Added(NamedTuple):
    """Asks for articles that came in after a run, by its number, if for any; `notes` say what is odd about that."""

    run: int | None
    notes: tuple[Note, ...] = ()


def after_run(value: int | str | date | None, manifest: Manifest) -> Added:
    """Return what is asked for: by the number of a run what came in after it, by a moment what came in from then on.

    A moment is a date or a datetime, or text of it: 2026-02, 2026-02-05 or ISO 8601 with a time; without a zone it is
    local. Text of digits only is a run. Raises UsageError for anything else.
    """
    if value is None:
        return Added(None)
    asked = _run_or_moment(value)
    return _since_run(asked, manifest) if isinstance(asked, int) else _since_moment(asked, manifest)


def check_added(value: str) -> None:
    """Raise UsageError for what is neither a run nor a moment, whatever runs there were."""
    _run_or_moment(value)


def _run_or_moment(value: int | str | date) -> int | datetime:
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}\s*", value):
        value = int(value)
    return value if isinstance(value, int) else _moment(value)


def _since_run(run: int, manifest: Manifest) -> Added:
    last = manifest.runs[-1]
    if run < 0:
        raise UsageError(f"{run} is no run: use the number that wensou index named, as in 12.")
    if run < manifest.runs[0].number:
        message = "There was no run {run}: every article came in since. {first}"
        return _noted(0, message, {"run": str(run), "first": _first(manifest)})
    if run > last.number:
        message = "There was no run {run} yet. {last} A date is written 2026-02 or 2026-02-05."
        return _noted(last.number, message, {"run": str(run), "last": _last(manifest)})
    return _since_known(run, manifest)


def _since_moment(moment: datetime, manifest: Manifest) -> Added:
    run = last_before(manifest.runs, moment)
    if not run:
        return _noted(0, "Every article came in since. {first}", {"first": _first(manifest)})
    return _since_known(run, manifest)


def _since_known(run: int, manifest: Manifest) -> Added:
    if run == manifest.runs[-1].number:
        return _noted(run, "Nothing came in since. {last}", {"last": _last(manifest)})
    return Added(run)


def _moment(value: str | date) -> datetime:
    if isinstance(value, str) and not re.search(r"[T ]", value.strip()):
        value = first_day(value) or value
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        return (value if isinstance(value, datetime) else datetime.combine(value, time())).astimezone()
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{value} is no moment: use 2026-02-05T10:30, with a zone as in Z or +08:00.") from None


def _noted(run: int, message: str, values: Mapping[str, Value]) -> Added:
    return Added(run, (Note("added_since", message, values),))


def _first(manifest: Manifest) -> Wording:
    return Wording("The first run was run {run}, {moment} UTC.", _values(manifest.runs[0]))


def _last(manifest: Manifest) -> Wording:
    return Wording("The last run was run {run}, {moment} UTC.", _values(manifest.runs[-1]))


def _values(run: Run) -> dict[str, Value]:
    return {"run": str(run.number), "moment": f"{run.moment:%Y-%m-%d %H:%M}"}
