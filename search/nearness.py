"""Where things stand in a text -> those places where they stand near each other, as `indexer.nodes.Near` has it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from search.phrases import Places


class Nearness(NamedTuple):
    """All of one of `choices` in any order, with at most `slop` other places from first start to last end."""

    choices: tuple[tuple[Places, ...], ...]
    slop: int

    def close(self, starts: Mapping[Places, Sequence[int]]) -> dict[Places, set[int]]:
        """Return which of the starts of everything, which rise, are of a stretch that holds all of a choice."""
        kept: dict[Places, set[int]] = {part: set() for choice in self.choices for part in choice}
        for parts in dict.fromkeys(tuple(dict.fromkeys(choice)) for choice in self.choices):
            if not all(map(starts.get, parts)):
                continue
            longest = sum(part.length for part in parts) + self.slop
            for first in {start for part in parts for start in starts[part]}:
                inside = [_within(starts[part], first, first + longest - part.length) for part in parts]
                if all(inside):
                    for part, own in zip(parts, inside, strict=True):
                        kept[part].update(own)
        return kept


def _within(starts: Sequence[int], low: int, high: int) -> Sequence[int]:
    """Return those from `low` to `high`, both included."""
    return starts[bisect_left(starts, low) : bisect_right(starts, high)]
