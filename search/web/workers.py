"""Functions -> their results, worked out in a few threads behind a bounded queue."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Condition, Semaphore, Thread
from typing import Any, TypeVar

from indexer.errors import Busy

R = TypeVar("R")
_BUSY = "The server is asked more than it can answer. Ask again in a few seconds."


class Workers:
    """A few threads and at most `waiting` functions that wait for one. What is under way does not hold up an exit.

    A function is begun when the one before it has ended, or has had `turn_s` seconds: threads of Python that work at
    the same time take longer than one after another.
    """

    def __init__(self, name: str, threads: int, waiting: int, turn_s: float = 0.0) -> None:
        self._room = Semaphore(waiting)
        self._turn_s = turn_s
        self._turn = Condition()
        self._holder: Future[Any] | None = None  # whose turn it is
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads = [Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[[], R]) -> Future[R]:
        """Return the result to come. Raises Busy if too many wait; a future that is cancelled in time is not run."""
        if not self._room.acquire(blocking=False):
            raise Busy(_BUSY)
        future: Future[R] = Future()
        self._queue.put((future, function))
        return future

    def close(self) -> None:
        """End each thread when all is done that was submitted; nothing can be submitted afterwards."""
        for _ in self._threads:
            self._queue.put(None)

    def _work(self) -> None:
        while (taken := self._queue.get()) is not None:
            self._room.release()
            self._take_turn(taken[0])
            _run(*taken)
            self._end_turn(taken[0])
            del taken  # and the answer with it, while the thread waits

    def _take_turn(self, future: Future[Any]) -> None:
        with self._turn:
            self._turn.wait_for(lambda: self._holder is None, self._turn_s)
            self._holder = future

    def _end_turn(self, future: Future[Any]) -> None:
        with self._turn:
            if self._holder is future:  # else it took long, and the next one has the turn
                self._holder = None
                self._turn.notify()


def _run(future: Future[Any], function: Callable[[], Any]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            result = function()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)
