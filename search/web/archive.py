"""An index and questions to it, many at once -> answers, of the newest commit, as long as there is an index."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from indexer.errors import Busy, IndexUnusable, TookTooLong, WensouError
from search.searcher import Searcher
from search.web.heap import give_back
from search.web.workers import Workers

R = TypeVar("R")
# Seconds between two looks for a newer commit, which is to be seen within 2 s.
_LOOK_S = 1.0
_LOG = logging.getLogger(__name__)


class Archive:
    """An open index that many ask at once. It sees new commits by itself, and opens the index again when that heals.

    Questions are asked in `threads`, each with `turn_s` seconds for itself, while at most `waiting` wait for one;
    `exports` are streams under way at most. An answer that takes longer than `timeout_s` is given up: its thread is
    free only when it is done.
    """

    def __init__(
        self,
        open: Callable[[], Searcher],
        *,
        threads: int = 2,
        waiting: int = 64,
        turn_s: float = 0.0,
        exports: int = 2,
        timeout_s: float = 10.0,
    ) -> None:
        """`open` opens the index, and raises what is wrong with it."""
        self._open = open
        self._threads, self._waiting, self._exports, self._timeout_s = threads, waiting, exports, timeout_s
        self._turn_s = turn_s
        self._streams = 0
        self._searcher: Searcher | None = None
        self._left: deque[tuple[float, Searcher]] = deque()  # when each may be closed
        self._once: dict[Callable[[Searcher], Any], tuple[str, Any]] = {}
        self._trouble: Exception = IndexUnusable("The index is being opened. Ask again in a second.")
        self._looked = asyncio.Event()
        self._hurry = asyncio.Event()
        self._next_look: list[asyncio.Future[None]] = []  # done when one that is begun from now on has ended
        self._answered = 0

    async def __aenter__(self) -> Self:
        self._asking = Workers("ask", self._threads, self._waiting, self._turn_s)
        self._streaming = Workers("stream", self._exports, self._waiting)
        self._looking = Workers("look", 1, 1)
        self._task = asyncio.create_task(self._keep_looking())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        for workers in (self._asking, self._streaming, self._looking):
            workers.close()
        self._replace(None)
        self._close_left(math.inf)

    async def ask(self, question: Callable[[Searcher], R]) -> R:
        """Return what a question finds in the index that is open.

        Raises Busy if too many wait, TookTooLong, what is wrong with the index if it is not open, and what the question
        raises.
        """
        searcher = await self._opened()
        future = asyncio.wrap_future(self._asking.submit(lambda: question(searcher)))
        try:
            return await asyncio.wait_for(future, self._timeout_s)
        except TimeoutError:
            if future.done() and not future.cancelled():  # the question itself raised it
                raise
            raise TookTooLong(
                f"No answer within {self._timeout_s:g} seconds. Ask for less, or again in a few seconds."
            ) from None
        finally:
            self._answered += 1

    async def ask_once(self, question: Callable[[Searcher], R]) -> R:
        """Return what `ask` does, asked once for each commit: for a question that all ask, always the same object."""
        generation = await self.generation()
        known, answer = self._once.get(question, ("", None))
        if known != generation:
            answer = await self.ask(question)
            self._once[question] = generation, answer
        return answer  # type: ignore[no-any-return]

    async def generation(self) -> str:
        """Return the name of the commit that is open. Raises what is wrong with the index if it is not open."""
        return (await self._opened()).generation

    async def look_for(self, generation: str) -> None:
        """See the newest commit if another one than this is open: another process may have seen it before."""
        if generation and (searcher := self._searcher) is not None and searcher.generation != generation:
            self._next_look.append(asyncio.get_running_loop().create_future())
            self._hurry.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._next_look[-1], self._timeout_s)

    async def stream(self, question: Callable[[Searcher], Iterator[bytes]]) -> AsyncGenerator[bytes]:
        """Yield what a question yields, part by part, each worked out in a thread when it is asked for.

        Raises as `ask` does; Busy if too many streams are under way.
        """
        searcher = await self._opened()
        if self._streams >= self._exports:
            raise Busy("Other exports are under way. Ask again when they are done.")
        self._streams += 1
        try:
            parts = await self._next(lambda: iter(question(searcher)))
            while (part := await self._next(lambda: next(parts, None))) is not None:
                yield part
        finally:
            self._streams -= 1
            self._answered += 1

    async def _next(self, step: Callable[[], R]) -> R:
        return await asyncio.wrap_future(self._streaming.submit(step))

    async def _opened(self) -> Searcher:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._looked.wait(), self._timeout_s)
        if (searcher := self._searcher) is None:
            raise self._trouble.with_traceback(None)
        return searcher

    async def _keep_looking(self) -> None:
        answered = given_back = 0
        while True:
            awaited, self._next_look = self._next_look, []
            self._hurry.clear()
            await asyncio.wrap_future(self._looking.submit(self._look))
            self._looked.set()
            for one in awaited:
                if not one.done():  # else nobody waits for it any more
                    one.set_result(None)
            if self._answered == answered and answered > given_back:  # nothing since the last look
                await asyncio.wrap_future(self._looking.submit(self._rest))
                given_back = answered
            answered = self._answered
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), _LOOK_S)

    def _look(self) -> None:
        """See the newest commit; open the index if it is not, or cannot be seen as it is."""
        self._close_left(time.monotonic())
        if self._searcher is not None and self._is_seen(self._searcher):
            return
        self._replace(self._anew())

    def _anew(self) -> Searcher | None:
        """Open the index; None if that cannot be done, for which the trouble says why."""
        try:
            return self._open()
        except (WensouError, OSError) as error:
            self._trouble = error
        except Exception as error:
            _LOG.exception("The index cannot be opened.")
            self._trouble = IndexUnusable(f"The index cannot be opened: {error}.")
        return None

    def _rest(self) -> None:
        """Give back the memory of questions."""
        with suppress(Exception):  # the next look finds out what is wrong
            if self._searcher is not None:
                self._searcher.rest()
        give_back()

    def _is_seen(self, searcher: Searcher) -> bool:
        """See the newest commit; tell whether that can be done."""
        try:
            searcher.refresh()
        except (WensouError, OSError):
            return False
        except Exception:  # whatever it is, it must not end the looking
            _LOG.exception("The index cannot be looked at.")
            return False
        return True

    def _replace(self, another: Searcher | None) -> None:
        """Ask another one from now on. The one before is closed when no question can wait for a thread any more."""
        before, self._searcher = self._searcher, another
        if before is not None:
            self._left.append((time.monotonic() + self._timeout_s, before))

    def _close_left(self, now: float) -> None:
        while self._left and self._left[0][0] <= now:
            with suppress(WensouError, OSError):
                self._left.popleft()[1].close()
