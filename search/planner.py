"""Query -> the request to an engine: which articles match, and what ranks their passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from indexer.analysis.analyzer import Analyzer
from indexer.engines.base import Request
from indexer.nodes import AllOf, Also, AnyOf, Boost, Every, Keyword, Node, Not, Range, Term
from search import syntax
from search.concepts import FieldTerm, terms_of
from search.conditions import Conditions
from search.fields import LANGUAGES
from search.freshness import Freshness
from search.function_words import share_of
from search.grammar import Query
from search.kinds import ALL_KINDS, kinds_of
from search.meaning import Asked, ConceptsOf, Meaning, RankedText, choice_node
from search.preferences import preferring
from search.scopes import EVERYWHERE, SCOPES
from search.sought import Target
from search.syntax import Choice, Days, Tree, leaves, written

if TYPE_CHECKING:
    from search.expansion import Alternative, Concept

# Weight of each field in the score. Pairs weigh half of words, English words as much as a Chinese word and its pairs.
# Titles, drcd / cmrc2018: .3 gives .946 / .989, .4 .946 / .991, .5 .945 / .992 (xquad has none).
WEIGHTS = {"zh": 1.0, "en": 1.5, "text": 0.5, "title_zh": 0.4, "title_en": 0.6, "title_text": 0.2}
# Weight of an exact phrase or pattern, and of a word that the ranked fields do not hold: kana, hangul, symbols, a lone
# character.
PHRASE_WEIGHT = 1.0

# The passages looked at where a query says nothing of them.
NO_BOILERPLATE = Not(Keyword("kind", ("boilerplate",)))


@dataclass(frozen=True, slots=True)
class Filters:
    """What limits a search: `lang` and `kinds` the passages, `since` and `until`, included, the articles.

    `added_since` leaves articles that came in after the run of that number, `like` those that share telling words with
    an article, by its id or the path of its file (`search.likeness`). `cross`, one of `search.options.CROSS`, is what
    becomes of the other language.

    Without `kinds` all but boilerplate are looked at; ALL_KINDS is all of them.

    Without `copies`, exact copies of an earlier article are left out, unless dates or runs are asked for: then the
    earlier one may be out of them. `exact` finds words as they are typed, and nothing that they may mean besides.
    With `fresh` older articles score less.
    """

    lang: str | None = None
    since: date | None = None
    until: date | None = None
    kinds: tuple[str, ...] = ()
    copies: bool = True
    added_since: int | None = None
    like: str | None = None
    exact: bool = False
    fresh: Freshness | None = None
    cross: str = "off"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a query means, as nodes.

    `text` is which articles hold what it asks of their text, None if it asks for none; `filters` are the other things
    that it asks of articles as a whole, as typed. `passages` limits those looked at. `words` are those that rank
    together, `typed` the same without other forms of names, `asked` all that notes name. `is_empty` says that there is
    nothing to find, `is_dated` that articles must be of some days, `copies` that exact copies are found too. `renamed`
    are the names in the query of which other forms are looked for, with these. With `fresh` older articles rank lower.
    `own` is the plan for the query by itself, where the other language is searched too; with `is_below` that comes
    below it.
    """

    text: Node | None
    filters: tuple[Asked, ...]
    passages: Node | None
    rank: Node | None
    words: tuple[Node, ...]
    typed: tuple[Node, ...]
    asked: tuple[Asked, ...]
    targets: tuple[tuple[str, Target], ...]
    is_empty: bool
    is_dated: bool
    copies: bool
    renamed: Mapping[Concept, Set[Alternative]]
    fresh: Freshness | None = None
    own: Plan | None = None
    is_below: bool = False

    @property
    def match(self) -> Node | None:
        """Which articles match; None for all."""
        nodes = [self.text] if self.text else []
        nodes += [asked.node for asked in self.filters]
        if not self.copies:
            nodes.append(_NO_COPY)
        return AllOf(tuple(nodes)) if len(nodes) > 1 else next(iter(nodes), None)

    def sought(self, scope: str = "body") -> list[Target]:
        """Return what to highlight in bodies, or in titles."""
        return [target for own, target in self.targets if own in (EVERYWHERE, scope)]

    def counted(self) -> tuple[Node, ...]:
        """Return the nodes to count articles for: all that is asked, every word, and those that dates leave out."""
        match = (self.match,) if self.match else ()
        own = (self.own.match,) if self.own and self.own.match else ()
        sought = (*(asked.node for asked in self.asked), AllOf((*self.words, *match)), *own)
        if not self.is_dated:
            return sought
        return (*sought, AllOf((*([self.text] if self.text else ()), Not(Range("published")))))

    def request(self, *, sort: str, limit: int, offset: int) -> Request:
        """Return the request; what asks for nothing of the text has no best articles, so the newest come first."""
        return Request(
            rank=preferring(self.rank, self.fresh) if self.rank else Boost(Every(), 0),
            match=self.match,
            prefer=AllOf(self.typed) if len(self.words) > 1 else None,
            passages=self.passages,
            sort="date" if self.rank is None and sort == "relevance" else sort,
            limit=limit,
            offset=offset,
            per_article=3 if self.rank else 1,
            counts=self.counted(),
        )


_NO_COPY = Not(Keyword("copy", ("yes",)))


def plan(
    query: Query,
    filters: Filters,
    analyzer: Analyzer,
    *,
    loosely: bool = False,
    spelled: Mapping[str, Sequence[str]] = MappingProxyType({}),
    concepts_of: ConceptsOf = lambda text: (),
) -> Plan:
    """Decide what a query asks for.

    `loosely` is for a query that found nothing: parts of guessed words will do. `spelled` are Chinese words that a
    Latin one means as pinyin, `concepts_of` the names in a text that have other forms. Of the parts that all have to
    be met, those that ask for nothing in the text are filters, as `filters` are.
    """
    conditions = Conditions(query.tree)
    facts: list[tuple[Tree, tuple[str, ...]]] = [(part, ()) for part in conditions.facts]
    meaning = Meaning(analyzer, loosely=loosely, spelled=spelled, concepts_of=concepts_of)
    text = meaning.of(conditions.text) if conditions.text is not None else None
    days = Days(filters.since, filters.until)
    if days != Days(None, None):
        facts.append((days, ("since", "until")))
    limits = [
        Asked(written(part), node, options)
        for part, options in facts
        if (node := Meaning(analyzer).operand(part)) is not None
    ]
    if filters.added_since is not None:
        limits.append(_came_in(filters.added_since))
    is_limited = bool(conditions.choices or limits or (conditions.text is None and (filters.lang or filters.kinds)))
    return Plan(
        text=text,
        filters=tuple(limits),
        passages=_passages(conditions.choices, filters),
        rank=_rank(meaning, analyzer) if meaning.holding else None,
        words=tuple(meaning.words),
        typed=tuple(meaning.typed.get(node, node) for node in meaning.words),
        asked=tuple(meaning.asked),
        targets=tuple(meaning.targets),
        is_empty=text is None and not is_limited,
        is_dated=any(isinstance(part, Days) for part, _ in facts),
        copies=filters.copies or _is_limited_in_time(filters, query.tree),
        renamed=meaning.renamed,
        fresh=filters.fresh,
    )


def _came_in(since: int) -> Asked:
    return Asked(f"--added-since {since}", Range("run", since + 1), ("added-since",))


def _is_limited_in_time(filters: Filters, tree: Tree) -> bool:
    """Tell whether an earlier copy of what is found may be left out by a date or run."""
    times = (filters.since, filters.until, filters.added_since)
    return any(time is not None for time in times) or any(isinstance(leaf, Days) for leaf in leaves(tree))


def _passages(choices: Sequence[Choice | syntax.Not], filters: Filters) -> Node | None:
    """Return what passages must be, None if they may be anything; of several languages or kinds named, one of them."""
    limits: list[Node] = []
    wanted = {"lang": [filters.lang] if filters.lang else [], "kind": [*filters.kinds]}
    for choice in choices:
        if isinstance(choice, Choice):
            wanted[choice.field].append(choice.value)
        elif isinstance(choice.node, Choice):
            limits.append(Not(choice_node(choice.node)))
    if wanted["lang"]:
        limits.append(Keyword("lang", tuple(sorted({name for value in wanted["lang"] for name in LANGUAGES[value]}))))
    if wanted["kind"] and ALL_KINDS not in wanted["kind"]:
        limits.append(Keyword("kind", kinds_of(tuple(dict.fromkeys(wanted["kind"])))))
    elif not wanted["kind"]:
        limits.append(NO_BOILERPLATE)
    return AllOf(tuple(limits)) if len(limits) > 1 else next(iter(limits), None)


def _rank(meaning: Meaning, analyzer: Analyzer) -> Node:
    """Score passages that hold something asked for by all terms of the query."""
    weighted = (Boost(node, PHRASE_WEIGHT) for node in meaning.unranked)
    return Also(Boost(AnyOf(meaning.holding), 0), (*weighted, *_terms(meaning.texts, analyzer)))


def _terms(texts: Sequence[RankedText], analyzer: Analyzer) -> Iterator[Node]:
    counts: Counter[FieldTerm] = Counter()
    for text, scope, concepts in texts:
        terms = terms_of(text, concepts, analyzer)
        for prefix in SCOPES[scope].ranked:
            counts.update((prefix + field, term) for field, term in terms.free)
            for concept in terms.concepts:
                yield from concept.nodes(prefix, WEIGHTS)
    yield from (
        Boost(Term(field, term), count * WEIGHTS[field] * share_of(field, term))
        for (field, term), count in counts.items()
    )
