"""`Searcher`: an index, open for questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack

from indexer.engines.opening import Place, beside, open_index, place_of
from indexer.engines.opensearch.location import Location
from indexer.errors import CommitGone, UsageError
from search.answering import check, check_one_of, plan_of, ranked
from search.commit import Current, OpenCommit
from search.model import ArticleText, Hit, SearchResult
from search.options import Options, limits_of
from search.results import Question, hits_of, result_of
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

R = TypeVar("R")


class Searcher:
    """Asks an index. Safe to share between threads; it sees the commit it was opened at until `refresh`.

    Threads do not wait for each other: each question is answered of the commit that was open when it came, whatever is
    refreshed or closed meanwhile. A cluster may lose a commit that is not the newest one: with a node, or two minutes
    after the last question. The newest is asked then.

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
        self._refreshing = Lock()
        self._current = Current(OpenCommit.of(open_index(self.place), self.place, self.folder, is_taught=learnt))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let nothing be asked afterwards. Questions under way are answered; the index is closed behind the last."""
        self._current.close()

    def refresh(self) -> bool:
        """See what was indexed since; tell whether there is anything new.

        Raises IndexMissing, IndexUnusable, IndexStale or IndexDamaged if that cannot be opened; the commit that is open
        stays so.
        """
        with self._refreshing, self._current.held() as before:
            newest = before.engine.newest()
            if newest is before.engine:
                return False
            self._current.replace(before.another(newest))
            return True

    def rest(self) -> None:
        """Give back memory that only makes the next search quicker, by milliseconds: for who waits now."""
        with self._current.held() as commit:
            commit.engine.rest()

    @property
    def generation(self) -> str:
        """The name of the commit that is open; no other commit has it, of whatever index."""
        return self._current.commit.engine.commit_name()

    def _ask(self, question: Callable[[OpenCommit], R]) -> R:
        """Ask the commit that is open; where a cluster has lost it, the newest one, once.

        It loses it with a node, or after some minutes without a question, and only if something was indexed since.
        """
        try:
            with self._current.held() as commit:
                return question(commit)
        except CommitGone:
            self.refresh()
        with self._current.held() as commit:
            return question(commit)

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
        check(limit, offset, sort, facets, after, context, is_joined=stories and passages)
        asked = Question(query, limit, offset, sort, passages, tuple(facets), after, context, stories, options)
        return self._ask(lambda commit: result_of(commit, asked, suggest=suggest))

    def ranked(self, query: str, limit: int = 10, **options: Unpack[Options]) -> tuple[tuple[str, ...], ...]:
        """Return the ids of the articles that `search` finds, each followed by those of its copies; nothing is quoted.

        `options` and errors are those of `search`, but that the other language is searched only if `cross` says so.
        """
        check(limit, 0, "relevance", (), None, LONGEST)

        def ask(commit: OpenCommit) -> tuple[tuple[str, ...], ...]:
            filters, _ = limits_of(options, commit.manifest)
            return ranked(query, filters, limit, commit.engine, commit.lexicon)

        return self._ask(ask)

    def complete(self, query: str, limit: int = 10) -> list[Completion]:
        """Return the words that the last word of a query may become, also by pinyin, most frequent first; then titles.

        Raises UsageError if `limit` is negative.
        """
        from search.completion import completions  # which no search needs

        if limit < 0:
            raise UsageError("limit cannot be negative.")
        return self._ask(lambda commit: completions(query, commit.engine, limit))

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

        def ask(commit: OpenCommit) -> Concordance:
            finding = _found(commit, query, options)
            return concordance(commit.engine, finding, sort=sort, context=context, limit=limit, titles=titles)

        return self._ask(ask)

    def count(self, query: str, *, by: str = "month", titles: bool = False, **options: Unpack[Options]) -> Counts:
        """Count the articles that a query finds, and the occurrences in them, by month, year, day or source.

        `titles`, `options` and errors as for `concordance`.
        """
        from search.counting import BY, count

        check_one_of("value to count by", by, BY)
        return self._ask(lambda commit: count(_found(commit, query, options), by=by, titles=titles))

    def show(
        self, article: str, query: str, read: ReadOptions | None = None, **options: Unpack[Options]
    ) -> MarkedArticle:
        """Read an article again, by its id or the path of its file, and mark all that a search finds in it.

        Of `options`, those of `search`, the ones that limit articles do not matter. Raises UsageError if the index has
        no such article, or more than one; SourceError if its file cannot be read.
        """
        from search.whole import marked_article  # and all that reads files

        def ask(commit: OpenCommit) -> MarkedArticle:
            filters, _ = limits_of(options, commit.manifest, cross="auto")
            planned = plan_of(query, filters, commit.engine, commit.lexicon)
            return marked_article(article, self.place, read, planned)

        return self._ask(ask)

    def read(
        self, article_id: str, query: str = "", *, offset: int = 0, limit: int | None = None, **options: Unpack[Options]
    ) -> ArticleText:
        """Return an article as the index holds it, with what `show` would mark in it; its file is not looked at.

        With `offset` and `limit`, only so many of its passages from one on. `options` are those of `show`. Raises
        ArticleUnknown if the index has no such article: paths are no ids.
        """
        from search.reading import article_text  # which a search need not wait for

        check(limit or 0, offset, "relevance", (), None, LONGEST)

        def ask(commit: OpenCommit) -> ArticleText:
            filters, _ = limits_of(options, commit.manifest, cross="auto")
            planned = plan_of(query, filters, commit.engine, commit.lexicon)
            return article_text(commit.engine, article_id, planned, offset, limit)

        return self._ask(ask)

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

        def ask(commit: OpenCommit) -> dict[str, ArticleExplanation]:
            filters, _ = limits_of(options, commit.manifest, cross="auto")
            return explanations(query, filters, ids, commit.engine, commit.lexicon)

        return self._ask(ask)

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
        check(0, 0, sort, (), None, context, is_joined=stories and passages)
        with self._current.held() as commit:
            yield from hits_of(commit, Question(query, 0, 0, sort, passages, (), None, context, stories, options))

    @property
    def identity(self) -> str:
        """The name that the index has from its first run on, by which run numbers are known to be its own."""
        return self._current.commit.manifest.identity

    @property
    def last_run(self) -> int:
        """The number of the last run that it sees."""
        return self._current.commit.manifest.run

    def info(self) -> IndexInfo:
        """Return what the index holds, how large it is, and when it was made."""
        from search.info import info_of  # which a search need not wait for

        return self._ask(
            lambda commit: info_of(commit.engine, commit.manifest, self.place, is_current=commit.is_current)
        )


def _found(commit: OpenCommit, query: str, options: Options) -> Finding:
    """Return all that a query finds."""
    from search.occurrences import find

    filters, notes = limits_of(options, commit.manifest)
    finding = find(commit.engine, commit.lexicon, query, filters)
    return replace(finding, notes=(*notes, *commit.notes(), *finding.notes))
