"""Names of Chinese people <-> how they are written in English, by pinyin and Wade-Giles: 蔡英文, Tsai Ying-wen.

Names of three characters and more are sure; one of two (Wang Yi) only with a title beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from indexer.vocabulary.sounds import readings, syllables, syllables_of
from indexer.vocabulary.surnames import surname_of, surnames, surnames_read
from indexer.vocabulary.wade_giles import in_pinyin, wade_giles
from search.held_names import HeldNames, Sounding

# What a name weighs as a form, and how sure it is; where several are read alike, none is to be shown.
WEIGHT, CERTAINTY, DOUBT = 0.9, -0.2, -1.0
# Characters and words of a name.
LONGEST_NAME, MOST_WORDS = 4, 4
_GIVEN = 2
# Pairs of characters that are read alike in an archive, those of most passages.
_MOST_PAIRS = 200
_MOST_TRIED = 100
TITLES = re.compile(
    r"\b(?:president|premier|minister|chairman|chairwoman|secretary|general|governor|mayor|ambassador|professor|doctor"
    r"|director|judge|mr|mrs|ms|dr|spokesman|spokeswoman|vice|chief|senator|legislator)\b",
    re.IGNORECASE,
)


def in_english(han: str, names: HeldNames, *, has_title: bool = False) -> list[Sounding]:
    """Return how the archive writes a folded name in English; one of two characters with a title there or here."""
    surname = surname_of(han)
    given = han[len(surname) :]
    if not surname or not 1 <= len(given) <= _GIVEN or len(han) > LONGEST_NAME:
        return []
    written = dict.fromkeys(form for form in _forms(surname, given) if all(map(names.holds, form.split(" "))))
    found = [form for form in names.held([*written]) if names.is_capitalised(form)]
    if len(han) == 2 and not has_title:
        found = [form for form in found if names.stands_beside(form, TITLES)]
    return [Sounding(form, WEIGHT, CERTAINTY) for form in found]


def _forms(surname: str, given: str) -> Iterator[str]:
    for first, rest in product(surnames()[surname], product(*map(syllables_of, given))):
        family = "".join(first)
        for words in ((family, "".join(rest)), (family, *rest)):
            yield from _orders(words)
        yield from _orders(("".join(map(wade_giles, first)), *map(wade_giles, rest)))


def _orders(words: Sequence[str]) -> Iterator[str]:
    """Yield a name with its surname first, and last."""
    yield " ".join(words)
    yield " ".join((*words[1:], words[0]))


def in_chinese(words: Sequence[str], names: HeldNames) -> list[Sounding]:
    """Return the names of the archive that folded English words, from first to last one name, may be."""
    if not 2 <= len(words) <= MOST_WORDS or not all(word.isascii() and word.isalpha() for word in words):
        return []
    spelled = dict.fromkeys(
        name
        for family, given in ((words[0], words[1:]), (words[-1], words[:-1]))
        for name in _names(family, given, names)
    )
    held = names.held([*spelled][:_MOST_TRIED])
    found = [han for han in held if names.stands_alone(han)]
    return [Sounding(han, WEIGHT, CERTAINTY if len(found) == 1 else DOUBT) for han in found]


def _names(family: str, given: Sequence[str], names: HeldNames) -> Iterator[str]:
    """Yield the names that a surname and a given name of two syllables may be, made of pairs that the archive holds."""
    own = surnames_read(family)
    for first, second in _given(given) if own else ():
        heads = names.pairs("".join({surname[-1] for surname in own}), first, _MOST_PAIRS)
        tails = names.pairs("".join({head[1] for head in heads}), second, _MOST_PAIRS) if heads else []
        for surname, head, tail in product(own, heads, tails):
            if surname[-1] == head[0] and head[1] == tail[0]:
                yield surname + tail


def _given(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the characters of both syllables of a given name: in pinyin, in one word or two, or in Wade-Giles."""
    for way in readings("".join(words)):
        if len(way) == _GIVEN:
            yield syllables()[way[0]], syllables()[way[1]]
    if len(words) == _GIVEN:
        first, second = ("".join(syllables()[one] for one in in_pinyin(word)) for word in words)
        if first and second:
            yield first, second
