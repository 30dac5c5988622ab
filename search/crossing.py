"""Query -> what it asks for in the other language, and a plan that asks for that too.

Free words are translated. Phrases, words near each other, patterns, fields and what is left out stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.fold import fold_key
from indexer.analysis.scripts import runs
from indexer.engines.base import Engine
from indexer.engines.bm25 import idf
from indexer.nodes import AllOf, Also, AnyOf, Best, Boost, Keyword, Node, Not, Prefix, Term
from search.conditions import Conditions
from search.fields import LANGUAGES
from search.grammar import Query
from search.lexicon import Lexicon
from search.meaning import Meaning, asks_for_text
from search.names import ArchiveNames
from search.phrases import places
from search.planner import PHRASE_WEIGHT, WEIGHTS, Filters, Plan
from search.scopes import EVERYWHERE
from search.sought import Target
from search.syntax import And, Must, Or, Together, Tree, Words
from search.translation import Concept, Way, concepts_of

# Times the score of what is found in the other language. With auto that is below all that the query itself finds.
_FACTORS = {"auto": 1e-6, "only": 1.0, "mixed": 0.9}
# Weight of a concept in titles beside that in bodies.
_TITLES = 0.4
# Concepts that stand in more than this part of all passages make no match beside others.
_COMMON = 0.1
# Concepts of less weight, single characters within something else, make no match.
_WORD = 0.6
# Translations that are shown and highlighted.
_SHOWN = 0.55
# Words of a query that are translated.
_MOST_WORDS = 50
# Words up to which a query finds only what surely says them. What ranks of more finds too, with `--cross only`: from 0,
# 2, 3 words on xquad zh->en .891, .890, .883; before families of words counted .870 from 0 on, and .857 never.
_FEW = 2

Translate = Callable[[str], Sequence[Concept]]


class Crossing(NamedTuple):
    """What a query means in the other language: its concepts, which articles, what ranks, and the passages' languages.

    `concepts` are empty where there is nothing to be found by a translation.
    """

    concepts: tuple[Concept, ...]
    match: Node | None
    rank: Node
    language: str

    @property
    def node(self) -> Keyword:
        """What finds the passages in the other language."""
        return Keyword("lang", LANGUAGES[self.language])

    def targets(self) -> Iterator[tuple[str, Target]]:
        """Yield what to highlight."""
        for way in shown(self.concepts):
            yield EVERYWHERE, _target(way)


def cross(plan: Plan, filters: Filters, query: Query, engine: Engine, lexicon: Lexicon) -> tuple[Plan, Crossing | None]:
    """Return a plan that asks for the other language too, as `filters.cross` says, with what it asks for there.

    None, and the plan as it is, where there is nothing to translate or nothing is known of it.
    """
    tree, language = Conditions(query.tree).text, language_of(query)
    if tree is None or language is None or not any(engine.holds("lang", one) for one in LANGUAGES[language]):
        return plan, None
    archive = _Known(engine)
    wordbook = lexicon.wordbook
    names = ArchiveNames(engine, lexicon.analyzer, wordbook)

    def translate(text: str) -> Sequence[Concept]:
        return concepts_of(text, language == "en", wordbook, archive, names, lexicon.analyzer)

    common = _Common(engine, language)
    crossing = crossing_of(tree, language, translate, common, lexicon.analyzer, takes_all=filters.cross == "only")
    if crossing.match is None and filters.cross != "only":
        return plan, None
    return crossed(plan, crossing, filters.cross), crossing


class _Known:
    """What an archive holds, asked once each."""

    def __init__(self, engine: Engine) -> None:
        self.holds = cache(engine.holds)
        self.terms = cache(engine.terms)


class _Common:
    """Tells how common concepts are, among all passages and among those in a language, which may be a few of them.

    What is rare among all may be in most of those: xquad zh->en among all sets .825 with the idf of all passages, .831
    with that of the English ones; by itself, where half are English, .887 and .891.
    """

    def __init__(self, engine: Engine, language: str) -> None:
        self._engine = engine
        self._all = engine.passage_count()
        own = sum(engine.passages_with("lang", one) for one in LANGUAGES[language])
        self._own = min(own, self._all)  # as long as a cluster was not asked it is guessed (`search/rounds.py`)

    def is_one(self, concept: Concept) -> bool:
        """Tell whether a concept stands in so many passages that it would find too much."""
        return self._count(concept) > _COMMON * self._all

    def factor(self, concept: Concept) -> float:
        """Return what makes the idf that an engine gives a concept that of the passages in the language alone."""
        count = min(self._count(concept), self._own)
        return idf(count, self._own) / idf(count, self._all)

    def _count(self, concept: Concept) -> int:
        """Return how many passages hold the surest form, or, of several terms, the rarest one; 0 for a beginning."""
        node = concept.ways[0].node
        terms = () if isinstance(node, Prefix) else (node.term,) if isinstance(node, Term) else node.exact.terms
        return min((self._engine.passages_with(node.field, term) for term in terms), default=0)


def language_of(query: Query) -> str | None:
    """Return the language that a query's free words are to be translated to, en or zh; None if it has none."""
    kinds = {run.kind for text in free_texts(query.tree) for run in runs(fold_key(text))}
    return "en" if "han" in kinds else "zh" if "word" in kinds else None


def free_texts(tree: Tree) -> Iterator[str]:
    """Yield what of a query is translated: words outside of phrases and fields that are not left out."""
    match tree:
        case Together(parts) | And(parts) | Or(parts):
            for part in parts:
                yield from free_texts(part)
        case Must(node):
            yield from free_texts(node)
        case Words():
            yield tree.text


def crossing_of(
    tree: Tree,
    language: str,
    translate: Translate,
    common: _Common,
    analyzer: Analyzer,
    *,
    takes_all: bool = False,
) -> Crossing:
    """Return what a query's text asks for in another language; `translate` gives the concepts of words.

    Doubtful and common ones make no match, unless there are no others, or `takes_all` and the words are many.
    """
    reading = _Reading(language, translate, common, analyzer, takes_all)
    match = reading.of(tree)
    concepts = tuple(dict.fromkeys(reading.concepts))
    holding = Boost(AnyOf((*reading.holding, *reading.literal)), 0)
    return Crossing(
        concepts,
        match,
        Also(holding, (*(_ranked(one, common.factor(one)) for one in concepts), *reading.literal)),
        language,
    )


def crossed(plan: Plan, crossing: Crossing, mode: str) -> Plan:
    """Return a plan that asks for the other language too, or only for it."""
    targets = (*plan.targets, *crossing.targets())
    if mode == "only" and crossing.match is None:
        return replace(plan, passages=AllOf((plan.passages, crossing.node)) if plan.passages else crossing.node)
    if mode == "only":
        passages = AllOf((plan.passages, crossing.node)) if plan.passages else crossing.node
        return replace(
            plan,
            text=crossing.match,
            passages=passages,
            rank=crossing.rank,
            words=(),
            asked=(),
            targets=targets,
            renamed={},
        )
    rank = Boost(AllOf((Boost(crossing.node, 0), crossing.rank)), _FACTORS[mode])
    assert plan.text is not None
    return replace(
        plan,
        text=AnyOf((plan.text, crossing.match)) if crossing.match else plan.text,
        rank=Best((plan.rank, rank)) if plan.rank else rank,
        targets=targets,
        own=plan,
        is_below=mode == "auto",
    )


def shown(concepts: Iterable[Concept]) -> Iterator[Way]:
    """Yield the translations that are sure enough to be shown."""
    for concept in concepts:
        yield from (way for way in concept.sure.ways if way.weight * min(concept.weight, 1) >= _SHOWN)


class _Reading:
    """Reads a tree; `concepts` are those of its words, `literal` what else ranks, `holding` what makes a match."""

    def __init__(
        self,
        language: str,
        translate: Translate,
        common: _Common,
        analyzer: Analyzer,
        takes_all: bool,
    ) -> None:
        self._translate = translate
        self._common = common
        self._analyzer = analyzer
        self._takes_all = takes_all
        self._language = language
        self.concepts: list[Concept] = []
        self.literal: list[Node] = []
        self.holding: list[Node] = []

    def of(self, tree: Tree) -> Node | None:
        return self._together(tree.parts if isinstance(tree, Together) else (tree,))

    def _together(self, parts: Sequence[Tree]) -> Node | None:
        """Return which articles parts side by side mean: words rank only, if anything else of the text is asked for."""
        required = [part for part in parts if not isinstance(part, Words)]
        conditions = [self._operand(part) for part in required]
        words = [self._held(concept) for part in parts if isinstance(part, Words) for concept in self._free(part.text)]
        found = conditions if any(map(asks_for_text, required)) else [*conditions, _joined(AnyOf, words)]
        return _joined(AllOf, found)

    def _operand(self, tree: Tree) -> Node | None:
        match tree:
            case Words(units):
                return _joined(AnyOf, [self._unit(unit) for unit in units])
            case Together(parts):
                return self._together(parts)
            case And(parts):
                return _joined(AllOf, [self._operand(part) for part in parts])
            case Or(parts):
                return _joined(AnyOf, [self._operand(part) for part in parts])
            case Must(node):
                return self._operand(node)
        meaning = Meaning(self._analyzer)
        literal = meaning.operand(tree)
        self.literal += [Boost(one, PHRASE_WEIGHT) for one in meaning.holding]
        return literal

    def _unit(self, unit: str) -> Node | None:
        """Return the articles that hold all words of what was typed together; as they are, if they have no concepts."""
        held = [self._held(concept) for concept in self._sure(self._translated(unit))]
        return _joined(AllOf, held) if held else Meaning(self._analyzer).operand(Words((unit,)))

    def _free(self, text: str) -> list[Concept]:
        """Translate words that rank together; return the concepts, any of which makes a match."""
        found = self._translated(text)
        is_long = len(found) > _FEW
        return found if self._takes_all and is_long else self._sure(found)

    def _translated(self, text: str) -> list[Concept]:
        """Translate words; return the concepts that are not the same in every language, as numbers are."""
        found = [*self._translate(text)][:_MOST_WORDS]
        self.concepts += found
        return [one for one in found if not one.typed.isdecimal()]

    def _sure(self, found: Sequence[Concept]) -> list[Concept]:
        """Return of concepts those of whole words that are not common, if there are any, in their surer forms."""
        concepts = [one for one in found if one.sure.ways]
        whole = [one for one in concepts if one.weight >= 1] or [one for one in concepts if one.weight >= _WORD]
        kept = [one for one in whole if not self._common.is_one(one)] or whole
        return [one.sure for one in kept]

    def _held(self, concept: Concept) -> Node:
        """Return the articles with a passage in the language that holds one of a concept's forms."""
        held = AnyOf(tuple(_meant(concept)))
        self.holding.append(held)
        # Best, since AllOf and AnyOf would ask for articles with one passage for this and another one for that.
        return Best((AllOf((Boost(Keyword("lang", LANGUAGES[self._language]), 0), Boost(held, 0))),))


def _meant(concept: Concept) -> Iterator[Node]:
    """Yield what finds a concept's forms where they mean it, in bodies and in titles."""
    plain = tuple(way for way in concept.ways if not way.unless)
    for prefix in ("", "title_"):
        if plain:
            yield concept._replace(ways=plain).node(prefix)
        for way in concept.ways:
            if way.unless:
                others = AnyOf(tuple(place.node("text") for place in way.unless))
                yield AllOf((concept._replace(ways=(way,)).node(prefix), Not(others)))


def _ranked(concept: Concept, factor: float) -> Node:
    body, title = concept.node(), concept.node("title_")
    weight = concept.weight * factor * WEIGHTS["en"]
    return AnyOf((Boost(body, weight), Boost(title, weight * _TITLES)))


def _target(way: Way) -> Target:
    if isinstance(way.node, Term) and way.node.field == "en":
        return Target(stem=way.node.term)
    return Target(places(way.text))


def _joined(kind: type[AllOf] | type[AnyOf], nodes: Iterable[Node | None]) -> Node | None:
    kept = tuple(node for node in nodes if node is not None)
    return kind(kept) if len(kept) > 1 else next(iter(kept), None)
