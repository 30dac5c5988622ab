"""The values that flow from a file to an index entry: plain, frozen, of the standard library only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

# Kinds of blocks and passages that are not the article's own text.
FOREIGN_KINDS = frozenset(("teaser", "boilerplate"))


class Block(NamedTuple):
    """A stretch of an article's body of one kind: `body[start:end]`, code points, half open."""

    kind: str  # heading, body, caption, table, quote, teaser or boilerplate
    start: int
    end: int


class Offset(NamedTuple):
    """From `body[start]` on, up to the next offset, the body is the decoded file from `source` on, verbatim."""

    start: int
    source: int


class Place(NamedTuple):
    """From `text[start]` of a passage on, its characters stand in the file at `line`, `column`.

    Lines and columns count from 1; a column is a byte of UTF-8, as in ripgrep and vim.
    """

    start: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Article:
    """One article as read: `body` is its text without markup, `blocks` cut it, `offsets` lead to the file."""

    id: str
    title: str
    body: str
    path: str
    lang: str = ""  # as the source names it, for passages whose script shows nothing
    has_markup: bool = False  # False: which blocks are headings is only a guess
    has_headline: bool = True  # False: the title is only the body's first sentence
    published: date | None = None
    published_at: str = ""  # ISO 8601 with the time, and the zone if the source gives one; empty if it gives no time
    published_guessed: bool = False
    author: str = ""
    source: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    offsets: tuple[Offset, ...] = ()

    def text_of(self, block: Block) -> str:
        """Return the text of one of its blocks."""
        return self.body[block.start : block.end]


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of an article short enough to rank and quote: `article.body[start:end] == text`."""

    id: str
    article_id: str
    kind: str
    lang: str  # zh-Hant, zh-Hans, en or mixed
    text: str
    start: int
    end: int
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """A term and the characters of the original text it came from, half open."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One passage as an engine stores it: term sequences by field, values to filter by, and what to give back."""

    id: str
    terms: Mapping[str, tuple[str, ...]]
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    payload: bytes = b""


class FileState(NamedTuple):
    """What tells, without reading it, whether a file may have changed."""

    size: int  # bytes
    modified_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """What the index knows of an article besides its passages: where it came from and what it is called."""

    id: str
    title: str
    path: str  # absolute
    root: str  # absolute
    size: int  # bytes
    modified_ns: int
    inode: int
    content_hash: str
    run: int
    title_lang: str = ""
    published: date | None = None
    author: str = ""
    source: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    published_at: str = ""  # ISO 8601 with the time, and the zone if the source gives one; empty if it gives no time
    published_guessed: bool = False

    @property
    def state(self) -> FileState:
        """The state of the file when the article was read."""
        return FileState(self.size, self.modified_ns, self.inode)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not read, and why."""

    path: str
    reason: str


class Damage(NamedTuple):
    """A file that was read although parts of it are damaged: how many places, each shown as U+FFFD."""

    path: str
    encoding: str
    places: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What one run of indexing did; the numbers count articles.

    `failed` are the files that could not be read, of which the index keeps what it had; `skipped` those that hold no
    article: empty, binary or of a format that is not read. `rejected` are articles that the engine did not take, by
    their ids, with its reasons; of `older` ones it has a newer version. `cleaned` names what runs that were broken off
    had left beside the index, and is removed.
    """

    run: int
    added: int
    replaced: int
    removed: int
    unchanged: int
    failed: tuple[Failure, ...]
    took_s: float
    skipped: tuple[Failure, ...] = ()
    damaged: tuple[Damage, ...] = ()
    rejected: tuple[Failure, ...] = ()
    older: int = 0
    cleaned: tuple[str, ...] = ()

    def skipped_by_reason(self) -> dict[str, int]:
        """Return how many files were skipped for each reason, most first."""
        return dict(Counter(failure.reason for failure in self.skipped).most_common())


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check of an index found; the numbers count what is not deleted, articles of undamaged segments only."""

    articles: int
    passages: int
    segments: int
    problems: tuple[str, ...]  # sentences, each beginning with the file
