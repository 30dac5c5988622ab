"""What was searched in the other language -> the notes that say so, or why nothing was."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.display import counted
from indexer.engines.base import Engine, Ranking
from search.crossing import Crossing, language_of, shown
from search.fields import LANGUAGES
from search.grammar import Query
from search.model import Note
from search.planner import Plan
from search.translation import Concept

# Translations of a word, and words of a query, that are named.
_MOST_NAMED = 3
_MOST_WORDS_NAMED = 8
_NAMES = {"en": "English", "zh": "Chinese"}


def notes_on(crossing: Crossing, mode: str, plan: Plan, ranking: Ranking) -> Iterator[Note]:
    """Yield what was searched, and how much of the answer is found by that alone; nothing if nothing is."""
    name = _NAMES[crossing.language]
    if crossing.match is None:
        yield Note("cross", f"Searched as typed in {name}: no word of the query could be translated.")
        return
    if mode == "only":
        yield Note("cross", f"Searched in {name}: {_said(crossing)}.")
        return
    if plan.own is None:
        return
    other = ranking.total - (ranking.counts[len(plan.asked) + 1] if ranking.counts else 0)
    if other > 0:
        articles = counted(other, "article") if ranking.total_is_exact else "many articles"
        where = "below the others" if mode == "auto" else "among the others"
        yield Note(
            "cross",
            f"Also searched in {name}, which finds {articles}, {where}: {_said(crossing)}. "
            "To search only as typed: --cross off",
        )


def note_on_nothing(query: Query, mode: str, engine: Engine) -> Note:
    """Return the note that a search asks for the other language in vain."""
    language = language_of(query)
    if language is None:
        why = "the query has no free words; phrases, patterns, fields and --like are not translated"
    elif not any(engine.holds("lang", one) for one in LANGUAGES[language]):
        why = f"the index holds nothing in {_NAMES[language]}"
    else:
        why = "no word of the query could be translated"
    return Note("cross", f"--cross {mode} changes nothing: {why}.")


def _said(crossing: Crossing) -> str:
    """Return the words of the query with what they may be called, as far as that is sure."""
    named = [(one.typed, _names(one)) for one in crossing.concepts if one.weight >= 1 and _names(one)]
    said = "; ".join(f"{typed} = {names}" for typed, names in named[:_MOST_WORDS_NAMED])
    more = "; …" if len(named) > _MOST_WORDS_NAMED else ""
    return f"{said or 'uncertain translations only'}{more}"


def _names(concept: Concept) -> str:
    names = dict.fromkeys(way.text for way in shown([concept]) if way.text.lower() != concept.typed)
    return ", ".join([*names][:_MOST_NAMED])
