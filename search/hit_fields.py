"""A hit -> its fields by name, as JSON has them, and which of them may be asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from indexer.errors import UsageError
from search.model import Hit

# All that JSON says of a hit, in its order.
JSON_FIELDS = tuple(field.name for field in fields(Hit) if field.metadata.get("json", True))
# The text of the first snippet, for what has no room for lists.
FIRST_SNIPPET = "snippet"
HIT_FIELDS = (*JSON_FIELDS, FIRST_SNIPPET)


def values_of(hit: Hit, names: Sequence[str]) -> dict[str, Any]:
    """Return the values of some HIT_FIELDS, in their order, such as JSON can hold."""
    values = {**hit.to_dict(), FIRST_SNIPPET: hit.snippets[0].text if hit.snippets else ""}
    return {name: values[name] for name in names}


def rows_of(hit: Hit, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the values of a hit, then of each of its stories, which have its rank; what these do not say is None."""
    yield values_of(hit, names)
    for story in hit.to_dict()["stories"]:
        values = {**story, "rank": hit.rank}
        yield {name: values.get(name) for name in names}


def check_fields(names: Sequence[str], known: Sequence[str], shape: str) -> None:
    """Raise UsageError for a name that is not among those that a shape of output can show."""
    for name in names:
        if name not in known:
            import difflib  # for this only

            near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
            advice = f"Did you mean {near[0]}? " if near else ""
            raise UsageError(f"No field {name!r} in a {shape}. {advice}Known are: {', '.join(known)}.")
