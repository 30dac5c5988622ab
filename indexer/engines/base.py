"""The port: what wensou asks of an engine, and what an engine gives back.

An engine stores terms and ranks passages. It knows nothing of files, languages, scripts, snippets or users.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from indexer.cached import cached_property
from indexer.engines.columns import Columns
from indexer.model import ArticleRow, CheckReport, Failure, FileState, IndexEntry
from indexer.nodes import Node

if TYPE_CHECKING:
    from indexer.engines.explanation import Explanation
    from indexer.partition import Partition

# Fields of terms and whether an engine keeps the terms' positions. Within a field position = index.
TERM_FIELDS: Mapping[str, bool] = {
    "zh": False,
    "en": True,
    "text": True,
    "title_zh": False,
    "title_en": True,
    "title_text": True,
    "author_text": True,
    "source_text": True,
    "tag_text": True,
}
# Keywords that a writer changes without the passages being analysed anew: what kind of text a passage is, whether its
# article is an exact copy of another one, and the group of near copies that it belongs to.
LABEL_FIELDS = ("kind", "copy", "story")
# What an article's row says, each value whole; see `indexer.article_fields`.
ROW_FIELDS = ("author", "source", "tag", "url", "path", "title")
# `sketch` and `marks` stand on an article's first passage: what near copies share, and what recurs in articles.
KEYWORD_FIELDS = ("lang", *LABEL_FIELDS, "sketch", "marks", *ROW_FIELDS)
# All passages of an article have the same in these, and an engine keeps it once. What is asked of them is so true or
# untrue of the article, whichever of its passages are looked at.
ARTICLE_FIELDS = frozenset((*(name for name in TERM_FIELDS if "_" in name), *ROW_FIELDS))
# `published` is the proleptic ordinal of the day, for passages that have one, `run` the run of their article.
NUMBER_FIELDS = ("published", "run")
# What matches can be counted by: keywords, and the published day as YYYY, YYYY-MM and YYYY-MM-DD.
FACETS = ("lang", "year", "month", "day", "source", "kind", "tag", "author")

# Bytes of memory for building, unless told.
DEFAULT_MEMORY = 1 << 30

# Seconds that a second writer waits for the first one.
LOCK_WAIT_S = 10.0

# Articles are counted exactly up to here; a search for common words does not look at every one of millions.
MOST_COUNTED = 10_000
# Terms that a Pattern over a field of terms, or a Fuzzy, stands for, those of most passages first. A Pattern over
# keywords, and a Prefix, stand for all there are: they choose articles.
MOST_EXPANDED = 1000


# What an article that `Request.prefer` matches gains, as a part of its score: it goes before those that are close.
# From 0 to .1 the judged sets (drcd, cmrc2018) stay within .0003 MRR@10, so users' expectation decides.
PREFERENCE = 0.1


# By what an article stands where it does in the order: (score,), by date (day, score) with 0 for no day, by title
# (title,) with an empty one for none.
SortKey = tuple[float | str, ...]


class After(NamedTuple):
    """A place in an order: right behind an article, or a passage, be it there or not.

    `passage` is the number in the article of one that is a result of its own, 0 for articles.
    """

    key: SortKey
    article_id: str
    passage: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One question.

    `rank` scores passages, and an article scores as its best one. `match` chooses articles: AllOf, AnyOf and Not
    combine articles, a leaf says that some passage matches it; None takes those with a passage that `rank` matches.
    `passages` limits the passages looked at, in all of these. Articles that `prefer` matches, as in `match`, score
    1 + PREFERENCE times as much. `counts` are nodes to count articles for, `facets` names of FACETS to count by,
    `details` nodes whose scores are told of each passage on the page.

    With `after`, the page begins behind that place in the order, and `offset` counts from there; totals stay those of
    the whole answer. With `by_passage`, every passage that `rank` matches of the articles that match is a result by
    itself: an article with this passage, that scores as it; `limit` and `offset` count these.
    """

    rank: Node
    match: Node | None = None
    passages: Node | None = None
    prefer: Node | None = None
    sort: str = "relevance"  # one of nodes.SORTS
    limit: int = 10
    offset: int = 0
    after: After | None = None
    by_passage: bool = False
    per_article: int = 3
    counts: tuple[Node, ...] = ()
    facets: tuple[str, ...] = ()
    details: tuple[Node, ...] = ()


class Ranked:
    """A passage with its score; its id and what its entry was stored with are read when they are asked for.

    `details` are the scores of `Request.details`, 0 of what does not match; that of a Synonym its second stage.
    """

    def __init__(
        self,
        article_id: str,
        score: float,
        read: Callable[[], tuple[str, bytes]],
        details: tuple[float, ...] = (),
    ) -> None:
        self.article_id = article_id
        self.score = score
        self.details = details
        self._read = read

    @cached_property
    def _stored(self) -> tuple[str, bytes]:
        return self._read()

    @property
    def passage_id(self) -> str:
        return self._stored[0]

    @property
    def payload(self) -> bytes:
        return self._stored[1]


class StoredArticle(Protocol):
    """What an engine knows of an article of an answer; nothing is read before it is asked for."""

    @property
    def article_id(self) -> str: ...

    @property
    def row(self) -> ArticleRow: ...

    @property
    def after(self) -> After: ...

    def label(self, field: str) -> str:
        """Return the value of one of LABEL_FIELDS that the first passage has; empty where there is none."""

    def passage(self, number: int) -> tuple[str, bytes]:
        """Return the id and the payload of one of the best passages."""


class RankedArticle:
    """An article with its score and its best passages, best first, at least one; the rest is read when asked for.

    `scores` and `details` are those of the passages.
    """

    def __init__(
        self,
        score: float,
        scores: Sequence[float],
        stored: StoredArticle,
        details: Sequence[tuple[float, ...]] = (),
        numbers: Sequence[int] = (),
    ) -> None:
        """`numbers` are those by which `stored` knows the passages, if they are not in its order."""
        self.score = score
        self.scores = scores
        self.details = details or ((),) * len(scores)
        self.label = stored.label
        self._numbers = numbers or range(len(scores))
        self._stored = stored

    def scored(self, score: float, scores: Sequence[float]) -> RankedArticle:
        """Return the article with another score, and its passages with theirs, best first."""
        order = sorted(range(len(scores)), key=lambda place: -scores[place])
        details, numbers = [self.details[place] for place in order], [self._numbers[place] for place in order]
        return RankedArticle(score, [scores[place] for place in order], self._stored, details, numbers)

    @cached_property
    def article_id(self) -> str:
        return self._stored.article_id

    @cached_property
    def passages(self) -> tuple[Ranked, ...]:
        told = zip(self.scores, self._numbers, self.details, strict=True)
        read = self._stored.passage
        return tuple([Ranked(self.article_id, score, partial(read, number), own) for score, number, own in told])

    @cached_property
    def row(self) -> ArticleRow:
        return self._stored.row

    @property
    def after(self) -> After:
        """What a request of the same sort goes on behind this article with."""
        return self._stored.after


@dataclass(frozen=True, slots=True)
class Ranking:
    """An answer: a page of articles in the order asked for.

    `total` counts the articles that matched, `passages_total` their passages that `rank` matched. Where
    `total_is_exact` is false, it is more than MOST_COUNTED, and there may be more of both. `counts` end there.
    `facets` has for each name its values with the number of articles, most articles first, exact. `cut` are the nodes
    that stand for more than MOST_EXPANDED terms.
    """

    articles: tuple[RankedArticle, ...]
    total: int
    passages_total: int
    total_is_exact: bool
    counts: tuple[int, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    cut: tuple[Node, ...] = ()


class KnownFile(NamedTuple):
    """A file that articles of the index came from, and the state it had."""

    path: str
    root: str
    state: FileState
    articles: int


# Stands in no name of a commit.
BEHIND_COMMIT = "."
# What an engine may declare that it does not do: compare the checksums of its files; complete words within 10 ms.
CANNOT = ("checksums", "complete at once")


class Writer(NamedTuple):
    """Who writes to an index: a process, since when and when it was heard of last, in seconds since 1970.

    `is_gone`: it has ended without saying so, or was not heard of for too long.
    """

    pid: int
    host: str
    since: float
    seen: float
    is_gone: bool


class ClusterFacts(NamedTuple):
    """How a cluster keeps an index.

    `health` is green where every shard has all its replicas, yellow where some have none, red where a shard has no copy
    left. `shard_bytes` are the sizes of the shards in order, `stored_bytes` that of all of them with their replicas.
    """

    cluster: str
    version: str
    health: str
    nodes: int
    shards: int
    replicas: int
    shard_bytes: tuple[int, ...]
    stored_bytes: int


class EngineFacts(NamedTuple):
    """What an engine says of itself, and of the commit that is open.

    `terms` are those of each of TERM_FIELDS; one that stands in several segments counts in each, and an engine on a
    cluster estimates large numbers. `cluster` is None where there is none.
    """

    name: str
    format: int
    segments: int
    size_bytes: int
    terms: Mapping[str, int]
    cluster: ClusterFacts | None = None


class Outcome(NamedTuple):
    """What became of a commit, besides what was asked for: nothing, of an engine that takes all it is given.

    `rejected` are articles that the engine did not take, by their ids, with its reasons; of `older` ones it had a newer
    version. `cleaned` names what writers that died had left behind, and is removed.
    """

    rejected: tuple[Failure, ...] = ()
    older: int = 0
    cleaned: tuple[str, ...] = ()


class EngineWriter(Protocol):
    """Changes of one commit.

    `resumes`: it goes on from what a writer left that was broken off, which is in the index like all else.
    """

    resumes: bool

    def outcome(self) -> Outcome:
        """Tell what became of it, once it is committed."""
        ...

    def put(self, row: ArticleRow, entries: Sequence[IndexEntry]) -> None:
        """Add an article with its passages in order, in place of the one with the same id, in this batch too.

        All passages have the same in ARTICLE_FIELDS.
        """

    def put_packed(self, packed: Any) -> None:
        """Add the articles that the engine's `pack` packed, each as `put` does."""

    def touch(self, article_id: str, state: FileState) -> None:
        """Note that an article's file has another state now, and the article is the same."""

    def relabel(self, article_id: str, labels: Mapping[str, Sequence[tuple[str, ...]]]) -> None:
        """Replace the values of some LABEL_FIELDS of an article that is in the index, or was put in this commit.

        A field's values are those of each passage in order, or one for all of them.
        """

    def delete(self, article_id: str) -> None:
        """Remove an article; one that is not there is no error."""

    def change_meta(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """Change what the index knows besides articles; values that JSON can hold.

        `change` is called at the commit with what is known by then, and again if another writer was faster.
        """


class Engine(Protocol):
    """An index, open at one commit until it is refreshed.

    Its scores are right to `precision`, as a part of each. If it `is_remote`, every question takes some milliseconds,
    and several together as long as one. `cannot` has for what it does not do as others do, by names of CANNOT, what a
    command says of that.
    """

    precision: float
    is_remote: bool
    cannot: Mapping[str, str]

    @staticmethod
    def check(place: Any) -> CheckReport:
        """Compare every checksum of an index, and whether its parts agree, and report all that is damaged.

        Raises IndexMissing, IndexUnusable or IndexStale where there is no index to check.
        """

    @staticmethod
    def pack(columns: Columns) -> Any:
        """Return articles as the engine's writer takes them. For worker processes."""

    def writer(
        self, replace_all: bool = False, memory_bytes: int = DEFAULT_MEMORY, partition: Partition | None = None
    ) -> AbstractContextManager[EngineWriter]:
        """One commit on success, nothing on an exception; `replace_all` begins with an empty index.

        With a `partition`, an engine may let writers of other parts write at the same time, and keeps of each article
        the version whose file was modified last. An engine may commit a large change that is broken off in part: whole
        articles, which the next commit shows.

        The commits that it replaces stay readable for a while, by their names (`at`); later writers remove them.
        `memory_bytes` is about what the process may take meanwhile. Raises IndexLocked while another process writes,
        IndexUnusable if the disk is full or fails.
        """

    def search(self, request: Request) -> Ranking: ...

    def explain(self, request: Request, article_id: str) -> Explanation:
        """Tell why an article has the score that `search` gives to it. Raises UsageError for an unknown one."""

    def rows(self, ids: Iterable[str] | None = None) -> Iterator[ArticleRow]:
        """Yield the articles in the order of `ids`, unknown ones left out; without `ids` all, in any order."""

    def files(self) -> Sequence[KnownFile]:
        """Return every file that articles came from; one whose articles were put at several times, several times."""

    def articles_with(self, field: str, values: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Return for each value of a keyword field the ids, in order, of the articles with a passage that has it."""

    def labels(self, field: str, article_ids: Sequence[str]) -> Sequence[str]:
        """Return the value of one of LABEL_FIELDS that each article's first passage has; empty where there is none."""

    def frequent_terms(
        self, field: str, prefixes: Sequence[str], at_least: int, among: Collection[str] | None = None
    ) -> Mapping[str, int]:
        """Return the values of a keyword field that begin in one of some ways and are in `at_least` passages, counted.

        No prefix is the beginning of another one. `among` are the ids of the articles whose passages count; else all.
        """

    def terms(self, field: str, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        """Return the terms of a field that begin so, with how many passages hold each.

        Those of most passages come first, at most `limit`, of terms in equally many any; the same holds below.
        """

    def terms_like(
        self, field: str, places: Sequence[str], limit: int, *, free: int = 0, is_open: bool = False
    ) -> Sequence[tuple[str, int]]:
        """Return the terms whose i-th character is one of `places[i]`, but for at most `free` of them.

        They have as many characters as there are places, or, if `is_open`, more.
        """

    def terms_near(
        self, field: str, term: str, limit: int, *, distance: int = 1, kept: int = 0
    ) -> Sequence[tuple[str, int]]:
        """Return the terms that a Fuzzy stands for."""

    def passages_with(self, field: str, term: str) -> int:
        """Return how many passages hold a term."""

    def passages_with_each(self, terms: Sequence[tuple[str, str]]) -> Sequence[int]:
        """Return how many passages hold each term of a field, (field, term)."""

    def holds(self, field: str, term: str) -> bool:
        """Tell whether a passage holds a term; that may cost less than to count them."""
        ...

    def rows_of(self, paths: Collection[str]) -> Iterator[ArticleRow]:
        """Yield the articles that came from some files."""

    def passages(self, article_id: str) -> Sequence[Ranked]:
        """Return an article's passages in order, with score 0."""

    def passages_of(self, article_ids: Sequence[str]) -> Iterator[Sequence[Ranked]]:
        """Yield the passages of each article as `passages` returns them."""

    def passage_count(self) -> int: ...

    def unsearched(self) -> tuple[str, ...]:
        """Return the parts of the index that answers lack, as messages name them: allowed when it was opened."""
        ...

    def facts(self) -> EngineFacts: ...

    def meta(self) -> Mapping[str, Any]: ...

    def generation(self) -> str:
        """Return the name of the commit that is open: no other one has it, nor has one of another index.

        It is `commit_name`, and may go on behind BEHIND_COMMIT with what the engine finds the commit by.
        """

    def commit_name(self) -> str:
        """Return the name of the commit that is open, the same whoever has opened it."""
        ...

    def check_readable(self) -> None:
        """Raise IndexDamaged if a file that is open was cut short since: reading on would end the process.

        It takes some microseconds, and is asked before each question.
        """
        ...

    def at(self, generation: str) -> Engine:
        """Return the index, open at another of its commits, to be closed by itself.

        Raises CommitGone if that is not kept any more.
        """
        ...

    def newest(self) -> Engine:
        """Return the index, open at its newest commit, to be closed by itself; the engine itself if it has that open.

        What is open already is shared. Raises IndexMissing, IndexUnusable, IndexStale or IndexDamaged.
        """
        ...

    def refresh(self) -> bool:
        """Open the newest commit; tell whether it is another."""

    def rest(self) -> None:
        """Give back memory that only makes the next question quicker."""

    def close(self) -> None: ...
