"""Query text -> what may have been meant by its words that the index does not hold.

A Chinese word is looked for by its sound, and with one other character if it has three and more; a Latin one by its
spelling, and as pinyin. What is looked for is whole words of the index, over what was typed and over stretches of it:
习进平 is cut 习 · 进 · 平 where 习近平 is one word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from string import ascii_lowercase
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer, cut_of, key_places
from indexer.analysis.fold import Folded, fold
from indexer.analysis.latin import latin_words, stem
from indexer.analysis.scripts import Run, runs
from indexer.analysis.stopwords import stopwords
from indexer.engines.base import Engine, Request
from indexer.nodes import Phrase
from indexer.vocabulary.sounds import same_sound
from search.numbers import between_numbers
from search.pinyin import spelled_terms

# Suggestions for a query.
MOST = 3
# A word in few passages is questioned only if it is this long, and what is suggested is in so many times as many.
_FEW, _TIMES = 5, 50
_QUESTIONED = {"han": 3, "latin": 5}
# Letters of a Latin word that may hold a mistake, and two; shorter ones are mostly initials.
_SHORT, _LONG = 4, 6
# Characters of what is looked for; of longer ones there are next to none in a dictionary.
_WINDOW = range(2, 7)
# What is looked at of one query: Latin words and runs of Chinese, and stretches of these. A stretch takes about 1 ms in
# 25,000 articles, a word up to 30.
_MOST_LOOKED_AT, _MOST_WINDOWS = 20, 100
# Terms that an index is asked for at once.
_CANDIDATES = 50
# What speaks for a candidate, beside the logarithm of its passages: each character that is the same, or sounds alike;
# and against it: each edit of a Latin word. Of 600 spoiled Chinese words (benchmarks/suggestions.py, other seeds, words
# in 1, 3 and 10 passages) 8 and 5 find 592 among three, 533 first; 8 and 6: 583, 529; 8 and 7: 582, 520.
_SAME, _ALIKE, _EDIT = 8.0, 5.0, 3.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word of the index, in so many passages, for what was typed, and the query with all that goes with it."""

    typed: str
    word: str
    passages: int
    query: str


class _Candidate(NamedTuple):
    start: int  # in the query
    end: int
    word: str
    passages: int
    score: float


def suggestions(
    query: str, engine: Engine, analyzer: Analyzer, stretches: Sequence[tuple[int, int]] | None = None
) -> list[Suggestion]:
    """Return at most MOST suggestions, best first; the first is of the best for each word.

    `stretches` are the parts of the query to look at, else all of it. Numbers are right as they are.
    """
    bounds = _Bounds()
    found: list[_Candidate] = []
    for start, end in [(0, len(query))] if stretches is None else stretches:
        for low, high in between_numbers(query[start:end]):
            found += (
                one._replace(start=one.start + start + low, end=one.end + start + low)
                for one in _candidates(query[start + low : start + high], engine, analyzer, bounds)
            )
    groups = _grouped(found)
    best = [group[0] for group in groups]
    others = [[other if one is group[0] else one for one in best] for group in groups for other in group[1:]]
    changed = [(best[0], best)] if best else []
    for chosen in others:
        changed += [(one, chosen) for one in chosen if one not in best]
    return [
        Suggestion(query[one.start : one.end], one.word, one.passages, _replaced(query, chosen))
        for one, chosen in changed[:MOST]
    ]


class _Bounds:
    """What may still be looked at of one query."""

    def __init__(self) -> None:
        self.parts = iter(range(_MOST_LOOKED_AT))
        self.windows = iter(range(_MOST_WINDOWS))


def _grouped(found: Sequence[_Candidate]) -> list[list[_Candidate]]:
    """Return the best candidates for each part of the query, best first, the others for no less and no more of it."""
    groups: list[list[_Candidate]] = []
    for one in sorted(found, key=lambda one: (-one.score, one.word)):
        touched = [group for group in groups if one.start < group[0].end and group[0].start < one.end]
        if not touched:
            groups.append([one])
        elif (one.start, one.end) == touched[0][0][:2] and len(touched[0]) < MOST:
            touched[0].append(one)
    return groups


def _replaced(query: str, chosen: Sequence[_Candidate]) -> str:
    for one in sorted(chosen, key=lambda one: -one.start):
        query = query[: one.start] + one.word + query[one.end :]
    return query


def _candidates(text: str, engine: Engine, analyzer: Analyzer, bounds: _Bounds) -> Iterator[_Candidate]:
    folded = fold(text)
    found = runs(folded.key)
    yield from _latin(folded, found, engine, bounds)
    for run, _ in zip((run for run in found if run.kind == "han"), bounds.parts, strict=False):
        yield from _han(text, folded, run, engine, analyzer, bounds)


def _latin(folded: Folded, found: Sequence[Run], engine: Engine, bounds: _Bounds) -> Iterator[_Candidate]:
    words = (word for word in latin_words(folded.key, found) if len(word.text) > 2 and _is_word(word.text))
    held = ((word, _held_latin(word.text, engine)) for word in words)
    for (word, typed), _ in zip((pair for pair in held if pair[1] < _FEW), bounds.parts, strict=False):
        start, end = folded.span(word.first.start, word.last.end)
        near = ((term, count, log(count) - _EDIT * edits) for term, count, edits in _near(word.text, engine))
        spelled = ((term, count, log(count)) for term, count in spelled_terms([word.text], engine))
        for term, count, score in (*near, *spelled):
            if _is_better(count, typed, len(word.text) >= _QUESTIONED["latin"]):
                yield _Candidate(start, end, term, count, score)


def _near(word: str, engine: Engine) -> Iterator[tuple[str, int, int]]:
    """Yield the words of the index that are one edit away, or else, of a long one, two behind its first letter."""
    if len(word) < _SHORT:
        return iter(())
    near = engine.terms_near("text", word, _CANDIDATES, distance=1, kept=1)
    found = [(term, count, 1) for term, count in near] + [(term, count, 1) for term, count in _begun(word, engine)]
    if not any(_is_word(term) for term, _, _ in found) and len(word) >= _LONG:
        near = engine.terms_near("text", word, _CANDIDATES, distance=2, kept=1)
        found = [(term, count, 2) for term, count in near]
    return (one for one in found if _is_word(one[0]) and one[0] != word)


def _begun(word: str, engine: Engine) -> Iterator[tuple[str, int]]:
    """Yield the words of the index that differ in their first letter, looked up one by one: .5 ms, not 30."""
    spellings = [word[1:], word[1] + word[0] + word[2:]]
    spellings += (letter + rest for rest in (word, word[1:]) for letter in ascii_lowercase)
    for spelling in dict.fromkeys(spellings):
        if count := engine.passages_with("text", spelling):
            yield spelling, count


def _is_word(term: str) -> bool:
    return term.isascii() and term.isalpha()


def _held_latin(word: str, engine: Engine) -> int:
    return sum(engine.passages_with(field, stem(word)) for field in ("en", "title_en"))


def _is_better(count: int, typed: int, is_long: bool) -> bool:
    """Tell whether a word may be meant by one that so many passages hold."""
    return not typed or (is_long and typed < _FEW and count >= _TIMES * typed)


class _Piece(NamedTuple):
    """A word as jieba cuts a run, by its characters there: whether it knows it, and whether it needs no suggestion."""

    start: int
    end: int
    is_known: bool
    is_right: bool


class _Window(NamedTuple):
    """A stretch of a run; `is_lost` if no piece in it is right."""

    low: int
    high: int
    is_lost: bool


def _han(
    text: str, folded: Folded, run: Run, engine: Engine, analyzer: Analyzer, bounds: _Bounds
) -> Iterator[_Candidate]:
    pieces = [
        _Piece(start, end, analyzer.segmenter.knows(run.text[start:end]), _is_right(run.text[start:end], engine))
        for start, end in analyzer.segmenter.word_spans(cut_of(folded, run))
    ]
    at = key_places(folded.key, run)
    for (low, high, is_lost), _ in zip(_windows(pieces), bounds.windows, strict=False):
        key = run.text[low:high]
        typed = _held_han(key, engine)
        if typed >= _FEW:
            continue
        start, end = folded.span(at[low], at[high - 1] + 1)
        # Beside a word that is right, one other character makes any word of three another one.
        has_free = (is_lost or len(key) > 3 or key == run.text) and not analyzer.segmenter.knows(key)
        for term, count, evidence in _alike(key, engine, has_free):
            if _is_better(count, typed, len(key) >= _QUESTIONED["han"]):
                word = _in_script(term, key, text[start:end])
                yield _Candidate(start, end, word, count, log(count) + evidence)


def _is_right(piece: str, engine: Engine) -> bool:
    """Tell whether a piece needs no suggestion: a word of the index, or a function word; a lone character may."""
    if len(piece) == 1:
        return piece in stopwords()
    return any(engine.passages_with(field, piece) for field in ("zh", "title_zh"))


def _windows(pieces: Sequence[_Piece]) -> Iterator[_Window]:
    """Yield what may be one word: all of a run, and stretches that are not right; no window cuts a word apart."""
    end = pieces[-1].end
    lost = {at for piece in pieces if not piece.is_right for at in range(piece.start, piece.end)}
    inside = {at for piece in pieces if piece.is_right or piece.is_known for at in range(piece.start + 1, piece.end)}
    for low in range(end):
        for high in range(low + _WINDOW[0], min(low + _WINDOW[-1], end) + 1):
            own = lost.intersection(range(low, high))
            if low not in inside and high not in inside and (own or high - low == end):
                yield _Window(low, high, len(own) == high - low)


def _held_han(key: str, engine: Engine) -> int:
    """Return how many passages hold a word, whole or within others."""
    pairs = tuple(map(str.__add__, key, key[1:]))
    held = [sum(engine.passages_with(field, pair) for field in ("text", "title_text")) for pair in pairs]
    if len(pairs) == 1 or not all(held):
        return min(held)
    return sum(engine.search(Request(Phrase(field, pairs), limit=0)).passages_total for field in ("text", "title_text"))


def _alike(key: str, engine: Engine, has_free: bool) -> Iterator[tuple[str, int, float]]:
    """Yield the words of the index that sound like this one, or have one other character, and what speaks for them."""
    sounds = [same_sound(character) or character for character in key]
    found = dict(engine.terms_like("zh", sounds, _CANDIDATES))
    if has_free and len(key) > 2:
        found.update(engine.terms_like("zh", key, _CANDIDATES, free=1))
    found.pop(key, None)
    for term, count in found.items():
        places = zip(term, key, sounds, strict=True)
        yield term, count, sum(_SAME if one == own else _ALIKE if one in sound else 0 for one, own, sound in places)


def _in_script(term: str, key: str, typed: str) -> str:
    """Return a word of the index with what stays of it as it was typed."""
    if len(typed) != len(key):
        return term
    return "".join(own if new == old else new for new, old, own in zip(term, key, typed, strict=True))
