"""Articles of an answer -> the same with the reports of one event together, in the place of the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from indexer.engines.base import Engine, RankedArticle
from indexer.model import FOREIGN_KINDS
from indexer.payload import load_text
from search.events.days import MOST_APART
from search.events.evidence import Evidence
from search.events.groups import groups
from search.events.told import Reader, Report
from search.folding import Join, Shown
from search.lexicon import Lexicon

# Bytes of the text of a report that are read: what happened stands in its lead; 400 Han characters.
_LEAD = 1200


def joining(engine: Engine, lexicon: Lexicon) -> Join:
    """Return what joins the articles of an engine's answer."""

    def join(shown: Sequence[Shown]) -> Sequence[Shown]:
        places = _near_others([one.article.row.published for one in shown])
        if not places:
            return shown
        reader = Reader(lexicon.analyzer, lexicon.spotter)
        told = [reader.read(_report(engine, shown[place].article)) for place in places]
        evidence = Evidence(told, lexicon.translations.glosses)
        return _joined(shown, [[places[at] for at in group] for group in groups(len(places), evidence.score)])

    return join


def _joined(shown: Sequence[Shown], found: Sequence[Sequence[int]]) -> list[Shown]:
    """Put the articles of each group with the first of it."""
    others = {first: tuple(shown[place] for place in rest) for first, *rest in found}
    left_out = {place for _, *rest in found for place in rest}
    return [one._replace(others=others.get(place, ())) for place, one in enumerate(shown) if place not in left_out]


def _near_others(days: Sequence[date | None]) -> list[int]:
    """Return the places of those that were published so near each other that they may tell of one day."""
    dated = sorted((day.toordinal(), place) for place, day in enumerate(days) if day)
    near = [place for one, other in pairwise(dated) if other[0] - one[0] <= MOST_APART for place in (one[1], other[1])]
    return sorted(set(near))


def _report(engine: Engine, article: RankedArticle) -> Report:
    """Return what is read of an article that has a date."""
    row = article.row
    assert row.published is not None
    parts: list[str] = []
    left = _LEAD
    for stored in engine.passages(row.id):
        passage = load_text(stored.payload, stored.passage_id, row.id)
        if passage.kind not in FOREIGN_KINDS:
            text = passage.text.encode("utf-8", "replace")[:left].decode("utf-8", "ignore")
            parts.append(text)
            left -= len(text.encode())
        if left <= 0:
            break
    return Report(row.title, "\n".join(parts), row.published, row.published_guessed)
