"""What several reports tell -> how much speaks for two of them telling of one event."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from indexer.vocabulary.translations import Gloss
from search.events.figures import Figure
from search.events.told import Name, Told

Feature = Name | Figure | str

# All numbers here were chosen on `benchmarks/data/stories.txt`: all but three of its 107 pairs of one event score .64
# and more, no pair of two events more than .62.
# What a name is worth by its kind, beside a word: a person does one thing at a time, in a country happens very much.
_KINDS = {"person": 1.5, "organisation": 1.3, "product": 1.3, "place": 1.0}
# What a figure is worth by its digits: 13 is the same by chance, 3,102 is not.
_DIGITS = (0.3, 0.3, 1.0, 1.6, 2.0)
# So much of either is as good as more; both then count 1.
_MOST_NAMES = 1.6
_MOST_FIGURES = 2.0
# If all words are shared, of at least so many.
_WORDS = 1.5
_FEWEST_WORDS = 8
# Against a pair, for each figure that both have beside those they share, up to so many.
_DIFFERENT = 0.5
_MOST_DIFFERENT = 2.0
# What there must be of names and figures: pages of documentation with one date share no more than words.
_FEWEST_FACTS = 0.3
# Against a pair whose days follow each other, of which one names no day, and one's date is a guess.
_NEXT_DAY = 0.6
_UNNAMED = 0.2
_GUESSED = 0.1
# What a pair has at most of which neither names its day: too little by itself (`groups.ENOUGH`). Of 258 such pairs of
# pages of documentation that would be joined (25 queries, 25,112 articles) 128 were other pages; so none are.
_NO_DAY = 0.7
# Reports thought of beside those compared, so that what is rare among a few says little more than what is not.
_MORE = 20
# What all reports have still says so much: they may be all there are of that event.
_LEAST = 0.2


class Parts(NamedTuple):
    """What speaks for a pair, and against it by their days."""

    names: float
    figures: float
    words: float
    days: float

    @property
    def score(self) -> float:
        return self.names + self.figures + self.words - self.days


class Evidence:
    """Compares reports by their places in `told`; what many of them share says less.

    `glosses` returns the English translations of a folded Chinese word.
    """

    def __init__(self, told: Sequence[Told], glosses: Callable[[str], Iterable[Gloss]]) -> None:
        self._told = told
        counts = Counter(chain.from_iterable(_features(one) for one in told))
        most = math.log((len(told) + _MORE) / 2)
        self._weights = {
            feature: _worth(feature) * max(_LEAST, math.log((len(told) + _MORE) / (count + 1)) / most)
            for feature, count in counts.items()
        }
        self._glosses = lru_cache(maxsize=None)(lambda word: [set(one.stems) for one in glosses(word)])
        self._names = [self._mass(one.names) for one in told]
        self._figures = [self._mass(one.figures) for one in told]

    def score(self, one: int, other: int) -> float | None:
        """Return how much speaks for one event; None if the days rule it out, or names and figures say too little."""
        parts = self.parts(one, other)
        if parts is None:
            return None
        names_day = self._told[one].day or self._told[other].day
        return parts.score if names_day else min(parts.score, _NO_DAY)

    def parts(self, one: int, other: int) -> Parts | None:
        """Return what the score is made of."""
        a, b = self._told[one], self._told[other]
        days = days_apart(a, b)
        if days is None:
            return None
        names = _agreement(self._mass(a.names & b.names), min(self._names[one], self._names[other]), _MOST_NAMES)
        shared, least = self._mass(a.figures & b.figures), min(self._figures[one], self._figures[other])
        figures = _agreement(shared, least, _MOST_FIGURES) - _DIFFERENT * min(_MOST_DIFFERENT, least - shared)
        if names + max(0.0, figures) < _FEWEST_FACTS:
            return None
        return Parts(names, figures, self._words(a, b), days)

    def _words(self, a: Told, b: Told) -> float:
        if bool(a.han) == bool(b.han):
            shared: Collection[Feature] = a.words & b.words
            least = min(self._mass(a.words), self._mass(b.words))
        else:
            han, latin = (a, b) if a.han else (b, a)
            known = [word for word in han.han if self._glosses(word)]
            shared = {word for word in known if any(stems <= latin.latin for stems in self._glosses(word))}
            shared |= (a.latin & b.latin) | (a.terms & b.terms)
            least = self._mass(chain(known, han.latin, han.terms))
        return _WORDS * self._mass(shared) / max(least, _FEWEST_WORDS)

    def _mass(self, features: Iterable[Feature]) -> float:
        return sum(map(self._weights.__getitem__, features))


def _features(told: Told) -> Iterable[Feature]:
    return chain(told.names, told.figures, told.words, told.terms)


def _agreement(shared: float, least: float, most: float) -> float:
    """Return how much two reports share of what the one with less has, 1 at most; little in all is worth little."""
    return min(1.0, shared / most) * shared / least if least else 0.0


def _worth(feature: Feature) -> float:
    if isinstance(feature, Name):
        return _KINDS.get(feature.kind, 1.0)
    if isinstance(feature, Figure):
        return _DIGITS[min(feature.digits, len(_DIGITS) - 1)]
    return 1.0


def days_apart(a: Told, b: Told) -> float | None:
    """Return what the days speak against one event, None if they rule it out.

    A report that names no day tells of that on which it was published, or of the day before.
    """
    if a.day and b.day:
        apart = abs((a.day - b.day).days)
        return None if apart > 1 else apart * _NEXT_DAY
    known, unknown = (a, b) if a.day else (b, a)
    behind = (unknown.published - (known.day or known.published)).days
    if not (0 <= behind <= 1 if known.day else abs(behind) <= 1):
        return None
    return _UNNAMED + _GUESSED * (a.is_guess or b.is_guess)
