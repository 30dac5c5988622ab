"""What a run of indexing does, and how it ended -> a small file in the folder of the index, and back.

The run that goes on holds a lock of the system's on the file that it has put there last: whoever reads it finds that
lock free as soon as the process is gone, however it ended, and whatever process has its number since. Windows puts no
file in the place of an open one: there is no such file there.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal

from indexer.display import as_json
from indexer.engines.base import Writer
from indexer.engines.opening import Place, writer_of
from indexer.errors import WensouError
from indexer.model import BuildReport
from indexer.whole_files import create_private

if sys.platform != "win32":
    import fcntl

# Beside the mark of the folder, `wensou.format`; of a name that no format of articles has, nor a file of a commit.
STATUS_FILE = "wensou.status"
# Seconds between two writings of counts: a person who looks, or a page that asks every second, sees them move, and each
# takes .3 ms of the processor. A new step is written at once, since it may be long before there is more to say.
EVERY_S = 0.5
# Times that a status is read: each writing between its opening and the look at its lock needs another one.
_TRIES = 5

Step = Literal["", "looking", "reading", "learning", "copies", "writing", "words"]
State = Literal["running", "done", "failed", "broken_off"]
# What a run tells: the step that it is in, and how many files of how many are done; 0 of 0 where that is not counted.
Progress = Callable[[Step, int, int], None]
STEPS: dict[Step, str] = {
    "": "writing",
    "looking": "looking for files",
    "reading": "reading",
    "learning": "learning what recurs around articles",
    "copies": "finding copies",
    "writing": "writing",
    "words": "learning words",
}


def told_to(status: Progress, progress: Progress | None) -> Progress:
    """Return what tells both of a run."""
    if progress is None:
        return status

    def tell(step: Step, done: int, total: int) -> None:
        status(step, done, total)
        progress(step, done, total)

    return tell


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What a run that is done did; the numbers count articles, `failed` files."""

    run: int
    added: int
    replaced: int
    removed: int
    unchanged: int
    failed: int
    took_s: float


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: with `counts`, or, if it failed or was stopped, with a sentence that says why."""

    counts: RunCounts | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """What a run of indexing does, or did last.

    `broken_off`: its process is gone, and did not say how it ended. `started` and `updated` are ISO 8601 with the
    offset. `step` is one of STEPS; `done` and `total` count its files, both are 0 where it does not count. `ended` is
    None until the run says how it ended.
    """

    state: State
    pid: int
    host: str
    started: str
    updated: str
    step: Step
    done: int
    total: int
    ended: Ending | None = None

    @property
    def doing(self) -> str:
        """The step in words, with what of it is done."""
        return f"{STEPS[self.step]}, {self.done:,} of {self.total:,} files" if self.total else STEPS[self.step]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape."""
        return asdict(self)


def read_status(place: Place) -> Status | None:
    """Return what the run that goes on does, or how the last one ended; None where that is not known.

    Of an index on a cluster only who writes to it is known, and since when: `step` is empty, and `ended` None.
    """
    if not isinstance(place, Path):
        return _of_writer(writer_of(place))
    if sys.platform == "win32":
        return None
    with suppress(OSError):
        for _ in range(_TRIES):
            with (place / STATUS_FILE).open("rb") as file:
                status = _parsed(file.read(), is_held=_is_held(file))
                if status is None or status.state != "broken_off" or _stands_at(file, place / STATUS_FILE):
                    return status
    return None


def _of_writer(writer: Writer | None) -> Status | None:
    if writer is None:
        return None
    state: State = "broken_off" if writer.is_gone else "running"
    started, updated = (
        datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds") for moment in (writer.since, writer.seen)
    )
    return Status(state, writer.pid, writer.host, started, updated, "", 0, 0)


def _parsed(data: bytes, *, is_held: bool) -> Status | None:
    """Return what a file says; None of one that a crash of the system or another version has left."""
    try:
        said = json.loads(data)
        ended = said.pop("ended")
        counts = ended and ended["counts"]
        ending = ended and Ending(counts and RunCounts(**counts), ended["reason"])
        state: State = "running" if is_held else "broken_off"
        if ending:
            state = "done" if ending.counts else "failed"
        return Status(state=state, ended=ending, **said) if said["step"] in STEPS else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


@contextmanager
def status_kept(place: Place, clock: Callable[[], datetime]) -> Iterator[StatusFile]:
    """Keep the status of a run; what is raised is how it ended."""
    status = StatusFile(place, clock)
    try:
        yield status
    except BaseException as error:
        status.end(Ending(reason=_reason(error)))
        raise


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "It was stopped by Ctrl-C."
    return str(error) if isinstance(error, WensouError) else f"It failed: {type(error).__name__}: {error}"


class StatusFile:
    """Keeps the file up to date, as the progress of a run. That it cannot be written is no error of the run.

    While another run that has put it there goes on, it stays that one's: learning words comes after a run has let
    others write.
    """

    def __init__(
        self, place: Place, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` tells what is written, `monotonic` when, in seconds."""
        self._path = place / STATUS_FILE if isinstance(place, Path) and sys.platform != "win32" else None
        self._clock = clock
        self._monotonic = monotonic
        self._started = ""
        self._at: tuple[Step, int, int] = ("looking", 0, 0)
        self._due = 0.0  # when counts may be written again
        self._own: IO[bytes] | None = None  # the file that this run has put there last

    def __call__(self, step: Step, done: int, total: int) -> None:
        """Write what the run does, unless it was only just written."""
        is_new = not self._started or step != self._at[0]
        self._at = (step, done, total)
        if self._path is not None and (is_new or self._monotonic() >= self._due):
            self._started = self._started or self._now()
            self._put(self._path, None)
            self._due = self._monotonic() + EVERY_S

    def done(self, report: BuildReport) -> None:
        """Write what a run did."""
        counted = (report.run, report.added, report.replaced, report.removed, report.unchanged)
        self.end(Ending(RunCounts(*counted, len(report.failed), report.took_s)))

    def end(self, ended: Ending) -> None:
        """Write how a run ended, if it has begun. If that cannot be written, nothing is left that says it goes on."""
        if self._path is not None and self._started:
            with suppress(OSError):
                if not self._put(self._path, ended) and self._is_own(self._path):
                    self._path.unlink()
            self._let_go(None)

    def _put(self, path: Path, ended: Ending | None) -> bool:
        """Put the file in the place of the one before, all at once; tell whether it is there."""
        try:
            if not self._is_own(path) and _is_anothers(path):
                return False
            self._let_go(_written(path, self._text(ended), is_held=ended is None))
        except OSError:
            return False
        return True

    def _text(self, ended: Ending | None) -> bytes:
        step, done, total = self._at
        now = self._now()
        status = Status("running", os.getpid(), socket.gethostname(), self._started, now, step, done, total, ended)
        said = status.to_dict()
        del said["state"]
        return as_json(said).encode()

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    def _is_own(self, path: Path) -> bool:
        return self._own is not None and _stands_at(self._own, path)

    def _let_go(self, own: IO[bytes] | None) -> None:
        """Let go of the file that was there before, having put another one there."""
        if self._own is not None:
            self._own.close()
        self._own = own


def _written(path: Path, data: bytes, *, is_held: bool) -> IO[bytes]:
    """Put a file at a path all at once, open and, with `is_held`, locked. It need not outlive a crash of the system."""
    new = path.with_name(f"{path.name}.{os.getpid()}")
    file = create_private(new)
    try:
        file.write(data)
        file.flush()
        if is_held:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until it is closed, or the process ends
        new.replace(path)
    except BaseException:
        file.close()
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    return file


def _stands_at(file: IO[bytes], path: Path) -> bool:
    """Tell whether an open file is the one at a path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _is_anothers(path: Path) -> bool:
    """Tell whether a run that goes on has put the file there."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        return _is_held(file)
    return False


def _is_held(file: IO[bytes]) -> bool:
    """Tell whether the process that has put the file there still runs."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
