"""File bytes -> articles as an engine stores them. What a worker process does."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from indexer.analysis.analyzer import Analyzer
from indexer.errors import SourceError
from indexer.language import count, language
from indexer.model import Article, ArticleRow, Failure, FileState, IndexEntry, Passage
from indexer.passages import Lines, cut_passages
from indexer.payload import dump_passage
from indexer.sources import Reading, read_articles
from indexer.sources.encoding import decode


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file to read: where it is, what its articles are called, and what the index has of it.

    `known` are the hashes of its articles, by their ids; `state` is the one they were all read in, if there is one.
    """

    path: str
    name: str  # the path as text of UTF-8
    root: str
    article_id: str
    known: Mapping[str, str] = field(default_factory=dict)
    state: FileState | None = None


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of a file: its state, the ids of articles that are new or changed, those of others, and failures."""

    task: FileTask
    state: FileState | None = None
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()


class BatchResult(NamedTuple):
    """What came of some files: the results, and the articles that changed, as `pack` packed them, in order."""

    files: list[FileResult]
    packed: list[Any]


EntriesOf = tuple[ArticleRow, tuple[IndexEntry, ...]]
Pack = Callable[[Sequence[EntriesOf]], Any]

# Passages packed together; as objects each takes some 50 kB, and a worker has at most twice as many at a time.
_PACKED_AT_ONCE = 500


def read_batch(tasks: Sequence[FileTask], user_dictionary: Path | None, run: int, pack: Pack) -> BatchResult:
    """Read, cut and analyse files. What is in a file never raises: a build must not end at one of many."""
    words = analyzer(user_dictionary)
    files: list[FileResult] = []
    packed: list[Any] = []
    waiting = _Parts(pack)
    for task in tasks:
        parts = _Parts(pack)
        files.append(_read_safely(task, words, run, parts))
        if files[-1].state is not None:  # else what came before the fault is left out, too
            if parts.packed:
                packed += [*waiting.finished(), *parts.finished()]
            for one in parts.waiting:
                waiting.add(*one)
    return BatchResult(files, [*packed, *waiting.finished()])


class _Parts:
    """Articles, packed as they become many."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._size = 0
        self.packed: list[Any] = []
        self.waiting: list[EntriesOf] = []

    def add(self, row: ArticleRow, entries: tuple[IndexEntry, ...]) -> None:
        self.waiting.append((row, entries))
        self._size += len(entries)
        if self._size >= _PACKED_AT_ONCE:
            self._pack_waiting()

    def _pack_waiting(self) -> None:
        self.packed.append(self._pack(self.waiting))
        self.waiting, self._size = [], 0

    def finished(self) -> list[Any]:
        """Return all that was added, packed, and begin anew."""
        if self.waiting:
            self._pack_waiting()
        packed, self.packed = self.packed, []
        return packed


def _read_safely(task: FileTask, words: Analyzer, run: int, parts: _Parts) -> FileResult:
    try:
        return _read_file(task, words, run, parts)
    except OSError as error:
        reason = error.strerror or str(error)
    except SourceError as error:
        reason = str(error)
    except Exception as error:
        reason = f"cannot be parsed: {type(error).__name__}: {error}"
    return FileResult(task, failed=(Failure(task.name, reason),))


def _read_file(task: FileTask, words: Analyzer, run: int, parts: _Parts) -> FileResult:
    with Path(task.path).open("rb") as file:
        data, status = file.read(), os.fstat(file.fileno())
    changed: list[str] = []
    unchanged: list[str] = []
    failed: list[Failure] = []
    lines = Lines(decode(data))
    for outcome in read_articles(data, task.article_id, task.path):
        if isinstance(outcome, SourceError):
            failed.append(Failure(task.name, str(outcome)))
        elif task.known.get(outcome.article.id) == outcome.content_hash:
            unchanged.append(outcome.article.id)
        else:
            passages = cut_passages(outcome.article, lines)
            parts.add(_row(outcome, task, status, run), _entries(outcome.article, passages, words))
            changed.append(outcome.article.id)
    state = FileState(status.st_size, status.st_mtime_ns, status.st_ino)
    return FileResult(task, state, tuple(changed), tuple(unchanged), tuple(failed))


@cache
def analyzer(user_dictionary: Path | None) -> Analyzer:
    """Return this process's analyzer."""
    return Analyzer(user_dictionary)


def _row(reading: Reading, task: FileTask, status: os.stat_result, run: int) -> ArticleRow:
    article = reading.article
    return ArticleRow(
        id=article.id,
        title=article.title,
        path=task.name,
        root=task.root,
        size=status.st_size,
        modified_ns=status.st_mtime_ns,
        inode=status.st_ino,
        content_hash=reading.content_hash,
        run=run,
        title_lang=_title_language(article),
        published=article.published,
        author=article.author,
        source=article.source,
        url=article.url,
        tags=article.tags,
    )


def _title_language(article: Article) -> str:
    counts = count(article.title)
    # The body, which is long to count, decides only where the title shows no script.
    around = count(article.body) if counts.traditional == counts.simplified else None
    return language(counts, around, article.lang)


# Stands between a title and each tag, so that no phrase goes from one into the other: analysis never gives it.
_BOUNDARY = ("|",)


def _entries(article: Article, passages: tuple[Passage, ...], analysis: Analyzer) -> tuple[IndexEntry, ...]:
    head = _head_terms(article, analysis)
    numbers = {"published": article.published.toordinal()} if article.published else {}
    return tuple(
        IndexEntry(
            id=passage.id,
            terms={**analysis.terms(passage.text)._asdict(), **head},
            keywords={"lang": (passage.lang,) if passage.lang else (), "kind": (passage.kind,)},
            numbers=numbers,
            payload=dump_passage(passage),
        )
        for passage in passages
    )


def _head_terms(article: Article, analysis: Analyzer) -> dict[str, tuple[str, ...]]:
    """Return the terms of title and tags, which are searched together: both say what an article is about.

    A first sentence that stands in for a title stays out: it is in the body, and counted twice it would mislead.
    """
    zh, en, text = analysis.terms(article.title if article.has_headline else "")
    for tag in article.tags:
        terms = analysis.terms(tag)
        zh, en, text = zh + terms.zh, en + _BOUNDARY + terms.en, text + _BOUNDARY + terms.text
    return {"title_zh": zh, "title_en": en, "title_text": text}
