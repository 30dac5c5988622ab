"""Many texts -> the terms of all fields as arrays of numbers: what `Analyzer.terms` gives, all worked out at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain, compress
from typing import NamedTuple

import numpy as np

from indexer.analysis.analyzer import FIELDS, Analyzer, Terms
from indexer.analysis.codes import CHARACTER, HAN, WORD, Array, fold_codes, keys_of_cut, kinds_of, to_text
from indexer.analysis.fold import key_of_cut
from indexer.analysis.latin import latin_words, stem
from indexer.analysis.scripts import LONGEST_TAIL, LONGEST_WORD, runs

# Stands between the parts of a text, so that no phrase goes from one into the other: analysis never gives it.
BOUNDARY = "|"

# Between texts, and between their parts: rare punctuation, its own key. Texts that hold it are analysed one by one.
_END, _JOINT = "\u2056", "\u2058"
_JOINED = f" {_JOINT} "
# As in `scripts`, a number with commas.
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3}){1,9}(?!,?\d)")
# Marks, as code points, of which one between two words may join them.
_LINKS = np.array([ord(mark) for mark in ".'-"], "<u4")
_SIGNS = np.array([ord(sign) for sign in "+#"], "<u4")
_WHITE = np.array([ord(white) for white in " \t\r"], "<u4")
_LINE_FEED, _SPACE = ord("\n"), ord(" ")
# A pair of Han characters is one number; the second is 0 for a character alone.
_SHIFT = np.uint64(32)


class Column(NamedTuple):
    """The terms of texts in one field, text after text, as numbers."""

    terms: list[str]  # each of some token; a few may stand there twice
    numbers: Array  # uint32: the place in `terms` of each
    lengths: Array  # uint32: terms of each text


def term_columns(texts: Sequence[tuple[str, ...]], analyzer: Analyzer) -> dict[str, Column]:
    """Return the columns of each field for texts in parts, between which a BOUNDARY stands in `en` and `text`."""
    whole = [_JOINED.join(text) for text in texts]
    has_marks = [_END in text or text.count(_JOINT) >= len(parts) for text, parts in zip(whole, texts, strict=True)]
    page = _Page("".join(_END if skip else text + _END for text, skip in zip(whole, has_marks, strict=True)))
    is_odd = page.is_rare(len(texts)) | np.array(has_marks, bool)
    odd = [terms_of_parts(text, analyzer) for text, slow in zip(texts, is_odd.tolist(), strict=True) if slow]
    found = {"zh": page.zh(analyzer), "en": page.en(), "text": page.text()}
    return {name: found[name].column(is_odd, [getattr(terms, name) for terms in odd]) for name in FIELDS}


def terms_of_parts(parts: Sequence[str], analyzer: Analyzer) -> Terms:
    """Return the terms of a text in parts, one text at a time."""
    first, *others = map(analyzer.terms, parts)
    zh, en, text = first
    for terms in others:
        zh, en, text = zh + terms.zh, (*en, BOUNDARY, *terms.en), (*text, BOUNDARY, *terms.text)
    return Terms(zh, en, text)


class _Numbers(defaultdict[str, int]):
    """Term -> its number, given when it is first met."""

    def __init__(self) -> None:
        super().__init__()
        self.default_factory = self.__len__

    def of(self, terms: Iterable[str], count: int) -> Array:
        return np.fromiter(map(self.__getitem__, terms), "<u4", count)


class _Found(NamedTuple):
    """The terms of one field: which, and the text of each."""

    names: _Numbers
    numbers: Array
    texts: Array
    more: list[str]  # terms whose numbers come after those of `names`

    def column(self, is_odd: Array, odd: Sequence[Sequence[str]]) -> Column:
        """Return the column, in which texts that are odd have the terms given instead."""
        lengths = np.bincount(self.texts, minlength=len(is_odd))
        numbers = self.numbers
        terms = [*self.names, *self.more]
        if len(odd):
            own = _Numbers()
            lengths[is_odd] = [len(stream) for stream in odd]
            slow = np.repeat(is_odd, lengths)
            merged = np.empty(len(slow), "<u4")
            merged[~slow] = numbers[~is_odd[self.texts]]
            merged[slow] = len(terms) + own.of(chain.from_iterable(odd), int(slow.sum()))
            numbers, terms = merged, [*terms, *own]
        used = np.bincount(numbers, minlength=len(terms)) > 0
        if not used.all():
            terms = list(compress(terms, used.tolist()))
            numbers = (np.cumsum(used) - 1)[numbers]
        return Column(terms, numbers.astype("<u4"), lengths.astype("<u4"))


class _Page:
    """Texts, each with an `_END` behind it, folded and cut into runs."""

    def __init__(self, text: str) -> None:
        key, cut = fold_codes(text)
        kinds = kinds_of(key)
        signs = _signs(key, kinds)
        kinds[signs] = CHARACTER
        self._rare = _texts_of(key)[_rare(key, kinds, signs)]
        keep = np.ones(len(key), bool)
        keep[_commas(key, kinds)] = False
        keep[_joints(key, kinds)] = False
        key, cut, kinds = key[keep], cut[keep], kinds[keep]
        joint = key == ord(_JOINT)
        key[joint] = ord(BOUNDARY)
        kinds[joint] = WORD
        self._key, self._cut, self._kinds = key, cut, kinds
        self._text_of = _texts_of(key)  # of each character
        self._starts, self._ends = _stretches(kinds == WORD)
        words = to_text(np.where(kinds == WORD, key, _SPACE)).split()
        self._words = _Numbers()
        self._word_numbers = self._words.of(words, len(words))

    def is_rare(self, texts: int) -> Array:
        """Tell of each text whether it holds something that only `runs` and `search_words` know of.

        That is a word hyphened at a line end, a Han run over a line end with white space, a word of more than one
        piece, a Han character that jieba does not cut.
        """
        length = self._ends - self._starts
        digits = (length > LONGEST_TAIL) & (self._key[self._starts] <= ord("9"))
        han = self._kinds == HAN
        cut = self._cut[han]
        outside = (cut < 0x4E00) | (cut > 0x9FD5) | (keys_of_cut(cut) != self._key[han])
        found = np.zeros(texts, bool)
        found[self._rare] = True
        found[self._text_of[self._starts[digits | (length > LONGEST_WORD)]]] = True
        found[self._text_of[han][outside]] = True
        return found

    def text(self) -> _Found:
        """Return the terms of `text`."""
        single = (self._kinds == HAN) | (self._kinds == CHARACTER)
        is_term = single.copy()
        is_term[self._starts] = True
        places = np.flatnonzero(is_term)
        different, which = np.unique(self._pairs()[single], return_inverse=True)
        numbers = np.empty(len(places), "<u4")
        alone = single[places]
        numbers[alone] = which + len(self._words)
        numbers[~alone] = self._word_numbers
        return _Found(self._words, numbers, self._text_of[places], _spelled(different))

    def _pairs(self) -> Array:
        """Return each character with its right neighbour, if both are Han or both a plus sign, as one number."""
        pairs = self._key.astype("<u8")
        han = self._kinds == HAN
        both = np.flatnonzero(han[:-1] & han[1:] | (self._kinds[:-1] == CHARACTER) & (self._key[:-1] == ord("+")))
        pairs[both] |= pairs[both + 1] << _SHIFT
        return pairs

    def en(self) -> _Found:
        """Return the terms of `en`."""
        names = _Numbers()
        numbers = names.of(map(stem, self._words), len(self._words))[self._word_numbers]
        texts = self._text_of[self._starts]
        firsts, lasts, ends = self._joined()
        if not len(firsts):
            return _Found(names, numbers, texts, [])
        key = to_text(self._key)
        bounds = zip(self._starts[firsts].tolist(), ends[lasts].tolist(), strict=True)
        joined = [_stems(key[start:end]) for start, end in bounds]
        inside = np.zeros(len(numbers) + 1, np.int64)
        inside[firsts] = 1
        inside[lasts + 1] -= 1
        counts = 1 - np.cumsum(inside)[:-1]
        counts[firsts] = [len(stems) for stems in joined]
        is_joined = np.zeros(len(numbers), bool)
        is_joined[firsts] = True
        is_joined = np.repeat(is_joined, counts)
        numbers = np.repeat(numbers, counts)
        numbers[is_joined] = names.of(chain.from_iterable(joined), int(is_joined.sum()))
        return _Found(names, numbers, np.repeat(texts, counts), [])

    def _joined(self) -> tuple[Array, Array, Array]:
        """Return the first and the last of words that marks may join, as numbers of words, and where words end.

        A sign belongs to the word before it.
        """
        key, behind = self._key, self._key[self._ends]
        signed = (self._kinds[self._ends] == CHARACTER) & np.isin(behind, _SIGNS)
        ends = self._ends + signed + (signed & (behind == ord("+")))
        gaps = self._starts[1:] - ends[:-1]
        marks, following = key[ends[:-1]], key[np.minimum(ends[:-1] + 1, len(key) - 1)]
        linked = (gaps == 1) & np.isin(marks, _LINKS) | (gaps == 2) & (marks == ord(".")) & (following == ord("-"))
        after = np.concatenate(([False], linked))[: len(ends)]
        before = np.append(linked, False)[: len(ends)]
        joined = before | after | signed
        return np.flatnonzero(joined & ~after), np.flatnonzero(joined & ~before), ends

    def zh(self, analyzer: Analyzer) -> _Found:
        """Return the terms of `zh`."""
        han = self._kinds == HAN
        behind = np.concatenate(([False], han[:-1])) & ~han
        text = to_text(np.where(han, self._cut, _LINE_FEED)[han | behind])
        words = analyzer.segmenter.cut_lines(text) if text else []
        cuts = _Numbers()
        cuts["\n"] = 0
        numbers = cuts.of(words, len(words))
        is_word = numbers != 0
        texts = self._text_of[behind][np.cumsum(~is_word)[is_word]]
        keys = _Numbers()
        key_of = keys.of(map(_key_of_word, list(cuts)[1:]), len(cuts) - 1)
        return _Found(keys, key_of[numbers[is_word] - 1], texts, [])


def _signs(key: Array, kinds: Array) -> Array:
    """Return the places of the signs of C++ and C#: of the first plus sign, of the number sign."""
    found = np.flatnonzero((key == ord("+")) | (key == ord("#")))
    found = found[(key[found - 1] >= ord("a")) & (key[found - 1] <= ord("z"))]
    plus = key[found] == ord("+")
    doubled = plus & (key[found + 1] == ord("+"))
    alone = ~plus & (kinds[found - 2] != WORD) & (kinds[found + 1] != WORD)
    signs: Array = found[doubled | alone]
    return signs


def _rare(key: Array, kinds: Array, signs: Array) -> Array:
    """Return the places of line ends that may not end a run, and of signs that others follow at once."""
    feeds = np.flatnonzero(key == _LINE_FEED)
    small = (key[feeds + 1] >= ord("a")) & (key[feeds + 1] <= ord("z"))
    hyphen, white = key[feeds - 1] == ord("-"), np.isin(key[feeds - 1], _WHITE)
    feeds = feeds[hyphen & small | white & (small | (kinds[feeds + 1] == HAN))]
    behind = signs + 1 + (key[signs] == ord("+"))
    return np.concatenate((feeds, signs[kinds[behind] == CHARACTER]))


def _commas(key: Array, kinds: Array) -> list[int]:
    """Return the places of the commas in numbers."""
    digit = (key >= ord("0")) & (key <= ord("9"))
    commas = np.flatnonzero(key == ord(","))
    commas = commas[digit[commas - 1] & digit[commas + 1]]
    text = to_text(key) if len(commas) else ""
    found: list[int] = []
    behind = 0
    for comma in commas.tolist():
        start = comma
        while start > behind and digit[start - 1]:
            start -= 1
        grouped = _GROUPED.match(text, start) if comma >= behind and (not start or kinds[start - 1] != WORD) else None
        if grouped:
            behind = grouped.end()
            found += range(comma, behind, 4)
    return found


def _joints(key: Array, kinds: Array) -> Array:
    """Return the places of line feeds inside Han runs, and of spaces between Han characters that stand alone."""
    han = np.append(kinds == HAN, False)
    feeds = np.flatnonzero(key == _LINE_FEED)
    feeds = feeds[han[feeds - 1] & han[feeds + 1]]
    spaces = np.flatnonzero(key == _SPACE)
    spaces = spaces[han[spaces - 1] & han[spaces + 1]]
    return np.concatenate((feeds, spaces[~han[spaces - 2] & ~han[spaces + 2]]))


def _texts_of(key: Array) -> Array:
    """Return the number of the text that each character belongs to, its `_END` included."""
    end = key == ord(_END)
    texts: Array = np.cumsum(end) - end
    return texts


def _stretches(chosen: Array) -> tuple[Array, Array]:
    """Return where stretches of True begin and end; the last is not chosen."""
    changes = np.flatnonzero(chosen[1:] != chosen[:-1]) + 1
    if len(chosen) and chosen[0]:
        changes = np.concatenate(([0], changes))
    return changes[::2], changes[1::2]


def _spelled(pairs: Array) -> list[str]:
    firsts = to_text(pairs.astype("<u4"))
    seconds = to_text((pairs >> _SHIFT).astype("<u4"))
    return [first if second == "\x00" else first + second for first, second in zip(firsts, seconds, strict=True)]


@lru_cache(maxsize=50_000)
def _stems(key: str) -> tuple[str, ...]:
    """Return the stems of a stretch of words and marks."""
    return tuple(stem(word.text) for word in latin_words(key, runs(key)))


@lru_cache(maxsize=50_000)
def _key_of_word(cut: str) -> str:
    return key_of_cut(cut)
