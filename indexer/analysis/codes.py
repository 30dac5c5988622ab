"""Texts joined into one -> arrays of code points: their key, and what jieba reads in its place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.fold import PENDING, key_of_cut, key_of_simple, phrases_in, simple_of, uneven
from indexer.analysis.scripts import runs

Array = NDArray[Any]

# What a character begins by itself; each CHARACTER is a run for itself.
NOTHING, HAN, WORD, CHARACTER = range(4)
_KINDS = {"han": HAN, "word": WORD, "character": CHARACTER}


class Codes(NamedTuple):
    """A folded text as `fold` gives it, uint32: `key` and `cut` are equally long."""

    key: Array
    cut: Array


class CodeTable:
    """Code point -> number, each worked out when it is first met."""

    def __init__(self, number_of: Callable[[str], int]) -> None:
        self._number_of = number_of
        self._known = np.zeros(0x110000, "<u4")  # one more than the number

    def of(self, codes: Array) -> Array:
        """Return the number of each code point."""
        found: Array = self._known[codes]
        missing = found == 0
        if missing.any():
            for code in np.unique(codes[missing]).tolist():
                self._known[code] = self._number_of(chr(code)) + 1
            found = self._known[codes]
        found -= 1
        return found


def fold_codes(text: str) -> Codes:
    """Fold a text as `fold` does, without the way back."""
    cut, ends, shifts = _evened(text, _simple().of(to_codes(text)))
    key = _variants().of(cut)
    for start, converted in phrases_in(text):
        at = start + shifts[bisect_right(ends, start)]
        cut[at : at + len(converted)] = to_codes(converted)
    return Codes(key, cut)


def key_codes(text: str) -> Array:
    """Return the key of a text alone; what UTF-8 cannot hold is a question mark, as it is once it was stored."""
    key = _variants().of(_evened(text, _simple().of(to_codes(text)))[0])
    key[key >> 11 == 0xD800 >> 11] = ord("?")
    return key


def _evened(text: str, stepped: Array) -> tuple[Array, list[int], list[int]]:
    """Fold what does not go in step; `stepped` holds PENDING in its place.

    Also returns where such pieces end in the text, and how much farther a place is in the key than in the text:
    before the first piece, behind it, behind the second.
    """
    ends: list[int] = []
    shifts = [0]
    if not (stepped == ord(PENDING)).any():
        return stepped, ends, shifts
    parts: list[Array] = []
    last = 0
    for start, end, key in uneven(text, to_text(stepped)):
        parts += (stepped[last:start], to_codes(key))
        last = end
        ends.append(end)
        shifts.append(shifts[-1] + len(key) - (end - start))
    return np.concatenate([*parts, stepped[last:]]), ends, shifts


def kinds_of(key: Array) -> Array:
    """Return what each character of a key begins by itself."""
    return _kinds().of(key).astype("u1")


def keys_of_cut(cut: Array) -> Array:
    """Return the key of each character that jieba reads."""
    return _keys_of_cut().of(cut)


def to_codes(text: str) -> Array:
    """Return the code points of a text, as an array that cannot be written to."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def to_text(codes: Array) -> str:
    """Return the text of code points."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def _kind(character: str) -> int:
    found = runs(character)
    return _KINDS[found[0].kind] if found else NOTHING


@cache
def _simple() -> CodeTable:
    return CodeTable(lambda character: ord(simple_of(character)))


@cache
def _variants() -> CodeTable:
    return CodeTable(lambda character: ord(key_of_simple(character)))


@cache
def _keys_of_cut() -> CodeTable:
    return CodeTable(lambda character: ord(key_of_cut(character)))


@cache
def _kinds() -> CodeTable:
    return CodeTable(_kind)
