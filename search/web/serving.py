"""An application and a socket -> answers over HTTP, until a signal ends it."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import chain
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from indexer.errors import UsageError
from search.web.patience import Patient
from search.web.settings import WebSettings

# What answers are given to be finished when the server is to end.
_GRACE_S = 3
# Connections that the system keeps until they are accepted: as many clients may come at once.
_BACKLOG = 512
# Connections that were accepted just before the end are there by then.
_ACCEPTED_S = 0.05
# What ends a server: Ctrl-C, and what other programs send.
ENDING = (signal.SIGINT, signal.SIGTERM)


def listening(host: str, port: int, processes: int = 1) -> list[list[socket.socket]]:
    """Return for each process a socket for each address that a host name stands for.

    The system gives new connections to the processes by chance. Raises UsageError if it cannot be listened at.
    """
    with ExitStack() as opened:

        def bound(family: int, address: Any, *, shares: bool = False) -> socket.socket:
            return opened.enter_context(_bound(family, address, shares=shares))

        try:
            found = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
            )
            first = [bound(family, address) for family, _, _, _, address in found]
            for one in first:
                one.listen(_BACKLOG)  # alone: another server has failed by now
            if sys.platform != "win32" and processes > 1:
                for one in first:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            others = [
                [bound(one.family, one.getsockname(), shares=True) for one in first] for _ in range(processes - 1)
            ]
            for one in chain(*others):
                one.listen(_BACKLOG)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise UsageError(f"Port {port} of {host} is taken. Choose another one with --port.") from error
            raise UsageError(f"{host}, port {port}, cannot be listened at: {error.strerror or error}.") from error
        opened.pop_all()
    return [first, *others]


def _bound(family: int, address: Any, *, shares: bool = False) -> socket.socket:
    # asyncio sends at once what is written only on sockets that say they are TCP; else a body that follows its head
    # waits 40 ms for the client to confirm that.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it lets two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if sys.platform != "win32" and shares:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
    except OSError:
        listener.close()
        raise
    return listener


def serve(
    app: ASGIApp,
    sockets: Sequence[socket.socket],
    settings: WebSettings,
    ready: Callable[[], None],
    ending: Sequence[signal.Signals] = ENDING,
) -> None:
    """Answer until one of some signals comes; `ready` is called when the first request can come."""
    unfinished: dict[Patient, None] = {}
    config = uvicorn.Config(
        app,
        http=partial(Patient, settings, unfinished),  # type: ignore[arg-type]
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
        h11_max_incomplete_event_size=settings.head_bytes,
    )
    _Server(config, unfinished, ready, ending).run(list(sockets))


class _Server(uvicorn.Server):
    """Ends on a signal as if nothing had happened: the exit code is 0."""

    def __init__(
        self,
        config: uvicorn.Config,
        unfinished: Mapping[Patient, None],
        ready: Callable[[], None],
        ending: Sequence[signal.Signals],
    ) -> None:
        super().__init__(config)
        self._ending = ending
        self._unfinished = unfinished
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await asyncio.sleep(_ACCEPTED_S)
        for connection in list(self._unfinished):
            connection.transport.abort()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {one: signal.signal(one, self.handle_exit) for one in self._ending}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)
