"""Folded texts as code points -> their units: Han characters and Latin words, as hashes."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.analysis.codes import CodeTable

Hashes = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]

# Begins each text: rare punctuation, its own key.
END = "\u2056"
# From here on characters are units of their own: Han, kana, hangul and what stands among them in Unicode.
_LONE = 0x2E80
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
# Letters of a word are told apart by their place up to here.
_LONGEST_WORD = 64


class Units(NamedTuple):
    """The units of texts in order: a hash of each, whether it holds a digit, and the number of its text."""

    hashes: Hashes
    are_numbers: Mask
    texts: Ints


def units_of(codes: Codes) -> Units:
    """Return the units of folded texts, each with END before it."""
    is_kept = _letters().of(codes) != 0
    in_word = is_kept & (codes < _LONE)
    starts = is_kept.copy()
    starts[1:] &= ~(in_word[1:] & in_word[:-1])
    texts = (np.cumsum(codes == ord(END)) - 1)[starts]
    codes, first = codes[is_kept], starts[is_kept].nonzero()[0]
    if not len(first):
        return Units(np.zeros(0, np.uint64), np.zeros(0, bool), texts)
    lengths = np.append(first[1:], len(codes)) - first
    place = np.arange(len(codes)) - np.repeat(first, lengths)
    letters = mixed(codes.astype(np.uint64)) * _powers()[place % _LONGEST_WORD]
    is_digit = (codes >= ord("0")) & (codes <= ord("9"))
    return Units(mixed(np.add.reduceat(letters, first)), np.logical_or.reduceat(is_digit, first), texts)


def mixed(hashes: Hashes) -> Hashes:
    """Spread hashes evenly: the finalizer of SplitMix64 (Steele, Lea & Flood 2014)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def rising(hashes: Hashes) -> Hashes:
    """Return different numbers in order; numpy.unique takes three times as long."""
    ordered = np.sort(hashes)
    is_new = np.ones(len(ordered), bool)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_new]


@cache
def _letters() -> CodeTable:
    return CodeTable(lambda character: int(character.isalnum()))


@cache
def _powers() -> Hashes:
    powers: Hashes = np.cumprod(np.full(_LONGEST_WORD, _FACTOR), dtype=np.uint64)
    return powers
