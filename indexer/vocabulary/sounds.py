"""How Han characters sound, without tones, from `data/readings.txt`: characters <-> syllables of pinyin."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

DATA_FILE = Path(__file__).with_name("data") / "readings.txt"

# Syllables with ü as they are typed, where v is not.
_TYPED = {"lu": "lv", "nu": "nv", "lue": "lve", "nue": "nve", "lyu": "lv", "nyu": "nv"}
_LONGEST_SYLLABLE = 6
# Letters of a word that may be pinyin: names and sayings have four syllables, seldom more.
_LONGEST_WORD = 24


@cache
def syllables() -> dict[str, str]:
    """Return the characters of search keys that are read like each syllable."""
    lines = DATA_FILE.read_text("utf-8").splitlines()
    found = dict(line.split(" ") for line in lines if not line.startswith("#"))
    for typed, syllable in _TYPED.items():
        found[typed] = found.get(typed, "") + found[syllable]
    return found


def same_sound(character: str) -> str:
    """Return the characters that share a reading with this one, itself among them; nothing if it has none."""
    return "".join(own for own in syllables().values() if character in own)


def syllables_of(character: str) -> tuple[str, ...]:
    """Return the ways to read a character of search keys; none if it has none."""
    return tuple(syllable for syllable, own in syllables().items() if character in own)


@cache
def beginning_with(letters: str) -> str:
    """Return the characters with a reading that begins so."""
    return "".join(own for syllable, own in syllables().items() if syllable.startswith(letters))


def readings(word: str, *, is_open: bool = False) -> list[tuple[str, ...]]:
    """Return the ways to read a word as syllables, those of the fewest first; of an open one the last may go on.

    xianggang is xiang-gang and xi-ang-gang. A word that is too long for pinyin has none.
    """
    return sorted(_ways(word, is_open), key=len) if len(word) <= _LONGEST_WORD else []


def _ways(word: str, is_open: bool) -> Iterator[tuple[str, ...]]:
    known = syllables()
    for end in range(1, min(len(word), _LONGEST_SYLLABLE) + 1):
        head, rest = word[:end], word[end:]
        if rest and head in known:
            yield from ((head, *way) for way in _ways(rest, is_open))
        elif not rest and (head in known or (is_open and beginning_with(head))):
            yield (head,)
