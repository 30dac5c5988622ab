"""Articles -> one commit: new segments, merges, a table of contents, and nothing else left behind."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from indexer.engines.base import LABEL_FIELDS, Outcome
from indexer.engines.entry_columns import EntriesOf, columns_of
from indexer.engines.whoosh import durable
from indexer.engines.whoosh.buffer import SegmentBuffer
from indexer.engines.whoosh.commits import kept_commits, names_of
from indexer.engines.whoosh.container import Array, encoded
from indexer.engines.whoosh.files import write_files
from indexer.engines.whoosh.labels import Relabelling, write_relabelled
from indexer.engines.whoosh.merge import merge
from indexer.engines.whoosh.packing import Packed, pack
from indexer.engines.whoosh.segment import INDEX_NAME, Segment, SegmentState
from indexer.engines.whoosh.storage import MARK
from indexer.engines.whoosh.tiers import to_merge
from indexer.engines.whoosh.toc import Commit, generations, toc_path
from indexer.errors import IndexUnusable
from indexer.model import ArticleRow, FileState, IndexEntry
from indexer.status import STATUS_FILE
from indexer.vocabulary.alias_lines import LEARNT_FILE

# Of the memory that is granted, what arrays may take; the rest is Python, libraries and what is being handed over.
_FOR_ARRAYS = 0.6
# Passages that `put` collects: packed one article at a time, they would take half as long again.
_PUT_TOGETHER = 500
# Segments that one commit writes before they are merged.
_MOST_SPILLED = 8


@dataclass(slots=True, eq=False)
class _Changing:
    """A segment and what this commit changes of it. One that is still in the buffer has no reader yet."""

    state: SegmentState
    reader: Segment | None
    deleted: list[Array] = field(default_factory=list)
    touched: dict[int, FileState] = field(default_factory=dict)  # by the file's number
    relabelled: list[Relabelling] = field(default_factory=list)


class WhooshWriter:
    """Writes one commit, with the lock held; whoever made it commits or cancels it."""

    resumes = False  # what is broken off is in no commit

    def __init__(
        self,
        folder: Path,
        commit: Commit,
        segments: Sequence[Segment],
        replace_all: bool,
        memory_bytes: int,
        clock: Callable[[], float],
    ) -> None:
        """`segments` are those of the commit, opened; a commit that cannot be read has a negative number."""
        self._folder = folder
        self._clock = clock
        self._is_readable = commit.generation >= 0
        self._meta = commit.meta
        self._memory = int(memory_bytes * _FOR_ARRAYS)
        self._segments = [] if replace_all else [_Changing(segment.state, segment) for segment in segments]
        self._changed = replace_all
        self._added: dict[str, tuple[_Changing, range]] = {}
        self._gone: set[str] = set()  # articles of the commit before that are deleted or replaced
        self._buffer, self._buffered = self._new_buffer()
        self._waiting: list[EntriesOf] = []
        self._waiting_size = 0
        self._written: list[SegmentState] = []
        self._generation: int | None = None  # from when on it may be visible
        self._committed = {name for state in commit.segments for name in state.names}
        if self._is_readable:  # what a writer that died left behind, and what was kept long enough
            clean(folder, names_of(commit) | self._kept())

    def _new_buffer(self) -> tuple[SegmentBuffer, _Changing]:
        return SegmentBuffer(durable.term_of), _Changing(SegmentState(secrets.token_hex(8), 0), None)

    def outcome(self) -> Outcome:
        return Outcome()

    def put(self, row: ArticleRow, entries: Sequence[IndexEntry]) -> None:
        self._waiting.append((row, entries))
        self._waiting_size += len(entries)
        if self._waiting_size >= _PUT_TOGETHER:
            self._put_waiting()

    def _put_waiting(self) -> None:
        if self._waiting:
            packed = pack(columns_of(self._waiting, self._buffer.numbers()))
            self._waiting, self._waiting_size = [], 0
            self.put_packed(packed)

    def put_packed(self, packed: Packed) -> None:
        self._put_waiting()
        first = self._buffer.add(packed).start
        for row, count in zip(packed.columns.rows, packed.columns.passages, strict=True):
            self.delete(row.id)
            self._added[row.id] = self._buffered, range(first, first + count)
            first += count
        self._changed = True
        if self._buffer.is_full or self._buffer.memory > self._memory:
            self._flush()

    def delete(self, article_id: str) -> None:
        self._put_waiting()
        if article_id in self._added:
            segment, added = self._added.pop(article_id)
            segment.deleted.append(np.array(added, "<u4"))
            return
        for changing, passages in self._found(article_id):
            changing.deleted.append(passages.astype("<u4"))
            self._changed = True
        self._gone.add(article_id)

    def relabel(self, article_id: str, labels: Mapping[str, Sequence[tuple[str, ...]]]) -> None:
        self._put_waiting()
        self._changed = True
        if article_id in self._added:
            changing, added = self._added[article_id]
            changing.relabelled.append((np.array(added), labels))
            return
        for changing, passages in self._found(article_id):
            changing.relabelled.append((passages, labels))

    def touch(self, article_id: str, state: FileState) -> None:
        self._put_waiting()
        if article_id in self._added:
            return  # its row has the newest state
        for changing, passages in self._found(article_id):
            assert changing.reader is not None
            article = int(changing.reader.article_of[passages[0]])
            changing.touched[changing.reader.files.number_of(article)] = state
            self._changed = True

    def _found(self, article_id: str) -> Iterator[tuple[_Changing, Array]]:
        """Yield the committed segment that has the article, and its passages there, unless this commit deletes it."""
        if article_id in self._gone:
            return
        key = encoded(article_id)
        for changing in self._segments:
            articles = changing.reader.field("article") if changing.reader else None
            number = articles.find(key) if articles else None
            if changing.reader is not None and articles is not None and number is not None:
                passages = articles.passages(number)
                if changing.reader.live is not None:
                    passages = passages[changing.reader.live[passages]]
                if len(passages):
                    yield changing, passages

    def change_meta(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        self._changed = True
        self._meta = json.dumps(change(json.loads(self._meta)), ensure_ascii=True, sort_keys=True)

    def _flush(self) -> None:
        """Write what waits as a segment, which is not visible yet."""
        if len(self._buffer):
            state = self._buffered.state
            state.passages = len(self._buffer)
            self._written.append(state)
            buffer = self._buffer
            self._segments.append(self._buffered)
            self._buffer, self._buffered = self._new_buffer()
            buffer.write(self._folder, state)
            self._merge_spilled()

    def _merge_spilled(self) -> None:
        """Make one of the segments that this commit has written, once they are many: each is open while they merge."""
        spilled = [changing for changing in self._segments if changing.reader is None]
        if len(spilled) < _MOST_SPILLED:
            return
        merged = _Changing(SegmentState(secrets.token_hex(8), 0), None)
        self._written.append(merged.state)
        readers = [Segment(self._folder, self._settled(changing)) for changing in spilled]
        merge(readers, self._folder, merged.state)
        firsts: dict[int, Array] = {}  # the new number of each passage, by what held it
        first = 0
        for changing, reader in zip(spilled, readers, strict=True):
            live = np.ones(reader.passages, bool) if reader.live is None else reader.live
            firsts[id(changing)] = np.cumsum(live) - live + first
            first += int(live.sum())
        for article_id, (changing, passages) in self._added.items():
            if id(changing) in firsts:
                start = int(firsts[id(changing)][passages.start])
                self._added[article_id] = merged, range(start, start + len(passages))
        self._segments = [changing for changing in self._segments if changing.reader is not None] + [merged]
        for name in {
            name for state in (*(one.state for one in spilled), *(one.state for one in readers)) for name in state.names
        }:
            _remove(self._folder / name)

    def commit(self) -> bool:
        """Make everything visible at once, if there is anything; tell whether there was."""
        self._put_waiting()
        if not self._changed:
            return False
        self._flush()
        settled = [(changing, self._settled(changing)) for changing in self._segments]
        new = [state for changing, state in settled if changing.reader is None]
        states = self._merged([state for _, state in settled if state.live_count], new)
        self._generation = max(generations(self._folder), default=0) + 1
        try:
            durable.write_toc(self._folder, self._generation, states, self._meta)
            named = {name for state in states for name in state.names} | self._kept()
            clean(self._folder, {toc_path(self._folder, self._generation).name, *named})
        except OSError as error:
            if self._is_visible():
                raise IndexUnusable(
                    f"The index in {self._folder} has its new commit, but the disk did not confirm it: {error}. "
                    "Check the disk, then the index with: wensou check"
                ) from error
            raise
        return True

    def _kept(self) -> set[str]:
        """Return the names of the files of older commits that stay; none if the last commit was not readable."""
        commits = kept_commits(self._folder, self._clock()) if self._is_readable else ()
        return set().union(*map(names_of, commits))

    def _is_visible(self) -> bool:
        """Tell whether the commit took place."""
        return self._generation is not None and generations(self._folder)[-1:] == [self._generation]

    def _settled(self, changing: _Changing) -> SegmentState:
        """Return a segment's state with the changes in it, having written what they need."""
        state = changing.state
        if changing.deleted:
            state = replace(state, deleted=np.unique(np.concatenate([state.deleted, *changing.deleted])).astype("<u4"))
        if changing.touched and changing.reader is not None:
            state = replace(state, files_version=state.files_version + 1)
            self._written.append(state)
            changing.reader.files.container.verify()
            files = changing.reader.files.all()
            for number, touched in changing.touched.items():
                files[number] = files[number]._replace(state=touched)
            write_files(self._folder / state.file_name(state.files_extension), files)
        if changing.relabelled:
            state = self._relabelled(changing, state)
        return state

    def _relabelled(self, changing: _Changing, state: SegmentState) -> SegmentState:
        """Return a segment's state with new labels, having written them."""
        reader = changing.reader or Segment(self._folder, changing.state)
        reader.labels.verify()
        state = replace(state, labels_version=state.labels_version + 1)
        self._written.append(state)
        fields = {name: reader.field(name) for name in LABEL_FIELDS}
        write_relabelled(self._folder / state.file_name(state.labels_extension), fields, changing.relabelled)
        return state

    def _merged(self, states: list[SegmentState], new: Collection[SegmentState]) -> list[SegmentState]:
        for together in to_merge(states, new):
            merged = SegmentState(secrets.token_hex(8), 0)
            self._written.append(merged)
            merge([Segment(self._folder, state) for state in together], self._folder, merged)
            at = states.index(together[0])
            states = [state for state in states if state not in together]
            states.insert(at, merged)
        return states

    def cancel(self) -> None:
        """Leave nothing behind of a commit that did not take place; one that did, even if it was cut short, stands."""
        if self._is_visible():
            return
        for name in {name for state in self._written for name in state.names} - self._committed:
            _remove(self._folder / name)


# What a commit is written as, by us or by Whoosh; nothing else in the folder is ever touched.
_OURS = re.compile(
    rf"{INDEX_NAME}_[0-9a-z]{{16}}\.[\w.]+|_{INDEX_NAME}_\d+\.toc(?:\.[\d.]+)?"
    rf"|(?:{re.escape(MARK)}|{re.escape(STATUS_FILE)})\.\w+"
    rf"|{Path(LEARNT_FILE).stem}\.\w+\.\d+"
)


def clean(folder: Path, kept: Collection[str]) -> None:
    """Remove every file of the index that is neither `kept` nor mark, lock or status, tables of contents first."""
    for path in sorted(folder.iterdir(), key=lambda path: path.suffix != ".toc"):
        if _OURS.fullmatch(path.name) and path.name not in kept and path.is_file():
            _remove(path)


def _remove(path: Path) -> None:
    """Remove a file; one that cannot be, as on Windows while it is read, is left to the next writer."""
    with suppress(OSError):
        path.unlink()
