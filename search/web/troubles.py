"""What went wrong -> the answer that says so: a page for people, a problem for programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from indexer.errors import ParameterError
from search.web.article_ids import id_in
from search.web.languages import Language
from search.web.pages import language_of, page
from search.web.parameters import WrongValue, pairs_of
from search.web.problems import BAD_PARAMETER, BAD_QUESTION, NO_INDEX, Kind, kind_of, problem_of
from search.web.problems import HANDLERS as OF_PROGRAMS
from search.web.refusals import wants_html
from search.web.state import State, article_address

# Statuses for which the page has a heading of its own; any other is one that nobody expects.
_KNOWN = (400, 404, 405, 503)
# What these are needs saying; of the others their sentence says all.
_DETAILED = (BAD_PARAMETER, BAD_QUESTION, NO_INDEX)
_KEPT = ("allow", "retry-after", "cache-control")


async def tell(request: Request, error: Exception) -> Response:
    """Answer a request that raised an error."""
    answer = problem_of(error)
    if not wants_html(request):
        return answer
    said = language_of(request)
    status = answer.status_code if answer.status_code in _KNOWN else 500
    told = page("problem.html", _state(request), said, _path(request), **_told(error, status, said))
    told.status_code = answer.status_code
    told.headers.update({name: answer.headers[name] for name in _KEPT if name in answer.headers})
    return told


def _told(error: Exception, status: int, said: Language) -> dict[str, str]:
    """Return what a page says: `detail` is in English, of the index, the query or the system."""
    kind = kind_of(error)
    wrong = error.name if isinstance(error, ParameterError) else ""
    return {
        "heading": said.say(f"problem.{status}"),
        "sentence": _sentence(error, kind, said),
        "detail": str(error) if kind in _DETAILED and not isinstance(error, WrongValue) else "",
        "wrong": wrong,
        "label": said.named("filter", wrong),
    }


def _sentence(error: Exception, kind: Kind | None, said: Language) -> str:
    """Return what is wrong; of a value that is, what it may be."""
    if not isinstance(error, WrongValue):
        return said.say(f"problem.{kind.name}") if kind else ""
    asked = error.parameter
    choices = ", ".join(asked.choices) or "1, 0"
    bounds = {"least": f"{asked.least:,}", "most": f"{asked.most:,}"}
    return said.say(f"wrong.{asked.kind}", value=error.value, choices=choices, **bounds)


def _state(request: Request) -> State:
    """Return what was asked, so that it can be mended in the form."""
    try:
        return State.of(pairs_of(request.scope["query_string"]))
    except ParameterError:
        return State(())


def _path(request: Request) -> str:
    """Return where to ask again: the article that was asked for, or else the search."""
    return article_address(id_in(request, ""), State(())) if "id" in request.path_params else "/"


HANDLERS: Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]] = MappingProxyType(
    dict.fromkeys(OF_PROGRAMS, tell)
)
