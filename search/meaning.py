"""Tree -> which articles are meant, and what of them ranks, is highlighted and is named in notes.

Operators speak of articles. Words side by side rank together, and an article holds at least one of them, unless it is
asked to hold something else. Beside an operator, what was typed together stands for all of its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain, islice, product
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.fold import fold_key
from indexer.analysis.scripts import is_han
from indexer.nodes import AllOf, AnyOf, Boost, Every, Fuzzy, Keyword, Near, Node, Not, Pattern, Prefix, Range, Term
from indexer.sentences import split_sentences
from search import syntax
from search.edits import within
from search.fields import FACT_FIELDS, LANGUAGES
from search.kinds import ALL_KINDS, kinds_of
from search.nearness import Nearness
from search.numbers import MOST_WRITINGS
from search.phrases import Places, other_places, places
from search.scopes import EVERYWHERE, SCOPES
from search.sought import HanLike, Target, WordLike, pattern_of
from search.syntax import And, Must, Or, Scoped, Together, Tree, Words
from search.words import Word, guesses_of, seams_of, units_of, words_of

if TYPE_CHECKING:
    from search.expansion import Alternative, Concept

# A query's words beyond these rank, but are not asked for one by one.
_MOST_WORDS = 50
# Weight of a word that the query spells in pinyin, beside that of what it says.
_SPELLED_WEIGHT = 0.1
# Words, each counted in every writing of those near it, that are looked for near each other: 16 writings of ten.
_MOST_NEAR_WORDS = 160
# Names of a phrase that stand in it in other forms, and forms of each.
_MOST_NAMES = 4
_MOST_REWRITTEN = 6
# Letters from which on a word that is near another one in two edits is no other word.
_LONG = 6
# Parts of which one will do, if nothing else of the text is asked for.
_OPTIONAL = (Words, syntax.Wild, syntax.Fuzzy)


class Asked(NamedTuple):
    """A word, phrase or pattern of a query, as typed, and which articles hold it.

    `options` are the flags of `wensou search` that ask for it; none if the query does.
    """

    text: str
    node: Node
    options: tuple[str, ...] = ()


ConceptsOf: TypeAlias = "Callable[[str], Sequence[Concept]]"


class RankedText(NamedTuple):
    """A text of a query, where it is looked for, and the names in it that have other forms."""

    text: str
    scope: str
    concepts: tuple[Concept, ...] = ()


class Meaning:
    """What the trees of one query mean, collected as they are read."""

    def __init__(
        self,
        analyzer: Analyzer,
        *,
        loosely: bool = False,
        spelled: Mapping[str, Sequence[str]] = MappingProxyType({}),
        concepts_of: ConceptsOf = lambda text: (),
    ) -> None:
        """`loosely`: parts of words that jieba guessed will do; `spelled`: what words in lower case mean as pinyin;

        `concepts_of`: the names in a text that have other forms, which count as well.
        """
        self._analyzer = analyzer
        self._loosely = loosely
        self._spelled = spelled
        self._concepts_of = concepts_of
        self.asked: list[Asked] = []
        self.words: list[Node] = []  # those that rank together: for each the articles that hold it
        self.typed: dict[Node, Node] = {}  # of those with other forms of names: the articles that hold what was typed
        self.texts: list[RankedText] = []  # what ranks by its terms
        self.unranked: list[Node] = []  # what is found by no term of a ranked field
        self.targets: list[tuple[str, Target]] = []  # what is highlighted, with its scope before it
        self.renamed: dict[Concept, set[Alternative]] = defaultdict(set)  # names, and their other forms looked for
        self._required: list[Node] = []
        self._optional: list[Node] = []

    @property
    def holding(self) -> tuple[Node, ...]:
        """What a passage must hold one of to rank."""
        return tuple(self._required or self._optional)

    def of(self, tree: Tree) -> Node | None:
        """Return which articles a query means; None if there is nothing in it to find."""
        return self._together(tree.parts if isinstance(tree, Together) else (tree,), EVERYWHERE)

    def _together(self, parts: Sequence[Tree], scope: str) -> Node | None:
        """Return which articles parts side by side mean."""
        required = [part for part in parts if not isinstance(part, _OPTIONAL)]
        conditions = [self.operand(part, scope) for part in required]
        optional = [self._any_word(part, scope) for part in parts if isinstance(part, _OPTIONAL)]
        return _all(conditions if any(map(asks_for_text, required)) else [*conditions, _any(optional)])

    def _any_word(self, tree: Words | syntax.Wild | syntax.Fuzzy, scope: str) -> Node | None:
        """Return the articles that hold one of some words, or what is like a pattern."""
        if not isinstance(tree, Words):
            return self._text(tree, scope, self._optional)
        nodes = self._words(tree.text, scope)
        self.words += nodes
        seams = seams_of(tree.text, self._analyzer)
        if self._loosely:
            seams += guesses_of(tree.text, self._analyzer)
        nodes += [seam.either(SCOPES[scope].streams) for seam in seams]
        self._highlight(scope, (*seams, *units_of(tree.text, self._analyzer)))
        self._hold(nodes, scope, self._optional)
        return _any(nodes)

    def operand(self, tree: Tree, scope: str = EVERYWHERE) -> Node | None:
        """Return which articles a tree means by itself."""
        match tree:
            case Words(units):
                return _any([self._unit(unit, scope) for unit in units])
            case Together(parts):
                return self._together(parts, scope)
            case And(parts):
                return _all([self.operand(part, scope) for part in parts])
            case Or(parts):
                return _any([self.operand(part, scope) for part in parts])
            case Must(node):
                return self.operand(node, scope)
            case syntax.Not(node):
                inner = Meaning(self._analyzer).operand(node, scope)
                return Not(inner) if inner is not None else None
            case Scoped(field, node):
                return self.operand(node, field)
            case syntax.Phrase() | syntax.Near() | syntax.Wild() | syntax.Fuzzy():
                return self._text(tree, scope, self._required)
            case _:
                return fact_node(tree)

    def _unit(self, unit: str, scope: str) -> Node | None:
        """Return the articles that hold all words of what was typed together."""
        nodes = self._words(unit, scope)
        self._highlight(scope, units_of(unit, self._analyzer))
        self._hold(nodes, scope, self._required)
        return _all(nodes)

    def _words(self, text: str, scope: str) -> list[Node]:
        """Return for each word of a text, but for function words, the articles that hold it."""
        found = [word for word in words_of(text, self._analyzer) if not word.is_function_word][:_MOST_WORDS]
        concepts = self._concepts(text, scope)
        nodes = [self._node(word, scope, [one for one in concepts if one.holds(*word.span)]) for word in found]
        self.texts.append(RankedText(text, scope, concepts))
        self.asked += [Asked(word.text, node) for word, node in zip(found, nodes, strict=True)]
        self.targets += [(scope, Target(word.places, word.stem)) for word in found]
        self._highlight(scope, [part for word in found for part in word.others])
        self._hold([node for word in found for node in word.unranked(SCOPES[scope])], scope, self.unranked)
        return nodes

    def _concepts(self, text: str, scope: str) -> tuple[Concept, ...]:
        """Return the names in a text that have other forms, to be highlighted; facts of articles have none."""
        concepts = () if scope in FACT_FIELDS else tuple(self._concepts_of(text))
        for concept in concepts:
            self.renamed[concept].update(concept.alternatives)
            self._highlight(scope, (way for other in concept.alternatives for way in other.marks))
        return concepts

    def _node(self, word: Word, scope: str, concepts: Sequence[Concept]) -> Node:
        """Return the articles that hold a word, another form of the name it is in, or one that it spells.

        The latter ranks under it.
        """
        own = typed = word.node(SCOPES[scope])
        if concepts:
            own = AnyOf((own, *(other.node(SCOPES[scope]) for one in concepts for other in one.alternatives)))
            self.typed[own] = typed
        spelled = self._spelled.get(word.text.lower(), ()) if word.stem else ()
        terms = tuple([Term(field, term) for term in spelled for field in SCOPES[scope].words])
        if not terms:
            return own
        self._highlight(scope, [part for part in map(places, spelled) if part])
        self._hold([Boost(AnyOf(terms), _SPELLED_WEIGHT)], scope, self.unranked)
        return AnyOf((own, *terms))

    def _text(self, tree: Tree, scope: str, holding: list[Node]) -> Node | None:
        """Return the articles that hold a phrase, words near each other, or a pattern."""
        nodes = self._text_nodes(tree, scope)
        node = _all(nodes)
        if node is not None:
            self.asked.append(Asked(_typed(tree), node))
            self._hold(nodes, scope, holding)
            self._hold(nodes, scope, self.unranked)
        return node

    def _text_nodes(self, tree: Tree, scope: str) -> list[Node]:
        streams = SCOPES[scope].streams
        match tree:
            case syntax.Phrase(text):
                sentences = [
                    (own, *other_places(part), *self._rewritten(part, scope))
                    for part in dict.fromkeys(split_sentences(text))
                    if (own := places(part))
                ]
                self.texts.append(RankedText(text, scope))
                self._highlight(scope, [part for part in (places(text), *chain(*sentences)) if part])
                return [AnyOf(tuple(part.node(field) for part in ways for field in streams)) for ways in sentences]
            case syntax.Near(text, slop):
                return self._near(text, slop, scope)
            case syntax.Wild(pattern):
                return self._wild(fold_key(pattern), scope)
            case syntax.Fuzzy(word, distance):
                key = fold_key(word)
                edits = 1 + (len(key) >= _LONG) if distance is None else distance
                edits = min(edits, len(key) - 1)  # with all of it changed any two Han characters would be like it
                self.targets.append((scope, Target(like=WordLike(cache(partial(within, key, distance=edits))))))
                return [AnyOf(tuple(Fuzzy(field, key, edits) for field in streams))]
        return []

    def _rewritten(self, text: str, scope: str) -> Iterator[Places]:
        """Yield the places of a phrase with one name in another form that means nothing else."""
        for concept in () if scope in FACT_FIELDS else self._concepts_of(text)[:_MOST_NAMES]:
            sure = [one for one in concept.alternatives if not one.is_ambiguous and not one.unless]
            for other in sure[:_MOST_REWRITTEN]:
                self.renamed[concept].add(other)
                if part := places(text[: concept.start] + other.text + text[concept.end :]):
                    yield part

    def _near(self, text: str, slop: int, scope: str) -> list[Node]:
        """Return the passages with all words of a text near each other, function words too."""
        found = list(dict.fromkeys((word.places, *word.others) for word in words_of(text, self._analyzer)))
        streams = SCOPES[scope].streams
        self.texts.append(RankedText(text, scope))
        if len(found) < 2:
            self._highlight(scope, chain(*found))
            return [AnyOf(tuple(part.node(field) for part in ways for field in streams)) for ways in found]
        chosen = tuple(islice(product(*found), max(1, min(MOST_WRITINGS, _MOST_NEAR_WORDS // len(found)))))
        near = Nearness(chosen, slop)
        self.targets += [(scope, Target(part, near=near)) for part in dict.fromkeys(chain(*chosen))]
        return [AnyOf(tuple(_near_node(one, slop, field) for one in chosen for field in streams))]

    def _wild(self, key: str, scope: str) -> list[Node]:
        """Return the passages with a word like a pattern; of Chinese, what a * begins or ends may stand anywhere."""
        fixed = key.strip("*")
        is_plain = "*" not in fixed and "?" not in fixed
        if is_han(fixed.lstrip("?")):
            part = places(fixed) if is_plain else None
            self.targets.append((scope, Target(part) if part else Target(like=HanLike(pattern_of(key)))))
            if part:
                return [part.either(SCOPES[scope].streams)]
            return [AnyOf(tuple(Pattern(field, key) for field in SCOPES[scope].words))]
        self.targets.append((scope, Target(like=WordLike(pattern_of(key).fullmatch))))
        is_start = is_plain and key == fixed + "*"
        fields = SCOPES[scope].streams
        return [AnyOf(tuple(Prefix(field, fixed) if is_start else Pattern(field, key) for field in fields))]

    def _highlight(self, scope: str, found: Iterable[Places]) -> None:
        self.targets += [(scope, Target(part)) for part in found]

    def _hold(self, nodes: Iterable[Node], scope: str, kept: list[Node]) -> None:
        """Keep nodes of passages; what is known of an article is in none of them."""
        if scope not in FACT_FIELDS:
            kept += nodes


def asks_for_text(tree: Tree) -> bool:
    """Tell whether a tree asks for something that an article's title or body holds."""
    match tree:
        case Together(parts) | And(parts) | Or(parts):
            return any(map(asks_for_text, parts))
        case Must(node):
            return asks_for_text(node)
        case Scoped(field, node):
            return field not in FACT_FIELDS and asks_for_text(node)
        case Words() | syntax.Phrase() | syntax.Near() | syntax.Wild() | syntax.Fuzzy():
            return True
    return False


def fact_node(tree: Tree) -> Node | None:
    """Return the node for what is known of an article or passage; None if a tree is something else."""
    match tree:
        case syntax.Everything():
            return Every()
        case syntax.Exact(field, value):
            return Keyword(field, (value,))
        case syntax.Choice():
            return choice_node(tree)
        case syntax.Address(field, text):
            from indexer.article_fields import path_key, url_key  # which most queries need not wait for

            return Pattern(field, f"*{(url_key if field == 'url' else path_key)(text)}*")
        case syntax.Days(low, high):
            return Range("published", low.toordinal() if low else None, high.toordinal() if high else None)
    return None


def choice_node(choice: syntax.Choice) -> Node:
    """Return the node for passages of a language or kind."""
    if choice.field == "lang":
        return Keyword("lang", LANGUAGES[choice.value])
    return Every() if choice.value == ALL_KINDS else Keyword("kind", kinds_of((choice.value,)))


def _near_node(found: Sequence[Places], slop: int, field: str) -> Near:
    """Return the node for words near each other in a field; a pair of Han characters takes both of their places."""
    wide = tuple([part.node(field) for part in found if part.ends_in_pair])
    return Near(tuple([part.node(field) for part in found]), slop, wide)


def _typed(tree: Tree) -> str:
    """Return a part of a query as notes name it."""
    match tree:
        case syntax.Phrase(text):
            return f"“{text.strip()}”"
        case syntax.Near(text, slop):
            return f"“{text.strip()}”~{slop}"
    return syntax.written(tree)


def _all(nodes: Iterable[Node | None]) -> Node | None:
    kept = tuple(node for node in nodes if node is not None)
    return AllOf(kept) if len(kept) > 1 else next(iter(kept), None)


def _any(nodes: Iterable[Node | None]) -> Node | None:
    kept = tuple(node for node in nodes if node is not None)
    return AnyOf(kept) if len(kept) > 1 else next(iter(kept), None)
