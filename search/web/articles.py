"""The route of the reader: an article's address -> the page on which it is read."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from search.web.article_ids import id_in, pattern
from search.web.pages import language_of, page
from search.web.parameters import CROSS_LANGUAGE, EXACT, QUERY, pairs_of, read
from search.web.reader import view_of
from search.web.state import LANGUAGE, State, article_address

# Of the parameters of a search those that decide what is marked; the others lead back to it.
_MARKING = (QUERY, EXACT, CROSS_LANGUAGE)


async def article(request: Request) -> Response:
    """Return an article with what the search that led to it finds in it."""
    state, said = State.of(pairs_of(request.scope["query_string"])), language_of(request)
    search = state.without(LANGUAGE)
    read(search.pairs)
    asked = read(search.only(*(one.name for one in _MARKING)).pairs, _MARKING)
    article_id = id_in(request, "")
    archive = request.app.state.archive
    generation = await archive.generation()
    found = await archive.ask(
        lambda searcher: view_of(searcher.read(article_id, asked.query, **asked.arguments), state, said)
    )
    like = state.only(LANGUAGE).asked({"like": article_id}).address()
    back = state.address() if search.pairs else ""
    here = article_address(article_id, State(()))
    return page("article.html", state, said, here, generation, article=found, back=back, like=like)


def routes() -> list[BaseRoute]:
    """Return the route of every article."""
    return [Route(pattern(""), article)]
