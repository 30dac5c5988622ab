"""What terms look like -> regular expressions that the cluster and Python both understand, for whole terms.

Of Lucene's syntax they have only escapes, `.`, classes, groups, `|`, `*` and numbers of times in braces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import combinations

from indexer.engines.patterns import segments

_NO_LETTER = re.compile(r"[\x00-/:-@\[-`{-\x7f]")


def literally(text: str) -> str:
    """Return what matches a text and nothing else."""
    return _NO_LETTER.sub(r"\\\g<0>", text)


def beginning(prefix: str) -> str:
    """Return what matches the terms that begin so."""
    return literally(prefix) + ".*"


def beginning_in_one_way(prefixes: Sequence[str]) -> str:
    """Return what matches the terms that begin in one of some ways."""
    return f"({'|'.join(map(literally, prefixes))}).*"


def resembling(places: Sequence[str], free: int = 0, *, is_open: bool = False) -> str:
    """Return what matches the terms whose i-th character is one of `places[i]`, for all but `free` of them.

    It is empty if there is no such term.
    """
    classes = ["[" + literally("".join(dict.fromkeys(own))) + "]" if own else "" for own in places]
    ways = [
        "".join("." if i in chosen else own for i, own in enumerate(classes))
        for chosen in map(set, combinations(range(len(places)), min(max(free, 0), len(places))))
        if all(own or i in chosen for i, own in enumerate(classes))
    ]
    return f"({'|'.join(ways)})" + ".*" * is_open if ways and (places or is_open) else ""


def fitting(pattern: str) -> str:
    """Return what matches the terms that a Pattern stands for; it is empty if there is no such term."""
    return ".*".join("".join("." if one == "?" else literally(one) for one in own) for own in segments(pattern))


def near(term: str, distance: int, kept: int = 0) -> str:
    """Return what matches the terms that a Fuzzy stands for."""
    return literally(term[:kept]) + _within(term[kept:], distance)


@cache
def _within(text: str, edits: int) -> str:
    """Return what matches texts within some edits (optimal string alignment).

    An alignment parts at the middle of `text`, unless the two characters there are exchanged; halving keeps the
    expression to some n log² n characters for two edits, and a cluster works with what has fewer branches faster.
    """
    if edits <= 0:
        return literally(text)
    if len(text) < 2:
        return _within_letter(text, edits)
    middle = len(text) // 2
    left, right = text[:middle], text[middle:]
    ways = [_within(left, n) + _within(right, edits - n) for n in range(edits + 1)]
    crossing = literally(right[0] + left[-1])
    ways += [_within(left[:-1], n) + crossing + _within(right[1:], edits - 1 - n) for n in range(edits)]
    return "(" + "|".join(ways) + ")"


def _within_letter(letter: str, edits: int) -> str:
    """Return what matches what is within some edits of a character, or of nothing."""
    ways = [f".{{0,{edits}}}"]
    if letter:
        ways += ["." * n + literally(letter) + "." * (edits - n) for n in range(edits + 1)]
    return "(" + "|".join(ways) + ")"
