"""A name in letters -> what it may be in Han characters, and the other way round: the likeliest first, of what is held.

Both are searches for the best path: what has been spelled, with the best that can come of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from heapq import heappop, heappush
from itertools import islice
from math import inf

from indexer.vocabulary.foreign_sounds import MOST_LETTERS, ForeignSounds, Said

# Fits of a name that is good enough to rank, by the letter, and of one of two characters, which fits by chance.
# Precision of the sketch: .93 above -.6, .91 above -.8, .85 above -1.
LEAST_FIT, LEAST_FIT_OF_TWO = -1.1, -0.95
LONGEST_NAME = 7
LEAST_LETTERS = 4
# Characters that are tried for the same letters, and steps of a search. Of 263 names found with 40 in 3,000 steps
# (20 ms, p95), 12 in 600 find 245 (6 ms), 40 in 800 242; of 249 words, 200 steps find 245.
_MOST_ALIKE = 12
_MOST_STEPS, _MOST_STEPS_IN_LETTERS = 600, 200
# Letters from which on it tells something that a word begins so.
_LEAST_TOLD = 3

Holds = Callable[[str], bool]


def fits(score: float, han: str) -> bool:
    """Tell whether a name fits well enough to be searched for."""
    return score >= (LEAST_FIT_OF_TWO if len(han) == 2 else LEAST_FIT)


def in_characters(letters: str, sounds: ForeignSounds, holds_pair: Holds, limit: int) -> list[str]:
    """Return names of two characters and more that letters may be, made of pairs of characters that are held."""
    found = islice(_in_characters(letters, sounds, cache(holds_pair)), limit)
    return [han for han in dict.fromkeys(found) if fits(sounds.score(han, letters), han)]


def _in_characters(letters: str, sounds: ForeignSounds, holds_pair: Holds) -> Iterator[str]:
    size = len(letters)
    ways = [
        [
            (end, sounds.said_by(letters[start:end], _MOST_ALIKE))
            for end in range(start, min(size, start + MOST_LETTERS) + 1)
        ]
        for start in range(size + 1)
    ]
    rest = _best_rest(ways)
    least = LEAST_FIT * size
    heap = [(-rest[0], 0.0, 0, "")]
    seen: set[tuple[int, str]] = set()
    for _ in range(_MOST_STEPS):
        if not heap or -heap[0][0] < least:
            return
        _, chance, at, han = heappop(heap)
        if (at, han) in seen or (len(han) > 1 and not holds_pair(han[-2:])):
            continue
        seen.add((at, han))
        if at == size and len(han) > 1:
            yield han
        if len(han) == LONGEST_NAME:
            continue
        for end, said in ways[at]:
            for character, own in said if han or end > at else ():
                if chance + own + rest[end] < least:
                    break
                heappush(heap, (-(chance + own + rest[end]), chance + own, end, han + character))


def _best_rest(ways: Sequence[Sequence[tuple[int, Sequence[Said]]]]) -> list[float]:
    """Return the best chance of the letters from each place on."""
    rest = [-inf] * (len(ways) - 1) + [0.0]
    for start in range(len(ways) - 2, -1, -1):
        rest[start] = max(
            (said[0].chance + rest[end] for end, said in ways[start] if said and end > start), default=-inf
        )
    return rest


def in_letters(han: str, sounds: ForeignSounds, begins: Holds, holds: Holds, limit: int) -> list[str]:
    """Return words that a name may be, of those that are held; `begins` tells whether a held one begins so."""
    found = (word for word in _in_letters(han, sounds, cache(begins)) if holds(word))
    return [word for word in islice(found, limit) if fits(sounds.score(han, word), han)]


def _in_letters(han: str, sounds: ForeignSounds, begins: Holds) -> Iterator[str]:
    # Each letter brings as much as it may cost, so that names of all lengths compare: those below 0 do not fit.
    ways = [
        sorted(((own - LEAST_FIT * len(part), part) for part, own in sounds.letters_of(character)), reverse=True)
        for character in han
    ]
    rest = [0.0]
    for way in reversed(ways):
        rest.append(rest[-1] + way[0][0] if way else -inf)
    rest.reverse()
    heap = [(-rest[0], 0, "")]
    seen: set[tuple[int, str]] = set()
    for _ in range(_MOST_STEPS_IN_LETTERS):
        if not heap or rest[0] == -inf:
            return
        gain, at, word = heappop(heap)
        if (at, word) in seen or (len(word) >= _LEAST_TOLD and not begins(word)):
            continue
        seen.add((at, word))
        if at == len(han):
            if len(word) >= LEAST_LETTERS:
                yield word
            continue
        for own, part in ways[at]:
            best = -gain - rest[at] + own + rest[at + 1]
            if best < 0:
                break
            heappush(heap, (-best, at + 1, word + part))
