"""What changes while a page is open -> JSON for its script: which commit is open, what a run of indexing does."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from search.searcher import Searcher
from search.web.answers import as_json, passing
from search.web.building import running
from search.web.pages import language_of


async def now(request: Request) -> Response:
    """Return the name of the open commit, and what a run does, in the language of the page; empty if none does.

    `generation` names the commit that the page shows.
    """
    said = language_of(request)
    archive = request.app.state.archive
    await archive.look_for(request.query_params.get("generation", ""))

    def ask(searcher: Searcher) -> bytes:
        building = str(running(searcher.place, said).unescape())
        return as_json({"generation": searcher.generation, "building": building})

    return passing(await archive.ask(ask))


def routes() -> list[BaseRoute]:
    """Return the route that the script of a page asks from time to time."""
    return [Route("/now", now)]
