"""An archive -> its MCP server over standard input and output, which answers all that was asked before the input ends.

The SDK gives up what is under way when the input ends: so its end is kept back until all is answered.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from mcp.server.stdio import stdio_server
from mcp.shared.message import SessionMessage
from mcp.types import JSONRPCError, JSONRPCNotification, JSONRPCRequest, JSONRPCResponse, RequestId

from search.mcp.server import mcp_server
from search.web.archive import Archive

# Seconds that the end is kept back at most: an archive gives up a question after 10.
_LONGEST_S = 15.0


async def serve_stdio(archive: Archive) -> None:
    """Answer until the input ends, or nobody reads the output; nothing else can write to that meanwhile."""
    server, unanswered = mcp_server(archive), _Unanswered()
    try:
        async with stdio_server() as (asked, answered), archive:
            await server.run(
                _Asked(asked, unanswered), _Answered(answered, unanswered), server.create_initialization_options()
            )
    except* BrokenPipeError:
        pass


class _Unanswered:
    """The requests that wait for an answer: not those that the client gave up, which get none."""

    def __init__(self) -> None:
        self._ids: set[RequestId] = set()
        self._all_answered = asyncio.Event()

    def ask(self, message: object) -> None:
        """Note what the client sent."""
        if isinstance(message, JSONRPCRequest):
            self._ids.add(message.id)
            self._all_answered.clear()
        elif isinstance(message, JSONRPCNotification) and message.method == "notifications/cancelled":
            self._forget((message.params or {}).get("requestId"))

    def answer(self, message: object) -> None:
        """Note what was sent to the client."""
        if isinstance(message, JSONRPCResponse | JSONRPCError):
            self._forget(message.id)

    async def wait(self) -> None:
        """Return when all is answered, or nobody can expect it any more."""
        if self._ids:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_answered.wait(), _LONGEST_S)

    def _forget(self, number: Any) -> None:
        self._ids = {one for one in self._ids if one != number}
        if not self._ids:
            self._all_answered.set()


class _Stream:
    """A stream of the SDK, `own`, as it asks for it."""

    def __init__(self, own: Any, unanswered: _Unanswered) -> None:
        self._own, self._unanswered = own, unanswered

    async def aclose(self) -> None:
        await self._own.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class _Asked(_Stream):
    """What the client sends; it ends when all of that is answered."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            item: SessionMessage | Exception = await anext(self._own)
        except StopAsyncIteration:
            await self._unanswered.wait()
            raise
        if isinstance(item, SessionMessage):
            self._unanswered.ask(item.message)
        return item

    receive = __anext__


class _Answered(_Stream):
    """What is sent to the client."""

    async def send(self, item: SessionMessage) -> None:
        await self._own.send(item)
        self._unanswered.answer(item.message)
