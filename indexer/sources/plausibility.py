"""Text -> how unlikely it is as Chinese or English, to choose among the readings of some bytes."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

DATA_FILE = Path(__file__).with_name("data") / "characters.json"

# A Han character that the counts do not list, and one that is outside the first block, too.
_UNLISTED_HAN = 17.0
_RARE_HAN = 20.0
# One that no article holds: unassigned, for private use, a control, or U+FFFD, as what cannot be decoded becomes.
WRONG = 16.0
_BESIDE_WRONG = 6.0


def kind_of(character: str) -> str:
    """Return what a character is: letter digit space punctuation han wide accented mark symbol foreign or wrong."""
    if character < "\x80":
        return _ascii_kind(character)
    category = unicodedata.category(character)
    if category in ("Cc", "Cn", "Co", "Cs") or character == "\ufffd":
        return "wrong"
    if "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character > "\U0001ffff":
        return "han"
    if "\u3000" <= character <= "\u303f" or "\uff01" <= character <= "\uff5e":
        return "wide"
    if character <= "\u024f" and category[0] == "L":
        return "accented"
    if character <= "\u00ff" or "\u2010" <= character <= "\u203a":
        return "mark"
    return "foreign" if category[0] in "LM" else "symbol"


def _ascii_kind(character: str) -> str:
    if character.isalpha():
        return "letter"
    if character.isdigit():
        return "digit"
    if character in " \t\n\r":
        return "space"
    return "punctuation" if character.isprintable() else "wrong"


class _Costs(dict[str, float]):
    """-ln of the share of each character in its kind; what is not listed is worked out when first asked for."""

    def __init__(self, listed: Mapping[str, Mapping[str, str]], unlisted: Mapping[str, float]) -> None:
        for groups in listed.values():
            for cost, characters in groups.items():
                self.update(dict.fromkeys(characters, float(cost)))
        self._unlisted = {"han": _UNLISTED_HAN, **unlisted}

    def __missing__(self, character: str) -> float:
        kind = kind_of(character)
        cost = self._unlisted.get(kind, WRONG)
        if kind == "han" and not "\u4e00" <= character <= "\u9fff":
            cost = _RARE_HAN
        self[character] = cost
        return cost


class _Kinds(dict[str, str]):
    """The kind of each character, worked out when first asked for."""

    def __missing__(self, character: str) -> str:
        self[character] = kind_of(character)
        return self[character]


@cache
def _model() -> tuple[_Costs, _Kinds, defaultdict[tuple[str, str], float]]:
    figures = json.loads(DATA_FILE.read_text("utf-8"))
    follows: defaultdict[tuple[str, str], float] = defaultdict(lambda: _BESIDE_WRONG)
    follows.update({(first, then): cost for first, row in figures["follows"].items() for then, cost in row.items()})
    return _Costs(figures["costs"], figures["unlisted"]), _Kinds(), follows


def surprise(text: str) -> float:
    """Return -ln of the probability of a text: of each character in its kind, and of each kind after the last one."""
    costs, kinds, follows = _model()
    sequence = list(map(kinds.__getitem__, text))
    return sum(map(costs.__getitem__, text)) + sum(map(follows.__getitem__, pairwise(sequence)))


def cost_of(character: str) -> float:
    """Return -ln of the share of a character in its kind."""
    return _model()[0][character]
