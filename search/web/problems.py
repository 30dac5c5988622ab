"""What went wrong -> the answer that says so: RFC 9457, `application/problem+json`.

KINDS are the types of problems; docs/api.md says of each what to do. What has no type means what its status means.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from indexer.display import as_json
from indexer.errors import (
    ArticleUnknown,
    Busy,
    DependencyError,
    IndexUnusable,
    ParameterError,
    TookTooLong,
    UsageError,
    WensouError,
)

MEDIA_TYPE = "application/problem+json"
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
# Seconds after which to ask again: a full queue is empty in less than that, at some 80 searches a second.
_RETRY_S = 2


class Kind(NamedTuple):
    """A type of problems: its last part, its status, and a title that is the same for all of them."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The URI reference by which it is known."""
        return f"/problems/{self.name}"


BAD_PARAMETER = Kind("bad-parameter", 400, "A parameter is unknown or has a wrong value")
BAD_QUESTION = Kind("bad-question", 400, "The question cannot be asked")
UNKNOWN_ARTICLE = Kind("unknown-article", 404, "The index has no such article")
NOT_FOUND = Kind("not-found", 404, "There is nothing at this address")
WRONG_METHOD = Kind("wrong-method", 405, "The archive is only read")
BUSY = Kind("busy", 503, "The server is asked more than it can answer")
TOO_SLOW = Kind("too-slow", 503, "The answer takes too long")
NO_INDEX = Kind("no-index", 503, "The index cannot be used")
UNEXPECTED = Kind("unexpected", 500, "Something went wrong in the server")
KINDS = (
    BAD_PARAMETER, BAD_QUESTION, UNKNOWN_ARTICLE, NOT_FOUND, WRONG_METHOD, BUSY, TOO_SLOW, NO_INDEX, UNEXPECTED
)  # fmt: skip

# The first that an error is an instance of says what kind of problem it is.
_OF_ERRORS: tuple[tuple[type[Exception], Kind], ...] = (
    (ParameterError, BAD_PARAMETER),
    (ArticleUnknown, UNKNOWN_ARTICLE),
    (UsageError, BAD_QUESTION),
    (TookTooLong, TOO_SLOW),
    (Busy, BUSY),
    (IndexUnusable, NO_INDEX),
    (DependencyError, NO_INDEX),
    (OSError, NO_INDEX),
)
# An index is not checked by its sums each time that it is read: bytes that changed in place show themselves like this.
_UNEXPECTED = (
    "The server's log has more. Other questions may be answered; whether the index is damaged is told by: wensou check"
)
_OF_STATUS = {404: NOT_FOUND, 405: WRONG_METHOD}


def problem(status: int, title: str, detail: str, type: str = "about:blank", **more: Any) -> Response:
    """Return the answer with a problem; `more` are further members of it."""
    content = {"type": type, "title": title, "status": status, "detail": detail, **more}
    headers = {"Cache-Control": "no-store"}
    return Response(as_json(content).encode(), status, headers, MEDIA_TYPE)


def kind_of(error: Exception) -> Kind | None:
    """Return what kind of problem an error is, None for a status that has no kind of its own."""
    if isinstance(error, HTTPException):
        return _OF_STATUS.get(error.status_code)
    return next((kind for known, kind in _OF_ERRORS if isinstance(error, known)), UNEXPECTED)


def problem_of(error: Exception) -> Response:
    """Return the answer that tells an error; of one that nobody raises on purpose only that there was one."""
    if isinstance(error, HTTPException):
        return _of_status(error, kind_of(error))
    kind = kind_of(error) or UNEXPECTED
    more = {"parameter": error.name} if isinstance(error, ParameterError) else {}
    detail = str(error) if kind is not UNEXPECTED else _UNEXPECTED
    response = problem(kind.status, kind.title, detail, kind.type, **more)
    if kind in (BUSY, TOO_SLOW):
        response.headers["Retry-After"] = str(_RETRY_S)
    return response


def _of_status(error: HTTPException, kind: Kind | None) -> Response:
    """Return the answer for a status that a route, or the lack of one, gave."""
    headers = dict(error.headers or _NO_HEADERS)
    if kind is NOT_FOUND:
        detail = "The API is described at /api/v1/openapi.json."
    elif kind is WRONG_METHOD:
        headers["Allow"] = ", ".join(sorted(headers.get("Allow", "GET").split(", ")))
        detail = f"Use {headers['Allow'].replace(', ', ' or ')}."
    else:
        detail = error.detail
    title = kind.title if kind else HTTPStatus(error.status_code).phrase
    response = problem(error.status_code, title, detail, kind.type if kind else "about:blank")
    response.headers.update(headers)
    return response


async def tell(_: Request, error: Exception) -> Response:
    """Answer a request that raised an error."""
    return problem_of(error)


# For Starlette: it tells an exception that nobody expects to the server as well, whose log has it.
HANDLERS: Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]] = MappingProxyType(
    dict.fromkeys((WensouError, OSError, HTTPException, Exception), tell)
)
