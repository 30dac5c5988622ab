"""A search -> an Atom feed (RFC 4287) of the newest articles that it finds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from indexer.errors import ArticleUnknown, ParameterError
from search.model import Hit
from search.searcher import Searcher
from search.web.addresses import base_of
from search.web.answers import conditional, etag_of, lasting
from search.web.elsewhere import OF_A_FEED
from search.web.hit_views import lang_of, web_address
from search.web.marks import shown
from search.web.parameters import PARAMETERS, Question, pairs_of, read
from search.web.state import LANGUAGE, State, article_address

MEDIA_TYPE = "application/atom+xml"
_XMLNS = "http://www.w3.org/2005/Atom"
_NAME = "wensou"
# As many as readers ask for once an hour or so of a busy archive; a page of hits has at most 100.
_ENTRIES = 50
_TAKES = tuple(one for one in PARAMETERS if one.name not in OF_A_FEED)
# Not characters of XML 1.0; controls are replaced as on pages.
_NOT_XML = re.compile("[\ufffe\uffff]")
# What a feed without articles is as old as.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", shown(text))


def _add(parent: ElementTree.Element, name: str, text: str = "", /, **attributes: str) -> ElementTree.Element:
    """Add an element; `lang` stands for xml:lang, and attributes that are empty are left out."""
    given = {("xml:lang" if key == "lang" else key): _text(value) for key, value in attributes.items() if value}
    element = ElementTree.SubElement(parent, name, given)
    element.text = _text(text)
    return element


class _Feed:
    """A feed of a question, with addresses below `base`."""

    def __init__(self, state: State, question: Question, base: str) -> None:
        self._state, self._question, self._base = state, question, base

    def of(self, searcher: Searcher) -> bytes:
        """Return the feed. Articles without a date, which no feed can place, are not in it."""
        asked = {**self._question.arguments, "sort": "date", "limit": _ENTRIES}
        try:
            hits = searcher.search(self._question.query, **asked).hits
        except ArticleUnknown as error:  # the address is right, what it asks by is not
            raise ParameterError("like", str(error)) from None
        return self._written([hit for hit in hits if hit.published], searcher.identity)

    def _written(self, hits: list[Hit], identity: str) -> bytes:
        feed = ElementTree.Element("feed", xmlns=_XMLNS)
        search = self._state.without(LANGUAGE).address()
        _add(feed, "id", _id(identity, search))
        _add(feed, "title", f"{self._question.query} · {_NAME}" if self._question.query else _NAME)
        _add(feed, "updated", max(map(_moment, hits), default=_NEVER).isoformat())
        _add(_add(feed, "author"), "name", _NAME)
        _add(feed, "link", rel="self", type=MEDIA_TYPE, href=self._base + self._state.address("/feed.atom"))
        _add(feed, "link", rel="alternate", type="text/html", href=self._base + self._state.address())
        for hit in hits:
            self._add_entry(feed, hit, identity)
        written: bytes = ElementTree.tostring(feed, "utf-8", xml_declaration=True)
        return written

    def _add_entry(self, feed: ElementTree.Element, hit: Hit, identity: str) -> None:
        entry = _add(feed, "entry")
        _add(entry, "id", _id(identity, hit.article_id))
        _add(entry, "title", hit.title.strip() or hit.article_id, lang=lang_of(hit.title_lang))
        for name in ("published", "updated"):
            _add(entry, name, _moment(hit).isoformat())
        if author := hit.author or hit.source:
            _add(_add(entry, "author"), "name", author)
        best = hit.snippets[0].passage_id if hit.snippets else ""
        address = self._base + article_address(hit.article_id, self._state, best)
        _add(entry, "link", rel="alternate", type="text/html", href=address)
        if original := web_address(hit.url):
            _add(entry, "link", rel="via", href=_iri(original))
        _add(entry, "summary", " … ".join(snippet.text for snippet in hit.snippets), lang=lang_of(hit.lang))


def _id(identity: str, name: str) -> str:
    """Return what names a part of an index, wherever and as long as it is served."""
    return uuid5(NAMESPACE_URL, f"wensou:{identity}:{quote(name, errors='replace')}").urn


def _iri(address: str) -> str:
    """Return an address without what none may hold."""
    return quote(address, safe="!#$%&'()*+,/:;=?@[]~", errors="replace")


def _moment(hit: Hit) -> datetime:
    """Return when an article was published; a time without a zone counts as UTC, a day as its beginning."""
    day = hit.published.isoformat() if hit.published else ""
    moment = datetime.fromisoformat(hit.published_at or day)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def feed(request: Request) -> Response:
    """Return the feed of a search."""
    state = State.of(pairs_of(request.scope["query_string"]))
    question = read(state.without(LANGUAGE).pairs, _TAKES)
    archive = request.app.state.archive
    etag = etag_of(await archive.generation(), request)
    if (unchanged := conditional(request, etag)) is not None:
        return unchanged
    return lasting(await archive.ask(_Feed(state, question, base_of(request)).of), etag, MEDIA_TYPE)


def routes() -> list[BaseRoute]:
    """Return the route of the feed."""
    return [Route("/feed.atom", feed)]
