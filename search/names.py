"""Names of a query that no dictionary has -> what an archive calls them in the other language, by how they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from indexer.analysis.analyzer import Analyzer
from indexer.engines.base import Engine
from indexer.nodes import Phrase, Term
from indexer.vocabulary.translations import stems_of
from search import chinese_names, foreign_names, sounding
from search.foreign_names import LEAST_SHOWN
from search.held_names import HeldNames, Sounding
from search.phrases import places
from search.translation import Dictionary, Way

# Weight of what may be another name: under that of what is shown.
_UNSURE = 0.5
# Characters of a name, in any number of jieba's words.
_LONGEST = max(chinese_names.LONGEST_NAME, sounding.LONGEST_NAME)
# Foreign names of a query that are spelled, the first ones: each takes some 20 ms. Of 3,000 characters of Chinese
# articles none was one; 800 times 因 was taken for thousands, and took a minute.
_MOST_FOREIGN = 30
# What stands beside a name of two characters and says that it is one.
_TITLES = re.compile(
    "(?:主席|总理|部长|总统|书记|省长|市长|大使|教授|博士|主任|院长|委员|发言人|外长|先生|女士|董事长|局长|司长|将军|上将|议员|特首|司令|校长)$"
)


class ArchiveNames:
    """Finds the names of an archive that words of a query may be; a word of the dictionary is none."""

    def __init__(self, engine: Engine, analyzer: Analyzer, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._names = HeldNames(engine, analyzer, self._is_word)
        self._foreign: dict[str, list[Sounding]] = {}

    def english(self, words: Sequence[str], at: int) -> tuple[int, tuple[Way, ...]]:
        """Return what the longest name that begins with a word of a Han run is in English, and of how many words it is.

        (0, ()) if none does.
        """
        for size in _sizes(words, at):
            if self._may_be_name(words[at : at + size]):
                beside = (*words[max(0, at - 1) : at], *words[at + size : at + size + 1])
                found = self._in_english("".join(words[at : at + size]), has_title=any(map(_TITLES.search, beside)))
                if found:
                    return size, tuple(map(_english, found))
        return 0, ()

    def chinese(self, words: Sequence[str]) -> tuple[Way, ...]:
        """Return what folded English words are in Chinese, if they are a name: of one word a foreign one."""
        if len(words) == 1:
            return tuple(_chinese(foreign_names.in_chinese(words[0], self._names)))
        return tuple(_chinese(chinese_names.in_chinese(words, self._names)))

    def _in_english(self, han: str, *, has_title: bool) -> list[Sounding]:
        found = chinese_names.in_english(han, self._names, has_title=has_title)
        return found or self._in_letters(han)

    def _in_letters(self, han: str) -> list[Sounding]:
        """Return what a foreign name is in English, each looked for once."""
        if not foreign_names.may_be_foreign(han):
            return []
        if han not in self._foreign and len(self._foreign) < _MOST_FOREIGN:
            self._foreign[han] = foreign_names.in_english(han, self._names)
        return self._foreign.get(han, [])

    def _may_be_name(self, words: Sequence[str]) -> bool:
        """Tell whether words may be a name unknown to the dictionary: single characters, or one of them unknown."""
        longer = [word for word in words if len(word) > 1]
        is_unknown = not longer or any(not self._dictionary.glosses(word) for word in longer)
        return is_unknown and not any(map(self._is_word, longer))

    def _is_word(self, han: str) -> bool:
        """Tell whether Han characters are in the dictionary, and not as a name, which has a capital."""
        glosses = self._dictionary.glosses(han)
        return bool(glosses) and not any(gloss.text[:1].isupper() for gloss in glosses)


def _sizes(words: Sequence[str], at: int) -> Iterator[int]:
    """Yield the numbers of words from one on that are no more characters than a name, the most first."""
    letters = 0
    sizes = 0
    for word in words[at:]:
        letters += len(word)
        if letters > _LONGEST:
            break
        sizes += 1
    yield from range(sizes, 0, -1)


def _english(name: Sounding) -> Way:
    stems = stems_of(name.text)
    return Way(Term("en", stems[0]) if len(stems) == 1 else Phrase("en", stems), _weight(name), name.text)


def _weight(name: Sounding) -> float:
    """Return the weight of a name, of one that is not sure too little to be shown."""
    return name.weight if name.certainty >= LEAST_SHOWN else min(name.weight, _UNSURE)


def _chinese(names: Iterable[Sounding]) -> Iterator[Way]:
    for name in names:
        if (found := places(name.text)) is not None:
            yield Way(found.node("text"), _weight(name), name.text)
