"""What browsers need to search here from their own search field: an OpenSearch 1.1 description, and suggestions."""

from __future__ import annotations

from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from search.searcher import Searcher
from search.web.addresses import base_of
from search.web.answers import as_json, conditional, etag_of, lasting
from search.web.assets import assets
from search.web.feed import MEDIA_TYPE as ATOM
from search.web.languages import NAMES
from search.web.pages import language_of
from search.web.parameters import QUERY, pairs_of, read

MEDIA_TYPE = "application/opensearchdescription+xml"
SUGGESTIONS = "application/x-suggestions+json"
_XMLNS = "http://a9.com/-/spec/opensearch/1.1/"
# Browsers show some six to ten.
_SUGGESTIONS = 8
# Where a browser asks, by the type of what it gets.
_TEMPLATES = (
    ("text/html", "results", "/?q={searchTerms}"),
    (ATOM, "results", "/feed.atom?q={searchTerms}"),
    (SUGGESTIONS, "suggestions", "/suggest?q={searchTerms}"),
    (MEDIA_TYPE, "self", "/opensearch.xml"),
)


def _description(base: str, about: str) -> bytes:
    root = ElementTree.Element("OpenSearchDescription", xmlns=_XMLNS)
    for name, text in (("ShortName", "wensou"), ("Description", about), ("InputEncoding", "UTF-8")):
        ElementTree.SubElement(root, name).text = text
    ElementTree.SubElement(root, "Image", type="image/svg+xml", width="16", height="16").text = (
        base + assets()["icon.svg"].address
    )
    for media_type, rel, template in _TEMPLATES:
        ElementTree.SubElement(root, "Url", type=media_type, rel=rel, template=base + template)
    for tag in NAMES:
        ElementTree.SubElement(root, "Language").text = tag
    written: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return written


async def description(request: Request) -> Response:
    """Return the description; its addresses begin as it was asked."""
    about = str(language_of(request).say("start.heading").unescape())
    answer = Response(_description(base_of(request), about), media_type=MEDIA_TYPE)
    answer.headers.update({"Cache-Control": "private, no-cache", "Vary": "Accept-Language"})
    return answer


async def suggest(request: Request) -> Response:
    """Return what a query may become, in the form of OpenSearch suggestions: itself, and a list of queries."""
    query = read(pairs_of(request.scope["query_string"]), (QUERY,)).query
    archive = request.app.state.archive

    def ask(searcher: Searcher) -> bytes:
        return as_json([query, [one.query for one in searcher.complete(query, _SUGGESTIONS)]])

    etag = etag_of(await archive.generation(), request)
    return conditional(request, etag) or lasting(await archive.ask(ask), etag, SUGGESTIONS)


def routes() -> list[BaseRoute]:
    """Return the routes of what browsers ask by themselves."""
    return [Route("/opensearch.xml", description), Route("/suggest", suggest)]
