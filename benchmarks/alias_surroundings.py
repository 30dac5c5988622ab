"""Names -> the characters beside which they are part of something else: 布希 in 哥伦布希望, 印度 in 印度尼西亚."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path

import jieba

from indexer.analysis.scripts import is_han
from indexer.vocabulary.alias_lines import Group
from indexer.vocabulary.alias_table import Facts

# Characters of the longest name of which the ends may belong to words on both sides.
_SHORT = 2
# A word of jieba's dictionary counts if it is as frequent as this there.
_FREQUENT = 100
# Kinds of which one within another is something else; what is named after a place is of that place.
_UNLIKE = frozenset(("person", "place"))
_NONE: frozenset[str] = frozenset()
# Characters on each side; those of names come first, then those of the most frequent words.
_MOST = 16
# What may stand behind a name without making another one of it: cities, provinces, people, languages, troops.
_GENERIC = frozenset("市省县区州国人岛港镇村语文族军裔籍队城府街路站湾")


def facts_of(groups: Mapping[str, tuple[Group, ...]]) -> dict[str, Facts]:
    """Return for keys of names what does not stand around them, and whether they are words, where there is anything."""
    words = _words()
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = defaultdict(lambda: ({}, {}))
    for key, inside, start in _contained(groups):
        before, behind = key[:start], key[start + len(inside) :]
        if before and before not in words:
            found[inside][0].setdefault(before[-1])
        if behind and behind not in words and behind[0] not in _GENERIC:
            found[inside][1].setdefault(behind[0])
    ending, beginning = _by_end()
    for key in groups:
        if len(key) <= _SHORT and key not in words and all(map(is_han, key)):
            found[key][0].update(dict.fromkeys(ending.get(key[0], "")))
            found[key][1].update(dict.fromkeys(beginning.get(key[-1], "")))
    facts = {key: Facts(*_sides(found[key]), key in words) for key in groups if key in found or key in words}
    return {key: own for key, own in facts.items() if any(own)}


def _sides(sides: tuple[dict[str, None], dict[str, None]]) -> tuple[str, str]:
    before, behind = ("".join(islice(side, _MOST)) for side in sides)
    return before, behind


def _contained(groups: Mapping[str, tuple[Group, ...]]) -> Iterator[tuple[str, str, int]]:
    """Yield names, each of the same kind within them that means something else, and where it begins."""
    kinds = {key: {group.kind for group in own} & _UNLIKE for key, own in groups.items() if all(map(is_han, key))}
    for key in sorted(kinds):
        for start in range(len(key) - 1):
            for end in range(start + 2, len(key) + 1):
                inside = key[start:end]
                if inside != key and kinds[key] & kinds.get(inside, _NONE) and not {*groups[inside]} & {*groups[key]}:
                    yield key, inside, start


@cache
def _words() -> dict[str, int]:
    """Return the words of jieba's dictionary with their frequency."""
    lines = (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines()
    return {word: int(count) for word, count, _ in map(str.split, lines) if len(word) > 1}


@cache
def _by_end() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return what stands before the last character of frequent words, and behind the first, most frequent first."""
    words = _words()
    before: dict[str, str] = defaultdict(str)
    behind: dict[str, str] = defaultdict(str)
    for word in sorted((word for word in words if words[word] >= _FREQUENT), key=lambda word: (-words[word], word)):
        if word[-2] not in before[word[-1]]:
            before[word[-1]] += word[-2]
        if word[1] not in behind[word[0]]:
            behind[word[0]] += word[1]
    return before, behind
