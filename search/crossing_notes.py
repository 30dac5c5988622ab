"""What was searched in the other language -> the notes that say so, or why nothing was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.fold import fold_key
from indexer.analysis.latin import stem
from indexer.analysis.scripts import is_han
from indexer.analysis.stopwords import stopwords
from indexer.display import counted
from indexer.engines.base import Engine, Ranking
from indexer.vocabulary.cedict import dictionary_version
from search.crossing import Crossing, free_texts, language_of, shown
from search.fields import LANGUAGES
from search.grammar import Query
from search.model import Note
from search.planner import Plan
from search.translation import Concept
from search.words import cuts_of

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
    elif not _has(engine, language):
        why = f"the index holds nothing in {_NAMES[language]}"
    else:
        why = "no word of the query could be translated"
    return Note("cross", f"--cross {mode} changes nothing: {why}.")


def notes_on_dictionary(
    query: Query, concepts: Sequence[Concept], engine: Engine, analyzer: Analyzer
) -> Iterator[Note]:
    """Yield what to install, where no dictionary is and words of the query have no translation among the concepts."""
    language = language_of(query)
    if language is None or not _has(engine, language) or dictionary_version():
        return
    known = [concept.typed for concept in concepts if _names(concept)]
    words = [word for text in free_texts(query.tree) for word in _words(text, language, analyzer)]
    missing = dict.fromkeys(word for word in words if not any(word in typed for typed in known))
    if missing:
        named = f"{', '.join([*missing][:_MOST_WORDS_NAMED])}{', …' if len(missing) > _MOST_WORDS_NAMED else ''}"
        yield Note(
            "dictionary", f"Without a dictionary not translated: {named}. To get one: pip install 'wensou[dictionary]'"
        )


def _words(text: str, language: str, analyzer: Analyzer) -> Iterator[str]:
    """Yield the words of a text that a dictionary might translate: Chinese ones to English, or English ones."""
    key = fold_key(text)
    for start, end, _ in cuts_of(text, analyzer):
        word = key[start:end]
        if is_han(word) == (language == "en") and not word.isdecimal() and stopwords().isdisjoint((word, stem(word))):
            yield word


def _has(engine: Engine, language: str) -> bool:
    return any(engine.holds("lang", one) for one in LANGUAGES[language])


def _said(crossing: Crossing) -> str:
    """Return the words of the query with what they may be called, as far as that is sure."""
    named = [(one.typed, _names(one)) for one in crossing.concepts if one.weight >= 1 and _names(one)]
    said = "; ".join(f"{typed} = {names}" for typed, names in named[:_MOST_WORDS_NAMED])
    more = "; …" if len(named) > _MOST_WORDS_NAMED else ""
    return f"{said or 'uncertain translations only'}{more}"


def _names(concept: Concept) -> str:
    names = dict.fromkeys(way.text for way in shown([concept]) if way.text.lower() != concept.typed)
    return ", ".join([*names][:_MOST_NAMED])
