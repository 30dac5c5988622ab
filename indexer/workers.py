"""File tasks -> what came of them, in order, in this process or in several."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread

from indexer.entries import BatchResult, Instructions, Pack, read_batch
from indexer.errors import WensouError
from indexer.files import FileTask

# Starting processes costs about as long as analysing this many articles of ordinary length.
_WORTH_PROCESSES = 300
# Files that are handed over together: their articles share most of their words, which are then looked up once.
_BATCH = 32
# Batches under way for each process: enough to keep all busy while one starts or writes, few enough to bound what
# waits to be written.
_AHEAD = 6

_Read = Callable[[Sequence[FileTask]], BatchResult]


def read_files(tasks: Sequence[FileTask], jobs: int, instructions: Instructions, pack: Pack) -> Iterator[BatchResult]:
    """Read and analyse files in `jobs` processes, and `pack` their articles; these do not depend on how many.

    This process is one of them: it begins at once, while others start.
    """
    batches = (tasks[i : i + _BATCH] for i in range(0, len(tasks), _BATCH))
    read = partial(read_batch, instructions=instructions, pack=pack)
    if jobs <= 1 or len(tasks) < _WORTH_PROCESSES:
        yield from map(read, batches)
        return
    # Spawned, not forked: NumPy's and a caller's threads do not survive a fork.
    with ProcessPoolExecutor(jobs - 1, get_context("spawn"), _prepare_worker) as pool:
        try:
            yield from _read_ahead(pool, batches, jobs - 1, read)
        except BrokenProcessPool as error:
            raise WensouError(
                "A worker process died while reading files, perhaps for want of memory. Nothing was changed. "
                "Try again with: --jobs 1"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


class _Pending:
    """A batch whose files are read, by a worker or, if none has begun to, by this process."""

    def __init__(self, batch: Sequence[FileTask], future: Future[BatchResult]) -> None:
        self._batch = batch
        self.future = future

    def take_back(self, read: _Read) -> bool:
        """Read the batch here, if no worker has begun to; tell whether that was so."""
        if not self.future.cancel():
            return False
        self.future = Future()
        self.future.set_result(read(self._batch))
        return True


def _read_ahead(
    pool: ProcessPoolExecutor, batches: Iterator[Sequence[FileTask]], workers: int, read: _Read
) -> Iterator[BatchResult]:
    """Yield results in order; while the next is not there, this process reads the last batch that none has begun."""
    waiting: deque[_Pending] = deque()
    most = (workers + 1) * _AHEAD

    def submit() -> None:
        for batch in islice(batches, max(0, most - len(waiting))):
            waiting.append(_Pending(batch, pool.submit(read, batch)))

    submit()
    while waiting:
        if waiting[0].future.done() or not any(pending.take_back(read) for pending in reversed(waiting)):
            yield waiting.popleft().future.result()
        submit()


# New objects after which the collector of cycles runs. Reading makes some hundred thousand a second, and no cycles:
# with Python's own threshold, 700, looking through them takes .05 of the time.
_COLLECT_AFTER = 100_000


def _prepare_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends."""
    gc.set_threshold(_COLLECT_AFTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
