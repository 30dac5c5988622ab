"""How Han characters sound in foreign names, from `data/foreign-sounds.txt`: 奥巴马 <-> obama.

Each character of a name is said by 0 to 5 letters. How well a name in characters fits one in letters is the logarithm
of the chance of the letters, summed over all ways to divide them, divided by their number: 0 is the best.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import exp, inf, log, log1p
from pathlib import Path
from typing import NamedTuple

from indexer.cached import cached_property

DATA_FILE = Path(__file__).with_name("data") / "foreign-sounds.txt"

# Letters that one character is said by.
MOST_LETTERS = 5
# How chances are written: a character for each, from `!`, in steps of an eighth of a natural logarithm.
_FIRST, _STEP = 33, 8
# Of letters that are not in the table for a character, by their number: rarer than any that are.
_UNSEEN = tuple(map(log, (1e-3, 1e-4, 2e-6, 1e-7, 1e-9, 1e-11)))


class Said(NamedTuple):
    """A character that letters may be said as, with the logarithm of their chance; or the other way round."""

    text: str
    chance: float


class ForeignSounds:
    """A table as `line_of` writes it; lines are read when they are asked for."""

    def __init__(self, table: str) -> None:
        lines = (line.split(" ") for line in table.splitlines() if not line.startswith("#"))
        self._lines = {letters: (characters, levels) for letters, characters, levels in lines}

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters of foreign names."""
        return frozenset("".join(characters for characters, _ in self._lines.values()))

    def said_by(self, letters: str, limit: int | None = None) -> list[Said]:
        """Return the characters that letters may be, the likeliest first, at most `limit`."""
        characters, levels = self._lines.get(letters, ("", ""))
        return [*map(Said, characters[:limit], map(_chance, levels[:limit]))]

    def letters_of(self, character: str) -> list[Said]:
        """Return the letters that a character may be said by, the likeliest first."""
        return sorted((Said(*one) for one in self._row(character).items()), key=lambda said: -said.chance)

    def score(self, han: str, letters: str) -> float:
        """Return how well a name in characters fits one in letters, 0 at best; -inf with other characters."""
        sums = [0.0] + [-inf] * len(letters)
        for character in han:
            row = self._row(character)
            if not row:
                return -inf
            after = [-inf] * len(sums)
            for start, before in enumerate(sums):
                if before > -inf:
                    for end in range(start, min(len(letters), start + MOST_LETTERS) + 1):
                        part = letters[start:end]
                        after[end] = _added(after[end], before + row.get(part, _UNSEEN[len(part)]))
            sums = after
        return sums[-1] / len(letters)

    @cache  # noqa: B019 - there is one table in a process
    def _row(self, character: str) -> Mapping[str, float]:
        return {
            letters: _chance(levels[characters.index(character)])
            for letters, (characters, levels) in self._lines.items()
            if character in characters
        }


def line_of(letters: str, row: Mapping[str, float]) -> str:
    """Return a line of a table: letters, and the logarithms of their chances for characters."""
    ordered = sorted(row.items(), key=lambda pair: (-pair[1], pair[0]))
    levels = "".join(chr(_FIRST + round(-_STEP * chance)) for _, chance in ordered)
    return f"{letters} {''.join(character for character, _ in ordered)} {levels}\n"


@cache
def foreign_sounds() -> ForeignSounds:
    """Return the table that comes with wensou."""
    return ForeignSounds(DATA_FILE.read_text("utf-8"))


def _chance(level: str) -> float:
    return (_FIRST - ord(level)) / _STEP


def _added(one: float, other: float) -> float:
    """Return the logarithm of the sum of two chances."""
    high, low = max(one, other), min(one, other)
    return high if low == -inf else high + log1p(exp(low - high))
