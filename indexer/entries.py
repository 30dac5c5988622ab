"""File bytes -> articles as an engine stores them, in columns. What a worker process does."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeGuard

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.batch import term_columns
from indexer.cleaning import clean, label_learnt
from indexer.display import path_text
from indexer.engines.base import KEYWORD_FIELDS
from indexer.engines.columns import NO_NUMBER, Columns, Tokens
from indexer.engines.entry_columns import tokens_of, with_sizes
from indexer.errors import DependencyError, NotAnArticle, SourceError
from indexer.language import count, language
from indexer.model import Article, ArticleRow, Damage, Failure, FileState
from indexer.passages import cut_passages
from indexer.payloads import FileText, Located, dump_passages
from indexer.recurrence import marks_of
from indexer.sources import read_articles
from indexer.sources.encoding import Decoded
from indexer.sources.source import Reading, ReadOptions, SourceFile
from indexer.stories.evidence import Records, joined, records_of, sketch


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
    """What came of a file: its state, the ids of articles that are new or changed, those of others, and the rest.

    `failed` and `skipped` may be of parts of the file; `encodings` are of its texts, `marks` of each changed
    article (see `recurrence`).
    """

    task: FileTask
    state: FileState | None = None
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    skipped: tuple[Failure, ...] = ()
    damaged: tuple[Damage, ...] = ()
    encodings: tuple[str, ...] = ()
    marks: tuple[tuple[str, ...], ...] = ()


class BatchResult(NamedTuple):
    """What came of some files: the results, and the articles that changed, in order.

    Those are `packed` as `pack` packs them, with their `records`, that tell which of them are copies.
    """

    files: list[FileResult]
    packed: list[Any]
    records: Records


@dataclass(frozen=True, slots=True)
class Instructions:
    """What all files of a run are read and analysed with; `learnt` are the marks of blocks that are boilerplate."""

    run: int
    user_dictionary: Path | None = None
    options: ReadOptions = field(default_factory=ReadOptions)
    learnt: frozenset[str] = frozenset()


class CutArticle(NamedTuple):
    """An article as it was read and cut, its row, and what is searched as its title: title and tags."""

    row: ArticleRow
    head: tuple[str, ...]
    located: Located
    marks: tuple[str, ...]


Pack = Callable[[Columns], Any]

# Passages analysed together, of the files of a batch.
_PACKED_AT_ONCE = 500


def read_batch(tasks: Sequence[FileTask], instructions: Instructions, pack: Pack) -> BatchResult:
    """Read, cut and analyse files. What is in a file never raises: a build must not end at one of many."""
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
        reason = f"cannot be parsed: {type(error).__name__}: {error}"
    return FileResult(task, failed=(Failure(task.name, reason),))


def _read_file(task: FileTask, instructions: Instructions, parts: _Parts) -> FileResult:
    with Path(task.path).open("rb") as file:
        status = os.fstat(file.fileno())
        if status.st_size > instructions.options.max_bytes:
            raise SourceError(f"{status.st_size:,} bytes, more than --max-size allows")
        data = file.read()
    source = SourceFile(data, task.article_id, task.path, instructions.options)
    outcome = _Outcome(task, FileState(status.st_size, status.st_mtime_ns, status.st_ino))
    for reading in read_articles(source):
        if outcome.is_new(reading):
            cleaned = clean(reading.article)
            article = label_learnt(cleaned, instructions.learnt)
            located = Located(article, cut_passages(article), outcome.text.part(article))
            row = _row(reading, task, outcome.state, instructions.run)
            marks = marks_of(cleaned).terms()
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


class _Outcome:
    """What comes of a file, gathered while it is read."""

    def __init__(self, task: FileTask, state: FileState) -> None:
        self.state = state
        self.marks: list[tuple[str, ...]] = []
        self._task = task
        self._changed: list[str] = []
        self._unchanged: list[str] = []
        self._failed: list[Failure] = []
        self._skipped: list[Failure] = []
        self._damaged: list[Damage] = []
        self._encodings: dict[str, None] = {}
        self._decoded: Decoded | None = None  # of the last reading

    def is_new(self, outcome: Reading | SourceError) -> TypeGuard[Reading]:
        """Note what was read, and tell whether it is an article that the index does not have like this."""
        if isinstance(outcome, SourceError):
            failures = self._skipped if isinstance(outcome, NotAnArticle) else self._failed
            path = f"{self._task.name}/{outcome.member}" if outcome.member else self._task.name
            failures.append(Failure(path, outcome.reason))
            return False
        if outcome.decoded is not self._decoded:
            self._note_text(outcome)
        article_id = outcome.article.id
        if self._task.known.get(article_id) == outcome.content_hash:
            self._unchanged.append(article_id)
            return False
        self._changed.append(article_id)
        return True

    def _note_text(self, reading: Reading) -> None:
        self._decoded = decoded = reading.decoded
        self.text = FileText(decoded.text, decoded.line_end)
        if decoded.encoding:
            self._encodings[decoded.encoding] = None
        if decoded.damaged:
            self._damaged.append(Damage(path_text(reading.article.path), decoded.encoding, decoded.damaged))

    def result(self) -> FileResult:
        return FileResult(
            self._task,
            self.state,
            changed=tuple(self._changed),
            unchanged=tuple(self._unchanged),
            failed=tuple(self._failed),
            skipped=tuple(self._skipped),
            damaged=tuple(self._damaged),
            encodings=tuple(self._encodings),
            marks=tuple(self.marks),
        )


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


def analysed(articles: Sequence[CutArticle], sketches: Sequence[tuple[str, ...]], analysis: Analyzer) -> Columns:
    """Return articles with the terms of their passages and heads, and what each is like; see `stories.evidence`."""
    passages = [passage for article in articles for passage in article.located.passages]
    counts = [len(article.located.passages) for article in articles]
    ones = [1] * len(passages)
    texts = term_columns([(passage.text,) for passage in passages], analysis)
    heads = term_columns([article.head for article in articles], analysis)
    payloads = dump_passages([article.located for article in articles])
    return Columns(
        rows=[article.row for article in articles],
        passages=counts,
        fields={
            **{name: with_sizes(column, ones) for name, column in texts.items()},
            **{f"title_{name}": with_sizes(column, counts) for name, column in heads.items()},
            **{name: _keywords(values) for name, values in _keyword_values(articles, sketches).items()},
        },
        numbers={"published": [_day(article.row) for article in articles for _ in article.located.passages]},
        records=[*zip((passage.id for passage in passages), payloads, strict=True)],
    )


def _keyword_values(
    articles: Sequence[CutArticle], sketches: Sequence[tuple[str, ...]]
) -> dict[str, list[tuple[str, ...]]]:
    """Return the values of the keyword fields for each passage."""
    passages = [passage for article in articles for passage in article.located.passages]
    none: list[tuple[str, ...]] = [()] * len(passages)
    counts = [len(article.located.passages) for article in articles]
    return {
        **dict.fromkeys(KEYWORD_FIELDS, none),
        "lang": [(passage.lang,) if passage.lang else () for passage in passages],
        "kind": [(passage.kind,) for passage in passages],
        "sketch": _on_first(sketches, counts),
        "marks": _on_first([article.marks for article in articles], counts),
    }


def _on_first(values: Sequence[tuple[str, ...]], counts: Sequence[int]) -> list[tuple[str, ...]]:
    """Return for each passage of articles, of which there are so many each, the article's values if it is the first."""
    return [own if i == 0 else () for own, count in zip(values, counts, strict=True) for i in range(count)]


def _keywords(values: Sequence[tuple[str, ...]]) -> Tokens:
    return tokens_of((value, 1) for value in values)


def _day(row: ArticleRow) -> int:
    return row.published.toordinal() if row.published else NO_NUMBER
