"""An archive and settings -> the application that answers HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from secrets import token_bytes
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from search.web import api, articles, exports, feed, news, opensearch, pages, troubles
from search.web.access import Access
from search.web.archive import Archive
from search.web.guard import Guard
from search.web.settings import DEFAULTS, WebSettings

if TYPE_CHECKING:
    from search.mcp.server import OverHttp

# What stands beside the API.
_PAGES = (pages, articles, exports, feed, opensearch, news)
# Bytes from which on an answer is worth compressing: less fits one packet with its headers anyway.
_WORTH_GZIP = 500
_ETAG_KEY_BYTES = 16


class Application(Starlette):
    """The routes, with the guard around everything: also an answer to what went wrong has its headers."""

    def build_middleware_stack(self) -> ASGIApp:
        return Guard(super().build_middleware_stack(), self.state.settings, self.state.access)


def create_app(archive: Archive, settings: WebSettings = DEFAULTS, tools: OverHttp | None = None) -> Starlette:
    """Return the application; `request.app.state` has `archive` and `settings`. It starts and ends the archive.

    With `tools`, assistants call them at /mcp.
    """
    # Only POST: with GET a client would wait for messages that are never sent.
    extra: list[BaseRoute] = [Route("/mcp", tools.app, methods=["POST"])] if tools else []

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        async with archive, AsyncExitStack() as open_too:
            if tools:
                await open_too.enter_async_context(tools.running())
            yield

    app = Application(
        routes=[*api.routes(), *extra, *(route for one in _PAGES for route in one.routes())],
        middleware=[Middleware(GZipMiddleware, minimum_size=_WORTH_GZIP)],
        exception_handlers=troubles.HANDLERS,
        lifespan=running,
        max_body_size=settings.body_bytes,
    )
    app.state.archive = archive
    app.state.settings = settings
    app.state.access = Access(settings.token, settings.port)
    app.state.etag_key = token_bytes(_ETAG_KEY_BYTES)  # the same in all processes of a server
    return app
