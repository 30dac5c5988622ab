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
from search.web.parameters import CROSS_LANGUAGE, EXACT, QUERY, Parameter, Question, pairs_of, read
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


class _Asked(NamedTuple):
    """What is asked of the reader: all of the address, the search that led here, what is marked, and which part."""

    given: State
    search: State
    marking: Question
    part: int


def _asked(request: Request) -> _Asked:
    given = State.of(pairs_of(request.scope["query_string"]))
    search = given.without(PART)
    read(search.without(LANGUAGE).pairs)
    marking = read(search.only(*(one.name for one in _MARKING)).pairs, _MARKING)
    return _Asked(given, search, marking, read(given.only(PART).pairs, (_PART,)).arguments.get(PART, 1))


async def article(request: Request) -> Response:
    """Return an article, or a part of a long one, with what the search that led to it finds in it."""
    asked, said, article_id = _asked(request), language_of(request), id_in(request, "")

    def ask(searcher: Searcher) -> tuple[ArticleView, int]:
        begin, marking = (asked.part - 1) * PART_PASSAGES, asked.marking
        found = searcher.read(article_id, marking.query, offset=begin, limit=PART_PASSAGES, **marking.arguments)
        return view_of(found, asked.search, said), -(-found.passages_total // PART_PASSAGES)

    archive = request.app.state.archive
    generation = await archive.generation()
    view, total = await archive.ask(ask)
    if asked.part > max(1, total):
        raise HTTPException(404)
    links = {
        "parts": _parts(article_id, asked.search, asked.part, total),
        "back": asked.search.address() if asked.search.without(LANGUAGE).pairs else "",
        "like": asked.search.only(LANGUAGE).asked({"like": article_id}).address(),
    }
    here = article_address(article_id, State(()))
    return page("article.html", asked.given, said, here, generation, article=view, **links)


def _parts(article_id: str, state: State, number: int, total: int) -> Parts:
    def address(part: int) -> str:
        named = {PART: str(part) if part > 1 else ""}
        return article_address(article_id, state.changed(named)) if 1 <= part <= total else ""

    return Parts(number, total, address(number - 1), address(number + 1))


def routes() -> list[BaseRoute]:
    """Return the route of every article."""
    return [Route(pattern(""), article)]
