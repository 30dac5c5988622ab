"""File tasks -> what came of them, in order, in this process or in several."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread

from indexer.entries import BatchResult, FileTask, Instructions, Pack, read_batch
from indexer.errors import WensouError

# Starting processes costs about as long as analysing this many articles of ordinary length.
_WORTH_PROCESSES = 300
# Files that are handed over together: their articles share most of their words, which are then looked up once.
_BATCH = 32
# Batches under way for each process: enough to keep it busy, few enough to bound what waits to be written.
_AHEAD = 3


def read_files(tasks: Sequence[FileTask], jobs: int, instructions: Instructions, pack: Pack) -> Iterator[BatchResult]:
    """Read and analyse files in `jobs` processes, and `pack` their articles; these do not depend on how many."""
    batches = (tasks[i : i + _BATCH] for i in range(0, len(tasks), _BATCH))
    if jobs <= 1 or len(tasks) < _WORTH_PROCESSES:
        for batch in batches:
            yield read_batch(batch, instructions, pack)
        return
    read = partial(read_batch, instructions=instructions, pack=pack)
    # Spawned, not forked: NumPy's and a caller's threads do not survive a fork.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _prepare_worker) as pool:
        try:
            yield from _read_ahead(pool, batches, jobs, read)
        except BrokenProcessPool as error:
            raise WensouError(
                "A worker process died while reading files, perhaps for want of memory. Nothing was changed. "
                "Try again with: --jobs 1"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _read_ahead(
    pool: ProcessPoolExecutor,
    batches: Iterator[Sequence[FileTask]],
    jobs: int,
    read: Callable[[Sequence[FileTask]], BatchResult],
) -> Iterator[BatchResult]:
    waiting = deque(pool.submit(read, batch) for batch in islice(batches, jobs * _AHEAD))
    while waiting:
        result = waiting.popleft().result()
        waiting.extend(pool.submit(read, batch) for batch in islice(batches, 1))
        yield result


def _prepare_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
