"""Lines beside their translations -> the words of both sides that may be translations of each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.batch import Column, term_columns
from indexer.analysis.stopwords import stopwords
from indexer.bilingual.word_model import Side

Beside = tuple[str, str]  # a line and its translation

_CHINESE = re.compile("[\u3400-\u9fff]{2,}")
_ENGLISH = re.compile("[a-z][a-z'-]+")
# Of the words of a line those that its form for another region has too: less in .19 of the lines of 150 such pages,
# mostly short ones, and in .92 of lines beside another one's form.
_SAME = 0.2


def translated_words(lines: Sequence[Beside], analyzer: Analyzer) -> tuple[Side, Side]:
    """Return the stems of the English lines and the words of the Chinese ones, function words and numbers left out."""
    english = term_columns([(one,) for one, _ in lines], analyzer)["en"]
    chinese = term_columns([(other,) for _, other in lines], analyzer)["zh"]
    return _side(english, _ENGLISH), _side(chinese, _CHINESE)


def regional_words(lines: Sequence[Beside], analyzer: Analyzer) -> tuple[Side, Side]:
    """Return the words of lines that the line beside each does not have; none of lines that share almost none."""
    one, other = (_side(term_columns([(own[i],) for own in lines], analyzer)["zh"], _CHINESE) for i in (0, 1))
    known = {word: number for number, word in enumerate(dict.fromkeys((*one.words, *other.words)))}
    ones, others = _keys(one, known), _keys(other, known)
    same, others_same = np.isin(ones, others), np.isin(others, ones)
    size = len(lines)
    share = np.bincount(one.lines, same, size) / np.maximum(np.bincount(one.lines, minlength=size), 1)
    is_near = share >= _SAME
    return _chosen(one, ~same & is_near[one.lines]), _chosen(other, ~others_same & is_near[other.lines])


def _side(column: Column, pattern: re.Pattern[str]) -> Side:
    lines = np.repeat(np.arange(len(column.lengths), dtype=np.int32), column.lengths.astype(np.int64))
    is_word = [pattern.fullmatch(term) is not None and term not in stopwords() for term in column.terms]
    words = {term: number for number, term in enumerate(dict.fromkeys(column.terms))}  # a few stand there twice
    numbers = np.array([words[term] for term in column.terms], np.int32)
    chosen = np.array(is_word, bool)[column.numbers] if len(column.terms) else np.empty(0, bool)
    side = Side([*words], numbers[column.numbers] if len(numbers) else np.empty(0, np.int32), lines)
    return _used(_chosen(side, chosen))


def _used(side: Side) -> Side:
    """Return a side with only the words that stand in it."""
    used, numbers = np.unique(side.numbers, return_inverse=True)
    return side._replace(words=[side.words[number] for number in used.tolist()], numbers=numbers.astype(np.int32))


def _chosen(side: Side, chosen: NDArray[np.bool_]) -> Side:
    return side._replace(numbers=side.numbers[chosen], lines=side.lines[chosen])


def _keys(side: Side, known: dict[str, int]) -> NDArray[np.int64]:
    numbers = np.array([known[word] for word in side.words], np.int64)
    return side.lines.astype(np.int64) * len(known) + numbers[side.numbers] if len(numbers) else np.empty(0, np.int64)
