"""A question, asked of a commit -> a SearchResult."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

from indexer.errors import CommitGone
from search.answering import Answer, answer
from search.commit import OpenCommit
from search.cursors import Cursor, decode, digest_of, encode
from search.hits import Marking, hit_of
from search.little import applied
from search.model import Hit, Note, SearchResult
from search.options import Limits, Options, limits_of
from search.paging import Asking
from search.planner import Filters

# Pages that `hits_of` asks for; they grow, since each costs a search.
_FIRST_PAGE = 100
_LARGEST_PAGE = 3200
_MOVED = Note(
    "moved",
    "The index has changed since the page before, which is not kept any more. This page goes on behind its last hit; "
    "what changed may be missing or come twice.",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What `Searcher.search` is asked."""

    query: str
    limit: int
    offset: int
    sort: str
    passages: bool
    facets: tuple[str, ...]
    after: str | None
    context: int
    stories: bool
    options: Options

    def digest(self, filters: Filters) -> str:
        """Return what tells the question from others, on whatever page; `filters` are its options as they were read."""
        since = self.options.get("added_since")
        asked = replace(filters, added_since=None)
        return digest_of(self.query, asked, since, self.sort, self.passages, self.stories)


def hits_of(commit: OpenCommit, asked: Question) -> Iterator[Hit]:
    """Yield all hits in order, page by page."""
    offset, limit = 0, _FIRST_PAGE
    while True:
        page = result_of(commit, replace(asked, offset=offset, limit=limit))
        yield from page.hits
        if len(page.hits) < limit:
            return
        offset, limit = offset + limit, min(2 * limit, _LARGEST_PAGE)


class _Page(NamedTuple):
    """Where a page begins: behind a cursor, if there is one. `said` is what there is to say of that."""

    started: float
    digest: str
    cursor: Cursor | None
    said: tuple[Note, ...] = ()


def result_of(commit: OpenCommit, asked: Question, *, suggest: bool = False) -> SearchResult:
    """Return the answer; with `suggest`, that to the best suggestion, if there is one.

    A page behind one of another commit is of that one, while it is kept. Raises UsageError for options and cursors
    that cannot be meant.
    """
    started = time.perf_counter()
    digest = asked.digest(_limits(commit, asked).filters)
    cursor = None if asked.after is None else decode(asked.after, digest)
    page = _Page(started, digest, cursor)
    if cursor is not None and cursor.generation != commit.engine.generation():
        with suppress(CommitGone), commit.at(cursor.generation) as older:
            return _result(older, asked, page)
        page = page._replace(said=(_MOVED,))
    return _result(commit, asked, page, suggest=suggest)


def _result(commit: OpenCommit, asked: Question, page: _Page, *, suggest: bool = False) -> SearchResult:
    filters, notes = _limits(commit, asked)
    asking = Asking(
        asked.limit, asked.offset, asked.sort, asked.passages, asked.facets, filters.copies, page.cursor, asked.stories
    )
    found = answer(asked.query, filters, asking, commit.engine, commit.lexicon)
    if suggest and found.meant:
        better = result_of(commit, replace(asked, query=found.meant[0].query))
        return replace(better, notes=(applied(asked.query, found.meant[0]), *better.notes))
    ranking = found.page.ranking
    return SearchResult(
        query=asked.query,
        hits=_hits(found, asked, page),
        total=ranking.total,
        passages_total=ranking.passages_total,
        total_is_exact=ranking.total_is_exact,
        took_ms=round((time.perf_counter() - page.started) * 1000, 3),
        notes=(*notes, *commit.notes(), *page.said, *found.notes),
        facets=found.facets(asked.facets),
        cursor=encode(found.following, page.digest) if found.following else None,
    )


def _hits(found: Answer, asked: Question, page: _Page) -> tuple[Hit, ...]:
    marking = Marking.of(found.planned, asked.context)
    first = 1 + (asked.offset if page.cursor is None else page.cursor.offset)
    shown = enumerate(zip(found.page.shown, found.copies, found.stories, strict=True), first)
    return tuple(hit_of(rank, one.article, own, told, marking) for rank, (one, own, told) in shown)


def _limits(commit: OpenCommit, asked: Question) -> Limits:
    return limits_of(asked.options, commit.manifest, cross="auto")
