"""Runs of letters and digits -> words as they are searched, and their English stems. The door of snowballstemmer.

What marks join is one word: U.S., O'Brien, C++; a possessive s belongs to none. What hyphens join is each part and the
whole (Covid-19 is covid, 19, covid19), and so are numbers with dots (3.14 is 3, 14, 3.14).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from threading import local
from typing import Any, NamedTuple

from indexer.analysis.scripts import Run

# Longer chains of hyphens are lists, paths and ornaments, not words.
_LONGEST_CHAIN = 4
# Only these, behind a word, may join it to what follows.
_JOINING = frozenset(".'+#-")
# Only + and # stand for themselves; the others must have a word right behind them.
_APART = frozenset(mark + space for mark in ".'-" for space in ("", " ", "\n"))


class LatinWord(NamedTuple):
    """A word, the runs that it is made of, from first to last, and its letters."""

    first: Run
    last: Run
    text: str
    runs: tuple[Run, ...]


def word_terms(key: str, found: Sequence[Run]) -> list[str]:
    """Return the stems of a text's `latin_words`, the fast way."""
    terms: list[str] = []
    joinable: list[Run] = []
    for run in found:
        kind, _, end, text = run
        if kind == "word" and (key[end : end + 1] not in _JOINING or key[end : end + 2] in _APART):
            if joinable:
                joinable.append(run)
                terms += [stem(word.text) for word in latin_words(key, joinable)]
                joinable = []
            else:
                terms.append(stem(text))
        elif kind == "word" or joinable:
            joinable.append(run)
    return terms + [stem(word.text) for word in latin_words(key, joinable)]


def latin_words(key: str, found: Sequence[Run]) -> Iterator[LatinWord]:
    """Yield the words of a text's runs in order, after the parts of a chain its whole."""
    chain: list[LatinWord] = []
    for word in _atoms(key, found):
        if chain and not _is_chained(key, chain[-1], word):
            yield from _whole(key, chain)
            chain = []
        yield word
        chain.append(word)
    yield from _whole(key, chain)


def _atoms(key: str, found: Sequence[Run]) -> Iterator[LatinWord]:
    """Yield words that have no parts."""
    end = len(found)
    i = 0
    while i < end:
        run = found[i]
        i += 1
        if run.kind != "word":
            continue
        mark = key[run.end : run.end + 1]
        if mark == "" or mark not in ".'+#":
            yield LatinWord(run, run, run.text, (run,))
            continue
        joined = [run]
        while i < end and _is_joined(key, joined[-1], found[i], mark):
            joined.append(found[i])
            i += 1
        if mark == "'" and len(joined) > 1 and joined[-1].text == "s":
            joined.pop()
        yield LatinWord(joined[0], joined[-1], "".join(one.text for one in joined), tuple(joined))


def _is_joined(key: str, one: Run, other: Run, mark: str) -> bool:
    """Tell whether a mark makes one word of two runs: an apostrophe, the full stop of initials, the sign of C++."""
    if mark in "+#":
        return other.start == one.end and other.kind == "character"
    if other.kind != "word" or other.start != one.end + 1 or key[one.end] != mark:
        return False
    return mark == "'" or (len(one.text) == len(other.text) == 1 and one.text.isalpha() and other.text.isalpha())


def _is_chained(key: str, one: LatinWord, other: LatinWord) -> bool:
    if other.first.start != one.last.end + 1:
        # The full stop that ends initials may stand before a hyphen: U.S.-China
        return key[one.last.end : other.first.start] == ".-" and len(one.runs) > 1
    mark = key[one.last.end]
    return mark == "-" or (mark == "." and one.last.text.isdecimal() and other.first.text[0].isdecimal())


def _whole(key: str, chain: Sequence[LatinWord]) -> Iterator[LatinWord]:
    if 1 < len(chain) <= _LONGEST_CHAIN:
        text = chain[0].text
        for one, other in pairwise(chain):
            text += ("." if key[one.last.end] == "." and one.text.isdecimal() else "") + other.text
        yield LatinWord(chain[0].first, chain[-1].last, text, tuple(run for word in chain for run in word.runs))


class _Stemming(local):
    """A stemmer for each thread: it keeps the word that it works on."""

    def __init__(self) -> None:
        import snowballstemmer

        self.stemmer: Any = snowballstemmer.stemmer("english")


@cache
def _stemming() -> _Stemming:
    return _Stemming()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the Snowball (Porter 2) stem of a folded word; words of other alphabets come back as they are."""
    if not word.isascii() or not word.isalpha():
        return word
    stemmed: str = _stemming().stemmer.stemWord(word)
    return stemmed
