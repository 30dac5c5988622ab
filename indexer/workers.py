"""File tasks -> file results, in order, in this process or in several."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from indexer.entries import FileResult, FileTask, read_file
from indexer.errors import WensouError

# Starting processes costs about as long as analysing this many articles of ordinary length.
_WORTH_PROCESSES = 100
_BATCH = 8
# Batches under way for each process: enough to keep it busy, few enough to bound what waits to be written.
_AHEAD = 3


def read_files(tasks: Sequence[FileTask], jobs: int, user_dictionary: Path | None, run: int) -> Iterator[FileResult]:
    """Read and analyse files in `jobs` processes; the results do not depend on how many."""
    if jobs <= 1 or len(tasks) < _WORTH_PROCESSES:
        for task in tasks:
            yield read_file(task, user_dictionary, run)
        return
    # Spawned, not forked: NumPy's and a caller's threads do not survive a fork.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _prepare_worker) as pool:
        try:
            yield from _read_ahead(pool, tasks, jobs, user_dictionary, run)
        except BrokenProcessPool as error:
            raise WensouError(
                "A worker process died while reading files, perhaps for want of memory. Nothing was changed. "
                "Try again with: --jobs 1"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _read_ahead(
    pool: ProcessPoolExecutor, tasks: Sequence[FileTask], jobs: int, user_dictionary: Path | None, run: int
) -> Iterator[FileResult]:
    batches = (tasks[i : i + _BATCH] for i in range(0, len(tasks), _BATCH))
    waiting: deque[Future[list[FileResult]]] = deque(
        pool.submit(_read_batch, batch, user_dictionary, run) for batch in islice(batches, jobs * _AHEAD)
    )
    while waiting:
        results = waiting.popleft().result()
        waiting.extend(pool.submit(_read_batch, batch, user_dictionary, run) for batch in islice(batches, 1))
        yield from results


def _read_batch(batch: Sequence[FileTask], user_dictionary: Path | None, run: int) -> list[FileResult]:
    return [read_file(task, user_dictionary, run) for task in batch]


def _prepare_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
