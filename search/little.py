"""An answer that finds little -> notes that say why: how the query was read, what its parts find, what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.analysis.analyzer import Analyzer, cut_of
from indexer.analysis.fold import fold, fold_key
from indexer.analysis.scripts import is_han, runs
from indexer.analysis.stopwords import stopwords
from indexer.display import counted
from indexer.engines.base import MOST_COUNTED, Engine, Ranking, Request
from indexer.nodes import Node, Range
from search.grammar import Query
from search.model import Note
from search.planner import NO_BOILERPLATE, Plan
from search.syntax import Phrase, Words, leaves

if TYPE_CHECKING:
    from search.suggestions import Suggestion

# A word that fewer articles hold may be a mistake.
_FEW = 5
# Words that are listed.
_LISTED = 20
_TEXTS = ("text", "title_text")
_GAP = " "
_QUOTES = '“”"'


def suggestions_for(
    query: str, parsed: Query, ranking: Ranking, asked: int, engine: Engine, analyzer: Analyzer
) -> Sequence[Suggestion]:
    """Return what may have been meant, best first; nothing if each of the `asked` parts stands in several articles."""
    texts = _texts(parsed)
    is_held = ranking.total and all(count >= _FEW for count in ranking.counts[:asked])
    if not texts or (is_held and not any(_has_stray_pair(text, engine, analyzer) for text in texts)):
        return ()
    from search.suggestions import suggestions  # which most searches need not wait for

    places = [(at, at + len(text)) for text in texts if (at := query.find(text)) >= 0]
    return suggestions(query, engine, analyzer, places)


def notes_of_suggestions(found: Sequence[Suggestion], *, advice: str = "") -> Iterator[Note]:
    """Yield a note for each suggestion, the first with advice; its `query` is what would be searched."""
    for number, one in enumerate(found):
        stands = f"{one.word} stands in {counted(one.passages, 'passage')}"
        yield Note("suggestion", f"Perhaps: {one.query} ({stands}).{'' if number else advice}", one.query)


def applied(query: str, suggestion: Suggestion) -> Note:
    """Return the note that a suggestion was searched in place of the query."""
    return Note("suggested", f"Searched {suggestion.query} instead of {query}.")


def notes_on_little(parsed: Query, planned: Plan, ranking: Ranking, engine: Engine) -> Iterator[Note]:
    """Yield how a query was read and what each part of it finds, if one finds nothing, and what filters took away."""
    counts = list(zip(planned.asked, ranking.counts, strict=False))
    found = [(asked.text, count) for asked, count in counts if count]
    if planned.is_empty or (ranking.total and len(found) == len(counts)):
        return
    words = [fold_key(asked.text).strip(_QUOTES) for asked, _ in counts]
    if words != _texts(parsed):
        yield Note("read", f"The words were read as: {' · '.join(words[:_LISTED])}{' …' * (len(words) > _LISTED)}")
    if found and len(counts) > 1:
        parts = ", ".join(f"{text} {_up_to(count)}" for text, count in found[:_LISTED])
        yield Note("found", f"Articles that hold: {parts}.")
    if not ranking.total:
        yield from _filtered(planned, engine)


def _texts(parsed: Query) -> list[str]:
    """Return the words and phrases of a query, as they were typed together."""
    texts: list[str] = []
    for leaf in leaves(parsed.tree):
        if isinstance(leaf, Words):
            texts += leaf.units
        elif isinstance(leaf, Phrase):
            texts.append(leaf.text)
    return texts


def _cut(query: str, analyzer: Analyzer) -> list[list[str]]:
    """Return a query as it was folded and cut: the pieces of each run."""
    folded = fold(query)
    return [
        [run.text[slice(*span)] for span in analyzer.segmenter.word_spans(cut_of(folded, run))]
        if run.kind == "han"
        else [run.text]
        for run in runs(folded.key)
    ]


def _has_stray_pair(query: str, engine: Engine, analyzer: Analyzer) -> bool:
    """Tell whether two characters that jieba knows no word for stand side by side as they do in no text."""
    for pieces in _cut(query, analyzer):
        strays = "".join(_GAP if _is_sure(piece, analyzer) else piece for piece in pieces)
        for one, other in pairwise(strays):
            if _GAP not in (one, other) and not any(engine.passages_with(name, one + other) for name in _TEXTS):
                return True
    return False


def _is_sure(piece: str, analyzer: Analyzer) -> bool:
    if not is_han(piece):
        return True
    return piece in stopwords() if len(piece) == 1 else analyzer.segmenter.knows(piece)


def _filtered(planned: Plan, engine: Engine) -> Iterator[Note]:
    """Yield what the query finds without each filter, or, if one is not enough, without all of them."""
    if any(_leaves_nothing(asked.node, engine) for asked in planned.filters):
        return
    found = [(name, count) for name, looser in _looser(planned) if (count := _total(looser, engine))]
    boilerplate = 0 if found else _total(replace(planned, passages=None), engine)
    if not found and not boilerplate and (count := _total(replace(planned, filters=(), passages=None), engine)):
        found = [("without any filter", count)]
    if found:
        parts = "; ".join(f"{name} {_up_to(count)}" for name, count in found)
        yield Note("filtered", f"The filters leave no article. There are, {parts}.")
    elif boilerplate:
        held = f"{_up_to(boilerplate)} article{'s' * (boilerplate > 1)}"
        yield Note("filtered", f"What matches is boilerplate, of {held}. To see it: --kind boilerplate")


def _leaves_nothing(node: Node, engine: Engine) -> bool:
    """Tell whether a filter asks for what came in after a run, and nothing did: that is said by itself."""
    return isinstance(node, Range) and node.field == "run" and not engine.search(Request(node, limit=0)).total


def _looser(planned: Plan) -> Iterator[tuple[str, Plan]]:
    """Yield names of limits that the user gave, and the plan without each."""
    for asked in planned.filters[:_LISTED]:
        yield f"without {asked.text}", replace(planned, filters=tuple(one for one in planned.filters if one != asked))
    if planned.passages not in (None, NO_BOILERPLATE):
        yield "in passages of any kind and language", replace(planned, passages=NO_BOILERPLATE)


def _total(planned: Plan, engine: Engine) -> int:
    return engine.search(replace(planned.request(sort="relevance", limit=0, offset=0), counts=())).total


def _up_to(count: int) -> str:
    return f"{'at least ' if count >= MOST_COUNTED else ''}{count:,}"
