"""Where words, phrases and patterns stand in a text by docs/query-language.md, worked out by plain scans."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from functools import cache
from itertools import product
from typing import NamedTuple

from indexer.analysis.analyzer import default_analyzer
from indexer.analysis.fold import fold_key
from search.syntax import Fuzzy, Near, Phrase, Tree, Wild, Words
from tests.contract.judge import edits
from tests.property.archive import HAN, NUMBERS, STEMS

BOUNDARY = "|"
_WRITINGS = {fold_key(text): [fold_key(other) for other in group] for group in NUMBERS for text in group}
_STEM = {fold_key(word): stem for stem, group in enumerate(STEMS) for word in group}
_VOCABULARY = sorted({*map(fold_key, HAN), *_WRITINGS, *_STEM}, key=len, reverse=True)
_WORD = re.compile("|".join(map(re.escape, _VOCABULARY)))
_NUMERALS = "零一二三四五六七八九十百千万亿两几数廿卅"


class Place(NamedTuple):
    """A Han character or a word of letters; `is_apart`: it is Han, like the one before, with something between."""

    text: str
    start: int
    end: int
    is_apart: bool = False

    @property
    def is_han(self) -> bool:
        return not self.text.isascii()


class Stretch(NamedTuple):
    """Places of a text, from `first` up to `last`."""

    first: int
    last: int


@cache
def places_of(text: str) -> tuple[Place, ...]:
    """Return the places of a text; white space that breaks a line, once, parts nothing."""
    key = fold_key(text)
    assert len(key) == len(text)
    found: list[Place] = []
    for match in re.finditer(r"[0-9a-z]+|[㐀-鿿〇]|\|", key):
        gap = re.sub(r"[ \t]*\n", "", key[found[-1].end : match.start()], count=1) if found else ""
        two_han = bool(found) and found[-1].is_han and not match[0].isascii()
        found.append(Place(match[0], *match.span(), two_han and gap != ""))
    return tuple(found)


def stand(asked: tuple[Place, ...], text: tuple[Place, ...]) -> list[Stretch]:
    """Return where places that are asked for stand in a text, side by side."""
    size = len(asked)
    wanted = [(place.text, place.is_apart and i > 0) for i, place in enumerate(asked)]
    own = [(place.text, place.is_apart) for place in text]
    return [
        Stretch(at, at + size)
        for at in range(len(text) - size + 1 if size else 0)
        if [(one, apart and i > 0) for i, (one, apart) in enumerate(own[at : at + size])] == wanted
    ]


@cache
def phrase_in(asked: str, text: str) -> tuple[Stretch, ...]:
    """Return where a phrase stands in a text, with its numbers in any writing; those not typed stand whole."""
    places = places_of(text)
    found = {*stand(places_of(asked), places)}
    for other in _rewritten(fold_key(asked)):
        for one in stand(places_of(other), places):
            before = places[one.first - 1] if one.first else None
            if not (other[0] in _NUMERALS and before and before.text in _NUMERALS and not places[one.first].is_apart):
                found.add(one)
    return tuple(sorted(found))


def _rewritten(key: str) -> list[str]:
    """Return a key with its numbers in other writings: a space before digits goes with them."""
    key = re.sub(r"(?<=[^\x00-\x7f]) (?=[0-9])", "", key)
    parts = re.split("(" + "|".join(sorted(_WRITINGS, key=len, reverse=True)) + ")", key)
    ways = product(*(_WRITINGS.get(part, [part]) for part in parts))
    return [way for way in dict.fromkeys(map("".join, ways)) if way != key]


def has_writings_of_one_number(text: str) -> bool:
    """Tell whether what is asked names a number twice, as in 2月 and 二月, of which nobody says what it means."""
    numbers = [_WRITINGS[word][0] for word in words_in(text) if word in _WRITINGS]
    return len(set(numbers)) < len(numbers)


def words_in(text: str) -> list[str]:
    """Return the different words of what is asked, which are all of the vocabulary."""
    key = fold_key(text)
    assert not re.search(r"\w", _WORD.sub(" ", key)), text
    return list(dict.fromkeys(_WORD.findall(key)))


@cache
def word_in(word: str, text: str, by_stem: bool = True) -> tuple[Stretch, ...]:
    """Return where a word stands in a text, one of letters as any of its stem."""
    found = {*phrase_in(word, text)}
    if by_stem and word in _STEM:
        found.update(one for other in STEMS[_STEM[word]] for one in phrase_in(other, text))
    return tuple(sorted(found))


@cache
def near_in(asked: str, slop: int, text: str) -> tuple[Stretch, ...]:
    """Return where words stand in a text with at most `slop` places of others among all of them."""
    different = [phrase_in(word, text) for word in words_in(asked)]
    return tuple(sorted({one for chosen in product(*different) if _others(chosen) <= slop for one in chosen}))


def _others(stretches: tuple[Stretch, ...]) -> int:
    whole = max(one.last for one in stretches) - min(one.first for one in stretches)
    return whole - sum(one.last - one.first for one in stretches)


@cache
def like_in(pattern: str, text: str) -> tuple[Stretch, ...]:
    """Return where a word of letters is like a pattern, or stands what a * begins or ends in Chinese."""
    key = fold_key(pattern)
    if not key.strip("*?").isascii():
        return phrase_in(key.strip("*"), text) if "?" not in key else ()
    return _letters(text, lambda word: fnmatchcase(word, key))


@cache
def fuzzy_in(word: str, distance: int | None, text: str) -> tuple[Stretch, ...]:
    key = fold_key(word)
    most = min((2 if len(key) >= 6 else 1) if distance is None else distance, len(key) - 1)
    return _letters(text, lambda other: edits(key, other) <= most)


def _letters(text: str, test: Callable[[str], bool]) -> tuple[Stretch, ...]:
    places = enumerate(places_of(text))
    return tuple(
        Stretch(i, i + 1) for i, place in places if place.text.isalnum() and not place.is_han and test(place.text)
    )


def _cut_like(pattern: str, text: str) -> bool:
    """Tell whether a word, as it was cut, is like a Chinese pattern with a ? in it."""
    return any(fnmatchcase(term, fold_key(pattern)) for term in default_analyzer().terms(text).zh)


def holds(leaf: Tree, text: str, by_stem: bool = True) -> bool:
    """Tell whether a text holds what a leaf asks for."""
    match leaf:
        case Phrase(asked):
            return bool(phrase_in(asked, text))
        case Near(asked, slop):
            return bool(near_in(asked, slop, text))
        case Wild(pattern) if "?" in pattern and not pattern.strip("*?").isascii():
            return by_stem and _cut_like(pattern, text)
        case Wild(pattern):
            return bool(like_in(pattern, text))
        case Fuzzy(word, distance):
            return bool(fuzzy_in(word, distance, text))
    raise AssertionError(leaf)


def asked_in(leaf: Tree, text: str) -> Iterable[Stretch]:
    """Return where what is highlighted for a leaf stands in a text."""
    match leaf:
        case Words(units):
            return [one for unit in units for word in words_in(unit) for one in word_in(word, text)]
        case Near(asked, _):
            return [one for word in words_in(asked) for one in phrase_in(word, text)]
        case Phrase(asked):
            return phrase_in(asked, text)
        case Wild(pattern) if "?" in pattern and not pattern.strip("*?").isascii():
            return _han_like_in(fold_key(pattern), text)
        case Wild(pattern):
            return like_in(pattern, text)
        case Fuzzy(word, distance):
            return fuzzy_in(word, distance, text)
    return ()


def _han_like_in(key: str, text: str) -> list[Stretch]:
    """Return where Han characters side by side are like a pattern."""
    places = places_of(text)
    ends = [i for i, place in enumerate(places) if place.is_apart or not place.is_han]
    return [
        Stretch(first, last)
        for first in range(len(places))
        for last in range(first + 1, min([first + len(key) + 4, len(places), *(i for i in ends if i > first)]) + 1)
        if places[first].is_han and fnmatchcase("".join(place.text for place in places[first:last]), key)
    ]
