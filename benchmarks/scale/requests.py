"""Requests that a cluster is asked: what the engine sent, and the same sent again by a plain client."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import Any, NamedTuple
from urllib.parse import urlencode

from opensearchpy import Transport

_WAIT_S = 120
_ERROR = 400


class Sent(NamedTuple):
    """A request as it went out."""

    method: str
    path: str  # with its parameters
    body: bytes | None
    headers: Mapping[str, str]


class Plain:
    """Asks the nodes in turn, one connection to each, and reads the answers as they are."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._nodes = [http.client.HTTPConnection(host, timeout=_WAIT_S) for host in hosts]
        self._next = cycle(self._nodes)

    def send(self, request: Sent) -> bytes:
        """Return the answer's body. Raises RuntimeError for an error."""
        node = next(self._next)
        node.request(request.method, request.path, request.body, dict(request.headers))
        answer = node.getresponse()
        body = answer.read()
        if answer.status >= _ERROR:
            raise RuntimeError(f"{request.method} {request.path}: {answer.status} {body[:300]!r}")
        return body

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return an answer of JSON to one."""
        data = None if body is None else json.dumps(body).encode()
        return json.loads(self.send(Sent(method, path, data, {"content-type": "application/json"})))

    def close(self) -> None:
        for node in self._nodes:
            node.close()


@contextmanager
def recorded() -> Iterator[list[Sent]]:
    """Collect the requests that opensearch-py sends in this process meanwhile."""
    sent: list[Sent] = []
    perform = Transport.perform_request

    def noting(self: Transport, method: str, url: str, *, params: Any = None, **more: Any) -> Any:
        path = f"{url}?{urlencode(params)}" if params else url
        sent.append(Sent(method, path, more.get("body"), more.get("headers") or {}))
        return perform(self, method, url, params=params, **more)

    Transport.perform_request = noting  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        Transport.perform_request = perform  # type: ignore[method-assign]
