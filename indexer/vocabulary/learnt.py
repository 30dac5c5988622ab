"""`learnt.tsv` beside the index: words that were learnt from its articles <-> what they are called elsewhere.

A line is a Chinese word as a search key, what it is called, how that was learnt, how often it was seen, how sure it
is, an article that it was seen in, and by what it is looked up, with tabs between. A line that begins with `-` was
struck: it is not used, and not learnt again. Lookups search the text as it is; nothing is read to open it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import Protocol

from indexer.analysis.fold import fold_key
from indexer.cached import cached_property
from indexer.errors import SettingsError
from indexer.vocabulary.alias_lines import LEARNT, Group, Name
from indexer.vocabulary.translations import Equivalent, Gloss, stems_of
from indexer.whole_files import write_whole

STRUCK = "-"
# How pairs are learnt: of lines of pages in several languages, of brackets, of pages in the words of two regions.
PAGES, BRACKETS, REGIONS = "pages", "brackets", "regions"
_FIELDS = 7
_REGIONAL = re.compile(rf"^(?!{STRUCK})[^\t\n]+\t[^\t\n]+\t{REGIONS}\t[^\n]*", re.MULTILINE)
_HEADER = (
    "# word, what it is called, how learnt, times seen, certainty, an article, key; a line with - before it is struck"
)


@dataclass(frozen=True, slots=True)
class LearntPair:
    """Words that mean the same: `word` is Chinese, `other` English or, if learnt from `regions`, another region's.

    `key` is what the other is looked up by: its stems, or its search key. An `other` of a region ends with its mark,
    as in 伺服器@TW. `seen` counts lines or articles, `certainty` is up to 1, `article` is the id of one.
    """

    word: str
    other: str
    how: str
    seen: int
    certainty: float
    article: str
    key: str
    is_struck: bool = False

    @property
    def name(self) -> tuple[str, str]:
        """Return what tells it from others."""
        return self.word, self.key

    def is_called(self, word: str) -> bool:
        """Tell whether a word, as it is typed, is one of the two."""
        other = self.other.partition("@")[0]
        is_same_stem = self.how != REGIONS and stems_of(word) == stems_of(other)
        return is_same_stem or fold_key(word) in (self.word, self.key, fold_key(other))

    def line(self) -> str:
        """Return it as a line of the file."""
        article = " ".join(self.article.split())
        cells = (self.word, self.other, self.how, str(self.seen), f"{self.certainty:.2f}", article, self.key)
        return STRUCK * self.is_struck + "\t".join(cells)


class Learnt:
    """What an archive has taught; nothing without the file."""

    def __init__(self, path: Path | None = None) -> None:
        """Read a file, if it is there. Raises SettingsError if it cannot be read."""
        self._path = path
        self._text = f"\n{_text_of(path)}\n" if path else "\n"

    @classmethod
    def of(cls, text: str) -> Learnt:
        """Return what the text of a file says."""
        learnt = cls()
        learnt._text = f"\n{text}\n"
        return learnt

    def glosses(self, word: str) -> list[Gloss]:
        """Return what a folded Chinese word is called in English, the surest first."""
        pairs = [pair for pair in self._of_word(word) if pair.how != REGIONS]
        return [Gloss(pair.other, tuple(pair.key.split(" ")), _weight(pair)) for pair in pairs]

    def equivalents(self, stems: Sequence[str]) -> list[Equivalent]:
        """Return what English words, as `translations.key_of` has them, are called in Chinese, the surest first."""
        pairs = [pair for pair in self._of_key(" ".join(stems)) if pair.how != REGIONS]
        return [Equivalent(pair.word, _weight(pair)) for pair in pairs]

    @cached_property
    def regional(self) -> Mapping[str, tuple[Group, ...]]:
        """What each search key is called in other regions, the surest first; the key is one of the names itself."""
        found: dict[str, tuple[Group, ...]] = {}
        for pair in _surest(match[0] for match in _REGIONAL.finditer(self._text)):
            for key in pair.name:
                found[key] = (*found.get(key, ()), Group(_names(pair), "term", LEARNT, pair.certainty))
        return found

    def pairs(self) -> Iterator[LearntPair]:
        """Yield all pairs, the struck ones too. Raises SettingsError, which names the line that cannot be read."""
        for number, line in enumerate(self._text[1:].splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                if (pair := _pair(line)) is None:
                    raise SettingsError(
                        f"{self._path}, line {number} cannot be read: {line[:60]!r}. Mend or remove it; "
                        "removed, the file is written anew by: wensou index"
                    )
                yield pair

    def _of_word(self, word: str) -> list[LearntPair]:
        return _surest(self._lines(f"\n{word}\t")) if word else []

    def _of_key(self, key: str) -> list[LearntPair]:
        return _surest(self._lines(f"\t{key}\n")) if key else []

    def _lines(self, sought: str) -> Iterator[str]:
        at = self._text.find(sought)
        while at >= 0:
            inside = at + 1 if sought[0] == "\n" else at
            start, end = self._text.rfind("\n", 0, inside) + 1, self._text.find("\n", inside)
            yield self._text[start:end]
            at = self._text.find(sought, end)


class Dictionary(Protocol):
    """Translations in both directions, the best first."""

    def glosses(self, word: str) -> Sequence[Gloss]: ...
    def equivalents(self, stems: Sequence[str]) -> Sequence[Equivalent]: ...
    def family(self, stem: str) -> Sequence[str]: ...


class Taught:
    """A dictionary with what an archive has taught, each translation with the greater of its weights."""

    def __init__(self, dictionary: Dictionary, learnt: Learnt) -> None:
        self._dictionary = dictionary
        self._sources = (dictionary, learnt)

    def family(self, stem: str) -> Sequence[str]:
        """Return the stems of the dictionary's words that are of one family with another."""
        return self._dictionary.family(stem)

    def glosses(self, word: str) -> list[Gloss]:
        """Return the English translations of a folded Chinese word, the best first."""
        found: dict[tuple[str, ...], Gloss] = {}
        for gloss in (own for source in self._sources for own in source.glosses(word)):
            found[gloss.stems] = max(found.get(gloss.stems, gloss), gloss, key=lambda one: one.weight)
        return sorted(found.values(), key=lambda one: -one.weight)

    def equivalents(self, stems: Sequence[str]) -> list[Equivalent]:
        """Return the Chinese words that some English words, as `translations.key_of` has them, translate."""
        found: dict[str, Equivalent] = {}
        for word in (own for source in self._sources for own in source.equivalents(stems)):
            found[word.word] = max(found.get(word.word, word), word, key=lambda one: one.weight)
        return sorted(found.values(), key=lambda one: -one.weight)


def read_struck(path: Path) -> list[LearntPair]:
    """Return the struck pairs of a file, as far as it can be read."""
    pairs = map(_pair, _text_of(path).splitlines())
    return [pair for pair in pairs if pair is not None and pair.is_struck]


def strike(path: Path, word: str, other: str = "") -> list[LearntPair]:
    """Strike the pairs of a word, or of two, in a file; return them. Raises SettingsError if it cannot be read."""
    pairs = [*Learnt(path).pairs()]
    named = (pair for pair in pairs if pair.is_called(word) and (not other or pair.is_called(other)))
    meant = [pair for pair in named if not pair.is_struck]
    if meant:
        write_whole(path, written(replace(pair, is_struck=pair.is_struck or pair in meant) for pair in pairs))
    return meant


def written(pairs: Iterable[LearntPair]) -> bytes:
    """Return the file of some pairs."""
    ordered = sorted(pairs, key=lambda pair: (not pair.is_struck, pair.how, -pair.certainty, pair.word, pair.key))
    return ("\n".join([_HEADER, *(pair.line() for pair in ordered)]) + "\n").encode("utf-8", "replace")


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Move it away to search without it.") from error


def _pair(line: str) -> LearntPair | None:
    cells = line.removeprefix(STRUCK).split("\t")
    if len(cells) != _FIELDS or cells[2] not in (PAGES, BRACKETS, REGIONS):
        return None
    word, other, how, seen, certainty, article, key = cells
    try:
        pair = LearntPair(word, other, how, int(seen), float(certainty), article, key, line.startswith(STRUCK))
    except ValueError:
        return None
    return pair if word and other and key and 0 < pair.certainty <= 1 else None


def _surest(lines: Iterable[str]) -> list[LearntPair]:
    """Return the pairs of lines that are not struck, and can be read, the surest first."""
    pairs = [pair for pair in map(_pair, lines) if pair is not None and not pair.is_struck]
    return sorted(pairs, key=lambda pair: -pair.certainty)


def _weight(pair: LearntPair) -> float:
    return sqrt(pair.certainty)


def _names(pair: LearntPair) -> tuple[Name, Name]:
    other, _, region = pair.other.partition("@")
    return Name(pair.word, "CN"), Name(other, region)
