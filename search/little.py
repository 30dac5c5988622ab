"""An answer that finds little -> notes that say why: how the query was read, what its parts find, what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from indexer.analysis.analyzer import Analyzer, cut_of
from indexer.analysis.fold import Folded, fold, fold_key
from indexer.analysis.scripts import is_han, runs
from indexer.analysis.stopwords import stopwords
from indexer.engines.base import Engine, Ranking
from search.fields import FACT_FIELDS
from search.grammar import Query
from search.model import Action, Note, Value, Wording
from search.numbers import between_numbers
from search.planner import Plan
from search.syntax import And, Must, Near, Not, Or, Phrase, Scoped, Together, Tree, Words
from search.wording import passages, up_to

if TYPE_CHECKING:
    from search.suggestions import Suggestion

# A word that fewer articles hold may be a mistake.
_FEW = 5
# Words that are listed.
_LISTED = 20
_TEXTS = ("text", "title_text")
_GAP = " "
_QUOTED = re.compile(r"^[“\"](.*)[”\"]$")
_NEAR = re.compile(r"^[“\"](.*)[”\"]~\d+$")
# Signs of an address, or of a field that there is not.
_JOINING = frozenset(":/")


def suggestions_for(
    query: str, parsed: Query, ranking: Ranking, asked: int, engine: Engine, analyzer: Analyzer
) -> Sequence[Suggestion]:
    """Return what may have been meant, best first; nothing if each of the `asked` parts stands in several articles."""
    stretches = _stretches(query, parsed.tree)
    is_held = ranking.total and all(count >= _FEW for count in ranking.counts[:asked])
    texts = [query[slice(*stretch)] for stretch in stretches[:_LISTED]]
    if not texts or (is_held and not any(_has_stray_pair(text, engine, analyzer) for text in texts)):
        return ()
    from search.suggestions import suggestions  # which most searches need not wait for

    return suggestions(query, engine, analyzer, stretches)


def notes_of_suggestions(found: Sequence[Suggestion], *, advice: str = "") -> Iterator[Note]:
    """Yield a note for each suggestion, the first with advice; its `query` is what would be searched."""
    for number, one in enumerate(found):
        values: dict[str, Value] = {"query": one.query, "word": one.word, "passages": passages(one.passages)}
        action = Action("Search {query}", {"q": one.query}, {"query": one.query})
        message = "Perhaps: {query} ({word} stands in {passages})."
        yield Note("suggestion", message, values, "" if number else advice, (action,), one.query)


def applied(query: str, suggestion: Suggestion) -> Note:
    """Return the note that a suggestion was searched in place of the query."""
    action = Action("Search {query} as typed", {"suggest": ""}, {"query": query})
    values = {"meant": suggestion.query, "query": query}
    return Note("suggested", "Searched {meant} instead of {query}.", values, actions=(action,))


def notes_on_little(parsed: Query, planned: Plan, ranking: Ranking, engine: Engine) -> Iterator[Note]:
    """Yield how a query was read and what each part of it finds, if one finds nothing, and what filters took away."""
    counts = list(zip(planned.asked, ranking.counts, strict=False))
    found = [(asked.text, count) for asked, count in counts if count]
    if planned.is_empty or (ranking.total and len(found) == len(counts)):
        return
    words = [_QUOTED.sub(r"\1", fold_key(asked.text)) for asked, _ in counts]
    if words and [_NEAR.sub(r"\1", word) for word in words] != _asked_for(parsed.tree):
        message = "The words were read as: {words: · }"
        more = "The words were read as: {words: · } …"
        yield Note("read", more if len(words) > _LISTED else message, {"words": tuple(words[:_LISTED])})
    if found and len(counts) > 1:
        parts = tuple(
            Wording("{text} {count}", {"text": text, "count": up_to(count)}) for text, count in found[:_LISTED]
        )
        yield Note("found", "Articles that hold: {parts:, }.", {"parts": parts})
    if not ranking.total:
        from search.filtered import notes_on_filters  # which most searches need not wait for

        yield from notes_on_filters(parsed, planned, engine)


def _texts(tree: Tree, field: str = "") -> Iterator[tuple[str, str]]:
    """Yield what was typed together of a query, words and phrases in order, each with the field that it is below."""
    match tree:
        case Together(parts) | And(parts) | Or(parts):
            for part in parts:
                yield from _texts(part, field)
        case Scoped(name, node):
            yield from _texts(node, name)
        case Not(node) | Must(node):
            yield from _texts(node, field)
        case Words(units):
            yield from ((unit, field) for unit in units)
        case Phrase(text) | Near(text):
            yield text, field


def _asked_for(tree: Tree) -> list[str]:
    return [text for text, field in _texts(tree) if field not in FACT_FIELDS]


def _stretches(query: str, tree: Tree) -> list[tuple[int, int]]:
    """Return where in a query words of titles and bodies stand that may be mistyped."""
    stretches: list[tuple[int, int]] = []
    end = 0
    for text, field in _texts(tree):
        at = query.find(text, end)
        if at < 0:
            continue  # it was typed with a backslash
        end = at + len(text)
        if field not in FACT_FIELDS and _JOINING.isdisjoint(fold_key(text)):
            stretches.append((at, end))
    return stretches


def _cut(query: str, analyzer: Analyzer) -> list[list[str]]:
    """Return what of a query is no number, as it was folded and cut: the pieces of each run."""
    parts = (query[slice(*span)] for span in between_numbers(query))
    return [pieces for part in parts for pieces in _pieces(fold(part), analyzer)]


def _pieces(folded: Folded, analyzer: Analyzer) -> list[list[str]]:
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
            if _GAP not in (one, other) and not any(engine.holds(name, one + other) for name in _TEXTS):
                return True
    return False


def _is_sure(piece: str, analyzer: Analyzer) -> bool:
    if not is_han(piece):
        return True
    return piece in stopwords() if len(piece) == 1 else analyzer.segmenter.knows(piece)
