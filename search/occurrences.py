"""Query -> every article that matches, with every stretch that the query finds in it: no page, no snippets."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from indexer.engines.base import Engine, RankedArticle, Ranking, Request
from indexer.model import Passage
from indexer.nodes import AllOf, Also, AnyOf, Boost, Fuzzy, Near, Node, Pattern, Phrase, Prefix, Term
from indexer.payload import load_text
from search.answering import remarks
from search.folding import Page
from search.grammar import parse
from search.highlight import spans_of
from search.hits import Marking
from search.lexicon import Lexicon
from search.model import Note, Span
from search.planner import Filters, Plan
from search.rounds import in_rounds
from search.settling import settle

Leaf: TypeAlias = Term | Phrase | Prefix | Pattern | Fuzzy | Near

# More than any index has of articles, or an article of passages.
_ALL = 1 << 40
# What a title is called where kinds of passages are told.
TITLE = "title"
# Fields of what a passage says itself.
_TEXT_FIELDS = ("text", "en", "zh")


@dataclass(frozen=True, slots=True)
class Finding:
    """All articles that match a query, newest first, each with all passages that may hold something found.

    `marking` finds it. What is read of the articles is of the commit that was asked, at `started` of
    `time.perf_counter`.
    """

    started: float
    query: str
    waiting: deque[RankedArticle]
    matched: int
    has_text: bool  # whether the query asks for anything that a passage says
    marking: Marking
    notes: tuple[Note, ...]

    def articles(self) -> Iterator[RankedArticle]:
        """Give every article once: the passages that are read of one are kept no longer than it is looked at."""
        while self.waiting:
            yield self.waiting.popleft()

    def marked(self, article: RankedArticle, *, titles: bool) -> Iterator[tuple[Passage, Sequence[Span]]]:
        """Yield the passages of an article in which something is found, in order, with what to highlight.

        With `titles` the title comes first, as a passage of the kind TITLE without an id.
        """
        if titles:
            row = article.row
            if spans := spans_of(self.marking.title.marks(row.title)):
                yield Passage("", row.id, TITLE, row.title_lang, row.title, 0, len(row.title)), spans
        stored = article.passages if self.has_text else ()
        passages = [load_text(one.payload, one.passage_id, one.article_id) for one in stored]
        for passage in sorted(passages, key=lambda passage: passage.start):
            if spans := spans_of(self.marking.body.marks(passage.text)):
                yield passage, spans


def find(engine: Engine, lexicon: Lexicon, query: str, filters: Filters) -> Finding:
    """Find all that a search for a query finds: the same articles, parts of guessed words where nothing else is there.

    Without `filters.copies` no article is an exact copy of another one.
    """
    started = time.perf_counter()
    parsed = parse(query)
    settled = settle(
        parsed,
        filters,
        engine,
        lexicon,
        ask=lambda planned: _all(engine, planned),
        ranking_of=lambda ranking: ranking,
        shows_like=False,
    )
    planned, ranking = settled.plan, settled.answer
    page = Page((), ranking, 0)
    articles = ranking.articles
    if not filters.copies and planned.copies:
        articles = _told_once(engine, articles)
    return Finding(
        started=started,
        query=query,
        waiting=deque(articles),
        matched=len(articles),
        has_text=bool(_held(planned)),
        marking=Marking.of(planned),
        notes=in_rounds(engine, lambda asked: remarks(query, parsed, settled, page, asked, lexicon)).notes,
    )


def _all(engine: Engine, planned: Plan) -> Ranking:
    return Ranking((), 0, 0, True, ()) if planned.is_empty else engine.search(_request(planned))


def _request(planned: Plan) -> Request:
    """Ask for all articles, sorted so that all are looked at, and for all passages whose text holds what is sought."""
    request = planned.request(sort="date", limit=_ALL, offset=0)
    held = _held(planned)
    if not held:
        return request
    return replace(request, rank=Also(Boost(AnyOf(held), 0), (request.rank,)), per_article=_ALL)


def _held(planned: Plan) -> tuple[Node, ...]:
    """Return nodes of which a passage matches one if something that its text says is highlighted."""
    nodes = [leaf for asked in planned.asked for leaf in _leaves(asked.node) if _field(leaf) in _TEXT_FIELDS]
    for target in planned.sought():
        nodes += [target.places.node("text")] if target.places and not target.near else []
        nodes += [Term("en", target.stem)] if target.stem else []
    return tuple(dict.fromkeys(nodes))


def _leaves(node: Node) -> Iterator[Leaf]:
    match node:
        case AllOf(nodes) | AnyOf(nodes):
            for part in nodes:
                yield from _leaves(part)
        case Term() | Phrase() | Prefix() | Pattern() | Fuzzy() | Near():
            yield node


def _field(leaf: Leaf) -> str:
    return leaf.nodes[0].field if isinstance(leaf, Near) else leaf.field


def _told_once(engine: Engine, articles: Sequence[RankedArticle]) -> tuple[RankedArticle, ...]:
    """Leave out exact copies of an earlier article, which are found by dates since the earlier may be out of them."""
    stories: dict[str, list[RankedArticle]] = defaultdict(list)
    for article in articles:
        if story := article.label("story"):
            stories[story].append(article)
    left_out = {
        copy.article_id
        for own in stories.values()
        if len(own) > 1 and any(article.label("copy") for article in own)
        for copy in _later(own, _words(engine))
    }
    return tuple(article for article in articles if article.article_id not in left_out)


def _words(engine: Engine) -> Callable[[RankedArticle], str]:
    """Return what gives the word that exact copies of an article share."""
    from indexer.stories.evidence import story_of  # which most requests need not wait for

    def word(article: RankedArticle) -> str:
        stored = engine.passages(article.article_id)
        return story_of(article.row, [load_text(one.payload, one.passage_id, "") for one in stored])[0]

    return word


def _later(articles: Sequence[RankedArticle], word_of: Callable[[RankedArticle], str]) -> Iterator[RankedArticle]:
    from indexer.stories.evidence import earliness_of

    known: set[str] = set()
    for article in sorted(articles, key=lambda article: earliness_of(article.row)):
        word = word_of(article)
        if word in known:
            yield article
        known.add(word)
