"""The routes of the pages: a request -> one call of the `Searcher` -> HTML."""

from __future__ import annotations

from typing import Any, NamedTuple

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from indexer.errors import ArticleUnknown, ParameterError
from search.cursors import commit_of
from search.model import SearchResult
from search.searcher import Searcher
from search.web.answers import conditional, etag_of
from search.web.assets import assets
from search.web.building import running
from search.web.elsewhere import elsewhere
from search.web.facets import FACETS, chips, cleared, facets, orders
from search.web.forms import fields, hidden
from search.web.histogram import histogram, unit_of
from search.web.hit_views import remarks, result_of
from search.web.languages import NAMES, Language, chosen
from search.web.narrowing import Narrowing
from search.web.paging import paging
from search.web.parameters import QUERY_CHARS, Question, pairs_of, read
from search.web.rendering import rendered
from search.web.scripts import script_of, typed
from search.web.start import examples, start
from search.web.state import LANGUAGE, State

# What is a search without a query, too.
_CHOOSING = ("q", "since", "until", "lang", "kind", "added-since", "like")
_FILES = "/static/"


async def home(request: Request) -> Response:
    """Return what a query finds, or, if nothing is asked, where one begins."""
    pairs = pairs_of(request.scope["query_string"])
    state, said = State.of(pairs), language_of(request)
    if len(state.pairs) < len(pairs):  # a form sends its empty fields as well
        return RedirectResponse(state.address(), status_code=303)
    question = read(state.without(LANGUAGE).pairs)
    # The commit may be replaced meanwhile: then one is offered as newer that is shown already.
    generation = await request.app.state.archive.generation()
    if not any(state.get(name).strip() for name in _CHOOSING):
        info = await request.app.state.archive.ask_once(Searcher.info)
        found = await request.app.state.archive.ask(lambda searcher: start(info, searcher.place, state, said))
        return page("start.html", state, said, generation=generation, start=found, examples=examples(said))
    return await _answered(request, question, state, said, generation)


async def _answered(request: Request, question: Question, state: State, said: Language, generation: str) -> Response:
    """Return the page of results, unless the one who asks has it."""

    def answered(searcher: Searcher) -> Response:
        building = running(searcher.place, said)
        # By all that a page of results tells, but for the time that it took.
        etag = etag_of(repr((generation, said.tag, building)), request)
        if (unchanged := conditional(request, etag)) is not None:
            unchanged.headers.update(_varying(said))
            return unchanged
        found = _found(searcher, question, state)
        shown = {**_results(found.result, state, said), **found._asdict(), "building": building}
        told = page("results.html", state, said, generation=generation, **shown)
        told.headers["ETag"] = etag
        return told

    told: Response = await request.app.state.archive.ask(answered)
    return told


class _Answer(NamedTuple):
    """What was found, and whether a newer commit than that of this page is open."""

    result: SearchResult
    is_older: bool


def _found(searcher: Searcher, question: Question, state: State) -> _Answer:
    arguments = {**question.arguments, "facets": (*FACETS, unit_of(state)[0])}
    try:
        result = searcher.search(question.query, **arguments)
    except ArticleUnknown as error:  # the address is right, what it asks by is not
        raise ParameterError("like", str(error)) from None
    after = state.get("after")
    has_moved = any(note.kind == "moved" for note in result.notes)
    is_older = bool(after) and not has_moved and commit_of(after) != searcher.generation
    return _Answer(result, is_older)


def _results(result: SearchResult, state: State, said: Language) -> dict[str, Any]:
    query = Narrowing(result.query)
    counted = result.facets or {}
    time = histogram(counted.get(unit_of(state)[0], ()), state)
    return {
        "heading": _heading(result, said),
        "counts": _counts(result, said),
        "has_aside": bool(time.bars or any(counted.values())),
        "results": [result_of(hit, state, said) for hit in result.hits],
        "remarks": list(remarks(result.notes, state, said)),
        "facets": list(facets(counted, query, state, said)),
        "time": time,
        "orders": list(orders(state, said)),
        "chips": list(chips(query, state, said)),
        "cleared": cleared(query, state),
        "paging": paging(result, state),
        "elsewhere": elsewhere(result.query, state),
    }


def _heading(result: SearchResult, said: Language) -> Markup:
    query = typed(result.query, said)
    if not result.total:
        return said.say("results.nothing", query=query) if result.query else said.say("results.nothing_here")
    what = _at_least(result, said.say("results.articles", n=result.total), said)
    return said.say("results.found_for", what=what, query=query) if result.query else what


def _counts(result: SearchResult, said: Language) -> Markup:
    passages = _at_least(result, said.say("results.passages", n=result.passages_total), said)
    return Markup(" · ").join([passages, said.say("results.took", ms=round(result.took_ms))])


def _at_least(result: SearchResult, what: Markup, said: Language) -> Markup:
    return what if result.total_is_exact else said.say("results.at_least", what=what)


def page(template: str, state: State, said: Language, path: str = "/", generation: str = "", **values: Any) -> Response:
    """Return the page at `path` with what all of them have; `generation` names the commit that it shows."""
    body = rendered(
        template,
        said=said,
        say=said.say,
        state=state,
        fields=fields(state, said),
        hidden=list(hidden(state)),
        path=path,
        query_script=script_of(state.get("q"), said),
        typed=lambda text: typed(text, said),
        generation=generation,
        query_chars=QUERY_CHARS,
        is_start=template == "start.html",
        **{"wrong": "", **values},
        languages=[(tag, name, state.changed({LANGUAGE: tag}).address(path)) for tag, name in NAMES.items()],
    )
    headers = {"Cache-Control": "private, no-cache", **_varying(said)}
    return Response(body, headers=headers, media_type="text/html")


def _varying(said: Language) -> dict[str, str]:
    return {"Vary": "Accept-Language", "Content-Language": said.tag}


def language_of(request: Request) -> Language:
    """Return the language of the interface that a request asks for."""
    return chosen(request.query_params.get(LANGUAGE, ""), request.headers.get("Accept-Language", ""))


async def static(request: Request) -> Response:
    """Return a file of the page."""
    asset = assets()[request.url.path.removeprefix(_FILES)]
    # Who asks without the digest would keep what another version replaces.
    is_exact = f"?{request.url.query}" == asset.address.removeprefix(request.url.path)
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if is_exact else "no-cache"}
    return Response(asset.content, headers=headers, media_type=asset.media_type)


def routes() -> list[BaseRoute]:
    """Return the routes of the pages and their files."""
    return [Route("/", home), *(Route(_FILES + name, static) for name in assets())]
