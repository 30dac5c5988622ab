"""A connection and bytes of a client -> requests; a client that lets the server wait is cut off."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from search.web.settings import WebSettings

_UNFINISHED = (h11.IDLE, h11.SEND_BODY)
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


class Patient(H11Protocol):
    """Speaks HTTP/1.1 with a client, whose request has to be whole, and whose answer taken, within a time.

    Beyond the number of connections that are allowed, the one that has been at its request for longest is cut off.
    """

    def __init__(self, settings: WebSettings, unfinished: dict[Patient, None], **named: Any) -> None:
        """`unfinished` is shared by all: the connections whose request is not whole, the oldest first."""
        super().__init__(**named)
        self.settings = settings
        self.unfinished = unfinished
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_request()
        if len(self.connections) > self.settings.connections:
            next(iter(self.unfinished)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._be_content()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(self._spelled(data))
        if self.conn.their_state not in _UNFINISHED:
            self._be_content()
        elif self not in self.unfinished:
            self._expect_request()

    def _spelled(self, data: bytes) -> bytes:
        """Return bytes with the address of a request that they begin as h11 wants it: curl sends 关税 unencoded."""
        if self.conn.their_state is not h11.IDLE or self.conn.trailing_data[0]:
            return data
        line, end, rest = data.partition(b"\n")
        return _NOT_ASCII.sub(lambda match: b"%%%02X" % match[0][0], line) + end + rest

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait(self.settings.taking_s)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._be_content()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._wait(self.settings.taking_s)

    def _expect_request(self) -> None:
        self.unfinished[self] = None
        self._wait(self.settings.request_s)

    def _be_content(self) -> None:
        self.unfinished.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, seconds: float) -> None:
        """Cut the client off if it does nothing that is waited for."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self.transport.abort)
