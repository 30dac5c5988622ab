"""A segment: what the table of contents knows of it, and its files opened for reading."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from indexer.cached import cached_property
from indexer.engines.base import KnownFile
from indexer.engines.whoosh.blocks import Blocks
from indexer.engines.whoosh.container import Array, Container, decoded
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.files import Files
from indexer.engines.whoosh.packing import load_record
from indexer.engines.whoosh.rows import load_row
from indexer.model import ArticleRow

INDEX_NAME = "MAIN"
DOCUMENTS, POSTINGS = ".documents", ".postings"


@dataclass(slots=True, eq=False)
class SegmentState:
    """A segment as a commit has it. The files themselves never change; what does is here."""

    id: str
    passages: int
    deleted: Array = field(default_factory=lambda: np.empty(0, "<u4"))  # rising
    files_version: int = 1
    labels_version: int = 1
    index_name: str = INDEX_NAME

    def file_name(self, extension: str) -> str:
        """Return the name of one of the segment's files."""
        return f"{self.index_name}_{self.id}{extension}"

    @property
    def files_extension(self) -> str:
        """The extension of the table of source files that is in force."""
        return f".files{self.files_version}"

    @property
    def labels_extension(self) -> str:
        """The extension of the labels that are in force."""
        return f".labels{self.labels_version}"

    @property
    def names(self) -> list[str]:
        """The names of all its files."""
        extensions = (DOCUMENTS, POSTINGS, self.files_extension, self.labels_extension)
        return [self.file_name(extension) for extension in extensions]

    @property
    def live_count(self) -> int:
        return self.passages - len(self.deleted)


class Segment:
    """A segment open for reading. Raises IndexDamaged, IndexStale, or FileNotFoundError."""

    def __init__(self, folder: Path, state: SegmentState) -> None:
        self.folder = folder
        self.state = state
        self.passages = state.passages
        self.documents = Container(folder / state.file_name(DOCUMENTS))
        self.postings = Container(folder / state.file_name(POSTINGS))
        # Opened at once, like the others: a writer may take away the files of a commit that is still read.
        self.files = Files(folder / state.file_name(state.files_extension))
        self.labels = Container(folder / state.file_name(state.labels_extension))
        self._fields: dict[str, Field | None] = {}
        self._label_numbers: dict[str, Array] = {}
        self._article_numbers: dict[str, Array] = {}

    @property
    def containers(self) -> tuple[Container, ...]:
        """All its files."""
        return self.documents, self.postings, self.files.container, self.labels

    def verify(self) -> None:
        """Raise IndexDamaged if one of the files is not as it was written."""
        for container in self.containers:
            container.verify()

    @cached_property
    def live(self) -> Array | None:
        """Which passages are not deleted; None if all are."""
        if not len(self.state.deleted):
            return None
        live = np.ones(self.passages, bool)
        live[self.state.deleted] = False
        return live

    @cached_property
    def article_of(self) -> Array:
        """The number of the article of each passage; an article's passages stand together, in order."""
        return self.documents.array("articles/of")

    @cached_property
    def first_passages(self) -> Array:
        """The first passage of each article, and the number of passages."""
        return self.documents.array("articles/first")

    @property
    def articles(self) -> int:
        return len(self.first_passages) - 1

    @cached_property
    def rows(self) -> Blocks:
        return Blocks(self.documents, "rows")

    @cached_property
    def records(self) -> Blocks:
        return Blocks(self.documents, "records")

    def row(self, article: int) -> ArticleRow:
        """Return the row of an article."""
        file = self.files.of_article(article)
        return load_row(self.rows.record(article), file.path, file.root, file.state)

    @cached_property
    def live_articles(self) -> Array:
        """Which articles have a passage that is not deleted: other programs may delete only some of them."""
        if self.live is None:
            return np.ones(self.articles, bool)
        before = np.concatenate(([0], np.cumsum(self.live)))[self.first_passages]
        return before[1:] > before[:-1]

    def known_files(self) -> list[KnownFile]:
        """Return the files of articles that are not deleted."""
        before = np.concatenate(([0], np.cumsum(self.live_articles)))
        files = self.files.all()
        ends = [*(file.first for file in files[1:]), self.articles]
        counts = (before[ends] - before[[file.first for file in files]]).tolist() if files else []
        return [KnownFile(*file[:3], count) for file, count in zip(files, counts, strict=True) if count]

    def rows_of(self, paths: Collection[str]) -> Iterator[ArticleRow]:
        """Yield the rows of the articles of some files that are not deleted."""
        for number in self.files.numbers_at(paths):
            articles = self.files.articles_of(number, self.articles)
            yield from (self.row(article) for article in articles if self.live_articles[article])

    def record(self, passage: int) -> tuple[str, bytes]:
        """Return the id and the payload of a passage."""
        return load_record(self.records.record(passage))

    def article_key(self, article: int) -> bytes:
        """Return the id of an article, as bytes that sort as ids do."""
        return self._articles.term(self._places_by_id[article])

    @cached_property
    def _articles(self) -> Field:
        articles = self.field("article")
        assert articles is not None
        return articles

    @cached_property
    def _places_by_id(self) -> memoryview:
        return self.documents.view("articles/term")

    @cached_property
    def places_by_id(self) -> Array:
        """The place of each article in the order of the ids: the number of its term in the field `article`."""
        return self.documents.array("articles/term")

    def column(self, name: str) -> Array:
        """Return a column of numbers; it may end before the last passage, and is 0 from there on."""
        name = f"column/{name}"
        return self.documents.array(name).view(">u4") if name in self.documents else np.empty(0, ">u4")

    def field(self, name: str) -> Field | None:
        """Return a field's terms and postings, None if no passage has any."""
        if name not in self._fields:
            container = self.container_of(name)
            self._fields[name] = Field(container, name) if f"{name}/ends" in container else None
        return self._fields[name]

    def label(self, article: int, name: str) -> str:
        """Return the term of a field that the first passage of an article has; empty where it has none."""
        field = self.field(name)
        number = int(self.label_numbers(name)[self.first_passages[article]]) if field else 0
        return decoded(field.term(number - 1)) if field and number else ""

    def numbers_of(self, name: str) -> Array:
        """Return for each article the number, from 1, of a keyword that its first passage has; 0 where it has none."""
        if name not in self._article_numbers:
            field = self.field(name)
            if field is None:
                return np.zeros(self.articles, np.uint32)
            units, terms = field.unit_pairs()
            first = field.units_of(self.first_passages[:-1].astype(np.int64))
            numbers = np.zeros(max(int(units.max(initial=0)), int(first.max(initial=0))) + 1, np.uint32)
            numbers[units] = terms + 1
            self._article_numbers[name] = numbers[first]
        return self._article_numbers[name]

    def label_numbers(self, name: str) -> Array:
        """Return for each passage the number, from 1, of a term of a field that it has; 0 where it has none."""
        if name not in self._label_numbers:
            numbers = np.zeros(self.passages, np.uint32)
            field = self.field(name)
            if field is not None:
                passages, terms = field.unit_pairs()
                numbers[passages] = terms + 1
            self._label_numbers[name] = numbers
        return self._label_numbers[name]

    def container_of(self, field: str) -> Container:
        """Return the file that holds a field."""
        return self.labels if f"{field}/ends" in self.labels else self.postings

    def field_names(self) -> list[str]:
        """Return the names of the fields that have terms."""
        names = (name for container in (self.postings, self.labels) for name in container.names())
        return list(dict.fromkeys(name.removesuffix("/ends") for name in names if name.endswith("/ends")))
