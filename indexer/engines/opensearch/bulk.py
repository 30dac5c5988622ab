"""Operations on articles -> bulk requests, bounded in bytes and in flight, and what came of each."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.engines.opensearch.mapping import document_id
from indexer.errors import ClusterRefuses
from indexer.model import Failure

if TYPE_CHECKING:
    from indexer.engines.opensearch.connection import Connection

# Bytes of a request, unless an article alone has more: above some megabytes a cluster takes no more per second.
DEFAULT_BYTES = 8 << 20
# Requests under way: while the nodes index one, the next one travels, and one is parsed.
_FLYING = 3
# Seconds for a request, and for those of its items that are put off, until the run is given up.
_PATIENCE_S = 300.0
# Seconds between attempts: the first pause and the longest one; each is twice the one before, and up to half is chance.
_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 10.0
# Times that an item is sent of which the cluster says that the fault is its own: a node that goes away says so, too.
_TRIES = 5
# What of an answer is read.
_TOLD = "items.*.status,items.*.result,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"
_BUSY, _TOO_LARGE, _CONFLICT, _FAULT = 429, 413, 409, 500


class Operation(NamedTuple):
    """An article to put, or without a source to delete; with a version, only if what is there has no newer one."""

    article_id: str
    source: bytes | None
    version: int | None = None

    @property
    def size(self) -> int:
        return len(self.source or b"") + 3 * len(self.article_id) + 100


class Bulk:
    """Sends operations on the articles of an index. To be used by one thread, as a context that ends its own.

    `written` and `deleted` count what the cluster did, `older` what it left because it has a newer version; `rejected`
    are the articles that it does not take, with its reasons.
    """

    def __init__(
        self,
        connection: Connection,
        index: str,
        most_bytes: int = DEFAULT_BYTES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.written = self.deleted = self.older = 0
        self.rejected: list[Failure] = []
        self._connection = connection
        self._index = index
        self._most_bytes = most_bytes
        self._sleep = sleep
        self._pool = ThreadPoolExecutor(_FLYING, "bulk")
        self._flying: dict[Future[_Outcome], set[str]] = {}

    def __enter__(self) -> Bulk:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def send(self, operations: Iterable[Operation]) -> None:
        """Send operations, each on another article; some are still under way when this returns.

        Raises what the connection does, and ClusterRefuses if the cluster has been too busy for long.
        """
        for batch in _batches(operations, self._most_bytes):
            names = {operation.article_id for operation in batch}
            while len(self._flying) >= _FLYING or any(names & flying for flying in self._flying.values()):
                self._collect()
            self._flying[self._pool.submit(self._carry_out, batch)] = names

    def finish(self) -> None:
        """Return when all that was sent is done."""
        while self._flying:
            self._collect()

    def _collect(self) -> None:
        done, _ = wait(self._flying, return_when=FIRST_COMPLETED)
        for future in done:
            del self._flying[future]
            outcome = future.result()
            self.written += outcome.written
            self.deleted += outcome.deleted
            self.older += outcome.older
            self.rejected += outcome.rejected

    def _carry_out(self, batch: Sequence[Operation]) -> _Outcome:
        """Send a batch until each of its operations is done or rejected."""
        outcome = _Outcome()
        pauses = _pauses()
        patience = _PATIENCE_S
        tried = 0
        while batch:
            tried += 1
            answer = self._answer(batch, outcome)
            batch = [operation for operation, item in answer if not outcome.takes(operation, item, tried)]
            if batch:
                pause = next(pauses)
                patience -= pause
                if patience < 0:
                    raise ClusterRefuses(
                        f"The cluster has put off articles of {self._index} for {_PATIENCE_S:.0f} s. Try again when it "
                        "has less to do; what was written is found again then."
                    )
                self._sleep(pause)
        return outcome

    def _answer(self, batch: Sequence[Operation], outcome: _Outcome) -> list[tuple[Operation, Mapping[str, Any]]]:
        """Return what came of each operation; a request too large for the cluster is sent in parts."""
        lines = b"".join(line for operation in batch for line in self._lines(operation))
        try:
            answer = self._connection.bulk_lines(lines, within_s=_PATIENCE_S, filter_path=_TOLD)
        except ClusterRefuses as error:
            if error.status != _TOO_LARGE:
                raise
            if len(batch) == 1:
                outcome.reject(batch[0], f"larger than the cluster takes ({len(lines):,} bytes)")
                return []
            half = len(batch) // 2
            return self._answer(batch[:half], outcome) + self._answer(batch[half:], outcome)
        return [(operation, next(iter(item.values()))) for operation, item in zip(batch, answer["items"], strict=True)]

    def _lines(self, operation: Operation) -> Iterator[bytes]:
        about: dict[str, Any] = {"_index": self._index, "_id": document_id(operation.article_id)}
        if operation.version is not None:
            about |= {"version": operation.version, "version_type": "external_gte"}
        yield json.dumps({"delete" if operation.source is None else "index": about}).encode() + b"\n"
        if operation.source is not None:
            yield operation.source + b"\n"


class _Outcome:
    """What came of a batch."""

    def __init__(self) -> None:
        self.written = self.deleted = self.older = 0
        self.rejected: list[Failure] = []

    def takes(self, operation: Operation, item: Mapping[str, Any], tried: int) -> bool:
        """Note what came of an operation; False if it is to be sent again."""
        status = item["status"]
        if status == _CONFLICT and operation.version is not None:
            self.older += 1
        elif item.get("result") == "deleted":
            self.deleted += 1
        elif item.get("result") in ("created", "updated"):
            self.written += 1
        elif "error" in item:
            if status == _BUSY or (status >= _FAULT and (status > _FAULT or tried < _TRIES)):
                return False
            self.reject(operation, _reason(item["error"]))
        return True

    def reject(self, operation: Operation, reason: str) -> None:
        self.rejected.append(Failure(operation.article_id, reason))


def _reason(error: Mapping[str, Any]) -> str:
    told = (error.get("reason"), error.get("caused_by", {}).get("reason"))
    return f"the cluster does not take it: {'; '.join(filter(None, told)) or error.get('type')}"


def _batches(operations: Iterable[Operation], most_bytes: int) -> Iterator[list[Operation]]:
    batch: list[Operation] = []
    size = 0
    for operation in operations:
        if batch and size + operation.size > most_bytes:
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += operation.size
    if batch:
        yield batch


def _pauses() -> Iterator[float]:
    pause = _PAUSE_S
    while True:
        yield pause * random.uniform(0.5, 1)
        pause = min(2 * pause, _LONGEST_PAUSE_S)
