"""The route of the reader: an article's address -> the page on which it is read."""

from __future__ import annotations

from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from search.searcher import Searcher
from search.web.article_ids import id_in, pattern
from search.web.pages import language_of, page
from search.web.parameters import CROSS_LANGUAGE, EXACT, QUERY, Parameter, pairs_of, read
from search.web.reader import ArticleView, view_of
from search.web.state import LANGUAGE, PART, PART_PASSAGES, State, article_address

# Of the parameters of a search those that decide what is marked; the others lead back to it.
_MARKING = (QUERY, EXACT, CROSS_LANGUAGE)
_PART = Parameter(PART, PART, "number", "Which part of a long article.", default=1, least=1, most=100_000)


class Parts(NamedTuple):
    """Which part of an article is shown, of how many; addresses of those beside it, empty where there is none."""

    number: int
    total: int
    before: str
    behind: str


async def article(request: Request) -> Response:
    """Return an article, or a part of a long one, with what the search that led to it finds in it."""
    given, said = State.of(pairs_of(request.scope["query_string"])), language_of(request)
    state, number = given.without(PART), read(given.only(PART).pairs, (_PART,)).arguments.get(PART, 1)
    search = state.without(LANGUAGE)
    read(search.pairs)
    asked = read(search.only(*(one.name for one in _MARKING)).pairs, _MARKING)
    article_id = id_in(request, "")

    def ask(searcher: Searcher) -> tuple[ArticleView, int]:
        begin = (number - 1) * PART_PASSAGES
        found = searcher.read(article_id, asked.query, offset=begin, limit=PART_PASSAGES, **asked.arguments)
        return view_of(found, state, said), -(-found.passages_total // PART_PASSAGES)

    archive = request.app.state.archive
    generation = await archive.generation()
    view, total = await archive.ask(ask)
    if number > max(1, total):
        raise HTTPException(404)
    return page(
        "article.html",
        given,
        said,
        article_address(article_id, State(())),
        generation,
        article=view,
        parts=_parts(article_id, state, number, total),
        back=state.address() if search.pairs else "",
        like=state.only(LANGUAGE).asked({"like": article_id}).address(),
    )


def _parts(article_id: str, state: State, number: int, total: int) -> Parts:
    def address(part: int) -> str:
        named = {PART: str(part) if part > 1 else ""}
        return article_address(article_id, state.changed(named)) if 1 <= part <= total else ""

    return Parts(number, total, address(number - 1), address(number + 1))


def routes() -> list[BaseRoute]:
    """Return the route of every article."""
    return [Route(pattern(""), article)]
