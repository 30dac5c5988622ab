"""Functions -> their results, worked out in a few threads behind a bounded queue."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import Full, Queue
from threading import Thread
from typing import Any, TypeVar

from indexer.errors import Busy

R = TypeVar("R")
_BUSY = "The server is asked more than it can answer. Ask again in a few seconds."


class Workers:
    """A few threads and at most `waiting` functions that wait for one. What is under way does not hold up an exit."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._queue: Queue[tuple[Future[Any], Callable[[], Any]]] = Queue(maxsize=max(1, waiting))
        for number in range(threads):
            Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def submit(self, function: Callable[[], R]) -> Future[R]:
        """Return the result to come. Raises Busy if too many wait; a future that is cancelled in time is not run."""
        future: Future[R] = Future()
        try:
            self._queue.put_nowait((future, function))
        except Full:
            raise Busy(_BUSY) from None
        return future

    def _work(self) -> None:
        while True:
            _run(*self._queue.get())


def _run(future: Future[Any], function: Callable[[], Any]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            result = function()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)
