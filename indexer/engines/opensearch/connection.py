"""Requests to a cluster -> its answers, or errors that say what to do. The door of opensearch-py."""

from __future__ import annotations

import json
import os
import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.cached import cached_property
from indexer.engines.opensearch.credentials import Credentials, credentials_of
from indexer.engines.opensearch.failures import Failed, Failure, explained, failed_of, failed_to_reach, part_missing
from indexer.engines.opensearch.location import Location
from indexer.engines.opensearch.settings import CA
from indexer.errors import ClusterRefuses, DependencyError, IndexUnusable, SettingsError, WensouError

if TYPE_CHECKING:
    from opensearchpy import Transport

# Part of the time for a request after which another node is asked: of three, one that hangs leaves time for two.
_SHARE = 1 / 3
# Seconds after which addresses at which nothing listens are given up: a process that starts takes longer than anybody
# waits for an answer, and a mistyped port should not take the whole time.
_NOTHING_LISTENS_S = 5.0
# Seconds after which a part without a copy is given up: another copy takes over within one.
_PART_MISSING_S = 10.0
# Seconds that the question which part is missing may take, after that.
_HEALTH_S = 3.0
# Seconds between attempts: the first pause and the longest one; each is twice the one before, and up to half is chance,
# so that clients that were refused together do not come again together.
_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 2.0
# Seconds that the last attempt has in any case.
_SHORTEST_S = 0.1
# Requests whose answers say of how many parts they are. Others, as a refresh, count copies.
_POINT_IN_TIME = "/_search/point_in_time"
_READING = ("/_search", "/_count", _POINT_IN_TIME)
_JSON, _LINES = "application/json", "application/x-ndjson"
# Connections that threads share, to each node.
_CONNECTIONS = 16


class Connection:
    """A cluster, open for requests. Safe to share between threads.

    Who asks is told by the environment (`credentials_of`). Raises DependencyError without opensearch-py, SettingsError
    where credentials or certificates cannot be read; nothing is asked yet.
    """

    def __init__(
        self,
        location: Location,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.location = location
        self.settings = location.settings
        self.index = location.name
        self._health = f"/_cluster/health/{self.index}"
        self._credentials = credentials_of(environment)
        self._clock = clock
        self._sleep = sleep
        self._has_answered = False
        self._users = 1
        self._counting = Lock()
        self._unsearched: tuple[str, ...] = ()
        self._transport = _transport(location, self._credentials, location.settings.ca or environment.get(CA, ""))

    @property
    def unsearched(self) -> tuple[str, ...]:
        """The parts of the index that answers lack, where that is allowed: of the point in time, or met since."""
        return self._unsearched

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        repeat: bool = True,
        missing_ok: bool = False,
        within_s: float | None = None,
        **params: Any,
    ) -> Any:
        """Return the answer to one request; `body` becomes JSON, `params` what stands behind the path.

        A request that is safe to `repeat` is sent to other nodes where one fails, for as long as `within_s`, else the
        location's `timeout_s`; any other one only if it cannot have arrived. With `missing_ok`, what is not there is
        None. What counts or searches without a part of the index is no answer, unless that is allowed. Raises
        ClusterUnreachable, PartMissing, AccessDenied, ClusterRefuses.
        """
        data = None if body is None else _as_json(body)
        request = _Request(method, path, data, params, _JSON, repeat, missing_ok)
        if request.reads and "filter_path" in params:
            params["filter_path"] += ",_shards"
        return self._answer(request, within_s)

    def bulk_lines(self, lines: bytes, *, within_s: float | None = None, **params: Any) -> Any:
        """Return the answer to a bulk request of lines of JSON, each of which is safe to repeat."""
        return self._answer(_Request("POST", "/_bulk", lines, params, _LINES, True, False), within_s)

    @cached_property
    def version(self) -> tuple[int, ...]:
        """The version of OpenSearch, as (3, 4, 0). Raises ClusterRefuses for another program."""
        about = self.ask("GET", "/")
        version: Mapping[str, Any] = about.get("version", {})
        if version.get("distribution") != "opensearch":
            raise ClusterRefuses(f"What answers at {self.location.named_hosts} is no OpenSearch.")
        return tuple(int(part) for part in version["number"].partition("-")[0].split("."))

    def missing_parts(self) -> tuple[str, ...]:
        """Return the parts of the index that no node has a copy of, as messages name them."""
        health = self.ask("GET", self._health, missing_ok=True, within_s=_HEALTH_S, level="shards", timeout="1s")
        indices: Mapping[str, Any] = (health or {}).get("indices", {})
        return tuple(
            f"shard {number} of {len(index['shards'])} of {self.index}"
            for index in indices.values()
            for number, shard in index["shards"].items()
            if not shard["active_shards"]
        )

    def share(self) -> None:
        """Let another one use the connection, who closes it too."""
        with self._counting:
            self._users += 1

    def close(self) -> None:
        """Close it for one of those who use it; with the last of them it is closed itself."""
        with self._counting:
            self._users -= 1
        if not self._users:
            self._transport.close()

    def __repr__(self) -> str:
        return f"Connection({str(self.location)!r})"

    def _answer(self, request: _Request, within_s: float | None) -> Any:
        started = self._clock()
        total = within_s or float(self.settings.timeout_s)
        nodes = len(self.location.hosts)
        share = total if nodes == 1 else max(1.0, total * _SHARE)
        pauses = _pauses()
        for tried in count(1):
            left = started + total - self._clock()
            try:
                answer = self._attempt(request, max(_SHORTEST_S, min(share, left)))
                self._note_parts(request, answer)
                return answer
            except _Failing as failing:
                failed = failing.failed
            if request.missing_ok and failed.status == 404:
                return None
            pause = next(pauses) if tried >= nodes or failed.failure is Failure.BUSY else 0.0
            passed = self._clock() - started
            if not self._may_repeat(request, failed, tried) or passed + pause >= self._patience(failed, total):
                raise self._error(request, failed, passed)
            self._sleep(pause)
        raise AssertionError  # the loop has no end of its own

    def _note_parts(self, request: _Request, answer: Any) -> None:
        """Note which parts an answer lacks. Raises _Failing where none may be missing.

        `_count` knows no other way, and a search in a point in time that was made without a part does not tell.
        """
        self._has_answered = True
        if not request.reads:
            return
        shards = answer["_shards"]
        lacks = shards["successful"] < shards["total"]
        if lacks and not self.settings.partial:
            raise _Failing(Failed(Failure.PART_MISSING))
        if lacks:
            self._unsearched = self.missing_parts() or (f"a part of {self.index}",)
        elif request.path.endswith(_POINT_IN_TIME):
            self._unsearched = ()

    def _attempt(self, request: _Request, timeout_s: float) -> Any:
        """Send a request to one node. Raises _Failing."""
        from opensearchpy.exceptions import SerializationError, TransportError

        try:
            return self._transport.perform_request(
                request.method,
                request.path,
                params={name: _param(value) for name, value in request.params.items()},
                body=request.body,
                headers={"content-type": request.content},
                timeout=timeout_s,
            )
        except TransportError as error:
            if isinstance(error.status_code, int):
                self._has_answered = True
                raise _Failing(failed_of(error.status_code, error.info or error.error)) from None
            cause = error.info if isinstance(error.info, BaseException) else error
            raise _Failing(failed_to_reach(cause)) from None
        except SerializationError:
            raise _Failing(Failed(Failure.REFUSED, reason="what answers there is no OpenSearch")) from None
        except AttributeError:  # opensearch-py expects an object of JSON with every error; a proxy may send a text
            raise _Failing(Failed(Failure.PASSING, reason="what answers there is no OpenSearch")) from None

    def _may_repeat(self, request: _Request, failed: Failed, tried: int) -> bool:
        if failed.failure in (Failure.UNSENT, Failure.BUSY):
            return True
        if failed.failure is Failure.UNTRUSTED:
            return tried < len(self.location.hosts)
        return request.repeat and failed.failure in (Failure.SILENT, Failure.PASSING, Failure.PART_MISSING)

    def _patience(self, failed: Failed, total: float) -> float:
        """Return after how many seconds no other attempt is made."""
        if failed.failure is Failure.PART_MISSING:
            return min(total, _PART_MISSING_S)
        if failed.failure is Failure.UNSENT and not self._has_answered:
            return min(total, _NOTHING_LISTENS_S)
        return total

    def _error(self, request: _Request, failed: Failed, passed_s: float) -> IndexUnusable:
        if failed.failure is Failure.PART_MISSING and request.path != self._health:
            with suppress(WensouError):  # else what the answer itself names
                if parts := self.missing_parts():
                    return part_missing(parts, self.location)
        return explained(failed, self.location, self._credentials, passed_s)


class _Failing(Exception):
    """One attempt failed."""

    def __init__(self, failed: Failed) -> None:
        self.failed = failed


class _Request(NamedTuple):
    """What is sent; `repeat` and `missing_ok` as in `Connection.ask`."""

    method: str
    path: str
    body: bytes | None
    params: Mapping[str, Any]
    content: str
    repeat: bool
    missing_ok: bool

    @property
    def reads(self) -> bool:
        """Whether the answer says of how many parts it is."""
        return self.method != "DELETE" and self.path.endswith(_READING)


def _transport(location: Location, credentials: Credentials, ca: str) -> Transport:
    try:
        from opensearchpy import Transport
    except ImportError as error:
        raise DependencyError(
            f"An index on a cluster, {location}, needs opensearch-py, which is not installed: "
            "pip install 'wensou[opensearch]'"
        ) from error
    return Transport(
        [{"host": host.name, "port": host.port} for host in location.hosts],
        use_ssl=location.is_tls,
        ssl_context=_trusted(ca) if location.is_tls else None,
        headers={"authorization": credentials.authorization} if credentials.authorization else {},
        pool_maxsize=_CONNECTIONS,
        max_retries=0,  # what may be repeated is known here; a node that fails is not asked for a minute all the same
        retry_on_timeout=True,
        retry_on_status=(),
    )


def _trusted(ca: str) -> ssl.SSLContext:
    """Return what verifies certificates: those of a file, or the system's."""
    try:
        return ssl.create_default_context(cafile=str(Path(ca).expanduser()) if ca else None)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror if type(error) is not ssl.SSLError and error.strerror else "it holds no certificate"
        raise SettingsError(f"{ca}, the file of certificates to trust, cannot be read: {reason}.") from None


def _as_json(body: Any) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a surrogate pair, as in names of files that are not UTF-8
        return json.dumps(body).encode()


def _param(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _pauses() -> Iterator[float]:
    pause = _PAUSE_S
    while True:
        yield pause * random.uniform(0.5, 1)
        pause = min(2 * pause, _LONGEST_PAUSE_S)
