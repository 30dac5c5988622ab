"""A Chinese text with an English one in brackets -> the end of it that is its name or translation, if one is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.fold import Folded, fold
from indexer.analysis.stopwords import stopwords
from indexer.bilingual.brackets import Bracket
from indexer.vocabulary.learnt import Dictionary
from indexer.vocabulary.translations import stems_of

Sounds = Callable[[str, str], float]

# Characters of a name in one word; each further word of it, parted by a dot, may have as many.
_LONGEST_NAME = 7
_DOTS = re.compile("[·・‧•]")
# Of the English words those that have a translation in the Chinese, and what of it these make up.
_TRANSLATED, _COVERED = 0.6, 0.5
_LONGEST_TERM = 12
# Characters for each English word, where one of these is not found.
_CHARACTERS = 1.5
# A name of several words without dots between them, as Chinese has them, is likely to be more than its end.
_SURE_SOUND = 0.9
_NAME = re.compile("[A-Z][a-z'’.]+(?:[ -][A-Z][a-z'’.]+)*")
_ACRONYM = re.compile("[A-Z][A-Z0-9&.]+s?")
_SMALL = frozenset({"of", "the", "and", "for", "in", "on", "de", "la", "to", "&"})


class Accepted(NamedTuple):
    """A Chinese text, as a search key, that is called so in English, and how sure that is."""

    chinese: str
    english: str
    certainty: float


class Judge:
    """Tells which brackets hold a name or a translation of what stands before them."""

    def __init__(self, dictionary: Dictionary, analyzer: Analyzer, sounds: Sounds, least_sound: float) -> None:
        self._dictionary, self._analyzer = dictionary, analyzer
        self._sounds, self._least_sound = sounds, least_sound

    def accepted(self, bracket: Bracket) -> Iterator[Accepted]:
        """Yield what a bracket tells: nothing, a name in two languages, or that and its acronym.

        An acronym by itself tells nothing: only beside the words whose initials it has.
        """
        full, short = bracket.english, bracket.also
        if _ACRONYM.fullmatch(full) and short:
            full, short = short, full
        if _ACRONYM.fullmatch(full):
            return
        found = self._translation(bracket, full) or self._sound(bracket, full)
        if found:
            yield found
            if _ACRONYM.fullmatch(short) and _is_acronym(short, full):
                yield found._replace(english=short)

    def _sound(self, bracket: Bracket, english: str) -> Accepted | None:
        """Return the end of the Chinese that sounds like the English; only names are written by sound."""
        if not _NAME.fullmatch(english):
            return None
        words = len(english.split())
        best = Accepted("", english, 0.0)
        for chinese in self._ends(bracket):
            parts = _DOTS.split(chinese)
            if max(map(len, parts)) > _LONGEST_NAME or len(parts) > words:
                continue
            least = self._least_sound if len(parts) > 1 or words == 1 else _SURE_SOUND
            score = self._sounds("".join(parts), english)
            if score >= max(least, best.certainty):  # of equals the shortest
                best = Accepted("".join(parts), english, score)
        return best if best.chinese else None

    def _ends(self, bracket: Bracket) -> Iterator[str]:
        """Yield the ends of the Chinese, the longest first.

        None begins inside of a known word, with a function word, or behind a dot, where a name has begun before.
        """
        folded = fold(bracket.chinese)
        text = folded.key
        if bracket.is_whole:
            yield text
            return
        never: set[int] = set()
        for start, end in self._analyzer.segmenter.word_spans(_cut(folded)):
            word = text[start:end]
            never.update([start] if word in stopwords() else [])
            never.update(range(start + 1, end) if self._analyzer.segmenter.knows(word) else [])
        for start in range(len(text) - 1):
            if start not in never and not _DOTS.search(text[max(0, start - 1) : start + 1]):
                yield text[start:]

    def _translation(self, bracket: Bracket, english: str) -> Accepted | None:
        """Return the end of the Chinese in which most of the English words have a translation."""
        folded = fold(bracket.chinese)
        text = folded.key
        stems = [stem for stem in stems_of(english) if stem not in stopwords()]
        covered = [False] * len(text)
        known = 0
        for stem in stems:
            spans = [span for one in self._dictionary.equivalents((stem,)) for span in _spans(text, one.word)]
            known += bool(spans)
            for start, end in spans:
                covered[start:end] = [True] * (end - start)
        if not stems or known < _TRANSLATED * len(stems):
            return None
        start = 0 if bracket.is_whole else self._start(_cut(folded), covered)
        rest = text[start:]
        if not 2 <= len(rest) <= _LONGEST_TERM or sum(covered[start:]) <= _COVERED * len(rest) or _DOTS.search(rest):
            return None
        if known < len(stems) and len(rest) < _CHARACTERS * len(stems):
            return None  # 皇后公园 of 诗丽吉皇后公园 (Queen Sirikit Park)
        return Accepted(rest, english, known / len(stems) * sum(covered[start:]) / len(rest))

    def _start(self, cut: str, covered: Sequence[bool]) -> int:
        """Return where the first word begins of those at the end that are translations, with single ones between."""
        spans = [*self._analyzer.segmenter.word_spans(cut)]
        begin = len(cut)
        missed = 0
        for start, end in reversed(spans):
            if any(covered[start:end]) and cut[start:end] not in stopwords():
                begin, missed = start, 0
            else:
                missed += 1
            if missed > 1:
                break
        return begin


def _cut(folded: Folded) -> str:
    """Return what is cut into words, if its places are those of the search key, else that."""
    return folded.cut if len(folded.cut) == len(folded.key) else folded.key


def _spans(text: str, word: str) -> Iterator[tuple[int, int]]:
    start = text.find(word)
    while start >= 0:
        yield start, start + len(word)
        start = text.find(word, start + 1)


def _is_acronym(short: str, full: str) -> bool:
    letters = re.sub("[^A-Z]", "", short)
    words = full.replace("-", " ").split()
    initials = "".join(word[0].upper() for word in words)
    capitals = "".join(word[0].upper() for word in words if word.lower() not in _SMALL)
    return letters in (initials, capitals)
