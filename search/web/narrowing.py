"""A query and a condition on what is known of articles -> the query with that condition, or without it."""

from __future__ import annotations

from typing import NamedTuple

from search.fields import FACT_FIELDS
from search.grammar import parse
from search.syntax import And, Exact, Together, Tree, written

_ANY = Exact("source", "x")


class Condition(NamedTuple):
    """What a query requires of each article: this tag, author or source. `without` is the query without it."""

    field: str
    value: str
    without: str


def condition(field: str, value: str) -> str:
    """Return a condition on articles as it is written in a query."""
    return written(Exact(field, value))


class Narrowing:
    """A query, read once, to which conditions are added, behind `before`; `conditions` are those that it has."""

    def __init__(self, query: str) -> None:
        self.text = query.strip()
        tree = parse(query).tree
        self._parts = tree.parts if isinstance(tree, And) else () if tree == Together(()) else (tree,)
        self.before = self._beginning()
        self.conditions = tuple(
            Condition(part.field, part.value, self._without(part, self._parts[:i] + self._parts[i + 1 :]))
            for i, part in enumerate(self._parts)
            if isinstance(part, Exact) and part.field in FACT_FIELDS
        )

    def to(self, field: str, value: str) -> str:
        """Return the query for what it finds that has a tag, author or source, to the letter."""
        return self.before + condition(field, value)

    def _beginning(self) -> str:
        """Return what a condition is put behind: the query as typed, if it is still read so with a condition there.

        OR needs brackets; a quote that is not closed would take in the condition.
        """
        if not self._parts:
            return ""
        wanted = And((*self._parts, _ANY))
        typed = (f"{self.text} AND ", f"({self.text}) AND ")
        rewritten = written(wanted).removesuffix(written(_ANY))
        return next((one for one in typed if parse(one + written(_ANY)).tree == wanted), rewritten)

    def _without(self, condition: Exact, rest: tuple[Tree, ...]) -> str:
        if not rest:
            return ""
        wanted = rest[0] if len(rest) == 1 else And(rest)
        typed = self.text.replace(f" AND {written(condition)}", "", 1)
        bare = typed[1:-1] if typed[:1] == "(" and typed[-1:] == ")" else typed
        return next((one for one in (bare, typed) if parse(one).tree == wanted), written(wanted))
