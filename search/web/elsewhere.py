"""The address of a page of results -> addresses of all that it finds, in other forms."""

from __future__ import annotations

from typing import NamedTuple

from search.web.state import State

# Parameters of a page that the whole answer to a query as it stands has no use for.
OF_A_PAGE = ("limit", "offset", "after", "facets", "suggest")
# A feed has an order of its own, too, and articles by themselves.
OF_A_FEED = (*OF_A_PAGE, "sort", "passages", "stories")


class Elsewhere(NamedTuple):
    """Where a search leads beside its page."""

    csv: str
    jsonl: str
    feed: str


def elsewhere(query: str, state: State) -> Elsewhere:
    """Return the other forms of what a page shows, of the query that it was found by."""
    whole = state.changed({"q": query}).without(*OF_A_PAGE)
    return Elsewhere(
        csv=whole.address("/export.csv"),
        jsonl=whole.address("/export.jsonl"),
        feed=whole.without(*OF_A_FEED).address("/feed.atom"),
    )
