"""Words in one language -> in the other, from the dictionary, what the archive taught, and the table of names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from indexer.analysis.scripts import is_han
from indexer.vocabulary.alias_lines import AMBIGUOUS, SURE
from indexer.vocabulary.aliases import Aliases, Name
from indexer.vocabulary.learnt import Dictionary
from indexer.vocabulary.translations import Equivalent, Gloss, stems_of

# Words of each kind that are remembered; a question looks up some hundred.
_REMEMBERED = 4096


class Wordbook:
    """Looks words up in both; what the dictionary says comes first. It remembers what was asked for lately."""

    def __init__(self, translations: Dictionary, aliases: Aliases) -> None:
        self._translations, self._aliases = translations, aliases
        remembering = lru_cache(_REMEMBERED)
        self.glosses = remembering(self._glosses)
        self.sense = remembering(aliases.sense)
        self._equivalents_of = remembering(self._equivalents)

    def equivalents(self, stems: Sequence[str], typed: str = "") -> Sequence[Equivalent]:
        """Return what English words, by their stems, and folded as they are typed, are in Chinese."""
        return self._equivalents_of(tuple(stems), typed)

    def _glosses(self, word: str) -> Sequence[Gloss]:
        """Return what a folded Chinese word is in English."""
        names = ((name, stems_of(name.text)) for name in self._names(word) if not _is_chinese(name))
        return [
            *self._translations.glosses(word),
            *(Gloss(name.text, stems, _weight(name)) for name, stems in names if stems),
        ]

    def _equivalents(self, stems: tuple[str, ...], typed: str) -> Sequence[Equivalent]:
        names = (name for name in self._names(typed) if _is_chinese(name)) if typed else ()
        return [*self._translations.equivalents(stems), *(Equivalent(name.text, _weight(name)) for name in names)]

    def family(self, stem: str) -> Sequence[str]:
        """Return the stems of the dictionary's words that are of one family with another."""
        return self._translations.family(stem)

    def _names(self, key: str) -> Iterator[Name]:
        for group in self._aliases.groups_of(key):
            yield from group.names


def _is_chinese(name: Name) -> bool:
    return any(map(is_han, name.text))


def _weight(name: Name) -> float:
    return AMBIGUOUS if name.is_ambiguous else SURE
