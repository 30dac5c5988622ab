"""A passage as it was put -> where its terms, phrases and what is near each other stand in it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from indexer.engines.bm25 import quantised
from indexer.model import IndexEntry
from indexer.nodes import Near, Phrase, Prefix, Term


class Passage:
    """A passage by its entry and the kinds of those before it in its article; it remembers what is found out of it."""

    def __init__(self, entry: IndexEntry, before: Collection[str] = ()) -> None:
        self.entry = entry
        self.before = before
        self.remembered: dict[Any, Any] = {}
        self._texts: dict[str, str] = {}

    def terms(self, field: str) -> Sequence[str]:
        """Return the terms of a field in order, or the keywords."""
        return self.entry.terms.get(field) or self.entry.keywords.get(field, ())

    def text(self, field: str) -> str:
        """Return the terms of a field with a space before and behind each, so that they can be found in it."""
        text = self._texts.get(field)
        if text is None:
            terms = self.entry.terms.get(field)
            text = self._texts[field] = f" {'  '.join(terms)} " if terms else ""
        return text

    def length(self, field: str) -> int:
        """Return the length of a field as it is ranked."""
        return _quantised(len(self.entry.terms.get(field, ())))

    def last(self, field: str) -> str:
        """Return the value of a keyword field that counts where one can: the last in order, empty if there is none."""
        return max(self.entry.keywords.get(field, ()), default="")

    def is_lead(self, without: Collection[str]) -> bool:
        """Tell whether it is the first of its article that is not of some kinds."""
        return self.last("kind") not in without and all(kind in without for kind in self.before)


@cache
def _quantised(length: int) -> int:
    return int(quantised(np.array([length]))[0])


def frequency(node: Term | Phrase) -> Callable[[Passage], int]:
    """Return what counts how often a node stands in a passage."""
    field = node.field
    terms = (node.term,) if isinstance(node, Term) else node.terms
    if isinstance(node, Phrase) and (_is_particular(node) or _overlaps_itself(terms)):
        return lambda passage: len(starts(node, passage))
    wanted = _text(terms)
    return lambda passage: passage.text(field).count(wanted) if wanted else 0


def starts(node: Term | Phrase | Prefix, passage: Passage) -> list[int]:
    """Return the places where a node begins in a passage, rising."""
    phrase = _phrase(node)
    terms = phrase.terms
    exact = terms[:-1] if phrase.prefix else terms
    beginning = _text(exact) + (f" {terms[-1]}" if phrase.prefix else "")
    if not terms or beginning not in passage.text(node.field):
        return []
    stream = passage.entry.terms[node.field]
    last = len(stream) - len(terms)
    begins = _places(exact[0], stream) if exact else range(last + 1)
    return [start for start in begins if start <= last and _stands(phrase, exact, stream, start)]


def _places(term: str, stream: Sequence[str]) -> Iterator[int]:
    """Yield the places of a term, rising."""
    place = -1
    for _ in range(stream.count(term)):
        place = stream.index(term, place + 1)
        yield place


def _stands(phrase: Phrase, exact: tuple[str, ...], stream: Sequence[str], start: int) -> bool:
    """Tell whether a phrase, whose terms but a beginning are `exact`, stands at a place."""
    end = start + len(phrase.terms)
    if len(exact) > 1 and tuple(stream[start : start + len(exact)]) != exact:
        return False
    if phrase.prefix and not stream[end - 1].startswith(phrase.terms[-1]):
        return False
    if start and stream[start - 1] in phrase.not_after:
        return False
    return end == len(stream) or stream[end] not in phrase.not_before


def is_near(node: Near, passage: Passage) -> bool:
    """Tell whether all parts stand in a stretch with at most `slop` other places.

    The stretch with fewest begins with some part, and ends with the first ones from there on: each part is always as
    long, so that these end first, too.
    """
    parts = list(dict.fromkeys(node.nodes))
    places = [starts(part, passage) for part in parts]
    if not all(places):
        return False
    lengths = [len(_phrase(part).terms) + (part in node.wide) for part in parts]
    room = node.slop + sum(lengths)
    return any(_end(places, lengths, start) - start <= room for start in sorted({one for own in places for one in own}))


def _end(places: Sequence[Sequence[int]], lengths: Sequence[int], start: int) -> float:
    """Return where the first of all parts from a place on end, infinity if one is not there."""
    end = 0.0
    for own, length in zip(places, lengths, strict=True):
        first = bisect_left(own, start)
        if first == len(own):
            return float("inf")
        end = max(end, own[first] + length)
    return end


def _phrase(node: Term | Phrase | Prefix) -> Phrase:
    match node:
        case Term(field, term):
            return Phrase(field, (term,))
        case Prefix(field, prefix):
            return Phrase(field, (prefix,), prefix=True)
        case Phrase():
            return node


def _is_particular(node: Phrase) -> bool:
    return node.prefix or bool(node.not_after or node.not_before)


def _overlaps_itself(terms: tuple[str, ...]) -> bool:
    """Tell whether one occurrence may begin within another."""
    return any(terms[i:] == terms[:-i] for i in range(1, len(terms)))


def _text(terms: Sequence[str]) -> str:
    """Return terms as `Passage.text` has them."""
    return "".join(f" {term} " for term in terms)
