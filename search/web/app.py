"""An archive and settings -> the application that answers HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from search.web import api, pages, problems
from search.web.archive import Archive
from search.web.settings import DEFAULTS, WebSettings

# Bytes from which on an answer is worth compressing: less fits one packet with its headers anyway.
_WORTH_GZIP = 500


def create_app(archive: Archive, settings: WebSettings = DEFAULTS) -> Starlette:
    """Return the application; `request.app.state` has `archive` and `settings`. It starts and ends the archive."""

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        async with archive:
            yield

    app = Starlette(
        routes=[*api.routes(), *pages.routes()],
        middleware=[Middleware(GZipMiddleware, minimum_size=_WORTH_GZIP)],
        exception_handlers=problems.HANDLERS,
        lifespan=running,
    )
    app.state.archive = archive
    app.state.settings = settings
    return app
