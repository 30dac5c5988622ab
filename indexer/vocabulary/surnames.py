"""Chinese surnames and how they are read, from `data/surnames.txt`: 曾 is zeng."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path

from indexer.vocabulary.sounds import syllables_of
from indexer.vocabulary.wade_giles import wade_giles

DATA_FILE = Path(__file__).with_name("data") / "surnames.txt"

LONGEST_SURNAME = 2


def surname_of(name: str) -> str:
    """Return the surname, of two characters or one, that a folded name begins with; nothing if it has none."""
    known = surnames()
    return next((name[:size] for size in range(LONGEST_SURNAME, 0, -1) if name[:size] in known), "")


def surnames_read(letters: str) -> tuple[str, ...]:
    """Return the surnames that are written so in pinyin or Wade-Giles."""
    return _by_letters().get(letters, ())


@cache
def surnames() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the ways to read each surname, as syllables."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for line in DATA_FILE.read_text("utf-8").splitlines():
        own, _, reading = line.partition(" ")
        if reading and not line.startswith("#"):
            found[own] = tuple(_divided(own, reading))
        elif not line.startswith("#"):
            found |= {character: tuple((syllable,) for syllable in syllables_of(character)) for character in own}
    return found


def _divided(surname: str, reading: str) -> list[tuple[str, ...]]:
    """Return a reading as one syllable for each character; those of 澹台 and 万俟 are only read so in the name."""
    if len(surname) == 1:
        return [(reading,)]
    ways = [way for way in product(*map(syllables_of, surname)) if "".join(way) == reading]
    return ways or [(reading,)]


@cache
def _by_letters() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for surname, ways in surnames().items():
        for way in ways:
            for letters in ("".join(way), "".join(map(wade_giles, way))):
                found.setdefault(letters, {})[surname] = None
    return {letters: tuple(own) for letters, own in found.items()}
