"""PARAMETERS and a state -> the fields of the search form, filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from search.web.languages import Language
from search.web.parameters import PARAMETERS, Parameter
from search.web.state import PART, State

# What people set, in the order of the form; the query has a field of its own.
_ASKED = (
    "since", "until", "lang", "kind", "sort", "cross", "fresh", "limit", "exact", "copies", "stories", "passages",
    "suggest",
)  # fmt: skip
# What a new search does not keep: its place in another one, and what the page counts anyway.
_DROPPED = ("q", "offset", "after", "facets", PART)
_LIMITS = ("10", "20", "50", "100")


class Option(NamedTuple):
    value: str
    name: str
    is_chosen: bool


class Field(NamedTuple):
    """A field: `shape` is text, select, check or checks. `hint` is what a text may look like."""

    shape: str
    name: str
    label: str
    value: str
    hint: str = ""
    options: tuple[Option, ...] = ()


def fields(state: State, said: Language) -> list[Field]:
    """Return the fields of the form."""
    known = {parameter.name: parameter for parameter in PARAMETERS}
    return [_field(known[name], state, said) for name in _ASKED]


def hidden(state: State) -> Iterator[tuple[str, str]]:
    """Yield what a new search keeps although the form has no field for it."""
    yield from (pair for pair in state.without(*_ASKED, *_DROPPED).pairs)


def _field(parameter: Parameter, state: State, said: Language) -> Field:
    name, label = parameter.name, str(said.say(f"filter.{parameter.name}"))
    value = state.get(name)
    match parameter.kind:
        case "flag":
            return Field("check", name, label, "1", options=(Option("1", label, value in ("1", "true")),))
        case "names":
            chosen = state.all(name)
            options = tuple(Option(one, said.named(name, one), one in chosen) for one in parameter.choices)
            return Field("checks", name, label, value, options=options)
        case "choice" | "number":
            return Field("select", name, label, value, options=_options(parameter, value, said))
        case _:
            hint = said.say("filter.half_life" if parameter.kind == "half-life" else "filter.day")
            return Field("text", name, label, value, str(hint))


def _options(parameter: Parameter, value: str, said: Language) -> tuple[Option, ...]:
    """Return the values of a choice; the first is what counts anyway, so that it need not stand in the address."""
    choices = parameter.choices or _LIMITS
    usual = {"cross": "auto"}.get(parameter.name, str(parameter.default or ""))
    first = said.named(parameter.name, usual) if usual else str(said.say("filter.any"))
    others = (one for one in dict.fromkeys((*choices, value)) if one not in (usual, ""))
    chosen = "" if value == usual else value
    return (
        Option("", first, not chosen),
        *(Option(one, said.named(parameter.name, one), one == chosen) for one in others),
    )
