"""Folded texts -> the longest known names in them, as `Aliases.spans` finds them, for many texts in little time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from indexer.vocabulary.alias_lines import name_key
from indexer.vocabulary.aliases import Aliases, is_boundary

# Characters that keys are looked up by at first, the shortest key has as many as the fewest.
_MOST, _FEWEST = 4, 2
# A form begins at a word of letters and digits, or at any other character but a mark.
_STARTS = re.compile(r"[^\W_\u2e80-\U0010ffff]+|[^\W_]")


class Spotter:
    """Holds all keys in memory, which takes some 20 ms to fill."""

    def __init__(self, aliases: Aliases) -> None:
        self._keys = aliases.keys()
        self._beginnings = {key[:_FEWEST] for key in self._keys}
        self._lengths = _lengths(self._keys)
        self.groups_of = lru_cache(maxsize=1 << 14)(aliases.groups_of)
        self._sense = lru_cache(maxsize=1 << 14)(aliases.sense)

    def forms(self, key: str) -> Iterator[str]:
        """Yield the key of each known form in a folded text, in order; none overlap."""
        text = name_key(key)
        last = 0
        for word in _STARTS.finditer(text):
            start = word.start()
            if start >= last and text[start : start + _FEWEST] in self._beginnings:
                last = self._end(text, start)
                if last > start:
                    yield text[start:last]

    def _end(self, text: str, start: int) -> int:
        """Return where the longest form that begins at a place ends, else that place."""
        for count in range(_MOST, _FEWEST - 1, -1):
            for length in self._lengths.get(text[start : start + count], ()):
                end = start + length
                if text[start:end] in self._keys and is_boundary(text, end) and self._stands_alone(text, start, end):
                    return end
        return start

    def _stands_alone(self, text: str, start: int, end: int) -> bool:
        """Tell whether no character beside a form says that it is part of something else."""
        sense = self._sense(text[start:end])
        is_part = (start and text[start - 1] in sense.before) or text[end : end + 1] in tuple(sense.behind)
        return not is_part


def _lengths(keys: frozenset[str]) -> Mapping[str, Sequence[int]]:
    """Return the lengths, longest first, of the keys that begin so; of short ones by the whole key."""
    found: dict[str, set[int]] = defaultdict(set)
    for key in keys:
        found[key[:_MOST]].add(len(key))
    return {beginning: sorted(lengths, reverse=True) for beginning, lengths in found.items()}
