"""The routes below /api/v1: a request -> one call of the `Searcher` -> JSON as the commands print it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from indexer.engines import base
from indexer.errors import ArticleUnknown, ParameterError
from search.searcher import Searcher
from search.web.answers import as_json, conditional, etag_of, lasting, passing
from search.web.article_ids import id_in, pattern
from search.web.openapi import document
from search.web.operations import ARTICLE, COMPLETE, FACETS, HEALTH, INFO, ROOT, SEARCH, Health, Operation
from search.web.parameters import Question, pairs_of, read

Ask: TypeAlias = Callable[[Searcher, Question], dict[str, Any] | list[Any]]


async def _answer(request: Request, operation: Operation, ask: Ask) -> Response:
    """Answer with what is asked of the index, unless the one who asks has that answer."""
    question = _question(request, operation)
    archive = request.app.state.archive
    if not operation.is_of_commit:
        return passing(await archive.ask(lambda searcher: as_json(ask(searcher, question))))
    # The commit may be replaced meanwhile: then the answer is newer than its name, and is asked for once more.
    etag = etag_of(await archive.generation(), request)
    if (unchanged := conditional(request, etag)) is not None:
        return unchanged
    return lasting(await archive.ask(lambda searcher: as_json(ask(searcher, question))), etag)


def _question(request: Request, operation: Operation) -> Question:
    return read(pairs_of(request.scope["query_string"]), operation.takes)


def _found(searcher: Searcher, query: str, **arguments: Any) -> dict[str, Any]:
    try:
        return searcher.search(query, **arguments).to_dict()
    except ArticleUnknown as error:  # the address is right, what it asks by is not
        raise ParameterError("like", str(error)) from None


async def search(request: Request) -> Response:
    """Return a page of what a query finds."""
    return await _answer(request, SEARCH, lambda searcher, asked: _found(searcher, asked.query, **asked.arguments))


async def facets(request: Request) -> Response:
    """Return what a query finds, counted, and no hits."""
    return await _answer(
        request,
        FACETS,
        lambda searcher, asked: _found(searcher, asked.query, limit=0, **{"facets": base.FACETS, **asked.arguments}),
    )


async def complete(request: Request) -> Response:
    """Return what the last word of a query may become."""
    return await _answer(
        request,
        COMPLETE,
        lambda searcher, asked: [asdict(one) for one in searcher.complete(asked.query, **asked.arguments)],
    )


async def article(request: Request) -> Response:
    """Return one article as the index has it, with what a query finds in it."""
    article_id = id_in(request, ROOT)
    return await _answer(
        request,
        ARTICLE,
        lambda searcher, asked: searcher.read(article_id, asked.query, **asked.arguments).to_dict(),
    )


async def info(request: Request) -> Response:
    """Return what the index holds."""
    return await _answer(request, INFO, lambda searcher, _: searcher.info().to_dict())


async def health(request: Request) -> Response:
    """Return that questions are answered, and of which commit; no search is waited for."""
    _question(request, HEALTH)
    return passing(as_json(asdict(Health("ok", await request.app.state.archive.generation()))))


async def openapi(request: Request) -> Response:
    """Return what this API is, whatever is wrong with the index."""
    etag = etag_of("", request)
    return conditional(request, etag) or lasting(document(), etag)


def routes() -> list[BaseRoute]:
    """Return the routes below /api."""
    return [
        Route(ROOT + SEARCH.path, search),
        Route(ROOT + FACETS.path, facets),
        Route(ROOT + COMPLETE.path, complete),
        Route(pattern(ROOT), article),
        Route(ROOT + INFO.path, info),
        Route(ROOT + HEALTH.path, health),
        Route(f"{ROOT}/openapi.json", openapi),
    ]
