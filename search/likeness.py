"""An article of the index -> the words that tell most about it, and the plan that finds more articles like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, chain
from math import log
from typing import NamedTuple, TypeAlias

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.stopwords import stopwords
from indexer.article_fields import path_key
from indexer.engines.base import Engine
from indexer.model import FOREIGN_KINDS, ArticleRow, Passage
from indexer.nodes import AllOf, AnyOf, Boost, Keyword, Node, Not, Term
from indexer.payload import load_text
from search.highlight import Highlighter
from search.meaning import Asked
from search.model import Note
from search.phrases import places
from search.planner import WEIGHTS, Plan
from search.scopes import EVERYWHERE
from search.sought import Target

_FieldTerm: TypeAlias = tuple[str, str]

# Words by which articles are alike.
_MOST_WORDS = 25
# Times that a word counts in the title.
_TITLE = 3
# Characters of an article that are read, from its beginning, and words of which the index is asked how common they are.
_READ = 20_000
_ASKED = 300


class Likeness(NamedTuple):
    """An article, the ids of it and of its copies, and its telling words, the most telling first."""

    row: ArticleRow
    copies: tuple[str, ...]
    words: tuple[TellingWord, ...]

    def limit(self, plan: Plan) -> Plan:
        """Return the plan of a query that finds only articles which share a word."""
        shared = AnyOf(tuple(Term(field, word.term) for word in self.words for field in word.fields))
        others = Not(Keyword("path", tuple(sorted({path_key(article_id) for article_id in self.copies}))))
        condition = Asked(f"--like {self.row.id}", AllOf((shared, others)), ("like",))
        return replace(plan, filters=(*plan.filters, condition), is_empty=False)

    def liken(self, plan: Plan) -> Plan:
        """Return the plan limited so, that ranks those first which share most, and highlights what they share."""
        ranks = (*([plan.rank] if plan.rank else []), *self._ranking())
        return replace(
            self.limit(plan),
            rank=AnyOf(ranks) if ranks else None,
            targets=(*plan.targets, *((EVERYWHERE, word.target) for word in self.words)),
        )

    def _ranking(self) -> Iterator[Node]:
        for word in self.words:
            for field in word.fields:
                yield Boost(Term(field, word.term), word.weight * WEIGHTS[field])

    @property
    def note(self) -> Note:
        """Which words make articles alike."""
        if not self.words:
            return Note("like", "“{title}” holds no word that tells what it is about.", {"title": self.row.title})
        words = tuple(word.text for word in self.words)
        return Note("like", "Like “{title}” by these words: {words:, }.", {"title": self.row.title, "words": words})


class TellingWord(NamedTuple):
    """A word as the article has it, the term that it is in a field, and its weight, at most 1."""

    text: str
    field: str
    term: str
    weight: float

    @property
    def fields(self) -> tuple[str, str]:
        """The field of bodies, and that of titles."""
        return self.field, f"title_{self.field}"

    @property
    def target(self) -> Target:
        """What is highlighted of it."""
        return _target(self.field, self.term)


def likeness_of(row: ArticleRow, engine: Engine, analyzer: Analyzer) -> Likeness:
    """Return what articles like one of an engine's must share, by its own text and not what stands around it."""
    passages = [load_text(one.payload, one.passage_id, row.id) for one in engine.passages(row.id)]
    own = [passage.text for passage in passages if passage.kind not in FOREIGN_KINDS]
    words = tuple(_telling_words(row.title, _beginning(own), engine, analyzer))
    return Likeness(row, (row.id, *_copies(row, passages, engine)), words)


def _beginning(texts: Sequence[str]) -> Sequence[str]:
    """Return as many texts from the first on as are read."""
    ends = accumulate(map(len, texts))
    return texts[: 1 + sum(end < _READ for end in ends)]


def _copies(row: ArticleRow, passages: Sequence[Passage], engine: Engine) -> Iterator[str]:
    """Yield the ids of exact and near copies; those of an article without any text are not its copies."""
    from indexer.stories.evidence import story_of  # which most searches need not wait for

    word, _ = story_of(row, passages)
    story = engine.labels("story", [row.id])[0]
    for field, value in (("sketch", word), ("story", story)):
        if value:
            yield from engine.articles_with(field, {value})[value]


def _telling_words(title: str, texts: Sequence[str], engine: Engine, analyzer: Analyzer) -> Iterator[TellingWord]:
    """Yield the words of highest tf · idf, by the passages of an engine that hold them, if others than these do."""
    found = [_counts(text, analyzer) for text in texts]
    own = Counter(chain.from_iterable(found))
    counts = sum(found, Counter({one: _TITLE * count for one, count in _counts(title, analyzer).items()}))
    size = engine.passage_count()
    worth: dict[_FieldTerm, float] = {}
    for one, count in counts.most_common(_ASKED):
        holding = engine.passages_with(*one)
        if holding > own[one]:
            worth[one] = count * log(1 + (size - holding + 0.5) / (holding + 0.5))
    best = _whole(sorted(worth, key=lambda one: (-worth[one], -len(one[1]), one)), counts)
    for one, text in zip(best, _texts(best, [title, *texts]), strict=True):
        yield TellingWord(text, *one, worth[one] / worth[best[0]])


def _whole(terms: Iterable[_FieldTerm], counts: Mapping[_FieldTerm, int]) -> list[_FieldTerm]:
    """Return the first terms, without those that stand only within others of them."""
    kept: list[_FieldTerm] = []
    for one in terms:
        if len(kept) == _MOST_WORDS:
            break
        if not any(_is_part(one, other) and counts[one] <= counts[other] for other in kept):
            kept.append(one)
    return kept


def _is_part(one: _FieldTerm, other: _FieldTerm) -> bool:
    """Tell whether a term is a part of another one: characters of a Han word, words between hyphens."""
    if one[0] == "zh":
        return one[1] in other[1]
    return f"-{one[1]}-" in f"-{other[1]}-"


def _counts(text: str, analyzer: Analyzer) -> Counter[_FieldTerm]:
    """Return how often a text holds each term that may tell something: no function word, character or number."""
    terms = analyzer.terms(text)
    found = (*(("zh", term) for term in terms.zh), *(("en", term) for term in terms.en))
    return Counter(one for one in found if len(one[1]) > 1 and not one[1].isdecimal() and one[1] not in stopwords())


def _target(field: str, term: str) -> Target:
    return Target(stem=term) if field == "en" else Target(places(term))


def _texts(terms: Sequence[_FieldTerm], texts: Iterable[str]) -> list[str]:
    """Return terms as they first stand in some texts."""
    highlighter = Highlighter([_target(*one) for one in terms])
    first: dict[int, str] = {}
    for text in texts:
        for start, end, what in highlighter.marks(text):
            first.setdefault(what, text[start:end])
        if len(first) == len(terms):
            break
    return [first.get(what, term) for what, (_, term) in enumerate(terms)]
