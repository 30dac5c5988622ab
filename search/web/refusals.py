"""A request and why it is refused -> the answer."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from search.web.problems import problem


def wants_html(request: Request) -> bool:
    """Tell whether a person asks: for a page, not below /api or /mcp."""
    return not f"{request.scope['path']}/".startswith(("/api/", "/mcp/"))


def refusal(request: Request, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer that says in a sentence why there is no other: of RFC 9457 for programs, else plain text."""
    if wants_html(request):
        return PlainTextResponse(f"{sentence}\n", status, headers)
    response = problem(status, HTTPStatus(status).phrase, sentence)
    response.headers.update(headers or {})
    return response
