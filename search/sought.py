"""What a query looks for, found in the runs of a text: the rule that says what is highlighted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from indexer.analysis.analyzer import TextPlaces, key_places, word_tokens
from indexer.analysis.fold import Folded
from indexer.analysis.scripts import Run
from indexer.engines.patterns import segments
from search.nearness import Nearness
from search.phrases import Places


class Mark(NamedTuple):
    """A stretch to highlight, half open, and which of the things asked for it holds."""

    start: int
    end: int
    what: int


class WordLike(NamedTuple):
    """Words of letters and digits, by a test."""

    test: Callable[[str], object]

    def spans(self, run: Run) -> Iterator[tuple[int, int]]:
        if run.kind == "word" and self.test(run.text):
            yield 0, len(run.text)


class HanLike(NamedTuple):
    """Han characters side by side, by a pattern."""

    pattern: re.Pattern[str]

    def spans(self, run: Run) -> Iterator[tuple[int, int]]:
        return (match.span() for match in self.pattern.finditer(run.text)) if run.kind == "han" else iter(())


def pattern_of(key: str) -> re.Pattern[str]:
    """Return what a key with * and ? matches."""
    first, *others = ("".join("." if one == "?" else re.escape(one) for one in segment) for segment in segments(key))
    middle = "".join(f"(?>.*?{segment})" for segment in others[:-1])
    return re.compile(first + middle + "".join(f".*?{last}" for last in others[-1:]))


class Target(NamedTuple):
    """What is highlighted: places, words of a stem, or what is like something; one of the three.

    Places that `near` names too are highlighted where they stand near the others of it.
    """

    places: Places | None = None
    stem: str = ""
    like: WordLike | HanLike | None = None
    near: Nearness | None = None


class Sought:
    """Finds targets in analysed text."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self.stems = {target.stem: what for what, target in enumerate(targets) if target.stem}
        self.likes = [(what, target.like) for what, target in enumerate(targets) if target.like]
        self.nears: dict[Nearness, list[int]] = defaultdict(list)
        self._places = {what: target.places for what, target in enumerate(targets) if target.places}
        self._by_term: dict[str, list[int]] = defaultdict(list)
        self._by_beginning: dict[str, list[int]] = defaultdict(list)  # of those that are no more than a beginning
        for what, places in self._places.items():
            if places.prefix and len(places.terms) == 1:
                self._by_beginning[places.terms[0][0]].append(what)
            else:
                self._by_term[places.terms[0]].append(what)
            if near := targets[what].near:
                self.nears[near].append(what)

    def marks(self, folded: Folded, found: Sequence[Run]) -> list[Mark]:
        """Return what is found in the runs of a text, by start; marks may overlap."""
        marks = [
            Mark(token.start, token.end, self.stems[token.term])
            for token in (word_tokens(folded, found) if self.stems else ())
            if token.term in self.stems
        ]
        marks += self._placed(TextPlaces(folded, found))
        marks += [mark for what, like in self.likes for run in found for mark in _marks_like(like, what, folded, run)]
        return sorted(set(marks))

    def _placed(self, text: TextPlaces) -> Iterator[Mark]:
        """Find the places; a Han character asked for alone ends within the pair that it begins."""
        starts = self._starts(text.terms)
        for near, whats in self.nears.items():
            close = near.close({self._places[what]: starts[what] for what in whats})
            starts |= {what: sorted(close[self._places[what]]) for what in whats}
        for what, own in starts.items():
            places = self._places[what]
            for i in own:
                last = i + len(places.terms) - 1
                yield Mark(text.span(i)[0], text.head_end(last) if places.prefix else text.span(last)[1], what)

    def _starts(self, terms: Sequence[str]) -> dict[int, list[int]]:
        """Return where each of the places asked for begins, in order."""
        starts: dict[int, list[int]] = defaultdict(list)
        for i in [i for i, term in enumerate(terms) if term in self._by_term]:
            for what in self._by_term[terms[i]]:
                places = self._places[what]
                own = terms[i : i + len(places.terms)]
                if _stand(own, places) and not _is_part(terms, i, places):
                    starts[what].append(i)
        for i in [i for i, term in enumerate(terms) if term[0] in self._by_beginning] if self._by_beginning else ():
            for what in self._by_beginning[terms[i][0]]:
                starts[what].append(i)
        return starts


def _marks_like(like: WordLike | HanLike, what: int, folded: Folded, run: Run) -> Iterator[Mark]:
    for start, end in like.spans(run):
        if run.kind == "han":
            at = key_places(folded.key, run)
            yield Mark(*folded.span(at[start], at[end - 1] + 1), what)
        else:
            yield Mark(*folded.span(run.start, run.end), what)


def _is_part(terms: Sequence[str], start: int, places: Places) -> bool:
    """Tell whether what stands around places says that they are part of something else."""
    end = start + len(places.terms)
    behind = terms[end] if end < len(terms) else ""
    return (start > 0 and terms[start - 1] in places.pairs_before) or behind in places.pairs_behind


def _stand(terms: Sequence[str], places: Places) -> bool:
    if len(terms) < len(places.terms):
        return False
    if places.prefix:
        return terms[:-1] == places.terms[:-1] and terms[-1].startswith(places.terms[-1])
    return terms == places.terms
