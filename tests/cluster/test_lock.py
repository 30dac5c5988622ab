"""Who may write to an index on a cluster."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from indexer.engines.opensearch import lock as module
from indexer.engines.opensearch.indices import create_beside, current_index, take_place
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.lock import LEASE_S, RENEW_S, WATCH_S, locked
from indexer.engines.opensearch.writer import Plan, Shape, writing
from indexer.errors import IndexLocked
from indexer.partition import Partition
from indexer.status import read_status

ONE, TWO = Partition(1, 2), Partition(2, 2)


class Time:
    """A clock that goes on only while someone sleeps."""

    def __init__(self, now=1000.0):
        self.now = now
        self.meanwhile = lambda: None

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        self.meanwhile()


@pytest.fixture
def elsewhere(monkeypatch):
    """Let whoever takes a lock run on another machine than whoever looks at it; nobody renews by itself."""
    monkeypatch.setattr(module, "_place", iter(f"machine {i}" for i in range(10**6)).__next__)
    monkeypatch.setattr(module, "RENEW_S", 1e6)


def refused(connection, partition=None):
    """Tell whether a writer is not let in."""
    try:
        with locked(connection, partition, 0):
            return False
    except IndexLocked:
        return True


def test_a_second_writer_is_told_who_writes(connection, connect):
    names = f"Another process, number {os.getpid()} on "
    with locked(connection), pytest.raises(IndexLocked, match=names) as error, locked(connect(), wait_s=0):
        pass
    assert str(connection.location) in str(error.value)
    assert not refused(connection)


def test_writers_of_different_parts_of_as_many_write_at_once(connection, connect):
    with locked(connection, ONE):
        assert refused(connect(), ONE)
        assert refused(connect(), Partition(2, 3))
        assert refused(connect())
        with locked(connect(), TWO):
            assert refused(connect(), TWO)
            assert refused(connect())
        assert not refused(connect(), TWO)
    with locked(connection):
        assert refused(connect(), ONE)


def test_of_many_that_come_at_once_one_gets_it(connection, connect):
    connections = [connect() for _ in range(6)]
    start, done = Barrier(6), Barrier(6)

    def try_it(own):
        with ExitStack() as stack:
            start.wait()
            try:
                stack.enter_context(locked(own, wait_s=0))
            except IndexLocked:
                return False
            finally:
                done.wait()
            return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(try_it, connections)) == 1


KILLED = """
import sys
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.lock import locked
with locked(Connection(location_of(sys.argv[1]))) as lock:
    lock.begin()
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_the_lock_of_a_writer_that_was_killed_here_is_free_at_once(connection):
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-c", KILLED, str(connection.location)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "locked\n"
        assert refused(connection)
        process.kill()
        process.wait()
    with locked(connection, wait_s=0) as lock:
        assert lock.is_unfinished


def test_others_see_who_writes_since_when_and_that_it_was_killed(connection, connect):
    place = connection.location
    assert read_status(place) is None
    with locked(connection, TWO, clock=lambda: time.time() - 10), locked(connect(), ONE):
        status = read_status(place)
        assert (status.state, status.pid, status.host) == ("running", os.getpid(), socket.gethostname())
        began, updated = map(datetime.fromisoformat, (status.started, status.updated))
        assert timedelta(seconds=5) < datetime.now(UTC) - began < timedelta(minutes=5)
        assert began <= updated
        assert (status.step, status.total, status.ended) == ("", 0, None)
    assert read_status(place) is None
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-c", KILLED, str(place)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "locked\n"
        assert read_status(place).state == "running"
        process.kill()
        process.wait()
    assert (read_status(place).state, read_status(place).pid) == ("broken_off", process.pid)
    assert read_status(location_of(f"{place}-not-there")) is None


def test_the_lock_of_a_writer_that_died_elsewhere_is_taken_when_it_has_run_out(connection, connect, elsewhere):
    clock = Time()
    with locked(connection, clock=clock) as first:
        clock.now += LEASE_S / 2
        with pytest.raises(IndexLocked), locked(connect(), wait_s=0, clock=clock, sleep=clock.sleep):
            pass
        clock.now += LEASE_S
        before = clock.now
        with locked(connect(), wait_s=10, clock=clock, sleep=clock.sleep):
            assert WATCH_S <= clock.now - before < WATCH_S + 1
            with pytest.raises(IndexLocked, match="has begun to write"):
                first.check()
            assert refused(connect())
    assert not refused(connection)


def test_a_lock_that_is_renewed_is_not_taken_by_a_machine_whose_clock_is_ahead(connection, connect, elsewhere):
    theirs, ours = Time(), Time(1000 + 3600)
    with locked(connection, clock=theirs) as lock:
        last = ours.now

        def meanwhile():
            nonlocal last
            if ours.now - last >= RENEW_S:
                theirs.now += ours.now - last
                last = ours.now
                lock.renew()

        ours.meanwhile = meanwhile
        with pytest.raises(IndexLocked), locked(connect(), wait_s=60, clock=ours, sleep=ours.sleep):
            pass
        lock.check()


def test_a_writer_that_was_stopped_goes_on_if_nobody_took_its_lock(connection, connect, elsewhere):
    clock = Time()
    with locked(connection, clock=clock) as lock:
        clock.now += 10 * LEASE_S
        lock.begin()
        with pytest.raises(IndexLocked), locked(connect(), wait_s=1.5 * WATCH_S, clock=clock, sleep=clock.sleep):
            pass


def test_who_waits_gets_the_lock_of_the_index_that_took_its_place(connection, connect):
    clock = Time()
    with ExitStack() as stack:
        first = stack.enter_context(locked(connection))

        def meanwhile():
            if current_index(connection) == first.index:
                take_place(connection, first.index, create_beside(connection, Shape()))
                stack.close()

        clock.meanwhile = meanwhile
        with locked(connect(), wait_s=5, clock=clock, sleep=clock.sleep) as second:
            assert second.index == current_index(connection) != first.index


def test_what_a_writer_left_stays_noted_until_one_has_committed(connection):
    for _ in range(2):
        with pytest.raises(RuntimeError), locked(connection) as lock:
            lock.begin()
            raise RuntimeError
    with locked(connection) as lock:
        assert lock.is_unfinished
    with writing(connection, Plan()):
        pass
    with locked(connection) as lock:
        assert not lock.is_unfinished
