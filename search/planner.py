"""Query -> the request to an engine: which articles match, and what ranks their passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from indexer.analysis.analyzer import Analyzer
from indexer.engines.base import Request
from indexer.nodes import AllOf, Also, AnyOf, Boost, Every, Keyword, Node, Not, Range, Scaled, Term
from indexer.sentences import split_sentences
from search.grammar import Query
from search.kinds import ALL_KINDS
from search.phrases import Places, places
from search.words import Word, guesses_of, seams_of, units_of, words_of

# Weight of each field in the score. Pairs weigh half of words, English words as much as a Chinese word and its pairs.
# Titles, drcd / cmrc2018: .3 gives .946 / .989, .4 .946 / .991, .5 .945 / .992 (xquad has none).
WEIGHTS = {"zh": 1.0, "en": 1.5, "text": 0.5, "title_zh": 0.4, "title_en": 0.6, "title_text": 0.2}
# Weight of an exact phrase, and of a word that the ranked fields do not hold: kana, hangul, symbols, a lone character.
PHRASE_WEIGHT = 1.0
# A query's words beyond these rank, but are not asked for one by one.
_MOST_WORDS = 50

# What scores of passages are multiplied by. What is said of other articles in passing comes behind what any article
# says itself; boilerplate is looked at only if it is asked for.
FACTORS = (("quote", 0.9), ("table", 0.8), ("caption", 0.7), ("teaser", 0.02))

LANGUAGES = {"zh": ("zh-Hant", "zh-Hans", "mixed"), "en": ("en", "mixed")}


@dataclass(frozen=True, slots=True)
class Filters:
    """What limits a search: `lang` (zh or en) and `kinds` the passages, `since` and `until`, included, the articles.

    Without `kinds` all but boilerplate are looked at; ALL_KINDS is all of them.

    Without `copies`, exact copies of an earlier article are left out, unless dates are asked for: then the earlier one
    may be out of them.
    """

    lang: str | None = None
    since: date | None = None
    until: date | None = None
    kinds: tuple[str, ...] = ()
    copies: bool = True

    def passages(self) -> Node | None:
        """Return what passages must be, None if they may be anything."""
        limits: list[Node] = [Keyword("lang", LANGUAGES[self.lang])] if self.lang else []
        if ALL_KINDS not in self.kinds:
            # A body begins with its headings: both are one kind to whoever asks.
            wanted = self.kinds + (("heading",) if "body" in self.kinds else ())
            limits.append(Keyword("kind", wanted) if wanted else Not(Keyword("kind", ("boilerplate",))))
        return AllOf(tuple(limits)) if len(limits) > 1 else next(iter(limits), None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a query means: its words and phrases, and the nodes for them. `rank` is None if there is nothing to find.

    `words` leaves out function words. `parts` are what else of the query is highlighted where it stands whole. Each
    phrase is the places of its sentences.
    """

    words: tuple[Word, ...]
    parts: tuple[Places, ...]
    phrases: tuple[tuple[str, tuple[Places, ...]], ...]
    rank: Node | None
    match: Node
    has_words: Node  # the match without the filters on articles
    filters: Filters

    def sought(self) -> list[tuple[Places, str]]:
        """Return what to highlight: the places of each word and phrase, and the stem of a Latin word."""
        phrased = [part for text, sentences in self.phrases for part in (places(text), *sentences) if part]
        return [(word.places, word.stem) for word in self.words] + [(part, "") for part in (*self.parts, *phrased)]

    def counted(self) -> tuple[Node, ...]:
        """Return the nodes to count articles for: each word, all of them, and those that the dates leave out."""
        every_word = AllOf((*(word.node for word in self.words), self.match))
        sought = (*(word.node for word in self.words), *map(_phrase_node, self.phrases), every_word)
        if self.filters.since is None and self.filters.until is None:
            return sought
        return (*sought, AllOf((self.has_words, Not(Range("published")))))

    def request(self, *, sort: str, limit: int, offset: int) -> Request:
        return Request(
            rank=Scaled(self.rank, "kind", FACTORS) if self.rank else Every(),
            match=self.match,
            prefer=AllOf(tuple(word.node for word in self.words)) if len(self.words) > 1 else None,
            passages=self.filters.passages(),
            sort=sort,
            limit=limit,
            offset=offset,
            counts=self.counted(),
        )


def plan(query: Query, filters: Filters, analyzer: Analyzer, *, loosely: bool = False) -> Plan:
    """Decide what a query asks for. `loosely` is for a query that found nothing: parts of guessed words will do.

    Phrases are required. Words are ranked together, none is required, but without a phrase a hit holds at least one.
    """
    typed = [clause.text for clause in query.clauses if not clause.exact]
    found = [word for text in typed for word in words_of(text, analyzer)]
    words = tuple(word for word in found if not word.is_function_word)[:_MOST_WORDS]
    seams = tuple(seam for text in typed for seam in seams_of(text, analyzer))
    if loosely:
        seams += tuple(guess for text in typed for guess in guesses_of(text, analyzer))
    phrases = tuple(
        (clause.text, sentences) for clause in query.clauses if clause.exact and (sentences := _sentences(clause.text))
    )
    phrased = tuple(_either(part) for _, sentences in phrases for part in sentences)
    holding = phrased or (*(word.node for word in words), *map(_either, seams))
    has_words = AllOf(tuple(map(_phrase_node, phrases))) if phrases else AnyOf(holding)
    unranked = (*phrased, *(word.node for word in words if not word.is_ranked))
    limits = _limits(filters)
    return Plan(
        words=words,
        parts=(*seams, *(unit for text in typed for unit in units_of(text, analyzer))),
        phrases=phrases,
        rank=_rank([clause.text for clause in query.clauses], holding, unranked, analyzer) if holding else None,
        match=AllOf((has_words, *limits)) if limits else has_words,
        has_words=has_words,
        filters=filters,
    )


def _sentences(text: str) -> tuple[Places, ...]:
    """Cut a quotation at its sentence ends, as passages are cut."""
    return tuple(found for found in map(places, split_sentences(text)) if found is not None)


def _phrase_node(phrase: tuple[str, tuple[Places, ...]]) -> Node:
    return AllOf(tuple(map(_either, phrase[1])))


def _either(part: Places) -> Node:
    return AnyOf((part.node("text"), part.node("title_text")))


def _limits(filters: Filters) -> tuple[Node, ...]:
    if filters.since is None and filters.until is None:
        return () if filters.copies else (Not(Keyword("copy", ("yes",))),)
    low = filters.since.toordinal() if filters.since else None
    high = filters.until.toordinal() if filters.until else None
    return (Range("published", low, high),)


def _rank(texts: list[str], holding: tuple[Node, ...], unranked: tuple[Node, ...], analyzer: Analyzer) -> Node:
    """Score passages that hold something asked for by all terms of the query."""
    weighted = (Boost(node, PHRASE_WEIGHT) for node in unranked)
    return Also(Boost(AnyOf(holding), 0), (*weighted, *_terms(texts, analyzer)))


def _terms(texts: list[str], analyzer: Analyzer) -> Iterator[Node]:
    counts: Counter[tuple[str, str]] = Counter()
    for text in texts:
        terms = analyzer.terms(text)
        counts.update(("zh", term) for term in terms.zh)
        counts.update(("en", term) for term in terms.en)
        counts.update(("text", pair) for pair in analyzer.pairs(text))
    for (field, term), count in counts.items():
        yield Boost(Term(field, term), count * WEIGHTS[field])
        yield Boost(Term(f"title_{field}", term), count * WEIGHTS[f"title_{field}"])
