"""Records of articles -> which pairs of them tell one story."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.stories.evidence import Records
from indexer.stories.units import Hashes, Ints, Mask, rising

Floats = npt.NDArray[np.float64]

# How similar two stories must be, and how long, in units, the shorter of them: with one title, and with two. What these
# find and what they take for a copy is in docs/relevance.md, from benchmarks/copies.py.
ALIKE = 0.7
ALIKE_BY_ANOTHER_NAME = 0.85
SHORTEST = 40
SHORTEST_BY_ANOTHER_NAME = 100
# Of the smallest hashes so many must be the same for two articles to be compared: of a pair with .7 of their runs in
# common that leaves out 1 in 90, with .85 1 in 5,000. An update reads again whatever shares so many with what is new.
SHARED = 3
# Pairs that are compared at once; each takes some 700 bytes.
_AT_ONCE = 1 << 16


class Pairs(NamedTuple):
    """The first and the second of each of some pairs, by their places."""

    one: Ints
    other: Ints

    def where(self, mask: Mask) -> Pairs:
        """Return those that `mask` has."""
        return Pairs(self.one[mask], self.other[mask])


def near_pairs(records: Records) -> Iterator[Pairs]:
    """Yield pairs that join all articles that are copies: every near pair, and enough of the exact ones."""
    yield _exact_pairs(records)
    for pairs in _in_parts(_pairs_with_terms(records)):
        yield pairs.where(are_near(records, pairs))


def are_near(records: Records, pairs: Pairs) -> Mask:
    """Tell of each pair whether they are near copies."""
    titles, sizes = records["title"], records["size"]
    same_title = titles[pairs.one] == titles[pairs.other]
    least = np.where(same_title, ALIKE, ALIKE_BY_ANOTHER_NAME)
    shorter = np.minimum(sizes[pairs.one], sizes[pairs.other])
    near: Mask = pairs.one != pairs.other
    near &= shorter >= np.where(same_title, SHORTEST, SHORTEST_BY_ANOTHER_NAME)
    near &= shorter >= least * np.maximum(sizes[pairs.one], sizes[pairs.other])  # runs that recur count once
    near[near] = similarities(records, pairs.where(near)) >= least[near]
    near[near] = _shared_terms(records, pairs.where(near)) >= SHARED
    near[near] = ~_told_apart(records, pairs.where(near))
    return near


def similarities(records: Records, pairs: Pairs) -> Floats:
    """Estimate the similarity of each pair: in how many of the stretches that either has they agree."""
    one, other = records["bins"][pairs.one], records["bins"][pairs.other]
    either = (one | other) != 0
    agreeing = (one == other) & either
    similar: Floats = agreeing.sum(axis=1) / np.maximum(1, either.sum(axis=1))
    return similar


def _exact_pairs(records: Records) -> Pairs:
    """Return each article with the next one that is an exact copy."""
    order = np.argsort(records["exact"], kind="stable")
    exact = records["exact"][order]
    is_same = (exact[1:] == exact[:-1]) & (exact[1:] != 0)
    return Pairs(order[:-1][is_same], order[1:][is_same])


def _pairs_with_terms(records: Records) -> Iterator[Pairs]:
    """Yield all pairs that share a term, once for each that they share."""
    terms = records["terms"].ravel()
    order = np.argsort(terms, kind="stable")
    order = order[np.count_nonzero(terms == 0) :]
    terms, owners = terms[order], order // records["terms"].shape[1]
    at, step = np.arange(len(terms)), 1
    while len(at):
        at = at[at + step < len(terms)]
        at = at[terms[at] == terms[at + step]]
        yield Pairs(owners[at], owners[at + step])
        step += 1


def _in_parts(found: Iterator[Pairs]) -> Iterator[Pairs]:
    """Yield the same pairs, at most _AT_ONCE together; those that come together once."""
    waiting: list[Hashes] = []
    count = 0
    for pairs in found:
        waiting.append((pairs.one << 32 | pairs.other).astype(np.uint64))
        count += len(pairs.one)
        if count >= _AT_ONCE:
            yield from _different(waiting)
            waiting, count = [], 0
    yield from _different(waiting)


def _different(several: list[Hashes]) -> Iterator[Pairs]:
    both = rising(np.concatenate([np.empty(0, np.uint64), *several]))
    for start in range(0, len(both), _AT_ONCE):
        part = both[start : start + _AT_ONCE].astype(np.int64)
        yield Pairs(part >> 32, part & 0xFFFFFFFF)


def _shared_terms(records: Records, pairs: Pairs) -> Ints:
    one, other = records["terms"][pairs.one], records["terms"][pairs.other]
    is_shared = (one[:, :, None] == other[:, None, :]).any(axis=2) & (one != 0)
    shared: Ints = is_shared.sum(axis=1)
    return shared


def _told_apart(records: Records, pairs: Pairs) -> Mask:
    """Tell of which pairs the titles show that they are of different things.

    Either a title names what is in its own story, but not in the other article; or only the titles' numbers differ.
    """
    one, other = records[pairs.one], records[pairs.other]
    numbered: Mask = (one["frame"] == other["frame"]) & (one["numbers"] != other["numbers"])
    numbered &= (one["numbers"] != 0) & (other["numbers"] != 0)
    return numbered | _lacks(one, other) | _lacks(other, one)


def _lacks(one: Records, other: Records) -> Mask:
    """Tell where some subject of `one` is no word of `other`."""
    bit = one["subjects"].astype(np.int64) % (8 * other["words"].shape[1])
    byte = np.take_along_axis(other["words"], bit >> 3, axis=1)
    has = byte >> (7 - (bit & 7)).astype(np.uint8) & 1
    lacks: Mask = ((has == 0) & (one["subjects"] != 0)).any(axis=1)
    return lacks
