"""A search -> all that it finds, as CSV or JSON Lines, streamed; the last line says if that is not all."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from itertools import chain, islice
from typing import NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Send

from indexer.display import as_json, as_line
from indexer.errors import ArticleUnknown, ParameterError, WensouError
from search.hit_fields import JSON_FIELDS, rows_of, values_of
from search.model import Hit
from search.searcher import Searcher
from search.shapes import CSV_FIELDS
from search.spreadsheet import as_csv
from search.web.elsewhere import OF_A_PAGE
from search.web.languages import Language
from search.web.pages import language_of
from search.web.parameters import PARAMETERS, Question, pairs_of, read
from search.web.state import LANGUAGE, State

# An export is the whole answer to a query as it stands.
_TAKES = tuple(one for one in PARAMETERS if one.name not in OF_A_PAGE)
# What is sent at once: each part is fetched from a thread, which costs as much as some ten hits.
_PART_BYTES = 32_768
# A name of 60 characters, of four bytes each, and a suffix is within the 255 bytes that file systems take.
_NAME_CHARS = 60
# What file names of some system cannot hold, and the dots that hide them.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\ufffd]+|^[.\s]+')
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads CSV in the encoding of its country
_LOG = logging.getLogger(__name__)


class _Ending(NamedTuple):
    """How an export ends: with how many hits, and, unless these are all, why with so many."""

    hits: int
    reason: str


class _Form(NamedTuple):
    """A form of export: the suffix of its file, its lines, and those that end it."""

    suffix: str
    media_type: str
    lines: Callable[[Iterable[Hit]], Iterator[str]]
    last: Callable[[_Ending], Iterator[str]]


def _csv(hits: Iterable[Hit]) -> Iterator[str]:
    lines = as_csv((row for hit in hits for row in rows_of(hit, CSV_FIELDS)), CSV_FIELDS)
    return chain((_BYTE_ORDER_MARK + line for line in islice(lines, 1)), lines)


def _csv_last(ending: _Ending) -> Iterator[str]:
    """Yield a row that has the reason in its first cell."""
    rows = [dict.fromkeys(CSV_FIELDS) | {CSV_FIELDS[0]: ending.reason}] if ending.reason else []
    yield from islice(as_csv(rows, CSV_FIELDS), 1, None)


def _jsonl(hits: Iterable[Hit]) -> Iterator[str]:
    return (as_json(values_of(hit, JSON_FIELDS)) for hit in hits)


def _jsonl_last(ending: _Ending) -> Iterator[str]:
    reason = {"reason": ending.reason} if ending.reason else {}
    yield as_json({"end": {"complete": not ending.reason, "hits": ending.hits, **reason}})


_FORMS = (
    _Form("csv", "text/csv", _csv, _csv_last),
    _Form("jsonl", "application/jsonl", _jsonl, _jsonl_last),
)


class _Export:
    """One export, of at most so many hits, that says in a language why it is cut."""

    def __init__(self, form: _Form, question: Question, most: int, said: Language) -> None:
        self._form, self._question, self._most, self._said = form, question, most, said
        self._hits = 0
        self._is_cut = False

    def parts(self, searcher: Searcher) -> Iterator[bytes]:
        """Yield the bytes of the file. Raises what is wrong with the question before the first of them."""
        hits = searcher.iterate(self._question.query, **self._question.arguments)
        try:
            first = list(islice(hits, 1))
        except ArticleUnknown as error:  # the address is right, what it asks by is not
            raise ParameterError("like", str(error)) from None
        return _joined(self._lines(chain(first, hits)))

    def _lines(self, hits: Iterable[Hit]) -> Iterator[str]:
        reason = ""
        try:
            yield from self._form.lines(self._counted(hits))
        except Exception as error:
            reason = self._told(error)
        if self._is_cut:
            reason = _plain(self._said, "export.cut", n=self._most)
        yield from self._form.last(_Ending(self._hits, reason))

    def _counted(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        for hit in hits:
            if self._hits == self._most:
                self._is_cut = True
                return
            self._hits += 1
            yield hit

    def broken_off(self, error: WensouError) -> bytes:
        """Return the end of a file of which no further part could be fetched."""
        return b"".join(_joined(self._form.last(_Ending(self._hits, self._told(error)))))

    def _told(self, error: Exception) -> str:
        if isinstance(error, WensouError | OSError):
            return _plain(self._said, "export.broken", reason=str(error))
        _LOG.error("An export was broken off.", exc_info=error)
        return _plain(self._said, "problem.500")


def _plain(said: Language, key: str, **values: object) -> str:
    return str(said.say(key, **values).unescape())


def _joined(lines: Iterable[str]) -> Iterator[bytes]:
    part = bytearray()
    for line in lines:
        part += f"{line}\n".encode()
        if len(part) >= _PART_BYTES:
            yield bytes(part)
            part.clear()
    yield bytes(part)


class _Stream(StreamingResponse):
    """Parts as they come; they end with the connection."""

    def __init__(self, parts: AsyncGenerator[bytes], headers: Mapping[str, str], media_type: str) -> None:
        super().__init__(parts, headers=headers, media_type=media_type)
        self._parts = parts

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._parts):
            await super().stream_response(send)


async def _following(first: bytes, parts: AsyncGenerator[bytes], export: _Export) -> AsyncGenerator[bytes]:
    async with aclosing(parts):
        yield first
        try:
            async for part in parts:
                yield part
        except WensouError as error:
            yield export.broken_off(error)


async def _answer(request: Request, form: _Form) -> Response:
    state = State.of(pairs_of(request.scope["query_string"])).without(LANGUAGE)
    question = read(state.pairs, _TAKES)
    export = _Export(form, question, request.app.state.settings.export_most, language_of(request))
    headers = {"Cache-Control": "no-store", "Content-Disposition": _disposition(question.query, form.suffix)}
    parts = request.app.state.archive.stream(export.parts)
    first = await anext(parts)  # what is wrong is raised here, and told with its status
    if request.method == "HEAD":
        await parts.aclose()
        return Response(headers=headers, media_type=form.media_type)
    return _Stream(_following(first, parts, export), headers, form.media_type)


def _disposition(query: str, suffix: str) -> str:
    """Return a header that saves a file under the name of its query (RFC 6266, names as in RFC 8187)."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", as_line(query)).split())[:_NAME_CHARS].strip(". ") or "wensou"
    plain = name if name.isascii() else "wensou"
    return f"attachment; filename=\"{plain}.{suffix}\"; filename*=UTF-8''{quote(f'{name}.{suffix}', safe='')}"


def _route(form: _Form) -> BaseRoute:
    async def export(request: Request) -> Response:
        return await _answer(request, form)

    return Route(f"/export.{form.suffix}", export)


def routes() -> list[BaseRoute]:
    """Return the routes of the exports."""
    return [_route(form) for form in _FORMS]
