"""Text and the words of a query -> the spans of original characters to highlight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from indexer.analysis.analyzer import head_ends, text_tokens, word_tokens
from indexer.analysis.fold import fold
from indexer.analysis.scripts import runs
from indexer.model import Token
from search.phrases import Places


class Mark(NamedTuple):
    """A stretch to highlight, half open, and which of the things asked for it holds."""

    start: int
    end: int
    what: int


class Highlighter:
    """Finds in any text what a plan looks for, with the analysis that the index was made with."""

    def __init__(self, sought: Sequence[tuple[Places, str]]) -> None:
        """`sought`: the places of each word or phrase, and the stem of a Latin word."""
        self._places = [places for places, _ in sought]
        self._stems = {stem: what for what, (_, stem) in enumerate(sought) if stem}

    def marks(self, text: str) -> list[Mark]:
        """Return what is found in `text`, by start; marks may overlap."""
        folded = fold(text)
        found = runs(folded.key)
        marks = [
            Mark(token.start, token.end, self._stems[token.term])
            for token in (word_tokens(folded, found) if self._stems else ())
            if token.term in self._stems
        ]
        marks += self._placed(list(text_tokens(folded, found)), list(head_ends(folded, found)))
        return sorted(set(marks))

    def _placed(self, tokens: Sequence[Token], heads: Sequence[int]) -> Iterator[Mark]:
        """Find the places; a Han character asked for alone ends within the pair that it begins."""
        at: dict[str, list[int]] = defaultdict(list)
        by_initial: dict[str, list[int]] = defaultdict(list)
        for i, token in enumerate(tokens):
            at[token.term].append(i)
            by_initial[token.term[0]].append(i)
        for what, (terms, prefix) in enumerate(self._places):
            for i in by_initial[terms[0]] if prefix and len(terms) == 1 else at[terms[0]]:
                last = i + len(terms) - 1
                if last < len(tokens) and _stand(tokens[i : last + 1], terms, prefix):
                    yield Mark(tokens[i].start, heads[last] if prefix else tokens[last].end, what)


def _stand(tokens: Sequence[Token], terms: Sequence[str], prefix: bool) -> bool:
    exact = len(terms) - prefix
    if any(tokens[i].term != terms[i] for i in range(exact)):
        return False
    return not prefix or tokens[-1].term.startswith(terms[-1])


def spans_of(marks: Iterable[Mark]) -> tuple[tuple[int, int], ...]:
    """Return the stretches that marks cover, those that overlap as one."""
    spans: list[tuple[int, int]] = []
    for start, end, _ in marks:
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return tuple(spans)
