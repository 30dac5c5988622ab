"""An index -> what is said of the run of `wensou index` that goes on in it, or that went wrong last."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from indexer.engines.opening import Place
from indexer.errors import WensouError
from indexer.status import Status, read_status
from search.web.languages import Language


def running(place: Place, said: Language) -> Markup:
    """Return what a run does that goes on in a folder; nothing if none does.

    A cluster would be asked over the network each time: of that `last` tells.
    """
    status = _status(place) if isinstance(place, Path) else None
    return _running(status, said) if status and status.state == "running" else Markup("")


def last(place: Place, said: Language) -> Markup:
    """Return what a run does, or how the last one went wrong; nothing if it did not."""
    status = _status(place)
    match status.state if status else "done":
        case "running" if status:
            return _running(status, said)
        case "failed" if status and status.ended:
            return said.say("indexing.failed", reason=status.ended.reason)
        case "broken_off":
            return said.say("indexing.broken_off")
    return Markup("")


def _status(place: Place) -> Status | None:
    """Return what is known of runs; nothing of a cluster that does not answer, which searches tell of themselves."""
    try:
        return read_status(place)
    except WensouError:
        return None


def _running(status: Status, said: Language) -> Markup:
    step = said.say(f"step.{status.step or 'writing'}")
    if not status.total:
        return said.say("indexing.running", doing=step)
    return said.say("indexing.counted", doing=step, done=status.done, total=status.total)
