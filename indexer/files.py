"""A file to read, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeGuard

from indexer.display import path_text
from indexer.errors import NotAnArticle, SourceError
from indexer.model import Damage, Failure, FileState
from indexer.payloads import FileText
from indexer.sources.encoding import Decoded
from indexer.sources.source import Reading, without_place


class Arrival(NamedTuple):
    """The content of an article, as a hash, and the run in which the article came in with it."""

    content_hash: str
    run: int


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file to read: where it is, what its articles are called, and what the index has of it.

    `known` are its articles, by their ids; `state` is the one they were all read in, if there is one. If it is read
    `anew`, all of its articles are put as if none were known, but keep the run in which their content came in.
    """

    path: str
    name: str  # the path as text of UTF-8
    root: str
    article_id: str
    known: Mapping[str, Arrival] = field(default_factory=dict)
    state: FileState | None = None
    anew: bool = False


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


class Outcome:
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
        self._known = {} if task.anew else task.known
        # By content, not by id: in a file of many articles a new one gives those behind it other numbers and places.
        before = sorted(task.known.values(), key=lambda arrival: -arrival.run)
        self._arrived = {without_place(one.content_hash): one.run for one in before}

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
        known = self._known.get(article_id)
        if known is not None and known.content_hash == outcome.content_hash:
            self._unchanged.append(article_id)
            return False
        self._changed.append(article_id)
        return True

    def arrived(self, reading: Reading, run: int) -> int:
        """Return the run in which what was read came in with this file: `run`, unless the file had it before."""
        return self._arrived.get(without_place(reading.content_hash), run)

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
