"""Syllables of pinyin <-> Wade-Giles as names are written: without apostrophes and dots, cai is tsai."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from indexer.vocabulary.sounds import syllables

_WHOLE = {
    "zi": "tzu", "ci": "tzu", "si": "szu", "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "er": "erh",
    "yan": "yen", "you": "yu", "ye": "yeh", "yue": "yueh", "yong": "yung", "gui": "kuei", "kui": "kuei",
    "ge": "ko", "ke": "ko", "he": "ho", "e": "o", "duo": "to", "tuo": "to", "luo": "lo", "nuo": "no", "zuo": "tso",
    "cuo": "tso", "zhuo": "cho", "chuo": "cho", "ruo": "jo", "suo": "so", "lv": "lu", "nv": "nu",
}  # fmt: skip
# The longer ones first.
_INITIALS = {
    "zh": "ch", "ch": "ch", "sh": "sh", "b": "p", "p": "p", "d": "t", "t": "t", "g": "k", "k": "k", "j": "ch",
    "q": "ch", "x": "hs", "r": "j", "z": "ts", "c": "ts",
}  # fmt: skip
_FINALS = {"ian": "ien", "ie": "ieh", "iong": "iung", "ong": "ung", "ue": "ueh", "ve": "ueh"}


def wade_giles(syllable: str) -> str:
    """Return a syllable of pinyin in Wade-Giles."""
    if syllable in _WHOLE:
        return _WHOLE[syllable]
    initial = next((own for own in _INITIALS if syllable.startswith(own)), "")
    if not initial and len(syllable) > 1 and syllable[0] in "fhlmnsw":
        return syllable[0] + _final(syllable[1:])
    return _INITIALS.get(initial, "") + _final(syllable[len(initial) :])


def _final(final: str) -> str:
    return _FINALS.get(final, final)


def in_pinyin(letters: str) -> tuple[str, ...]:
    """Return the syllables of pinyin that are written so in Wade-Giles."""
    return _by_letters().get(letters, ())


@cache
def _by_letters() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for syllable in syllables():
        found.setdefault(wade_giles(syllable), []).append(syllable)
    return {letters: tuple(own) for letters, own in found.items()}
