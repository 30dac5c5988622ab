"""A text of a query with the names in it -> what ranks: terms, and for each name one concept in all of its forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from indexer.analysis.analyzer import Analysis, Analyzer
from indexer.analysis.scripts import is_han
from indexer.model import Token
from indexer.nodes import AnyOf, Best, Boost, Form, Node, Synonym, Term
from search.phrases import places

if TYPE_CHECKING:
    from search.expansion import Alternative, Concept

# Weight of what is found in the other language, by a name or by translation: under what any word typed gives.
BELOW = 1e-3
# Weight of the pairs of another form beside those of what was typed; the better of them counts.
_REWRITTEN = 0.95

FieldTerm = tuple[str, str]


class ConceptTerms(NamedTuple):
    """The terms of one concept: of its words, the whole of it if it is one of them, and its pairs."""

    concept: Concept
    words: tuple[FieldTerm, ...]
    whole: FieldTerm | None
    pairs: tuple[str, ...]

    def nodes(self, prefix: str, weights: Mapping[str, float]) -> Iterator[Node]:
        """Yield what ranks by the concept, in the fields whose names begin with `prefix`.

        Forms of the other writing rank under all that holds what was typed, or the like of it.
        """
        yield self._word_node(prefix, weights)
        if others := self._forms(prefix, is_alike=False):
            yield Boost(Synonym(others), BELOW)
        if self.pairs:
            yield self._pair_node(f"{prefix}text", weights)

    def _word_node(self, prefix: str, weights: Mapping[str, float]) -> Node:
        others = self._forms(prefix, is_alike=True)
        field = prefix + (self.whole or self.words[0])[0] if self.words else f"{prefix}zh"
        synonym = Boost(Synonym((*self._own(prefix), *others)), weights[field])
        if self.words == (self.whole,):
            return synonym
        terms = tuple(Boost(Term(prefix + name, term), weights[prefix + name]) for name, term in self.words)
        return Best((AnyOf(terms), synonym))

    def _forms(self, prefix: str, *, is_alike: bool) -> tuple[Form, ...]:
        """Return the other forms in the writing of what was typed, or those in the other one."""
        is_chinese = _is_chinese(self.concept.text)
        chosen = (one for one in self.concept.alternatives if (_is_chinese(one.text) == is_chinese) == is_alike)
        return tuple(form for one in chosen for form in one.forms(prefix))

    def _own(self, prefix: str) -> tuple[Form, ...]:
        """Return the form of what was typed."""
        if self.whole:
            return (Form(Term(prefix + self.whole[0], self.whole[1])),)
        own = places(self.concept.text)
        return (Form(own.node(f"{prefix}text")),) if own else ()

    def _pair_node(self, field: str, weights: Mapping[str, float]) -> Node:
        own = _sum(field, self.pairs, weights[field])
        others = [(one, _pairs(one)) for one in self.concept.alternatives if not one.is_ambiguous]
        ways = [
            _sum(field, pairs, weights[field] * _REWRITTEN * min(1, len(self.pairs) / len(pairs)))
            for _, pairs in others
            if pairs
        ]
        return Best((own, *ways)) if ways else own


def _sum(field: str, terms: Sequence[str], weight: float) -> Node:
    return AnyOf(tuple(Boost(Term(field, term), weight) for term in terms))


def _is_chinese(text: str) -> bool:
    return any(map(is_han, text))


def _pairs(alternative: Alternative) -> tuple[str, ...]:
    terms = alternative.marks[0].terms
    return terms if all(len(term) == 2 and is_han(term) for term in terms) else ()


class Terms(NamedTuple):
    """What a text ranks by: field and term of what is in no concept, and the concepts."""

    free: tuple[FieldTerm, ...]
    concepts: tuple[ConceptTerms, ...]


def terms_of(text: str, concepts: Sequence[Concept], analyzer: Analyzer) -> Terms:
    """Return what a text ranks by; a term that is not within a concept as a whole is free."""
    if not concepts:
        found = analyzer.terms(text)
        words = (*(("zh", term) for term in found.zh), *(("en", term) for term in found.en))
        return Terms((*words, *(("text", pair) for pair in analyzer.pairs(text))), ())
    analysis = analyzer.analyze(text)
    tokens = [
        *(("zh", token) for token in analysis.zh),
        *(("en", token) for token in analysis.en),
        *(("text", token) for token in _pair_tokens(analysis)),
    ]
    inside: dict[int, list[tuple[str, Token]]] = {i: [] for i in range(len(concepts))}
    free: list[FieldTerm] = []
    for field, token in tokens:
        own = next((i for i, concept in enumerate(concepts) if concept.holds(token.start, token.end)), None)
        if own is None:
            free.append((field, token.term))
        else:
            inside[own].append((field, token))
    return Terms(tuple(free), tuple(_concept_terms(concepts[i], found, analyzer) for i, found in inside.items()))


def _concept_terms(concept: Concept, found: Sequence[tuple[str, Token]], analyzer: Analyzer) -> ConceptTerms:
    words = [(field, token) for field, token in found if field != "text"]
    whole = [
        (field, token.term)
        for field, token in words
        if (token.start, token.end) == (concept.start, concept.end)
        and (field == "en" or analyzer.segmenter.knows(token.term))  # others are cut anew in every sentence
    ]
    return ConceptTerms(
        concept,
        tuple((field, token.term) for field, token in words),
        whole[0] if whole else None,
        tuple(token.term for field, token in found if field == "text"),
    )


def _pair_tokens(analysis: Analysis) -> Iterator[Token]:
    """Yield the tokens of `Analyzer.pairs`."""
    alone = {
        analysis.folded.span(run.start, run.end) for run in analysis.runs if run.kind == "han" and len(run.text) == 1
    }
    for token in analysis.text:
        if is_han(token.term) and (len(token.term) == 2 or (token.start, token.end) in alone):
            yield token
