"""The parameters of a page's address -> addresses that differ from it in something."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

# What leads to a later page: it belongs to the search as it was, not to one that differs from it.
_OF_THE_PAGE = ("offset", "after")
# The language of the interface: beside the parameters of a search, in every address of the page.
LANGUAGE = "ui"
# Which part of a long article is read, beside the parameters of the search that led to it; the first is 1.
PART = "part"
# Passages of a part. Of the longest that articles have, with six marks in each, 500 are 1 MB of HTML, made in 0.3 s.
PART_PASSAGES = 500


@dataclass(frozen=True, slots=True)
class State:
    """All that an address says, in order; what is empty says nothing."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> State:
        return cls(tuple((name, value) for name, value in pairs if value))

    def get(self, name: str) -> str:
        """Return the last value of a parameter, empty if it is not given."""
        return next((value for key, value in reversed(self.pairs) if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of a parameter that takes several: given several times, or with commas."""
        listed = (one.strip() for key, value in self.pairs if key == name for one in value.split(","))
        return tuple(dict.fromkeys(one for one in listed if one))

    def only(self, *names: str) -> State:
        return State(tuple(pair for pair in self.pairs if pair[0] in names))

    def without(self, *names: str) -> State:
        return State(tuple(pair for pair in self.pairs if pair[0] not in names))

    def changed(self, changes: Mapping[str, str]) -> State:
        """Return the same page with some parameters changed, in their places; an empty value leaves one out."""
        given = {name for name, _ in self.pairs}
        pairs = [(name, changes.get(name, value)) for name, value in self.pairs]
        added = [(name, value) for name, value in changes.items() if name not in given]
        return State.of(dict.fromkeys([*pairs, *added]))

    def asked(self, changes: Mapping[str, str]) -> State:
        """Return another search: with some parameters changed, from its first page on."""
        return self.changed(changes).without(*_OF_THE_PAGE)

    def asking(self, name: str, before: str = "") -> Callable[[str], str]:
        """Return what gives addresses as `asked`, by what stands in a parameter behind `before`; quicker for many."""
        pairs = self.asked({name: "?"}).pairs
        at = pairs.index((name, "?"))
        first = State((*pairs[:at], (name, before))).address()
        last = "".join(f"&{_pair(pair)}" for pair in pairs[at + 1 :])
        return lambda value: f"{first}{_quoted(value)}{last}"

    def less(self, name: str, value: str) -> State:
        """Return another search, without one of the values of a parameter."""
        return self.asked({name: ",".join(one for one in self.all(name) if one != value)})

    def address(self, path: str = "/") -> str:
        """Return the address of a page with these parameters."""
        query = "&".join(map(_pair, self.pairs))
        return f"{path}?{query}" if query else path


def _pair(pair: tuple[str, str]) -> str:
    return f"{_quoted(pair[0])}={_quoted(pair[1])}"


# A page has a hundred addresses that differ in one value each.
@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


def article_address(article_id: str, state: State, passage_id: str = "") -> str:
    """Return where an article is read, with what the search marks in it, at one of its passages."""
    number = passage_id.removeprefix(f"{article_id}@")
    place = f"#{anchor(number)}" if passage_id else ""
    read = state.without("facets")
    if part := _part_of(number):
        read = read.changed({PART: str(part + 1)})
    return read.address(f"/articles/{_quoted(article_id)}") + place


def _part_of(number: str) -> int:
    """Return how many parts of an article stand before a passage, by its number in the article."""
    return int(number) // PART_PASSAGES if number.isascii() and number.isdecimal() else 0


def anchor(number: str) -> str:
    """Return the name by which an address leads to a passage: by what stands behind the @ of its id."""
    return f"passage-{_quoted(number)}"
