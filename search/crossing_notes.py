"""What was searched in the other language -> the notes that say so, or why nothing was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.fold import fold_key
from indexer.analysis.latin import stem
from indexer.analysis.scripts import is_han
from indexer.analysis.stopwords import stopwords
from indexer.engines.base import Engine, Ranking
from indexer.vocabulary.cedict import dictionary_version
from search.crossing import Crossing, free_texts, language_of, shown
from search.fields import LANGUAGES
from search.grammar import Query
from search.model import Action, Note, Value, Wording
from search.planner import Plan
from search.translation import Concept
from search.wording import articles, meaning
from search.words import cuts_of

# Translations of a word, and words of a query, that are named.
_MOST_NAMED = 3
_MOST_WORDS_NAMED = 8
_NAMES = {"en": Wording("English"), "zh": Wording("Chinese")}
_OFF = Action("Without the other language", {"cross": "off"})
_BOTH = Action("In both languages", {"cross": ""})


def notes_on(crossing: Crossing, mode: str, plan: Plan, ranking: Ranking) -> Iterator[Note]:
    """Yield what was searched, and how much of the answer is found by that alone; nothing if nothing is."""
    values: dict[str, Value] = {"language": _NAMES[crossing.language]}
    if crossing.match is None:
        yield Note(
            "cross",
            "Searched as typed in {language}: no word of the query could be translated.",
            values,
            actions=(_BOTH,),
        )
        return
    values["words"] = _meanings(crossing)
    if mode == "only":
        yield Note("cross", "Searched in {language}: {words:; }.", values, actions=(_BOTH,))
        return
    if plan.own is None:
        return
    other = ranking.total - (ranking.counts[len(plan.asked) + 1] if ranking.counts else 0)
    if other > 0:
        values["articles"] = articles(other) if ranking.total_is_exact else Wording("many articles")
        values["where"] = Wording("below the others" if mode == "auto" else "among the others")
        message = "Also searched in {language}, which finds {articles}, {where}: {words:; }."
        only = Action("Only in {language}", {"cross": "only"}, {"language": values["language"]})
        yield Note("cross", message, values, "To search only as typed: --cross off", (_OFF, only))


def note_on_nothing(query: Query, mode: str, engine: Engine) -> Note:
    """Return the note that a search asks for the other language in vain."""
    language = language_of(query)
    if language is None:
        why = Wording("the query has no free words; phrases, patterns, fields and --like are not translated")
    elif not _has(engine, language):
        why = Wording("the index holds nothing in {language}", {"language": _NAMES[language]})
    else:
        why = Wording("no word of the query could be translated")
    return Note("cross", "--cross {mode} changes nothing: {why}.", {"mode": mode, "why": why})


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
        message = "Without a dictionary not translated: {words:, }. To get one: pip install 'wensou[dictionary]'"
        yield Note("dictionary", message, {"words": _first([*missing])})


def _first(words: Sequence[str | Wording]) -> tuple[str | Wording, ...]:
    """Return the words that are named, and a sign that there are more."""
    more = ("…",) if len(words) > _MOST_WORDS_NAMED else ()
    return (*words[:_MOST_WORDS_NAMED], *more)


def _words(text: str, language: str, analyzer: Analyzer) -> Iterator[str]:
    """Yield the words of a text that a dictionary might translate: Chinese ones to English, or English ones."""
    key = fold_key(text)
    for start, end, _ in cuts_of(text, analyzer):
        word = key[start:end]
        if is_han(word) == (language == "en") and not word.isdecimal() and stopwords().isdisjoint((word, stem(word))):
            yield word


def _has(engine: Engine, language: str) -> bool:
    return any(engine.holds("lang", one) for one in LANGUAGES[language])


def _meanings(crossing: Crossing) -> tuple[Wording | str, ...]:
    """Return the words of the query with what they may be called, as far as that is sure."""
    sure = [(one.typed, names) for one in crossing.concepts if one.weight >= 1 and (names := _names(one))]
    return _first([meaning(*one) for one in sure]) or (Wording("uncertain translations only"),)


def _names(concept: Concept) -> tuple[str, ...]:
    names = dict.fromkeys(way.text for way in shown([concept]) if way.text.lower() != concept.typed)
    return tuple(names)[:_MOST_NAMED]
