"""What a query looks for, found in the runs of a text: the rule that says what is highlighted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexer.analysis.analyzer import TextPlaces, word_tokens
from indexer.analysis.fold import Folded
from indexer.analysis.scripts import Run
from search.phrases import Places


class Mark(NamedTuple):
    """A stretch to highlight, half open, and which of the things asked for it holds."""

    start: int
    end: int
    what: int


class Sought:
    """Finds what a plan looks for in analysed text: a word by its stem, and anything by its places."""

    def __init__(self, sought: Sequence[tuple[Places, str]]) -> None:
        """`sought`: the places of each word or phrase, and the stem of a Latin word."""
        self.stems = {stem: what for what, (_, stem) in enumerate(sought) if stem}
        self._by_term: dict[str, list[tuple[int, Places]]] = defaultdict(list)
        self._by_beginning: dict[str, list[int]] = defaultdict(list)  # of those that are no more than a beginning
        for what, (places, _) in enumerate(sought):
            if places.prefix and len(places.terms) == 1:
                self._by_beginning[places.terms[0][0]].append(what)
            else:
                self._by_term[places.terms[0]].append((what, places))

    def marks(self, folded: Folded, found: Sequence[Run]) -> list[Mark]:
        """Return what is found in the runs of a text, by start; marks may overlap."""
        marks = [
            Mark(token.start, token.end, self.stems[token.term])
            for token in (word_tokens(folded, found) if self.stems else ())
            if token.term in self.stems
        ]
        marks += self._placed(TextPlaces(folded, found))
        return sorted(set(marks))

    def _placed(self, text: TextPlaces) -> Iterator[Mark]:
        """Find the places; a Han character asked for alone ends within the pair that it begins."""
        terms = text.terms
        for i in [i for i, term in enumerate(terms) if term in self._by_term]:
            for what, places in self._by_term[terms[i]]:
                last = i + len(places.terms) - 1
                if _stand(terms[i : last + 1], places):
                    yield Mark(text.span(i)[0], text.head_end(last) if places.prefix else text.span(last)[1], what)
        if self._by_beginning:
            for i in [i for i, term in enumerate(terms) if term[0] in self._by_beginning]:
                for what in self._by_beginning[terms[i][0]]:
                    yield Mark(text.span(i)[0], text.head_end(i), what)


def _stand(terms: Sequence[str], places: Places) -> bool:
    if len(terms) < len(places.terms):
        return False
    if places.prefix:
        return terms[:-1] == places.terms[:-1] and terms[-1].startswith(places.terms[-1])
    return terms == places.terms
