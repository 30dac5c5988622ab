"""The words of a query -> the other forms of the names and terms among them that an index holds.

Where a form means something else, in an article or a query that holds one of some words, it is no form of the name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import islice
from math import sqrt
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.fold import fold, fold_key
from indexer.analysis.latin import stem
from indexer.analysis.scripts import is_han
from indexer.engines.base import Engine
from indexer.nodes import AllOf, AnyOf, Form, Node, Not, Phrase, Prefix, Term
from indexer.vocabulary.alias_lines import AMBIGUOUS, LEARNT, SURE, Group, Name, key_of, keys_of, name_key
from indexer.vocabulary.aliases import Aliases
from search.model import Note, Wording
from search.phrases import Places, places
from search.scopes import Scope
from search.wording import as_typed
from search.words import Cut, cuts_of

# Part of its weight that the place of a form has that is found as a word too.
_AGAIN = 0.5
# Forms of one name that are looked for, in the order of their groups.
_MOST_FORMS = 16


class Alternative(NamedTuple):
    """Another form of a name: as it is written, how it may stand in texts, and how sure it is.

    `word` is the field and term by which it is found where it is a word of its own there, `marks` are the places that
    are highlighted; `unless` are words that say of an article that the form means something else in it.
    """

    text: str
    ways: tuple[Places, ...]
    weight: float
    is_ambiguous: bool = False
    word: Term | None = None
    marks: tuple[Places, ...] = ()
    unless: tuple[Places, ...] = ()

    def node(self, scope: Scope) -> Node:
        """Return the articles that hold the form and mean the name."""
        found = AnyOf(tuple(self._nodes(scope.words + scope.stems, scope.streams)))
        if not self.unless:
            return found
        return AllOf((found, Not(AnyOf(tuple(way.node("text") for way in self.unless)))))

    def forms(self, prefix: str) -> Iterator[Form]:
        """Yield what scores in the fields whose names begin so."""
        for node in self._nodes((f"{prefix}zh", f"{prefix}en"), (f"{prefix}text",)):
            is_part = self.word is not None and not isinstance(node, Term)  # of what the word finds
            yield Form(node, self.weight * (_AGAIN if is_part else 1))

    def _nodes(self, words: Sequence[str], streams: Sequence[str]) -> Iterator[Term | Phrase | Prefix]:
        if own := self.word:
            yield from (Term(field, own.term) for field in words if field.removeprefix("title_") == own.field)
        for way in self.ways:
            yield from (way.node(field) for field in streams)


class Concept(NamedTuple):
    """What stands from `start` to `end` in a text of a query, and its other forms."""

    start: int
    end: int
    text: str
    kind: str
    alternatives: tuple[Alternative, ...]

    def holds(self, start: int, end: int) -> bool:
        return self.start <= start and end <= self.end


_KINDS = {
    "person": "{forms:, } ({typed}, the same person)",
    "place": "{forms:, } ({typed}, the same place)",
    "organisation": "{forms:, } ({typed}, the same organisation)",
    "product": "{forms:, } ({typed}, the same product)",
    "term": "{forms:, } ({typed}, the same in other words)",
}


def note_of(renamed: Mapping[Concept, Set[Alternative]]) -> Note:
    """Return the note that says which other forms of names were looked for, and why."""
    names = dict.fromkeys(
        Wording(
            _KINDS[own.kind], {"forms": tuple(one.text for one in own.alternatives if one in used), "typed": own.text}
        )
        for own, used in renamed.items()
    )
    action = as_typed(dict.fromkeys(own.text for own in renamed))
    advice = "The words as typed only: --exact"
    return Note("aliases", "Also searched: {names:; }.", {"names": tuple(names)}, advice, (action,))


class Expansion:
    """Finds the concepts in the texts of a query."""

    def __init__(self, aliases: Aliases, engine: Engine, analyzer: Analyzer) -> None:
        self._aliases, self._engine, self._analyzer = aliases, engine, analyzer
        self._found: dict[str, tuple[Concept, ...]] = {}

    def of(self, text: str) -> tuple[Concept, ...]:
        """Return the concepts in a text that the index holds other forms of, in order; they do not overlap."""
        if text not in self._found:
            self._found[text] = tuple(self._concepts(text))
        return self._found[text]

    def _concepts(self, text: str) -> Iterator[Concept]:
        folded = fold(text)
        spans = self._aliases.spans(folded.key)
        cuts = cuts_of(text, self._analyzer) if spans else []
        last = 0
        for start, end in spans:
            if start < last or any(_is_cut(start, end, cut) for cut in cuts):
                continue
            groups = self._aliases.groups_of(folded.key[start:end])
            alternatives = tuple(islice(self._alternatives(folded.key, start, end, groups), _MOST_FORMS))
            if alternatives:
                last = end
                own = folded.span(start, end)
                yield Concept(*own, text[slice(*own)], groups[0].kind, alternatives)

    def _alternatives(self, key: str, start: int, end: int, groups: Sequence[Group]) -> Iterator[Alternative]:
        """Yield the other forms of what stands in the key of a text, in meanings that the text does not rule out."""
        own = name_key(key[start:end])
        seen = {own}
        are_many = sum(group.source != LEARNT for group in groups) > 1
        for group in groups:
            typed = next(name for name in group.names if own in keys_of(name, group.kind))
            seen.update(keys_of(typed, group.kind))
            if any(fold_key(word) in key for word in typed.unless):
                continue
            for name in group.names:
                if key_of(name) in seen:
                    continue
                seen.add(key_of(name))
                is_ambiguous = name.is_ambiguous or typed.is_ambiguous or (are_many and group.source != LEARNT)
                weight = sqrt(group.certainty) * (AMBIGUOUS if is_ambiguous else SURE)
                alternative = self._alternative(name, keys_of(name, group.kind), weight, is_ambiguous)
                if self._is_held(alternative):
                    yield alternative

    def _alternative(self, name: Name, keys: Sequence[str], weight: float, is_ambiguous: bool) -> Alternative:
        key = keys[0]
        before, behind, unless, _, is_known = self._aliases.sense(name.text, [name])
        found = [way for text in dict.fromkeys((name.text, *keys)) if (way := places(text))]
        ways = tuple([way._replace(not_after=before, not_before=behind) for way in dict.fromkeys(found)])
        is_word = is_han(key) and self._analyzer.knows(key, is_known)
        is_stem = name.text.isascii() and name.text.isalpha() and name.text.islower()
        word = Term("en", stem(key)) if is_stem else None
        if is_han(key) and not (is_word and (before or behind)):
            word = Term("zh", key)  # of one that jieba guesses, where it does
        return Alternative(
            text=name.text,
            ways=() if is_stem or (is_word and word) else ways,
            weight=weight,
            is_ambiguous=is_ambiguous,
            word=word,
            marks=tuple(way._replace(not_before="") for way in ways) if word else ways,
            unless=tuple([way for way in map(places, unless) if way]),
        )

    def _is_held(self, alternative: Alternative) -> bool:
        """Tell whether the index has the terms of a form, so that an article may hold it."""
        holds = self._engine.holds
        word = alternative.word
        if word and any(holds(prefix + word.field, word.term) for prefix in ("", "title_")):
            return True
        return any(
            all(holds(field, term) for term in (way.terms[:-1] if way.prefix else way.terms))
            for way in alternative.ways
            for field in ("text", "title_text")
        )


def _is_cut(start: int, end: int, cut: Cut) -> bool:
    """Tell whether one end of a stretch is inside a word that jieba knows, or a Latin one."""
    return cut.is_known and (cut.start < start < cut.end or cut.start < end < cut.end)
