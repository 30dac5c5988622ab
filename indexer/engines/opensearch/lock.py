"""The right to write to an index on a cluster: one writer, or one for each part, held as long as it is renewed."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event, Thread
from threading import Lock as ThreadLock
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.engines.base import Writer
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.indices import CONFLICT, current_index
from indexer.engines.opensearch.mapping import LOCK
from indexer.errors import ClusterRefuses, IndexLocked, IndexUnusable

if TYPE_CHECKING:
    from indexer.engines.opensearch.location import Location
    from indexer.partition import Partition

# Seconds that a writer waits for another one.
LOCK_WAIT_S = 10.0
# Seconds that a lock holds without being renewed: longer than a cluster takes to replace a node that died.
LEASE_S = 30.0
# Seconds between renewals, and for how long a lock that seems to have run out is watched: clocks of machines differ, so
# it is taken only if nobody renews it in a time in which its holder would have done so twice.
RENEW_S = 3.0
WATCH_S = 7.0
_RETRY_S = 0.25


@dataclass(frozen=True, slots=True)
class Holder:
    """A writer. `place` names the machine as long as it runs, empty if it cannot be told; `until` is its time.

    `since` is when it began, seconds since 1970 as `until`.
    """

    token: str
    host: str
    pid: int
    place: str
    until: float
    part: tuple[int, int] | None = None
    has_begun: bool = False  # what it wrote is not yet part of a commit
    since: float = 0.0

    def lets_in(self, partition: Partition | None) -> bool:
        """Tell whether another one may write meanwhile: the writer of another part."""
        if self.part is None or partition is None:
            return False
        return self.part[1] == partition.count and self.part[0] != partition.number

    def is_gone(self) -> bool:
        """Tell whether its process has ended, if it ran on this machine."""
        if not self.place or self.place != _place():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            return False
        return False

    def __str__(self) -> str:
        part = f", for part {self.part[0]}/{self.part[1]}," if self.part else ","
        return f"Another process, number {self.pid} on {self.host}{part}"


class _State(NamedTuple):
    """The lock as the cluster has it; `version` is what a change of it has to name, empty if there is none."""

    holders: tuple[Holder, ...]
    is_unfinished: bool  # a writer ended whose articles are in no commit
    version: Mapping[str, int]


class Lock:
    """A lock that is held. `is_unfinished`: a writer before left articles that are in no commit yet."""

    def __init__(
        self, document: _LockDocument, holder: Holder, is_unfinished: bool, clock: Callable[[], float]
    ) -> None:
        self.index = document.index
        self.is_unfinished = is_unfinished
        self._document = document
        self._holder = holder
        self._clock = clock
        self._is_lost = False
        self._is_settled = False
        self._changing = ThreadLock()  # of what the holder says of itself, by the writer and by who renews it

    def check(self) -> None:
        """Raise IndexLocked if another writer has taken it, since it was not renewed in time."""
        if self._clock() > self._holder.until:
            self.renew()
        if self._is_lost:
            raise IndexLocked(
                f"Another process has begun to write to {self.index}: this one could not renew its right to for "
                f"{LEASE_S:.0f} s, or was stopped. What it wrote is whole articles; run it again to go on."
            )

    def begin(self) -> None:
        """Note that articles are written that are in no commit yet."""
        if not self._holder.has_begun:
            self._say(has_begun=True)
        self.check()

    def settle(self) -> None:
        """Note that all that was written, by this writer and those that ended before, is in a commit."""
        with self._changing:
            self._holder = replace(self._holder, has_begun=False)
            self._is_settled = True  # which the cluster is told with the next change
        self.is_unfinished = False

    def renew(self) -> None:
        """Hold it for another time."""
        self._say()

    def release(self) -> None:
        with self._changing:
            self._document.remove(self._holder, self._is_settled)

    def _say(self, *, has_begun: bool = False) -> None:
        with self._changing:
            begun = has_begun or self._holder.has_begun
            new = replace(self._holder, until=self._clock() + LEASE_S, has_begun=begun)
            if self._document.replace(new, self._is_settled):
                self._holder = new
                self._is_settled = False
            else:
                self._is_lost = True


@contextmanager
def locked(
    connection: Connection,
    partition: Partition | None = None,
    wait_s: float | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Lock]:
    """Hold the lock of the index that a name stands for; a thread renews it.

    Raises IndexLocked if another process has it for LOCK_WAIT_S, or `wait_s`, and IndexMissing.
    """
    lock = _acquired(connection, partition, LOCK_WAIT_S if wait_s is None else wait_s, clock, sleep)
    done = Event()
    renewing = Thread(target=_keep, args=(lock, done), name="lock", daemon=True)
    renewing.start()
    try:
        yield lock
    finally:
        done.set()
        renewing.join()
        with suppress(IndexUnusable):  # it runs out by itself
            lock.release()


def writers(location: Location, clock: Callable[[], float] = time.time) -> tuple[Writer, ...]:
    """Return who writes to an index; some may have ended without letting go. Raises IndexUnusable."""
    with closing(Connection(location)) as connection:
        holders = _LockDocument(connection, current_index(connection)).state().holders
    return tuple(
        Writer(one.pid, one.host, one.since, one.until - LEASE_S, one.is_gone() or clock() > one.until)
        for one in holders
    )


def _keep(lock: Lock, done: Event) -> None:
    while not done.wait(RENEW_S):
        with suppress(IndexUnusable):  # whoever writes finds out by `check`
            lock.renew()


def _acquired(
    connection: Connection,
    partition: Partition | None,
    wait_s: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> Lock:
    watched = _Watch(clock)
    token = secrets.token_hex(8)
    until = clock() + wait_s
    while True:
        document = _LockDocument(connection, current_index(connection))
        own = _holder(token, partition, clock)
        state = document.state()
        kept, gone = watched.parted([other for other in state.holders if other.token != token])
        in_the_way = [other for other in kept if not other.lets_in(partition)]
        if not in_the_way:
            is_unfinished = state.is_unfinished or any(other.has_begun for other in gone)
            if document.put(_State((*kept, own), is_unfinished, state.version)):
                if current_index(connection) == document.index:
                    return Lock(document, own, is_unfinished, clock)
                document.remove(own, False)  # a new index has taken its place meanwhile
        elif clock() >= until:
            raise IndexLocked(
                f"{in_the_way[0]} is writing to {connection.location}; waited {wait_s:.0f} s. Try again when it is "
                f"done; if it was killed, {LEASE_S:.0f} s later."
            )
        sleep(_RETRY_S)


class _Watch:
    """Tells which holders of a lock are gone, from what is seen of it while waiting."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, float], float] = {}  # when a holder was first seen with the time that it has

    def parted(self, holders: Sequence[Holder]) -> tuple[list[Holder], list[Holder]]:
        """Return those that hold, and those that are gone."""
        kept: list[Holder] = []
        gone: list[Holder] = []
        for holder in holders:
            (gone if self._is_gone(holder) else kept).append(holder)
        return kept, gone

    def _is_gone(self, holder: Holder) -> bool:
        now = self._clock()
        seen = self._seen.setdefault((holder.token, holder.until), now)
        return holder.is_gone() or (now > holder.until and now - seen >= WATCH_S)


class _LockDocument:
    """The document that says who writes to an index; each change of it names the one that it follows."""

    def __init__(self, connection: Connection, index: str) -> None:
        self.index = index
        self._connection = connection
        self._path = f"/{index}/_doc/{LOCK}"

    def state(self) -> _State:
        found = self._connection.ask("GET", self._path, missing_ok=True)
        if not found or not found.get("found"):
            return _State((), False, {})
        row = found["_source"]["row"]
        holders = tuple(
            Holder(**{**one, "part": tuple(one["part"]) if one["part"] else None}) for one in row["holders"]
        )
        version = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        return _State(holders, row["is_unfinished"], version)

    def put(self, state: _State) -> bool:
        """Change the lock; False if someone else did since it was read."""
        row = {"holders": [asdict(holder) for holder in state.holders], "is_unfinished": state.is_unfinished}
        params: dict[str, Any] = {**state.version} if state.version else {"op_type": "create"}
        try:
            self._connection.ask("PUT", self._path, {"row": row}, **params)
        except ClusterRefuses as error:
            if error.status != CONFLICT:
                raise
            return self.state()[:2] == state[:2]  # a request that is repeated meets what it did the first time
        return True

    def replace(self, own: Holder, is_settled: bool) -> bool:
        """Put what a holder says of itself now in place of what it said; False if it is no holder any more."""
        return self._changed(own, (own,), is_settled)

    def remove(self, own: Holder, is_settled: bool) -> None:
        """Take a holder away. What it has begun is unfinished, and all before, too, unless that is settled."""
        self._changed(own, (), is_settled)

    def _changed(self, own: Holder, new: tuple[Holder, ...], is_settled: bool) -> bool:
        """Put something in the place of a holder; False if it is none any more."""
        while True:
            state = self.state()
            others = tuple(holder for holder in state.holders if holder.token != own.token)
            if len(others) == len(state.holders):
                return False
            is_unfinished = (state.is_unfinished and not is_settled) or (own.has_begun and not new)
            if self.put(_State((*others, *new), is_unfinished, state.version)):
                return True


def _holder(token: str, partition: Partition | None, clock: Callable[[], float]) -> Holder:
    part = (partition.number, partition.count) if partition else None
    now = clock()
    return Holder(token, socket.gethostname(), os.getpid(), _place(), now + LEASE_S, part, since=now)


def _place() -> str:
    """Name this machine, as long as it runs, and what its processes' numbers are numbers of."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""
