"""Text -> the places of an exact phrase, and the node that finds it.

A phrase is analysed as text. Its places must stand in that order next to each other. The last one, if it is a Han
character alone, is left out where the place before it in the same run holds it already, and otherwise matches any
place that begins with it. Numbers are found in any writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from indexer.analysis.fold import fold
from indexer.analysis.scripts import Run, is_han, runs
from indexer.nodes import AnyOf, Phrase, Prefix, Term
from search.numbers import BEFORE_NUMERALS, begins_in_numerals, writings


class Places(NamedTuple):
    """Terms of the `text` stream, in order; `prefix` says that the last one is only the beginning of a term.

    No Han character of `not_after` stands right before them, none of `not_before` right behind.
    """

    terms: tuple[str, ...]
    prefix: bool = False
    not_after: str = ""
    not_before: str = ""

    def node(self, field: str) -> Term | Phrase | Prefix:
        """Return the node that finds these places in a field."""
        if len(self.terms) > 1 or self.not_after or self.not_before:
            return Phrase(field, self.terms, self.prefix, self.pairs_before, self.pairs_behind)
        return Prefix(field, self.terms[0]) if self.prefix else Term(field, self.terms[0])

    def either(self, fields: Sequence[str]) -> AnyOf:
        """Return the node that finds these places in one of some fields."""
        return AnyOf(tuple([self.node(field) for field in fields]))

    @property
    def ends_in_pair(self) -> bool:
        """Whether the last term is a pair of Han characters, of which the second has a place of its own."""
        return not self.prefix and len(self.terms[-1]) > 1 and is_han(self.terms[-1])

    @property
    def length(self) -> int:
        """How many places what stands here takes from others that stand near it."""
        return len(self.terms) + self.ends_in_pair

    @property
    def pairs_before(self) -> tuple[str, ...]:
        """The terms that `not_after` keeps from the place before."""
        return tuple([before + self.terms[0][0] for before in self.not_after])

    @property
    def pairs_behind(self) -> tuple[str, ...]:
        """The terms that `not_before` keeps from the place behind, where the last term is a pair."""
        return tuple([self.terms[-1][1] + behind for behind in self.not_before]) if self.ends_in_pair else ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The texts of the runs that the terms are of; the last, if it is Han, may stand within a longer one."""
        parts: list[str] = []
        is_open = False  # whether the last part is a Han run of which more may come
        for term in self.terms:
            if not is_open:
                parts.append(term)
            elif len(term) > 1:
                parts[-1] += term[1]
            is_open = len(term) > 1 and is_han(term)
        return tuple(parts)


def places(text: str) -> Places | None:
    """Return the places of a phrase as it is typed; None if it has none, being white space and punctuation."""
    return places_of_runs(runs(fold(text).key))


def other_places(text: str) -> tuple[Places, ...]:
    """Return the places of the other ways to write the numbers of a text."""
    found = [places_of_runs(runs(key)) for key in writings(text)]
    return tuple([_whole(part) for part in found if part])


def _whole(part: Places) -> Places:
    """Return places that, if numerals begin them, are not within a longer number: 二月 is not the end of 十二月."""
    return part._replace(not_after=BEFORE_NUMERALS) if begins_in_numerals(part.terms[0]) else part


def places_of_runs(found: Sequence[Run]) -> Places | None:
    """Return the places of the phrase that runs in reading order make."""
    if not found:
        return None
    terms: list[str] = []
    for run in found:
        if run.kind == "han":
            terms += (run.text[i : i + 2] for i in range(len(run.text)))
        else:
            terms.append(run.text)
    last = found[-1]
    if last.kind == "han" and len(last.text) > 1:
        terms.pop()
    return Places(tuple(terms), prefix=last.kind == "han" and len(last.text) == 1)
