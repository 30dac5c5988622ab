"""Original text -> term sequences of the fields `zh`, `en` and `text`, with or without their positions."""

from __future__ import annotations

import hashlib
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from indexer.analysis.fold import Folded, fold, fold_key, key_of_cut
from indexer.analysis.han import Segmenter, Word, default_segmenter, read_user_dictionary, segmenter
from indexer.analysis.latin import latin_words, stem, word_terms
from indexer.analysis.scripts import Run, runs
from indexer.cached import cached_property
from indexer.model import Token

# Raised by hand when the terms of any text change: stored indexes then say that they are of another analysis.
ANALYSIS_VERSION = 2

FIELDS = ("zh", "en", "text")


class Terms(NamedTuple):
    """The terms of one text by field, in order. A term's position is its index."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    text: tuple[str, ...]


class Analysis(NamedTuple):
    """Every step from text to tokens, for showing and highlighting."""

    folded: Folded
    runs: list[Run]
    zh: tuple[Token, ...]
    en: tuple[Token, ...]
    text: tuple[Token, ...]


class Analyzer:
    """Turns any text into terms; the same for what is indexed and what is asked. Safe to share by threads.

    `user_dictionary` is a file in jieba's format. Raises SettingsError if it cannot be read.
    """

    def __init__(self, user_dictionary: Path | None = None) -> None:
        self._words: Sequence[Word] = ()
        if user_dictionary is not None:
            self._words = [
                (fold_key(word), frequency, tag) for word, frequency, tag in read_user_dictionary(user_dictionary)
            ]

    def cuts_like(self, other: Analyzer) -> bool:
        """Tell whether another one has the same words of a user dictionary, and so gives the same terms."""
        return self._words == other._words

    @cached_property
    def segmenter(self) -> Segmenter:
        """Loaded when the first Han text comes."""
        return segmenter(self._words) if self._words else default_segmenter()

    def knows(self, word: str, is_in_dictionary: bool | None = None) -> bool:
        """Tell whether a word is in jieba's dictionary, which need not be loaded where that is said, or the user's."""
        return self.segmenter.knows(word) if is_in_dictionary is None or self._words else is_in_dictionary

    @cached_property
    def fingerprint(self) -> str:
        """Names everything that the terms depend on; an index built under another name has other terms."""
        parts = [
            str(ANALYSIS_VERSION),
            *(f"{name} {_version(name)}" for name in ("jieba", "opencc-python-reimplemented", "snowballstemmer")),
            *(" ".join(map(str, word)) for word in self._words),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def terms(self, text: str) -> Terms:
        """Return the terms of each field. The fast way: `analyze` gives the same with positions."""
        folded = fold(text)
        found = runs(folded.key)
        return Terms(self._han_terms(folded, found), tuple(word_terms(folded.key, found)), _text_terms(found))

    def pairs(self, text: str) -> tuple[str, ...]:
        """Return the pairs of Han characters that `text` ranks by; a run of one character is itself."""
        return tuple(
            pair
            for run in runs(fold(text).key)
            if run.kind == "han"
            for pair in (map(str.__add__, run.text, run.text[1:]) if len(run.text) > 1 else run.text)
        )

    def _han_terms(self, folded: Folded, found: list[Run]) -> tuple[str, ...]:
        han = [run for run in found if run.kind == "han"]
        if not han:
            return ()
        if folded.cut == folded.key:
            return tuple(self.segmenter.search_words("\n".join([run.text for run in han])))
        words = self.segmenter.search_words("\n".join([cut_of(folded, run) for run in han]))
        return tuple(key_of_cut("\n".join(words)).split("\n"))

    def analyze(self, text: str) -> Analysis:
        """Return every step and the tokens of each field with their places in `text`."""
        folded = fold(text)
        found = runs(folded.key)
        zh: list[Token] = []
        for run in found:
            if run.kind == "han":
                places = key_places(folded.key, run)
                spans = self.segmenter.search_spans(cut_of(folded, run))
                zh += (_token(folded, run.text[start:end], places, start, end) for start, end in spans)
        return Analysis(folded, found, tuple(zh), tuple(word_tokens(folded, found)), tuple(text_tokens(folded, found)))


def text_tokens(folded: Folded, found: Sequence[Run]) -> Iterator[Token]:
    """Yield the tokens of the field `text`."""
    places = TextPlaces(folded, found)
    return (Token(term, *places.span(i)) for i, term in enumerate(places.terms))


class TextPlaces:
    """The terms of the field `text` in order, and where those that are asked for stand."""

    def __init__(self, folded: Folded, found: Sequence[Run]) -> None:
        self.terms = _text_terms(found)
        self._folded = folded
        self._found = found
        self._firsts = [0, *accumulate([len(run[3]) if run[0] == "han" else 1 for run in found])]

    def span(self, number: int) -> tuple[int, int]:
        """Return start and end, in the text, of a term by its place."""
        run, at = self._run_of(number)
        kind, start, end, text = run
        if kind == "han":
            if len(text) == end - start:
                start, end = start + at, min(start + at + 2, end)
            else:
                places = key_places(self._folded.key, run)
                start, end = places[at], places[min(at + 1, len(places) - 1)] + 1
        return self._folded.span(start, end)

    def head_end(self, number: int) -> int:
        """Return where the first character of a term ends if it is a Han pair, else where the term does."""
        run, at = self._run_of(number)
        if run.kind != "han":
            return self._folded.span(run.start, run.end)[1]
        place = key_places(self._folded.key, run)[at]
        return self._folded.span(place, place + 1)[1]

    def _run_of(self, number: int) -> tuple[Run, int]:
        i = bisect_right(self._firsts, number) - 1
        return self._found[i], number - self._firsts[i]


def word_tokens(folded: Folded, found: Sequence[Run]) -> Iterator[Token]:
    """Yield the tokens of the field `en`."""
    for word in latin_words(folded.key, found):
        yield Token(stem(word.text), *folded.span(word.first.start, word.last.end))


def run_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end, in `text` itself, of every run: of what must not be cut apart."""
    folded = fold(text, for_words=False)
    return [folded.span(run.start, run.end) for run in runs(folded.key)]


def key_places(key: str, run: Run) -> Sequence[int]:
    """Return where in the key each character of a Han run's text stands."""
    if len(run.text) == run.end - run.start:
        return range(run.start, run.end)
    return [i for i in range(run.start, run.end) if not key[i].isspace()]


def cut_of(folded: Folded, run: Run) -> str:
    """Return what jieba reads for a Han run."""
    cut = folded.cut[run.start : run.end]
    return cut if len(cut) == len(run.text) else "".join(cut.split())


def _token(folded: Folded, term: str, places: Sequence[int], start: int, end: int) -> Token:
    return Token(term, *folded.span(places[start], places[end - 1] + 1))


def _text_terms(found: Sequence[Run]) -> tuple[str, ...]:
    """Each Han character with its right neighbour; each word; each other character."""
    terms: list[str] = []
    for kind, _, _, text in found:
        if kind == "han" and len(text) > 1:
            terms += map(_join, text, text[1:])
            terms.append(text[-1])
        else:
            terms.append(text)
    return tuple(terms)


_join = str.__add__


def _version(distribution: str) -> str:
    """Return an installed version: from the name of its metadata's folder, for reading it takes 20 ms to import."""
    name = distribution.replace("-", "_")
    for folder in sys.path:
        for found in Path(folder or ".").glob(f"{name}-*.dist-info"):
            return found.name.removeprefix(f"{name}-").removesuffix(".dist-info")
    from importlib import metadata

    return metadata.version(distribution)


@cache
def default_analyzer() -> Analyzer:
    """Return the analyzer without a user dictionary."""
    return Analyzer()
