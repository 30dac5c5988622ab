"""A Chinese word and an English one -> how much they sound alike, roughly: by their consonants."""

from __future__ import annotations

import re
from functools import cache

from indexer.vocabulary.sounds import syllables

# Letters to classes of consonants that stand for each other in foreign names; what is not named is dropped.
_ENGLISH = (
    ("tch|sch|sh|ch|j|zh|dg", "C"), ("ph|f|v", "F"), ("th|tt|t|dd|d", "T"), ("ck|kh|gh|cc|k|q|g", "K"), ("x", "KS"),
    ("c(?=[eiy])|ss|zz|s|z", "S"), ("c", "K"), ("pp|bb|p|b", "P"), ("ll|rr|l|r", "L"), ("mm|m", "M"), ("nn|n", "N"),
    ("wh|w", "W"), ("h", "H"), ("^[aeiouy]", "V"), (".", ""),
)  # fmt: skip
_LETTERS = re.compile("|".join(f"(?P<g{i}>{pattern})" for i, (pattern, _) in enumerate(_ENGLISH)), re.DOTALL)
_INITIALS = (
    ("zh|ch|sh|j|q|x|r", "C"), ("b|p", "P"), ("d|t", "T"), ("g|k", "K"), ("z|c|s", "S"), ("f", "F"), ("h", "H"),
    ("l", "L"), ("m", "M"), ("n", "N"), ("w", "W"), ("", " "),
)  # fmt: skip
# What one costs in place of another, or beside nothing: r and n at the end of a syllable are often not written.
_NEAR = {
    "FW": 0.2,
    "FH": 0.3,
    "CS": 0.2,
    "CK": 0.4,
    "CT": 0.6,
    "HK": 0.4,
    "PF": 0.5,
    "MN": 0.3,
    "HW": 0.3,
    "LN": 0.6,
    "VW": 0.3,
    "CV": 0.4,
}
_LEFT_OUT = {"L": 0.3, "N": 0.3, "H": 0.15, "W": 0.15, "T": 0.5, "K": 0.5, "S": 0.5, "M": 0.5}


def sounds_like(chinese: str, english: str) -> float:
    """Return how alike they sound, up to 1; 0 for a character without a reading."""
    ways = _han_classes(chinese)
    letters = "".join(_class_of(match) for match in _LETTERS.finditer(english.lower()))
    longest = max([len(letters), *map(len, ways)], default=0)
    # One consonant says nothing.
    if min([len(letters), *map(len, ways)], default=0) < 2:
        return 0.0
    return max(1 - _distance(way, letters) / longest for way in ways)


def _class_of(match: re.Match[str]) -> str:
    return _ENGLISH[int(str(match.lastgroup)[1:])][1]


def _han_classes(text: str) -> list[str]:
    found = [_reading_classes(character) for character in text]
    return ["V" * found[0].startswith(" ") + "".join(found).replace(" ", "")] if all(found) else []


@cache
def _first_readings() -> dict[str, str]:
    """Return a syllable of each character."""
    return {character: syllable for syllable, own in reversed(syllables().items()) for character in own}


@cache
def _reading_classes(character: str) -> str:
    """Return the classes of a character's syllable, behind a space if it has no initial; empty without a reading."""
    syllable = _first_readings().get(character, "")
    if not syllable:
        return ""
    initial = next(sound for pattern, sound in _INITIALS if re.match(pattern, syllable))
    final = "N" if syllable.endswith(("n", "ng")) and len(syllable) > 1 else "L" if syllable.endswith("er") else ""
    return initial + final


def _distance(one: str, other: str) -> float:
    """Return the least that it costs to make one of the other."""
    above = [0.0]
    for sound in other:
        above.append(above[-1] + _LEFT_OUT.get(sound, 1))
    for own in one:
        row = [above[0] + _LEFT_OUT.get(own, 1)]
        for at, sound in enumerate(other, 1):
            row.append(
                min(
                    above[at - 1] + _cost(own, sound),
                    above[at] + _LEFT_OUT.get(own, 1),
                    row[-1] + _LEFT_OUT.get(sound, 1),
                )
            )
        above = row
    return above[-1]


def _cost(one: str, other: str) -> float:
    return 0.0 if one == other else _NEAR.get(one + other, _NEAR.get(other + one, 1.0))
