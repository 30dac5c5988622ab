"""Text and the words of a query -> the spans of original characters to highlight.

What is asked for is looked for in the key of a text, character by character, and only around it is the text cut into
runs and words. The marks are those of `Sought`, which cuts all of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from indexer.analysis.fold import Folded, fold
from indexer.analysis.latin import stem
from indexer.analysis.scripts import LONGEST_WORD, Run, has_gaps, is_han, runs
from search.phrases import Places
from search.sought import Mark, Sought, Target

# Letters and digits with the marks that may join them to others. Where no other letters are, what stands around them
# makes no difference to the words in them.
_MARKS = ".'+#-"
_CHUNK = re.compile(rf"[0-9a-z][0-9a-z{_MARKS}]*")
_CHUNK_CHARACTERS = frozenset(f"0123456789abcdefghijklmnopqrstuvwxyz{_MARKS}")
_PART = re.compile(r"[0-9a-z]+")
_WITHIN_WORD = re.compile(r"(?<=[0-9a-z])[0-9a-z]")
_LONG_WORD = re.compile(rf"[0-9a-z]{{{LONGEST_WORD + 1}}}")
# Characters before a run on which may depend what it is.
_BEHIND = 3
# Times the length of a phrase that are looked at first: it may have punctuation in it.
_REACH = 3


@cache
def _foreign() -> re.Pattern[str]:
    """Letters that may join Latin ones: not ASCII, Han or kana. It takes a millisecond to make, so not at import."""
    return re.compile(r"[^\W\x00-\x7f\u3005\u3007\u3041-\u30ff\u3400-\u9fff]")


class Highlighter:
    """Finds in any text what a plan looks for, with the analysis that the index was made with."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._sought = Sought(targets)
        self._seeks = bool(targets)
        # Han words and characters: marks wherever they stand, but not right behind or before some if they have places.
        self._forms: dict[str, list[tuple[int, Places | None]]] = defaultdict(list)
        words: dict[str, list[int]] = defaultdict(list)
        self._phrases: list[tuple[tuple[str, ...], int, Places]] = []
        for what, target in enumerate(targets):
            places = target.places
            if not places:
                continue
            parts = places.parts
            if len(parts) == 1 and _is_word(parts[0]):
                words[parts[0]].append(what)
            elif len(parts) == 1 and not parts[0].isascii():
                has_limits = places.not_after or places.not_before
                self._forms[parts[0]].append((what, places if has_limits else None))
            else:
                self._phrases.append((parts, what, places))
        self._chunks = _Chunks(self._sought, words)
        self._has_words = bool(words or self._sought.stems)
        self._has_word_first = any(_is_word(parts[0]) for parts, _, _ in self._phrases)

    def marks(self, text: str) -> list[Mark]:
        """Return what is found in `text`, by start; marks may overlap."""
        if not self._seeks:
            return []
        folded = fold(text, for_words=False)
        key = folded.key
        if self._needs_all(key):
            return self._sought.marks(folded, runs(key))
        found = [*self._forms_in(key), *self._phrases_in(key)]
        if self._has_words:
            found += self._words_in(key)
        if folded.starts is not None:
            found = [Mark(*folded.span(mark.start, mark.end), mark.what) for mark in found]
        return sorted(set(found))

    def _needs_all(self, key: str) -> bool:
        """Tell if what is asked for may stand in another form than its own or joined to more, or must near others."""
        if self._sought.likes or self._sought.nears or has_gaps(key):
            return True
        if not key.isascii() and (self._has_words or self._has_word_first) and _foreign().search(key):
            return True
        return self._has_word_first and _LONG_WORD.search(key) is not None

    def _forms_in(self, key: str) -> Iterator[Mark]:
        for form, asked in self._forms.items():
            for start in _places_of(form, key):
                end = start + len(form)
                for what, places in asked:
                    if places is None or not _is_part(places, key, start, end):
                        yield Mark(start, end, what)

    def _words_in(self, key: str) -> Iterator[Mark]:
        chunks = self._chunks
        for chunk in {chunk for chunk in _CHUNK.findall(key) if chunks[chunk]}:
            for at in _places_of(chunk, key):
                if _is_chunk(key, at, at + len(chunk)):
                    for start, end, what in chunks[chunk]:
                        yield Mark(at + start, at + end, what)

    def _phrases_in(self, key: str) -> Iterator[Mark]:
        for parts, what, places in self._phrases:
            if all(part in key for part in parts):
                for start in _places_of(parts[0], key):
                    end = _end_of(parts, key, start)
                    if end and not _is_part(places, key, start, end):
                        yield Mark(start, end, what)


class _Chunks(dict[str, Sequence[Mark]]):
    """Chunk -> what stands in it; filled as chunks are met."""

    def __init__(self, sought: Sought, words: dict[str, list[int]]) -> None:
        self._sought, self._words = sought, words
        # A word and its stem begin with one letter.
        self._firsts = {word[0] for word in (*sought.stems, *words)}

    def __missing__(self, chunk: str) -> Sequence[Mark]:
        word = chunk.rstrip(".'-")
        is_short = len(word) <= LONGEST_WORD
        found: Sequence[Mark] = ()
        if is_short and word.isalnum():
            found = tuple(self._found(word)) if word[0] in self._firsts else ()
        elif not (is_short and self._firsts.isdisjoint(part[0] for part in _PART.findall(word))):
            found = self._sought.marks(Folded(chunk, chunk), runs(chunk))
        self[chunk] = found
        return found

    def _found(self, word: str) -> Iterator[Mark]:
        if stem(word) in self._sought.stems:
            yield Mark(0, len(word), self._sought.stems[stem(word)])
        for what in self._words.get(word, ()):
            yield Mark(0, len(word), what)


def _is_word(part: str) -> bool:
    """Tell whether a run's text is a word of letters and digits."""
    return any(run.kind == "word" for run in runs(part))


def _places_of(part: str, key: str) -> Iterator[int]:
    start = key.find(part)
    while start >= 0:
        yield start
        start = key.find(part, start + 1)


def _is_part(places: Places, key: str, start: int, end: int) -> bool:
    """Tell whether the characters around a stretch say that it is part of something else."""
    is_behind = start > 0 and key[start - 1] in places.not_after
    return is_behind or (places.ends_in_pair and end < len(key) and key[end] in places.not_before)


def _is_chunk(key: str, start: int, end: int) -> bool:
    """Tell whether a chunk that stands at a place is no part of a longer one."""
    if key[end : end + 1] in _CHUNK_CHARACTERS:
        return False
    before = key[start - 1 : start]
    if before in _MARKS and before:
        before = key[:start].rstrip(_MARKS)[-1:]
    return before not in _CHUNK_CHARACTERS


def _end_of(parts: Sequence[str], key: str, start: int) -> int:
    """Return where a phrase ends whose first part stands at a place of a key without gaps; 0 if it is none."""
    if _WITHIN_WORD.match(key, start) or _WITHIN_WORD.match(key, start + len(parts[0])):
        return 0
    found = _runs_from(key, start, _REACH * sum(map(len, parts)))
    if len(found) <= len(parts):
        found = _runs_from(key, start, len(key))
    found = found[: len(parts)]
    texts = [run.text for run in found]
    if len(found) < len(parts) or texts[:-1] != list(parts[:-1]):
        return 0
    if is_han(parts[-1]):
        return found[-1].start + len(parts[-1]) if texts[-1].startswith(parts[-1]) else 0
    return found[-1].end if texts[-1] == parts[-1] else 0


def _runs_from(key: str, start: int, length: int) -> list[Run]:
    """Return the runs of so many characters of a key without gaps, without working out the shape of all of it."""
    before = max(0, start - _BEHIND)
    found = runs(key[before : start + length], start - before)
    return [Run(kind, first + before, end + before, text) for kind, first, end, text in found]


def spans_of(marks: Iterable[Mark]) -> tuple[tuple[int, int], ...]:
    """Return the stretches that marks cover, those that overlap as one."""
    spans: list[tuple[int, int]] = []
    for start, end, _ in marks:
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return tuple(spans)
