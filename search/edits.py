"""How far apart two words are."""

from __future__ import annotations


def within(one: str, other: str, distance: int) -> bool:
    """Tell whether so many edits make one word of the other: a character put in, taken out or changed, or two swapped.

    The optimal string alignment distance, as the engine's Fuzzy has it.
    """
    if abs(len(one) - len(other)) > distance:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, character in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, counterpart in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (character != counterpart))
            if i > 1 and j > 1 and character == other[j - 2] and one[i - 2] == counterpart:
                least = min(least, earlier[j - 2] + 1)
            row.append(least)
        if min(row) > distance:
            return False
    return row[-1] <= distance
