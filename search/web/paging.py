"""A page of an answer -> links to those beside it: of the same commit behind it, by number before it."""

from __future__ import annotations

from typing import NamedTuple

from search.model import SearchResult
from search.web.parameters import LIMIT, OFFSET_MOST
from search.web.state import State


class Paging(NamedTuple):
    """Addresses of other pages, empty where there is none; `first_rank` is that of the first hit here.

    Behind OFFSET_MOST hits there is none before a page: what is asked by number goes no further. A page that
    `is_behind` the last hit has none.
    """

    first_rank: int
    first: str
    previous: str
    following: str
    is_behind: bool


def paging(result: SearchResult, state: State) -> Paging:
    """Return where the pages beside one are."""
    rank = result.hits[0].rank if result.hits else 1
    here = state.asked({"q": result.query, "suggest": ""})  # a cursor is of what was searched
    is_first = not state.get("after") and not state.get("offset")
    limit = int(state.get("limit") or LIMIT.default or 0)
    before = max(0, rank - 1 - limit)
    has_previous = rank > 1 and before <= OFFSET_MOST
    return Paging(
        first_rank=rank,
        first="" if is_first else here.address(),
        previous=here.changed({"offset": str(before) if before else ""}).address() if has_previous else "",
        following=here.changed({"after": result.cursor}).address() if result.cursor else "",
        is_behind=bool(limit and result.total and not result.hits and not is_first),
    )
