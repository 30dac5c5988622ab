"""Work -> the same done in several processes at once, forked from this one, until it is done here."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from threading import Thread

# Elsewhere a process cannot be forked, or, on macOS, must not be once it has loaded some of the system's libraries.
CAN_FORK = sys.platform == "linux"
# Seconds that the others have to end by themselves.
_ENDING_S = 10.0


def usual() -> int:
    """Return how many processes use two processors, if there are as many."""
    if sys.platform == "linux":
        return min(2, len(os.sched_getaffinity(0)))
    return 1


def work_in(processes: int, work: Callable[[int], None], lost: Callable[[str], None]) -> None:
    """Work in so many processes, till it is done in this, the first; then SIGTERM tells the others to end.

    `work` is told its number, from 0 on, `lost` a sentence if another process breaks off. What is in memory by now
    is there once, until a process changes it; threads that were begun are in this process only. Ctrl-C is left to the
    first.
    """
    others = [
        get_context("fork").Process(target=_work, args=(work, number), daemon=True) for number in range(1, processes)
    ]
    with _ctrl_c_waiting():  # until the others have turned it off for themselves
        for other in others:
            other.start()
    with _watched(others, lost):
        work(0)


@contextmanager
def _ctrl_c_waiting() -> Iterator[None]:
    if sys.platform == "win32":
        yield
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _watched(others: Sequence[BaseProcess], lost: Callable[[str], None]) -> Iterator[None]:
    """Tell of other processes that break off before the block ends; afterwards all end."""
    is_ending = False

    def watch() -> None:
        left = list(others)
        while left:
            ready = wait([other.sentinel for other in left])
            for ended in [other for other in left if other.sentinel in ready]:
                left.remove(ended)
                ended.join()
                if ended.exitcode not in (0, -signal.SIGTERM) and not is_ending:
                    lost(
                        f"One of {len(others) + 1} processes has ended, and {len(left) + 1} go on. Start again for all."
                    )

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield
    finally:
        is_ending = True
        try:
            for other in others:
                other.terminate()
            watching.join(_ENDING_S)
        finally:
            for other in others:
                other.kill()


def _work(work: Callable[[int], None], number: int) -> None:
    """Work in a process that was forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    Thread(target=_end_with_first, daemon=True).start()
    work(number)


def _end_with_first() -> None:
    first = parent_process()
    if first is not None:
        first.join()
        os.kill(os.getpid(), signal.SIGTERM)
