"""The address of an article as a resource -> the article; an index -> the addresses of its newest articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

from indexer.errors import UsageError
from search.mcp.answers import ADDRESS, address_of
from search.mcp.arguments import FetchArguments, read_arguments
from search.mcp.budget import Answer
from search.mcp.facts import short
from search.mcp.fetching import fetch
from search.searcher import Searcher

TEMPLATE = ADDRESS + "{id}{?offset}"
# How many are listed: some clients put the list before the model as it is, and all of an archive is found by `search`.
_LISTED = 25


class Listed(NamedTuple):
    """An article in the list; `facts` are its date and source, as far as they are known, none of them long."""

    address: str
    article_id: str
    title: str
    facts: str


def newest(searcher: Searcher) -> Sequence[Listed]:
    """Return the newest articles."""
    return [
        Listed(
            address_of(hit.article_id),
            hit.article_id,
            short(hit.title),
            ", ".join(filter(None, (hit.published.isoformat() if hit.published else "", short(hit.source)))),
        )
        for hit in searcher.search("*", _LISTED, sort="date", copies=True).hits
    ]


def article_at(searcher: Searcher, address: str) -> Answer:
    """Return the article at an address, as `fetch` does. Raises UsageError if there is none."""
    path, _, asked = address.partition("?")
    if not path.startswith(ADDRESS):
        raise UsageError(f"No resource {address}. Articles are at {TEMPLATE}.")
    given = {name: values[-1] for name, values in parse_qs(asked, keep_blank_values=True).items()}
    return fetch(searcher, read_arguments(FetchArguments, {**given, "id": unquote(path.removeprefix(ADDRESS))}))
