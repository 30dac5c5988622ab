"""Words that no dictionary has -> the names of an archive, in the other writing, that sound like them."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp

from indexer.vocabulary.foreign_sounds import foreign_sounds
from search.held_names import MOST_FOUND, HeldNames, Sounding
from search.sounding import LEAST_LETTERS, LONGEST_NAME, in_characters, in_letters

# Fits from which on a name may be shown; others only rank.
LEAST_SHOWN = -0.8
# Letters of the longest name: Solzhenitsyn has 12.
_MOST_LETTERS = 20
# Spellings that are looked for in passages.
_MOST_TRIED = 200


def may_be_foreign(han: str) -> bool:
    """Tell whether Han characters are all of those of foreign names."""
    return 2 <= len(han) <= LONGEST_NAME and foreign_sounds().characters.issuperset(han)


def in_chinese(word: str, names: HeldNames) -> list[Sounding]:
    """Return the Chinese names that sound like a folded English word, the likeliest first."""
    if (
        not LEAST_LETTERS <= len(word) <= _MOST_LETTERS
        or not (word.isascii() and word.isalpha())
        or not names.is_capitalised(word)
    ):
        return []
    sounds = foreign_sounds()
    held = names.held(in_characters(word, sounds, names.holds, _MOST_TRIED))
    return _soundings((han, sounds.score(han, word)) for han in held if names.stands_alone(han))


def in_english(han: str, names: HeldNames) -> list[Sounding]:
    """Return the English words, as they stand in `text`, that sound like a folded Chinese name."""
    if not may_be_foreign(han):
        return []
    sounds = foreign_sounds()
    words = in_letters(han, sounds, names.begins, names.holds, MOST_FOUND)
    return _soundings((word, sounds.score(han, word)) for word in words if names.is_capitalised(word))


def _soundings(scored: Iterable[tuple[str, float]]) -> list[Sounding]:
    """Return names by their fits, the best first. They weigh as much as the mean chance of a letter."""
    return [Sounding(text, exp(score), score) for text, score in sorted(scored, key=lambda pair: -pair[1])]
