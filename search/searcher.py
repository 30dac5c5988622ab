"""`Searcher`: an index, open for questions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from indexer.analysis.analyzer import Analyzer
from indexer.engines.base import Engine
from indexer.engines.opening import Place, beside, open_index, place_of
from indexer.engines.opensearch.location import Location
from indexer.errors import CommitGone, IndexMissing, UsageError
from indexer.manifest import Manifest
from search.answering import answer, check, check_one_of, plan_of, ranked
from search.cursors import decode, digest_of, encode
from search.hits import Marking, hit_of
from search.lexicon import Lexicon
from search.little import applied
from search.model import ArticleText, Hit, Note, SearchResult
from search.options import Options, limits_of
from search.paging import Asking
from search.renewal import renewed
from search.snippets import LONGEST

if TYPE_CHECKING:
    from indexer.sources.source import ReadOptions
    from search.completion import Completion
    from search.concordance import Concordance
    from search.counting import Counts
    from search.explanation import ArticleExplanation
    from search.info import IndexInfo
    from search.occurrences import Finding
    from search.whole import MarkedArticle

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


class Searcher:
    """Asks an index. Safe to share between threads; it sees the commit it was opened at until `refresh`.

    A cluster may lose a commit that is not the newest one: with a node, or two minutes after the last question. The
    newest is asked then.

    Raises IndexMissing, IndexUnusable, IndexStale or IndexDamaged if the index cannot be opened.

    >>> with Searcher("index_data") as searcher:
    ...     result = searcher.search("川普 关税", limit=5)
    """

    def __init__(self, index: str | Place = "index_data", *, learnt: bool = True, partial: bool = False) -> None:
        """Open an index, in a folder or, as `http://HOST:9200,HOST2:9200/NAME`, on a cluster.

        `learnt` says whether the words that were learnt from it are searched with, `partial` whether answers may lack
        parts of the index of which the cluster has no copy left; a note tells which.
        """
        self.place = place_of(index)
        if partial and isinstance(self.place, Location):
            self.place = replace(self.place, settings=replace(self.place.settings, partial=True))
        self.folder = beside(self.place)  # of its user's tables
        self._engine = open_index(self.place)
        self._is_taught = learnt
        self._lock = RLock()
        self._is_closed = False
        self.is_fixed = False
        if not self._engine.meta():
            self._engine.close()
            raise IndexMissing(_empty(self.place))
        self._load()

    def _load(self) -> None:
        self._manifest = manifest = Manifest.load(self._engine.meta())
        self._analyzer = Analyzer(Path(manifest.user_dictionary) if manifest.user_dictionary else None)
        self._is_stale = manifest.fingerprint not in ("", self._analyzer.fingerprint)
        self._lexicon = Lexicon(self._analyzer, self.folder, is_taught=self._is_taught)

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

    @renewed
    def search(
        self,
        query: str,
        limit: int = 10,
        offset: int = 0,
        *,
        sort: str = "relevance",
        passages: bool = False,
        facets: Sequence[str] = (),
        after: str | None = None,
        suggest: bool = False,
        context: int = LONGEST,
        stories: bool = False,
        **options: Unpack[Options],
    ) -> SearchResult:
        """Return the articles from the `offset`-th best on, at most `limit`, each with its best passages.

        `sort` is relevance, date (newest first), date-asc (oldest first) or title. With `passages` every passage is a
        hit by itself, and limit and offset count these. `facets` are names of `indexer.engines.base.FACETS` to count
        all matching articles by. `after` is the `cursor` of an answer to the same question: this page is the next one,
        of the same commit while it is kept. With `suggest` the best suggestion, if there is one, is searched in place
        of the query; the answer's `query` says what was searched.
        `context` is how much of a passage is quoted (`search.snippets`), in characters, a word of letters for three; 0
        is a single clause. With `stories`, reports of one event among the best are one hit, the others its `stories`.
        `options` limit the search, see `search.options.Options`. No query is an error.
        Raises UsageError for other values.
        """
        started = time.perf_counter()
        check(limit, offset, sort, facets, after, context, is_joined=stories and passages)
        how: dict[str, Any] = {"sort": sort, "passages": passages, "facets": facets, "after": after, "context": context}
        how["stories"] = stories
        with self._lock:  # the words are of the same commit as the answer
            self._check_open()
            filters, notes = limits_of(options, self._manifest, cross="auto")
            digest = digest_of(
                query, replace(filters, added_since=None), options.get("added_since"), sort, passages, stories
            )
            cursor = None if after is None else decode(after, digest)
            has_moved = cursor is not None and cursor.generation != self._engine.generation()
            if cursor is not None and has_moved:
                with suppress(CommitGone), self._at(cursor.generation) as older:
                    return older.search(query, limit, **how, **options)
            asking = Asking(limit, offset, sort, passages, tuple(facets), filters.copies, cursor, stories)
            found = answer(query, filters, asking, self._engine, self._lexicon)
        if suggest and found.meant:
            better = self.search(found.meant[0].query, limit, offset, **how, **options)
            return replace(better, notes=(applied(query, found.meant[0]), *better.notes))
        marking = Marking.of(found.planned, context)
        first = 1 + (offset if cursor is None else cursor.offset)
        shown = enumerate(zip(found.page.shown, found.copies, found.stories, strict=True), first)
        ranking = found.page.ranking
        return SearchResult(
            query=query,
            hits=tuple(hit_of(rank, one.article, own, told, marking) for rank, (one, own, told) in shown),
            total=ranking.total,
            passages_total=ranking.passages_total,
            total_is_exact=ranking.total_is_exact,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
            notes=(*notes, *self._notes_on_index(), *([_MOVED] if has_moved else []), *found.notes),
            facets=found.facets(facets),
            cursor=encode(found.following, digest) if found.following else None,
        )

    @renewed
    def ranked(self, query: str, limit: int = 10, **options: Unpack[Options]) -> tuple[tuple[str, ...], ...]:
        """Return the ids of the articles that `search` finds, each followed by those of its copies; nothing is quoted.

        `options` and errors are those of `search`, but that the other language is searched only if `cross` says so.
        """
        check(limit, 0, "relevance", (), None, LONGEST)
        with self._lock:
            self._check_open()
            filters, _ = limits_of(options, self._manifest)
            return ranked(query, filters, limit, self._engine, self._lexicon)

    @renewed
    def complete(self, query: str, limit: int = 10) -> list[Completion]:
        """Return the words that the last word of a query may become, also by pinyin, most frequent first; then titles.

        Raises UsageError if `limit` is negative.
        """
        from search.completion import completions  # which no search needs

        if limit < 0:
            raise UsageError("limit cannot be negative.")
        with self._lock:
            self._check_open()
            return completions(query, self._engine, limit)

    @renewed
    def concordance(
        self,
        query: str,
        *,
        sort: str = "right",
        context: int = 30,
        limit: int | None = None,
        titles: bool = False,
        **options: Unpack[Options],
    ) -> Concordance:
        """Return every occurrence of what a query finds, at most `limit`, with `context` characters to each side.

        `sort` is by the text to the right or left, the articles' relevance or their date (newest first); with `titles`
        those in titles count too. All articles that match are read. `options` and errors are those of `search`.
        """
        from search.concordance import ORDERS, concordance  # which a search need not wait for

        if context < 0 or (limit is not None and limit < 0):
            raise UsageError("context and limit cannot be negative.")
        check_one_of("sort", sort, ORDERS)
        finding, engine = self._find(query, options)
        return concordance(engine, finding, sort=sort, context=context, limit=limit, titles=titles)

    @renewed
    def count(self, query: str, *, by: str = "month", titles: bool = False, **options: Unpack[Options]) -> Counts:
        """Count the articles that a query finds, and the occurrences in them, by month, year, day or source.

        `titles`, `options` and errors as for `concordance`.
        """
        from search.counting import BY, count

        check_one_of("value to count by", by, BY)
        finding, _ = self._find(query, options)
        return count(finding, by=by, titles=titles)

    @renewed
    def show(
        self, article: str, query: str, read: ReadOptions | None = None, **options: Unpack[Options]
    ) -> MarkedArticle:
        """Read an article again, by its id or the path of its file, and mark all that a search finds in it.

        Of `options`, those of `search`, the ones that limit articles do not matter. Raises UsageError if the index has
        no such article, or more than one; SourceError if its file cannot be read.
        """
        from search.whole import marked_article  # and all that reads files

        with self._lock:
            self._check_open()
            filters, _ = limits_of(options, self._manifest, cross="auto")
            planned = plan_of(query, filters, self._engine, self._lexicon)
        return marked_article(article, self.place, read, planned)

    @renewed
    def read(
        self, article_id: str, query: str = "", *, offset: int = 0, limit: int | None = None, **options: Unpack[Options]
    ) -> ArticleText:
        """Return an article as the index holds it, with what `show` would mark in it; its file is not looked at.

        With `offset` and `limit`, only so many of its passages from one on. `options` are those of `show`. Raises
        ArticleUnknown if the index has no such article: paths are no ids.
        """
        from search.reading import article_text  # which a search need not wait for

        check(limit or 0, offset, "relevance", (), None, LONGEST)
        with self._lock:
            self._check_open()
            filters, _ = limits_of(options, self._manifest, cross="auto")
            planned = plan_of(query, filters, self._engine, self._lexicon)
            return article_text(self._engine, article_id, planned, offset, limit)

    def _find(self, query: str, options: Options) -> tuple[Finding, Engine]:
        """Return all that a query finds, and the engine at the commit that it is of, whatever is refreshed."""
        from search.occurrences import find

        with self._lock:
            self._check_open()
            filters, notes = limits_of(options, self._manifest)
            engine = self._engine.at(self._engine.generation())
            finding = find(engine, self._lexicon, query, filters)
        return replace(finding, notes=(*notes, *self._notes_on_index(), *finding.notes)), engine

    @renewed
    def explain(self, query: str, article: Hit | str, **options: Unpack[Options]) -> ArticleExplanation:
        """Tell why a search with the same options gives an article its score, or what it lacks to be found.

        `article` is a hit or an article's id. Raises UsageError if the index does not have it, and as `search` does.
        """
        (found,) = self.explanations(query, [article], **options).values()
        return found

    def explanations(
        self, query: str, articles: Iterable[Hit | str], **options: Unpack[Options]
    ) -> dict[str, ArticleExplanation]:
        """Explain several articles as `explain` does, by id; the search is made once for all of them."""
        from search.explaining import explanations  # which a search need not wait for

        ids = [article.article_id if isinstance(article, Hit) else article for article in articles]
        with self._lock:
            self._check_open()
            filters, _ = limits_of(options, self._manifest, cross="auto")
            return explanations(query, filters, ids, self._engine, self._lexicon)

    def _notes_on_index(self) -> Iterator[Note]:
        """Yield what is odd about the index itself."""
        if self._is_stale:
            yield _STALE
        if parts := self._engine.unsearched():
            yield Note("partial", "This is without {parts:, }: no node that runs has a copy of it.", {"parts": parts})

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
        other.is_fixed = True
        other._load()
        return other

    def iterate(
        self,
        query: str,
        *,
        sort: str = "relevance",
        passages: bool = False,
        context: int = LONGEST,
        stories: bool = False,
        **options: Unpack[Options],
    ) -> Iterator[Hit]:
        """Yield all hits of a query in order, of one commit; arguments and errors as for `search`."""
        offset, size = 0, _FIRST_PAGE
        how: dict[str, Any] = {"sort": sort, "passages": passages, "context": context, "stories": stories}
        with self._at(self._engine.generation()) as fixed:
            while True:
                page = fixed.search(query, size, offset, **how, **options)
                yield from page.hits
                if len(page.hits) < size:
                    return
                offset += size
                size = min(2 * size, _LARGEST_PAGE)

    @property
    def identity(self) -> str:
        """The name that the index has from its first run on, by which run numbers are known to be its own."""
        return self._manifest.identity

    @property
    def last_run(self) -> int:
        """The number of the last run that it sees."""
        return self._manifest.run

    @property
    def generation(self) -> str:
        """The name of the commit that is open."""
        return self._engine.generation()

    def info(self) -> IndexInfo:
        """Return what the index holds, how large it is, and when it was made."""
        from search.info import info_of  # which a search need not wait for

        with self._lock:
            self._check_open()
            return info_of(self._engine, self._manifest, self.place, is_current=not self._is_stale)


def _empty(place: Place) -> str:
    """Return what is said of an index without a commit."""
    from indexer.status import read_status  # which a search need not wait for

    status = read_status(place)
    if status and status.state == "running":
        return f"The index in {place} is being built for the first time: {status.doing}. Search it when that is done."
    return (
        f"The index in {place} is empty: its first run did not finish. Run it again with: "
        f"wensou index FOLDER --index {place}"
    )
