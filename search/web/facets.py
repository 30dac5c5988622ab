"""Counted values, and the filters in force -> links that add a filter, and links that take one away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from indexer.nodes import SORTS
from search.fields import FACT_FIELDS
from search.model import FacetValue
from search.web.languages import Language
from search.web.narrowing import Narrowing, condition
from search.web.scripts import typed
from search.web.state import State

# Besides the dates, which the histogram shows.
FACETS = ("lang", "source", "kind", "tag", "author")
# Values of a facet that are shown at once, and on demand: what is rarer is found by typing it.
SHOWN, MOST = 6, 24


class Choice(NamedTuple):
    """A value of a facet, its name, how many articles have it, and the search for these; none if it is in force."""

    name: str
    articles: int
    address: str


class Facet(NamedTuple):
    """A facet's commonest values, those that are shown on demand, and how many there are besides."""

    name: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]
    left: int


class Chip(NamedTuple):
    """A filter in force as it is said, and the search without it."""

    said: Markup
    address: str


def facets(
    counted: Mapping[str, Sequence[FacetValue]], query: Narrowing, state: State, said: Language
) -> Iterator[Facet]:
    """Yield the facets that have values."""
    for name in FACETS:
        values = counted.get(name) or ()
        in_force, address_of = _leading(name, query, state)
        choices = tuple(
            Choice(said.named(name, value), articles, "" if value in in_force else address_of(value))
            for value, articles in ((one.value, one.count) for one in values[:MOST])
        )
        if choices:
            yield Facet(name, choices[:SHOWN], choices[SHOWN:], max(0, len(values) - MOST))


def _leading(name: str, query: Narrowing, state: State) -> tuple[Collection[str], Callable[[str], str]]:
    """Return the values of a facet that are in force, and what gives the address of the search for another one."""
    if name in FACT_FIELDS:
        address_of = state.asking("q", query.before)
        in_force = {one.value for one in query.conditions if one.field == name}
        return in_force, lambda value: address_of(condition(name, value))
    chosen = state.all(name)
    return chosen if len(chosen) == 1 else (), state.asking(name)


# Filters in the order in which they are shown, but for the query's, dates and kinds; flags have no value to show.
_FLAGS = ("exact", "copies", "stories", "passages")
_FILTERS = ("lang", "added-since", "cross", "fresh", "like")


def orders(state: State, said: Language) -> Iterator[tuple[str, str]]:
    """Yield the names of the orders, and the search in each; none for the one in force."""
    for i, sort in enumerate(SORTS):
        is_in_force = state.get("sort") in ((sort, "") if i == 0 else (sort,))
        yield said.named("sort", sort), "" if is_in_force else state.asked({"sort": sort if i else ""}).address()


def chips(query: Narrowing, state: State, said: Language) -> Iterator[Chip]:
    """Yield all filters in force."""
    for one in query.conditions:
        yield _chip(one.field, one.value, state.asked({"q": one.without}), said)
    yield from _dates(state, said)
    for name in _FLAGS:
        if state.get(name) in ("1", "true"):
            yield Chip(said.say(f"filter.{name}"), state.asked({name: ""}).address())
    for name in _FILTERS:
        if value := state.get(name):
            yield _chip(name, said.named(name, value), state.asked({name: ""}), said)
    for kind in state.all("kind"):
        yield _chip("kind", said.named("kind", kind), state.less("kind", kind), said)


def _chip(name: str, value: str, without: State, said: Language) -> Chip:
    is_said = said.say("filter.is", name=said.say(f"filter.{name}"), value=typed(value, said))
    return Chip(is_said, without.address())


def cleared(query: Narrowing, state: State) -> str:
    """Return the search without any filter."""
    while query.conditions:
        query = Narrowing(query.conditions[0].without)
    return state.asked({"q": query.text}).without(*_FLAGS, *_FILTERS, "since", "until", "kind").address()


def _dates(state: State, said: Language) -> Iterator[Chip]:
    """Yield the dates in force: a single year, month or day as one filter."""
    since, until = state.get("since"), state.get("until")
    if since and since == until:
        yield _chip("date", since, state.asked({"since": "", "until": ""}), said)
        return
    for name, value in (("since", since), ("until", until)):
        if value:
            yield _chip(name, value, state.asked({name: ""}), said)
