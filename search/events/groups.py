"""How much speaks for each pair -> groups in which all speak for each other."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

# Pairs that join groups have this score in the mean, none less than the second. On `benchmarks/data/stories.txt`
# precision is 1.00 from .6 to 1 (.96 at .5) and recall .94 up to .8, .92 at .9, .89 at 1; without the second .97 at .8,
# but then a report may stand with one that it has nothing in common with.
ENOUGH = 0.8
LEAST = 0.4


def groups(count: int, score: Callable[[int, int], float | None]) -> list[list[int]]:
    """Join 0 … count - 1 pair by pair, the surest first; return the groups of two and more, each in order."""
    scores = {pair: found for pair in combinations(range(count), 2) if (found := score(*pair)) is not None}
    group_of = {place: [place] for place in range(count)}
    for (one, other), found in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if found < ENOUGH:
            break
        left, right = group_of[one], group_of[other]
        if left is right:
            continue
        between = [scores.get((min(a, b), max(a, b)), -1.0) for a in left for b in right]
        if min(between) >= LEAST and sum(between) / len(between) >= ENOUGH:
            left += right
            group_of.update((place, left) for place in right)
    different = {id(group): sorted(group) for group in group_of.values() if len(group) > 1}
    return sorted(different.values())
