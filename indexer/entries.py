"""File bytes -> articles as an engine stores them, in columns. What a worker process does."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from indexer.analysis.analyzer import Analyzer
from indexer.bilingual.brackets import bracket_terms
from indexer.bilingual.twins import page_term
from indexer.cleaning import clean, label_learnt
from indexer.cut_articles import CutArticle, analysed
from indexer.engines.columns import Columns
from indexer.errors import DependencyError, NotAnArticle, SourceError
from indexer.files import FileResult, FileTask, Outcome
from indexer.language import count, language
from indexer.model import Article, ArticleRow, Failure, FileState
from indexer.passages import cut_passages
from indexer.payloads import Located
from indexer.recurrence import marks_of
from indexer.sources import read_articles
from indexer.sources.source import Reading, ReadOptions, SourceFile
from indexer.stories.evidence import Records, joined, records_of, sketch


class BatchResult(NamedTuple):
    """What came of some files: the results, and the articles that changed, in order.

    Those are `packed` as `pack` packs them, with their `records`, that tell which of them are copies.
    """

    files: list[FileResult]
    packed: list[Any]
    records: Records


@dataclass(frozen=True, slots=True)
class Instructions:
    """What all files of a run, by its number, are read with; `learnt` are the marks of blocks that are boilerplate."""

    run: int
    user_dictionary: Path | None = None
    options: ReadOptions = field(default_factory=ReadOptions)
    learnt: frozenset[str] = frozenset()


Pack = Callable[[Columns], Any]

# Passages analysed together, of the files of a batch.
_PACKED_AT_ONCE = 500


def read_batch(tasks: Sequence[FileTask], instructions: Instructions, pack: Pack) -> BatchResult:
    """Read, cut and analyse files. What is in a file never raises: a build must not end at one of many."""
    try:
        return _read_together(tasks, instructions, pack)
    except Exception as error:  # of analysis, which is done for several files at once: which of them is it?
        if len(tasks) == 1:
            return BatchResult([_cannot_be_parsed(tasks[0], error)], [], joined([]))
    alone = [read_batch([task], instructions, pack) for task in tasks]
    return BatchResult(
        [file for batch in alone for file in batch.files],
        [packed for batch in alone for packed in batch.packed],
        joined([batch.records for batch in alone]),
    )


def _cannot_be_parsed(task: FileTask, error: Exception) -> FileResult:
    return FileResult(task, failed=(Failure(task.name, f"cannot be parsed: {type(error).__name__}: {error}"),))


def _read_together(tasks: Sequence[FileTask], instructions: Instructions, pack: Pack) -> BatchResult:
    files: list[FileResult] = []
    packed: list[_Packed] = []
    words = analyzer(instructions.user_dictionary)
    waiting = _Parts(words, pack)
    for task in tasks:
        parts = _Parts(words, pack)
        files.append(_read_safely(task, instructions, parts))
        if files[-1].state is not None:  # else what came before the fault is left out, too
            if parts.packed:
                packed += [*waiting.finished(), *parts.finished()]
            for one in parts.waiting:
                waiting.add(one)
    packed += waiting.finished()
    return BatchResult(files, [part.packed for part in packed], joined([part.records for part in packed]))


class _Packed(NamedTuple):
    """Articles as an engine takes them, and their records."""

    packed: Any
    records: Records


class _Parts:
    """Articles, packed as they become many."""

    def __init__(self, words: Analyzer, pack: Pack) -> None:
        self._words = words
        self._pack = pack
        self._size = 0
        self.packed: list[_Packed] = []
        self.waiting: list[CutArticle] = []

    def add(self, article: CutArticle) -> None:
        self.waiting.append(article)
        self._size += len(article.located.passages)
        if self._size >= _PACKED_AT_ONCE:
            self._pack_waiting()

    def _pack_waiting(self) -> None:
        records = records_of([(article.row, article.located.passages) for article in self.waiting])
        packed = self._pack(analysed(self.waiting, [sketch(one) for one in records], self._words))
        self.packed.append(_Packed(packed, records))
        self.waiting, self._size = [], 0

    def finished(self) -> list[_Packed]:
        """Return all that was added, packed, and begin anew."""
        if self.waiting:
            self._pack_waiting()
        packed, self.packed = self.packed, []
        return packed


def _read_safely(task: FileTask, instructions: Instructions, parts: _Parts) -> FileResult:
    try:
        return _read_file(task, instructions, parts)
    except OSError as error:
        reason = error.strerror or str(error)
    except NotAnArticle as error:
        return FileResult(task, skipped=(Failure(task.name, str(error)),))
    except (SourceError, DependencyError) as error:
        reason = str(error)
    except Exception as error:
        return _cannot_be_parsed(task, error)
    return FileResult(task, failed=(Failure(task.name, reason),))


def _read_file(task: FileTask, instructions: Instructions, parts: _Parts) -> FileResult:
    with Path(task.path).open("rb") as file:
        status = os.fstat(file.fileno())
        if status.st_size > instructions.options.max_bytes:
            raise SourceError(f"{status.st_size:,} bytes, more than --max-size allows")
        data = file.read()
    source = SourceFile(data, task.article_id, task.path, instructions.options)
    outcome = Outcome(task, FileState(status.st_size, status.st_mtime_ns, status.st_ino))
    for reading in read_articles(source):
        if outcome.is_new(reading):
            cleaned = clean(reading.article)
            article = label_learnt(cleaned, instructions.learnt)
            located = Located(article, cut_passages(article), outcome.text.part(article))
            row = _row(reading, task, outcome.state, outcome.arrived(reading, instructions.run))
            marks = (*marks_of(cleaned).terms(), *bracket_terms(article), page_term(task.name))
            parts.add(CutArticle(row, _head(article), located, marks))
            outcome.marks.append(marks)
    return outcome.result()


def read_marks(task: FileTask, options: ReadOptions) -> list[tuple[str, ...]]:
    """Return the marks of a file's articles, as far as it can be read."""
    found: list[tuple[str, ...]] = []
    with suppress(Exception):
        file = SourceFile(Path(task.path).read_bytes(), task.article_id, task.path, options)
        for reading in read_articles(file):
            if not isinstance(reading, SourceError):
                found.append(marks_of(clean(reading.article)).terms())
    return found


@cache
def analyzer(user_dictionary: Path | None) -> Analyzer:
    """Return this process's analyzer."""
    return Analyzer(user_dictionary)


def _row(reading: Reading, task: FileTask, state: FileState, run: int) -> ArticleRow:
    article = reading.article
    return ArticleRow(
        id=article.id,
        title=article.title,
        path=task.name,
        root=task.root,
        size=state.size,
        modified_ns=state.modified_ns,
        inode=state.inode,
        content_hash=reading.content_hash,
        run=run,
        title_lang=_title_language(article),
        published=article.published,
        published_at=article.published_at,
        published_guessed=article.published_guessed,
        author=article.author,
        source=article.source,
        url=article.url,
        tags=article.tags,
    )


def _title_language(article: Article) -> str:
    counts = count(article.title)
    # The body, which is long to count, decides only where the title shows no script.
    is_english = counts.words and not counts.han
    around = None if is_english or counts.traditional != counts.simplified else count(article.body)
    return language(counts, around, article.lang)


def _head(article: Article) -> tuple[str, ...]:
    """Return title and tags, which are searched together: both say what an article is about.

    A first sentence that stands in for a title stays out: it is in the body, and counted twice it would mislead.
    """
    return (article.title if article.has_headline else "", *article.tags)
