"""A request and why it is refused -> the answer."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from search.web.problems import problem

# What programs ask for, and, of these, what people do as well: a link leads there.
_OF_PROGRAMS = ("/api/", "/mcp/", "/suggest/", "/now/", "/opensearch.xml/")
_OF_BOTH = ("/export.", "/feed.")


def wants_html(request: Request) -> bool:
    """Tell whether a person asks: for a page, or in a browser for a file or a feed."""
    path = f"{request.scope['path']}/"
    if path.startswith(_OF_BOTH):
        return "text/html" in request.headers.get("accept", "")
    return not path.startswith(_OF_PROGRAMS)


def refusal(request: Request, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer that says in a sentence why there is no other: of RFC 9457 for programs, else plain text."""
    if wants_html(request):
        return PlainTextResponse(f"{sentence}\n", status, headers)
    response = problem(status, HTTPStatus(status).phrase, sentence)
    response.headers.update(headers or {})
    return response
