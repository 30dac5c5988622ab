"""`Searcher`: an index, open for questions."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from indexer.analysis.analyzer import Analyzer
from indexer.engines.base import Engine, RankedArticle, Ranking
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import CommitGone, IndexMissing, UsageError
from indexer.manifest import Manifest
from indexer.model import Passage
from indexer.nodes import SORTS
from indexer.payload import load_passage, load_text
from search.added import after_run
from search.cursors import Cursor, decode, digest_of, encode
from search.days import first_day, last_day
from search.fields import LANGUAGES
from search.grammar import parse
from search.highlight import Highlighter, spans_of
from search.info import IndexInfo, info_of
from search.kinds import ALL_KINDS, KINDS
from search.model import Copy, Hit, Note, Place, SearchResult, Snippet
from search.notes import notes_of
from search.paging import ask_page
from search.planner import Filters, Plan, plan
from search.rerank import Page, Shown
from search.snippets import choose_window
from search.sought import Mark

if TYPE_CHECKING:
    from search.explanation import ArticleExplanation

# Pages that `iterate` asks for; they grow, since each costs a search.
_FIRST_PAGE = 100
_LARGEST_PAGE = 3200
_STALE = Note(
    "stale",
    "The index was built with another analysis than this one and may miss matches. "
    "Build it anew with: wensou index --rebuild",
)
_MOVED = Note(
    "moved",
    "The index has changed since the page before, which is not kept any more. This page goes on behind its last hit; "
    "what changed may be missing or come twice.",
)
_PARTS = Note("parts", "No article holds a whole word of the query; these hold parts of words that may be names.")


class Searcher:
    """Asks an index. Safe to share between threads; it sees the commit it was opened at until `refresh`.

    Raises IndexMissing, IndexUnusable, IndexStale or IndexDamaged if the index cannot be opened.

    >>> with Searcher("index_data") as searcher:
    ...     result = searcher.search("川普 关税", limit=5)
    """

    def __init__(self, index: str | Path = "index_data") -> None:
        self._folder = folder = Path(index).expanduser().resolve()
        self._engine = WhooshEngine(folder)
        self._lock = RLock()
        self._is_closed = False
        if not self._engine.meta():
            self._engine.close()
            raise IndexMissing(
                f"The index in {folder} is empty: its first run did not finish. Run it again with: "
                f"wensou index FOLDER --index {folder}"
            )
        self._load()

    def _load(self) -> None:
        self._manifest = manifest = Manifest.load(self._engine.meta())
        self._analyzer = Analyzer(Path(manifest.user_dictionary) if manifest.user_dictionary else None)
        self._is_stale = manifest.fingerprint not in ("", self._analyzer.fingerprint)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index; nothing can be asked afterwards."""
        with self._lock:
            self._is_closed = True
            self._engine.close()

    def refresh(self) -> bool:
        """See what was indexed since; tell whether there is anything new."""
        with self._lock:
            changed = self._engine.refresh()
            if changed:
                self._load()
            return changed

    def search(
        self,
        query: str,
        limit: int = 10,
        offset: int = 0,
        lang: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        sort: str = "relevance",
        kinds: Sequence[str] = (),
        copies: bool = False,
        added_since: int | str | date | None = None,
        passages: bool = False,
        after: str | None = None,
    ) -> SearchResult:
        """Return the articles from the `offset`-th best on, at most `limit`, each with its best passages.

        `lang` is zh or en; `since` and `until`, both included, are dates or YYYY, YYYY-MM, YYYY-MM-DD; `sort` is
        relevance, date (newest first), date-asc (oldest first) or title; `kinds` are those of the passages looked at,
        else all but boilerplate (see `search.kinds`; "all" is all); with `copies` all copies of one report are hits,
        else only the earliest is; `added_since` leaves what came in after a run, or from a moment on (see
        `search.added`). With `passages` every passage is a hit by itself, and limit and offset count these. `after` is
        the `cursor` of an answer to the same question: this page is the next one, of the same commit while it is kept.
        No query is an error. Raises UsageError for other values.
        """
        started = time.perf_counter()
        if limit < 0 or offset < 0:
            raise UsageError("limit and offset cannot be negative.")
        if after is not None and offset:
            raise UsageError("A cursor says where its page begins: leave out the offset.")
        _check_names(lang, sort, kinds)
        parsed = parse(query)
        days = first_day(since), last_day(until)
        digest = digest_of(query, lang, *days, tuple(kinds), copies, str(added_since), sort, passages)
        cursor = None if after is None else decode(after, digest)

        def asked(planned: Plan) -> tuple[Page, Cursor | None]:
            request = replace(planned.request(sort=sort, limit=limit, offset=offset), by_passage=passages)
            return ask_page(self._engine, request, cursor, plainly=copies)

        hits: tuple[Hit, ...] = ()
        page, following = _NO_PAGE, None
        with self._lock:  # the words are of the same commit as the answer
            self._check_open()
            has_moved = cursor is not None and cursor.generation != self._engine.generation()
            if cursor is not None and has_moved:
                with suppress(CommitGone), self._at(cursor.generation) as older:
                    return older.search(
                        query, limit, 0, lang, since, until, sort, kinds, copies, added_since, passages, after
                    )
            added = after_run(added_since, self._manifest)
            filters = Filters(lang, *days, tuple(kinds), copies, added.run)
            planned = plan(parsed, filters, self._analyzer)
            notes = [*added.notes, *([_STALE] if self._is_stale else []), *([_MOVED] if has_moved else [])]
            if not planned.is_empty:
                page, following = asked(planned)
            looser = planned if page.ranking.total else plan(parsed, filters, self._analyzer, loosely=True)
            if looser != planned:
                planned = looser
                page, following = asked(planned)
                notes += [_PARTS] if page.ranking.total else []
            listed = [() if copies or passages else _copies_of(self._engine, shown) for shown in page.shown]
        ranking = page.ranking
        if not planned.is_empty:
            marking = Marking(Highlighter(planned.sought()), Highlighter(planned.sought("title")))
            pairs = zip(page.shown, listed, strict=True)
            before = offset if cursor is None else cursor.offset
            hits = tuple(_hit(rank, shown.article, own, marking) for rank, (shown, own) in enumerate(pairs, before + 1))
        notes += notes_of(parsed, planned, page)
        return SearchResult(
            query=query,
            hits=hits,
            total=ranking.total,
            passages_total=ranking.passages_total,
            total_is_exact=ranking.total_is_exact,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
            notes=tuple(notes),
            cursor=encode(following, digest) if following else None,
        )

    def explain(
        self,
        query: str,
        article: Hit | str,
        lang: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        kinds: Sequence[str] = (),
        copies: bool = False,
        added_since: int | str | date | None = None,
    ) -> ArticleExplanation:
        """Tell why a search with the same options gives an article its score, or what it lacks to be found.

        `article` is a hit or an article's id. Raises UsageError if the index does not have it, and as `search` does.
        """
        from search.explaining import explainable, explained  # which a search need not wait for

        _check_names(lang, "relevance", kinds)
        parsed = parse(query)
        article_id = article.article_id if isinstance(article, Hit) else article
        with self._lock:
            self._check_open()
            run = after_run(added_since, self._manifest).run
            filters = Filters(lang, first_day(since), last_day(until), tuple(kinds), copies, run)
            request = explainable(plan(parsed, filters, self._analyzer))
            found = self._engine.explain(request, article_id)
            if found.lacking and not self._engine.search(request).total:
                request = explainable(plan(parsed, filters, self._analyzer, loosely=True))
                found = self._engine.explain(request, article_id)
            return explained(found, request, query, self._analyzer)

    def _check_open(self) -> None:
        if self._is_closed:
            raise UsageError("This searcher is closed. Open another: Searcher(index).")

    def _at(self, generation: str) -> Searcher:
        """Return a searcher of another commit, to be closed by itself. Raises CommitGone if that is not kept."""
        with self._lock:
            self._check_open()
            other = copy(self)
            other._lock = RLock()
            other._engine = self._engine.at(generation)
        other._load()
        return other

    def iterate(
        self,
        query: str,
        lang: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        sort: str = "relevance",
        kinds: Sequence[str] = (),
        copies: bool = False,
        added_since: int | str | date | None = None,
        passages: bool = False,
    ) -> Iterator[Hit]:
        """Yield all hits of a query in order, of one commit; arguments and errors as for `search`."""
        offset, size = 0, _FIRST_PAGE
        with self._at(self._engine.generation()) as fixed:
            while True:
                page = fixed.search(query, size, offset, lang, since, until, sort, kinds, copies, added_since, passages)
                yield from page.hits
                if len(page.hits) < size:
                    return
                offset += size
                size = min(2 * size, _LARGEST_PAGE)

    def info(self) -> IndexInfo:
        """Return what the index holds, how large it is, and when it was made."""
        with self._lock:
            self._check_open()
            return info_of(self._engine, self._manifest, self._folder, is_current=not self._is_stale)


_NO_PAGE = Page((), Ranking((), 0, 0, True, ()), 0)


def _check_names(lang: str | None, sort: str, kinds: Sequence[str]) -> None:
    """Raise UsageError for a name that is none of those to choose from."""
    if sort not in SORTS:
        raise UsageError(f"Unknown sort {sort!r}: use {', '.join(SORTS)}.")
    if lang is not None and lang not in LANGUAGES:
        raise UsageError(f"Unknown language {lang!r}: use {' or '.join(LANGUAGES)}.")
    for kind in kinds:
        if kind not in (*KINDS, ALL_KINDS):
            raise UsageError(f"Unknown kind {kind!r}: use {', '.join(KINDS)} or {ALL_KINDS}.")


def _copies_of(engine: Engine, shown: Shown) -> tuple[Copy, ...]:
    if not shown.article.label("story"):
        return ()
    from search.copies import copies_of  # which most searches need not wait for

    return copies_of(engine, shown)


class Marking(NamedTuple):
    """What finds the highlights in bodies and in titles."""

    body: Highlighter
    title: Highlighter


def _hit(rank: int, article: RankedArticle, copies: tuple[Copy, ...], marking: Marking) -> Hit:
    row = article.row
    lang = ""
    quoted: list[_Quotation] = []
    for i, ranked in enumerate(article.passages):
        passage = load_text(ranked.payload, ranked.passage_id, ranked.article_id)
        marks = marking.body.marks(passage.text)
        lang = lang if i else passage.lang
        # The best passage stands for the article; the others are worth quoting only for what is found in them.
        if i == 0 or marks:
            quotation = _quote(ranked.payload, passage, marks)
            if quotation.snippet.text and (i == 0 or quotation.snippet.spans):
                quoted.append(quotation)
    return Hit(
        rank=rank,
        article_id=row.id,
        title=row.title,
        title_lang=row.title_lang,
        title_spans=spans_of(marking.title.marks(row.title)),
        path=row.path,
        url=row.url,
        published=row.published,
        published_at=row.published_at,
        published_guessed=row.published_guessed,
        author=row.author,
        lang=lang,
        score=article.score,
        snippets=tuple(quotation.snippet for quotation in quoted),
        copies=copies,
        find_places=partial(_places, [(quotation.payload, quotation.at) for quotation in quoted]),
    )


class _Quotation(NamedTuple):
    """A snippet, the stored passage it is of, and the character of the passage that it is quoted for."""

    snippet: Snippet
    payload: bytes
    at: int


def _quote(payload: bytes, passage: Passage, marks: Sequence[Mark]) -> _Quotation:
    start, end = choose_window(passage.text, marks)
    inside = spans_of(mark for mark in marks if start <= mark.start and mark.end <= end)
    spans = tuple((s - start, e - start) for s, e in inside)
    snippet = Snippet(passage.id, passage.kind, passage.lang, passage.text[start:end], spans, passage.start + start)
    return _Quotation(snippet, payload, inside[0][0] if inside else start)


def _places(quoted: Sequence[tuple[bytes, int]]) -> tuple[Place, ...]:
    """Return where characters of stored passages stand in their files."""
    return tuple(_place(load_passage(payload, "", ""), at) for payload, at in quoted)


def _place(passage: Passage, at: int) -> Place:
    """Return the line and the byte column of a character of a passage in its file."""
    before = [place for place in passage.places if place.start <= at]
    if not before:
        return Place(1, 1)
    place = before[-1]
    return Place(place.line, place.column + len(passage.text[place.start : at].encode("utf-8", "replace")))
