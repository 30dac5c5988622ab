"""What a query says: a tree, and the text that is read as this tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Words:
    """Words side by side, ranked together; each of `units` was typed without a space in it."""

    units: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.units)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Text that stands there as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """The words of `text` in any order, with at most `slop` other places among them."""

    text: str
    slop: int


@dataclass(frozen=True, slots=True)
class Wild:
    """A word with `*` for any characters and `?` for one."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """A word with so many edits; None: as many as its length bears."""

    word: str
    distance: int | None = None


@dataclass(frozen=True, slots=True)
class Everything:
    """All there is."""


@dataclass(frozen=True, slots=True)
class Scoped:
    """What is looked for in one field only: title, body, tag, author or source."""

    field: str
    node: Tree


@dataclass(frozen=True, slots=True)
class Exact:
    """A tag, author or source that is this one, to the letter."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A language or kind by its name."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Address:
    """A part of a path or URL; `*` stands for any characters."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Days:
    """Published from `low` to `high`, both included; None is open."""

    low: date | None
    high: date | None


@dataclass(frozen=True, slots=True)
class Together:
    """Parts side by side; none is the empty query."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of some parts."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of some parts."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What a part does not mean."""

    node: Tree


@dataclass(frozen=True, slots=True)
class Must:
    """A part that is required."""

    node: Tree


Tree: TypeAlias = (
    Words
    | Phrase
    | Near
    | Wild
    | Fuzzy
    | Everything
    | Scoped
    | Exact
    | Choice
    | Address
    | Days
    | Together
    | And
    | Or
    | Not
    | Must
)

OPERATORS = ("AND", "OR", "NOT")
DOUBLE_QUOTES = '"＂“”„‟〝〞'
CORNER_QUOTES = {"「": "」", "『": "』"}
# What may stand in a word only behind a backslash: it would end the word, or mean something in it.
SPECIAL = rf"\\\s{DOUBLE_QUOTES}「」『』()（）|｜*＊?？"


def written(tree: Tree) -> str:
    """Return a query that `grammar.parse` reads as this tree, if a query can be."""
    match tree:
        case Together(parts):
            return " ".join(
                _grouped(part) if isinstance(part, And | Or | Together) else written(part) for part in parts
            )
        case And(parts):
            return " AND ".join(_grouped(part) if isinstance(part, And | Or) else written(part) for part in parts)
        case Or(parts):
            return " OR ".join(_grouped(part) if isinstance(part, Or) else written(part) for part in parts)
        case Not(node):
            return "-" + _operand(node)
        case Must(node):
            return "+" + _operand(node)
        case Words(units):
            return " ".join(map(_unit, units))
        case Phrase(text):
            return _quoted(text)
        case Near(text, slop):
            return f"{_quoted(text)}~{slop}"
        case Wild(pattern):
            return pattern
        case Fuzzy(word, distance):
            return f"{word}~{'' if distance is None else distance}"
        case Everything():
            return "*"
        case Scoped(field, node):
            return f"{field}:{_operand(node)}"
        case Exact(field, value):
            return f"{field}:={_quoted(value)}"
        case Choice(field, value):
            return f"{field}:{value}"
        case Address(field, text):
            return f"{field}:{_quoted(text)}"
        case Days(low, high):
            return f"date:{_days(low, high)}"


def leaves(tree: Tree, *, is_meant: bool = False) -> Iterator[Tree]:
    """Yield what operators and fields combine, in order; with `is_meant` nothing of what is left out."""
    match tree:
        case Together(parts) | And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part, is_meant=is_meant)
        case Not() if is_meant:
            return
        case Not(node) | Must(node) | Scoped(_, node):
            yield from leaves(node, is_meant=is_meant)
        case leaf:
            yield leaf


def _operand(tree: Tree) -> str:
    is_one = isinstance(tree, Words) and len(tree.units) == 1
    is_composite = isinstance(tree, Together | And | Or | Not | Must | Words)
    return _grouped(tree) if is_composite and not is_one else written(tree)


def _grouped(tree: Tree) -> str:
    return f"({written(tree)})"


def _quoted(text: str) -> str:
    return '"' + re.sub(rf"([\\{DOUBLE_QUOTES}])", r"\\\1", text) + '"'


def _unit(unit: str) -> str:
    """Return a word as it must be typed to be no more than one."""
    if unit in OPERATORS:
        return "\\" + unit
    escaped = re.sub(rf"([{SPECIAL}~～:：])", r"\\\1", unit)
    return "\\" + escaped if escaped[0] in "+-＋－=＝" else escaped


def _days(low: date | None, high: date | None) -> str:
    if low == high and low is not None:
        return low.isoformat()
    return f"{low.isoformat() if low else ''}..{high.isoformat() if high else ''}"
