"""Chinese words <-> English words and phrases, from a table that is made of the dictionary when it is first used.

The table lies in the user's cache folder, one for each version of the dictionary and of what is made of it. Processes
that make it at the same time write the same; the last one's stays.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from math import ceil
from pathlib import Path
from typing import NamedTuple

from indexer.analysis.fold import fold_key
from indexer.analysis.latin import word_terms
from indexer.analysis.scripts import runs
from indexer.analysis.stopwords import stopwords
from indexer.vocabulary.cedict import Entry, dictionary_version, entries
from indexer.vocabulary.glosses import meanings, references
from indexer.vocabulary.tables import Table, packed
from indexer.whole_files import write_whole

# Raised when what is made of the dictionary changes.
_FORMAT = 2
# English phrases of more words are explanations.
LONGEST_PHRASE = 5
# How many references are followed: a variant of a variant.
_DEPTH = 2
# Chinese words, English phrases, and the beginnings of English words are looked up in one table.
_CHINESE, _ENGLISH, _BEGINNING = "c", "e", "b"
# Words with as much of their beginning in common, and no less than this part of the longer one, are of one family.
FAMILY_LETTERS = 5
_FAMILY_PART = 0.6


class Gloss(NamedTuple):
    """An English translation: as written, its stems as they stand in the field `en`, and a weight up to 1."""

    text: str
    stems: tuple[str, ...]
    weight: float


class Equivalent(NamedTuple):
    """A Chinese translation, folded, with a weight up to 1."""

    word: str
    weight: float


class Translations:
    """A dictionary in both directions; without a table it has no word."""

    def __init__(self, table: Table | None) -> None:
        self._table = table

    @property
    def is_empty(self) -> bool:
        return self._table is None

    def glosses(self, word: str) -> list[Gloss]:
        """Return the English translations of a folded Chinese word, the best first."""
        lines = self._get(_CHINESE + word)
        parts = (line.split("\t") for line in lines)
        return [Gloss(text, tuple(stems.split(" ")), int(weight) / 100) for weight, text, stems in parts]

    def equivalents(self, stems: Sequence[str]) -> list[Equivalent]:
        """Return the Chinese words that some English words, as `key_of` has them, translate, the best first."""
        parts = (line.split("\t") for line in self._get(_ENGLISH + " ".join(stems)))
        return [Equivalent(word, int(weight) / 100) for weight, word in parts]

    def family(self, stem: str) -> list[str]:
        """Return the stems of English words that are of one family with another one: religion for religi."""
        return [other for other in self._get(_BEGINNING + stem[:FAMILY_LETTERS]) if are_family(stem, other)]

    def _get(self, key: str) -> list[str]:
        value = self._table.get(key) if self._table is not None else ""
        return value.split("\n") if value else []


def are_family(one: str, other: str) -> bool:
    """Tell whether two different stems begin alike."""
    least = max(FAMILY_LETTERS, ceil(_FAMILY_PART * max(len(one), len(other))))
    return one != other and min(len(one), len(other)) >= least and one[:least] == other[:least]


def key_of(stems: Iterable[str]) -> tuple[str, ...]:
    """Return what English words are looked up by: their stems, without those of function words unless all are."""
    kept = tuple(stems)
    return tuple(stem for stem in kept if stem not in stopwords()) or kept


def stems_of(text: str) -> tuple[str, ...]:
    """Return the stems of an English text, in order, as the field `en` has them."""
    key = fold_key(text)
    return tuple(word_terms(key, runs(key)))


@cache
def translations() -> Translations:
    """Return the dictionary that is installed; one without words if none is. Made once, it takes some seconds."""
    version = dictionary_version()
    if not version:
        return Translations(None)
    path = cache_folder(os.environ, sys.platform) / f"translations-{_FORMAT}-{version}.table"
    return Translations(opened(path))


def opened(path: Path) -> Table:
    """Return the table in a file, made if it is not there; where nothing can be written, it is this process's own."""
    with suppress(OSError, ValueError):
        return Table.open(path)
    data = packed(table_of(entries()))
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, data)
        return Table.open(path)
    return Table(data)


def cache_folder(environment: Mapping[str, str], platform: str) -> Path:
    """Return the folder for what can be made again: WENSOU_CACHE, else the user's own one of the system."""
    if own := environment.get("WENSOU_CACHE"):
        return Path(own).expanduser()
    if platform == "win32" and (local := environment.get("LOCALAPPDATA")):
        return Path(local) / "wensou" / "cache"
    if platform == "darwin":
        return Path("~/Library/Caches/wensou").expanduser()
    return Path(environment.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "wensou"


def table_of(found: Iterable[Entry]) -> dict[str, str]:
    """Return the lines of both directions by key: weight in hundredths, then the translation."""
    english = _english_by_word(found)
    chinese: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    table: dict[str, str] = {}
    for word, weights in english.items():
        glosses = [Gloss(text, stems_of(text), weight) for text, weight in weights.items()]
        glosses = sorted((one for one in glosses if one.stems), key=lambda one: -one.weight)
        if glosses:
            table[_CHINESE + word] = "\n".join(f"{g.weight * 100:.0f}\t{g.text}\t{' '.join(g.stems)}" for g in glosses)
        for gloss in glosses:
            key = key_of(gloss.stems)
            if len(key) <= LONGEST_PHRASE:
                chinese[key][word] = max(gloss.weight, chinese[key].get(word, 0))
    for key, words in chinese.items():
        ordered = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))
        table[_ENGLISH + " ".join(key)] = "\n".join(f"{weight * 100:.0f}\t{word}" for word, weight in ordered)
    return table | _beginnings(key[0] for key in chinese if len(key) == 1)


def _beginnings(stems: Iterable[str]) -> dict[str, str]:
    """Return the stems that begin alike, by their beginning."""
    found: dict[str, list[str]] = defaultdict(list)
    for stem in stems:
        if len(stem) >= FAMILY_LETTERS:
            found[stem[:FAMILY_LETTERS]].append(stem)
    return {_BEGINNING + beginning: "\n".join(sorted(own)) for beginning, own in found.items()}


def _english_by_word(found: Iterable[Entry]) -> dict[str, dict[str, float]]:
    """Return the translations, with weights, of each folded word, those of what it refers to among them."""
    own: dict[str, dict[str, float]] = defaultdict(dict)
    referred: dict[str, dict[str, float]] = defaultdict(dict)
    for entry in found:
        for word in {fold_key(entry.simplified), fold_key(entry.traditional)}:
            _raise_to(own[word], {one.text: one.weight for one in meanings(entry.meanings)})
            _raise_to(referred[word], {fold_key(name): weight for name, weight in references(entry.meanings)})
    for _ in range(_DEPTH):
        before = {word: dict(weights) for word, weights in own.items() if weights}
        for word, names in referred.items():
            for name, factor in names.items():
                if name != word:
                    _raise_to(own[word], {text: factor * weight for text, weight in before.get(name, {}).items()})
    return {word: weights for word, weights in own.items() if weights}


def _raise_to(weights: dict[str, float], others: Mapping[str, float]) -> None:
    for name, weight in others.items():
        weights[name] = max(weight, weights.get(name, 0))
