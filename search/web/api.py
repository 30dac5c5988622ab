"""The routes below /api/v1: a request -> one call of the `Searcher` -> JSON as the commands print it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from indexer.engines.base import FACETS
from indexer.errors import ArticleUnknown, ParameterError
from search.searcher import Searcher
from search.web.answers import answered, as_json, conditional, etag_of
from search.web.parameters import (
    CROSS_LANGUAGE,
    EXACT,
    FACET_NAMES,
    LIMIT,
    LIMITS,
    PARAMETERS,
    QUERY,
    Parameter,
    Question,
    pairs_of,
    read,
)

ROOT = "/api/v1"
# What the routes take; all of it is of `search`, so that one question can be asked everywhere.
OF_FACETS = (QUERY, FACET_NAMES, *LIMITS)
OF_COMPLETE = (QUERY, LIMIT)
OF_ARTICLE = (QUERY, EXACT, CROSS_LANGUAGE)


class _ArticleId(Convertor[str]):
    """An article's id in a path: any text, slashes and ends of lines included."""

    regex = r"[\s\S]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


async def _answer(
    request: Request, known: Sequence[Parameter], ask: Callable[[Searcher, Question], dict[str, Any] | list[Any]]
) -> Response:
    """Answer with what is asked of the index, unless the one who asks has that answer."""
    question = read(pairs_of(request.scope["query_string"]), known)
    archive = request.app.state.archive
    # The commit may be replaced meanwhile: then the answer is newer than its name, and is asked for once more.
    etag = etag_of(await archive.generation(), request)
    if (unchanged := conditional(request, etag)) is not None:
        return unchanged
    return answered(await archive.ask(lambda searcher: as_json(ask(searcher, question))), etag)


def _found(searcher: Searcher, query: str, **arguments: Any) -> dict[str, Any]:
    try:
        return searcher.search(query, **arguments).to_dict()
    except ArticleUnknown as error:  # the address is right, what it asks by is not
        raise ParameterError("like", str(error)) from None


async def search(request: Request) -> Response:
    """Return a page of what a query finds."""
    return await _answer(request, PARAMETERS, lambda searcher, asked: _found(searcher, asked.query, **asked.arguments))


async def facets(request: Request) -> Response:
    """Return what a query finds, counted, and no hits."""
    return await _answer(
        request,
        OF_FACETS,
        lambda searcher, asked: _found(searcher, asked.query, limit=0, **{"facets": FACETS, **asked.arguments}),
    )


async def complete(request: Request) -> Response:
    """Return what the last word of a query may become."""
    return await _answer(
        request,
        OF_COMPLETE,
        lambda searcher, asked: [asdict(one) for one in searcher.complete(asked.query, **asked.arguments)],
    )


async def article(request: Request) -> Response:
    """Return one article as the index has it, with what a query finds in it."""
    article_id = _id_in(request)
    return await _answer(
        request,
        OF_ARTICLE,
        lambda searcher, asked: searcher.read(article_id, asked.query, **asked.arguments).to_dict(),
    )


def _id_in(request: Request) -> str:
    """Return the id in an address as it was sent: what decodes the path may do so more than once."""
    path: bytes = request.scope.get("raw_path") or b""
    _, found, sent = path.partition(f"{ROOT}/articles/".encode())
    return unquote(sent.decode("latin-1")) if found else str(request.path_params["id"])


async def info(request: Request) -> Response:
    """Return what the index holds."""
    return await _answer(request, (), lambda searcher, _: searcher.info().to_dict())


async def health(request: Request) -> Response:
    """Return whether questions are answered, and of which commit; no search is waited for."""
    read(pairs_of(request.scope["query_string"]), ())
    body = as_json({"status": "ok", "generation": await request.app.state.archive.generation()})
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")


def routes() -> list[BaseRoute]:
    """Return the routes below /api."""
    register_url_convertor("article_id", _ArticleId())
    return [
        Route(f"{ROOT}/search", search),
        Route(f"{ROOT}/facets", facets),
        Route(f"{ROOT}/complete", complete),
        Route(f"{ROOT}/articles/{{id:article_id}}", article),
        Route(f"{ROOT}/info", info),
        Route(f"{ROOT}/health", health),
    ]
