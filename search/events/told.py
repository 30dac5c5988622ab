"""Title and lead of a report -> what it tells that reports of the same event tell too, in any language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.fold import fold_key
from indexer.analysis.stopwords import stopwords
from indexer.vocabulary.spotting import Spotter
from search.events.days import day_told
from search.events.figures import Figure, figures_of


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is compared: the beginning of its text, and when it was published."""

    title: str
    lead: str
    published: date
    is_guess: bool = False


class Name(NamedTuple):
    """A name that is known in several languages, by the first form of its group."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a report tells: the day, if it names one, names, figures, and words of both scripts.

    `terms` are words that are known in several languages.
    """

    published: date
    is_guess: bool
    day: date | None
    names: frozenset[Name]
    figures: frozenset[Figure]
    han: frozenset[str]
    latin: frozenset[str]
    terms: frozenset[Name]

    @property
    def words(self) -> frozenset[str]:
        return self.han | self.latin


class Reader:
    """Reads reports."""

    def __init__(self, analyzer: Analyzer, spotter: Spotter) -> None:
        self._analyzer, self._spotter = analyzer, spotter

    def read(self, report: Report) -> Told:
        text = f"{report.title}\n{report.lead}"
        lead = fold_key(report.lead)
        key = f"{fold_key(report.title)}\n{lead}"
        words = self._analyzer.terms(text)
        known = frozenset(self._names(key))
        return Told(
            report.published,
            report.is_guess,
            day_told(lead, report.published),
            frozenset(name for name in known if name.kind != "term"),
            figures_of(key),
            frozenset(word for word in words.zh if len(word) > 1),
            frozenset(word for word in words.en if not word.isdigit()) - stopwords(),
            frozenset(name for name in known if name.kind == "term"),
        )

    def _names(self, key: str) -> Iterator[Name]:
        for form in set(self._spotter.forms(key)):
            for group in self._spotter.groups_of(form):
                yield Name(group.kind, group.names[0].text)
