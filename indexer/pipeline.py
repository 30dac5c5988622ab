"""Folders -> an index, built or brought up to date, and a report of what was done."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from indexer.bilingual.settling import Settled, learn_words
from indexer.cached import cached_property
from indexer.changes import anew, check_loss, check_named, choose_scopes, find_changes, known_files
from indexer.engines.base import DEFAULT_MEMORY, Engine, EngineWriter
from indexer.engines.opening import Place, beside, exists, has_meta, open_index, place_of
from indexer.engines.opening import check as check_place
from indexer.entries import BatchResult, Instructions, analyzer
from indexer.errors import IndexStale, UsageError
from indexer.files import FileResult, FileTask
from indexer.learning import Evidence, learnt_from_sample
from indexer.manifest import Manifest
from indexer.model import ArticleRow, BuildReport, CheckReport, Damage, Failure
from indexer.partition import Partition, merged
from indexer.report import ReportFile
from indexer.runs import now
from indexer.sources.source import ReadOptions
from indexer.status import Progress, status_kept, told_to
from indexer.stories.settling import Changed
from indexer.workers import read_files

Clock = Callable[[], datetime]
_Tell = Callable[[int, int], None]  # files done, files in all

# Articles of a part of the sources that have a block at an edge, for the next run over all to look at it: of five in an
# archive (`learning`), two stand in one of three parts mostly.
_FEWEST_OF_PART = 2


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How a run of indexing goes about it; see `build`."""

    rebuild: bool = False
    verify: bool = False
    prune: bool = False
    exclude: tuple[str, ...] = ()
    jobs: int = 1
    user_dictionary: Path | None = None
    memory_bytes: int = DEFAULT_MEMORY
    read: ReadOptions = field(default_factory=ReadOptions)
    report: Path | None = None
    clock: Clock = now
    learn: bool = True
    partition: Partition | None = None


def build(
    paths: str | Path | Iterable[str | Path] = (),
    index: str | Place = "index_data",
    options: BuildOptions = BuildOptions(),
    progress: Progress | None = None,
) -> BuildReport:
    """Build the index, or bring it up to date, from folders and files; without any, from those it knows.

    New articles are added, changed ones replaced, vanished ones removed, in one commit: searches see the old index
    until it is done, and an exception changes nothing. `options`: `rebuild` replaces everything; `verify` reads
    files that look unchanged; `prune` allows to remove most of a folder's articles; `exclude` are patterns for
    names; `jobs` is the number of processes (a script that gives more than one needs the usual
    `if __name__ == "__main__":`); `user_dictionary` has words in jieba's format; `memory_bytes` is about what this
    process may take, worker processes aside; `read` says how files are read; `report` is a file that gets a line of
    JSON for each file that was read, skipped or not read; `clock` tells the time of the run, with its zone; `learn`:
    words that the articles say to be translations of each other go into `learnt.tsv` beside the index; `partition`:
    a part of the files, while others index the others; the next run over all finds copies, recurring lines and words.
    `progress` is told what the run does; `indexer.status.read_status` tells the same to other processes.

    Raises UsageError, RootError, IndexLocked, IndexDamaged or IndexStale; unreadable files are only reported.
    """
    started = time.monotonic()
    named = [paths] if isinstance(paths, str | Path) else list(paths)
    absolute = [Path(path).expanduser().resolve() for path in named]
    place = place_of(index)
    if options.partition and options.rebuild:
        raise UsageError(
            "--rebuild replaces everything, --partition indexes a part. Fill a new index part by part instead: give "
            "--index another place."
        )
    if not exists(place):
        check_named(Manifest(), absolute)  # nothing is created for a mistyped name
        choose_scopes(Manifest(), absolute, options.exclude, everything=False)
    with (
        ReportFile.opened(options.report) as log,
        status_kept(place, options.clock) as status,
        opened(place, create=True, discard_damaged=options.rebuild and (bool(absolute) or has_meta(place))) as engine,
    ):
        tell = told_to(status, progress)
        with engine.writer(options.rebuild, options.memory_bytes, options.partition) as writer:
            tell("looking", 0, 0)
            run = _Run(engine, place, absolute, options, log)
            report = run.carry_out(writer, tell)
            tell("writing", 0, 0)
        report = replace(report, run=run.number, **writer.outcome()._asdict())
        if options.learn and not options.partition:
            tell("words", 0, 0)
            run.learn_words()
        report = replace(report, took_s=round(time.monotonic() - started, 3))
        status.done(report)
    return report


def remove(path: str | Path, index: str | Place = "index_data", clock: Clock = now, learn: bool = True) -> BuildReport:
    """Forget a root and take its articles from the index. Raises UsageError if the index does not follow it."""
    started = time.monotonic()
    place = place_of(index)
    with opened(place) as engine:
        with engine.writer() as writer:
            before = Manifest.load(engine.meta())
            wanted = str(Path(path).expanduser().resolve())
            root = next((root for root in before.roots if root.path == wanted), None)
            if root is None:
                known = ", ".join(root.path for root in before.roots) or "none"
                raise UsageError(f"The index does not follow {wanted}. It follows: {known}.")
            paths = {file.path for file in engine.files() if file.root == root.path}
            gone = [row.id for row in engine.rows_of(paths) if row.root == root.path]
            manifest = before.without_roots([root]).after_run(clock())
            stories = Changed()
            for article_id in gone:
                writer.delete(article_id)
                stories.remove(article_id)
            stories.settle(engine, writer)
            # What recurs around the others, the next run finds out.
            manifest = replace(manifest, candidates=tuple(sorted({*before.candidates, *before.boilerplate})))
            writer.change_meta(lambda _: manifest.dump())
        if learn:
            run = Settled(manifest.identity, before.run, manifest.run, paths)
            learn_words(engine, beside(place), analyzer(Path(own) if (own := manifest.user_dictionary) else None), run)
    return BuildReport(manifest.run, 0, 0, len(gone), 0, (), round(time.monotonic() - started, 3))


def check(index: str | Place = "index_data") -> CheckReport:
    """Compare every checksum of the index, and whether articles, passages and postings agree; report all damage.

    A cluster keeps checksums of its own: its health is asked, and whether what it counts agrees. Changes nothing.
    Raises IndexMissing, IndexUnusable or IndexStale if there is no index to check.
    """
    return check_place(place_of(index))


@contextmanager
def opened(place: Place, *, create: bool = False, discard_damaged: bool = False) -> Iterator[Engine]:
    """Open an index, and close it. With `discard_damaged`, what cannot be read is begun anew."""
    engine = open_index(place, create=create, discard_damaged=discard_damaged)
    try:
        yield engine
    finally:
        engine.close()


def check_fingerprint(manifest: Manifest, place: Place, user_dictionary: Path | None) -> None:
    """Raise IndexStale if the index was built with another analysis than the present one."""
    if manifest.fingerprint not in ("", analyzer(user_dictionary).fingerprint):
        raise IndexStale(
            f"The index in {place} was built with another analysis (another version of wensou or its libraries, or "
            f"another user dictionary). Build it anew with: wensou index --rebuild --index {place}"
        )


class _Run:
    """One run of indexing, with the writer's lock held: compares, reads, writes, counts."""

    def __init__(
        self, engine: Engine, place: Place, paths: Sequence[Path], options: BuildOptions, log: ReportFile
    ) -> None:
        self._log = log
        self._options = options
        self._folder = beside(place)
        self._dictionary = options.user_dictionary.expanduser().resolve() if options.user_dictionary else None
        self._before = Manifest.load(engine.meta())
        if not options.rebuild:
            check_fingerprint(self._before, place, self._dictionary)
        self._engine = engine
        check_named(self._before, paths)
        manifest, self._scopes = choose_scopes(
            self._before, paths, options.exclude, everything=options.rebuild, part=options.partition
        )
        self._files = known_files(engine, () if options.rebuild else self._scopes)
        gone = [scope.root for scope in self._scopes if not Path(scope.root.path).exists()]
        self._after = replace(
            manifest.without_roots(gone),  # what is gone gets this far only if it may be pruned
            fingerprint=analyzer(self._dictionary).fingerprint,
            user_dictionary=str(self._dictionary or ""),
            # Where nothing is known of the articles that there were, all of them are new.
            identity=self._before.identity if self._files or not options.rebuild else "",
        )
        self._evidence = Evidence(None if options.rebuild else engine)
        self._learnt = frozenset(() if options.rebuild else self._before.boilerplate)
        self._read: list[tuple[FileTask, str]] = []  # the files with articles that were put, and the marks of these
        self._touched: set[str] = set()  # files that runs over parts read
        self._settles_all = False
        self._changed_marks: set[str] | None = None
        self._stories = Changed()
        self._added: Counter[str] = Counter()  # by root
        self._replaced = 0
        self._removed: Counter[str] = Counter()  # by root
        self._failed: list[Failure] = []
        self._skipped: list[Failure] = []
        self._damaged: list[Damage] = []

    @cached_property
    def _had(self) -> Counter[str]:
        """The articles that each root had before."""
        had: Counter[str] = Counter()
        for file in self._engine.files():
            had[file.root] += file.articles
        return had

    def carry_out(self, writer: EngineWriter, tell: Progress) -> BuildReport:
        options = self._options
        changes = find_changes(
            self._scopes,
            self._engine,
            () if options.rebuild else self._files,
            self._folder,
            verify=options.verify,
            prune=options.prune,
        )
        self._note_unread(changes.unread.failed, changes.unread.skipped)
        unchanged = changes.unchanged
        for row in changes.vanished:
            self._remove(writer, row.root, row.id)
        supposed = self._learnt or learnt_from_sample(changes.tasks, options.read)
        instructions = Instructions(self._before.run + 1, self._dictionary, options.read, supposed)
        tasks = anew(changes.tasks, self._engine) if options.rebuild else changes.tasks
        for batch in self._batches(tasks, instructions, partial(tell, "reading")):
            self._put(writer, batch)
            for result in batch.files:
                unchanged += len(result.unchanged)
                self._note(writer, result)
        if options.rebuild:
            self._check_rebuilt()
        if not options.partition:
            self._take_up_parts(writer.resumes)
            self._learn(writer, instructions, partial(tell, "learning"))
            tell("copies", 0, 0)
            self._stories.settle(self._engine, writer, anew=options.rebuild)
            if options.learn:
                self._changed_marks = self._evidence.others()
        if self._added or self._replaced or self._removed or options.rebuild or self._after != self._before:
            writer.change_meta(self._known_after)
        return BuildReport(
            run=self._before.run,
            added=self._added.total(),
            replaced=self._replaced,
            removed=self._removed.total(),
            unchanged=unchanged,
            failed=tuple(self._failed),
            took_s=0.0,
            skipped=tuple(self._skipped),
            damaged=tuple(self._damaged),
        )

    @property
    def number(self) -> int:
        """The number of the last run that changed the index, once this one is committed."""
        return self._after.run

    def learn_words(self) -> None:
        """Bring the words learnt from articles up to date with what was committed."""
        touched = self._touched.union(task.name for task, _ in self._read)
        after, anew = self._after, self._options.rebuild or self._settles_all
        run = Settled(after.identity, self._before.run, after.run, touched, self._changed_marks, anew)
        learn_words(self._engine, self._folder, analyzer(self._dictionary), run)

    def _known_after(self, before: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the index knows after the run, given what it knows by then."""
        self._after = replace(self._after, identity=self._after.identity or secrets.token_hex(8))
        if self._options.partition:
            blocks = self._evidence.edge_blocks(_FEWEST_OF_PART)
            newest = Manifest.load(before)
            newest = replace(newest, identity=newest.identity or self._after.identity)
            self._after = merged(newest, self._after, self._before.run + 1, blocks, self._options.clock())
        else:
            self._after = self._after.after_run(self._options.clock())
        return self._after.dump()

    def _take_up_parts(self, resumes: bool) -> None:
        """Treat what runs over parts of the sources put and removed, or one that was broken off, as if this run had."""
        self._after = replace(self._after, unsettled=(), candidates=())
        self._evidence.consider(self._before.candidates)
        unsettled = {*self._before.unsettled, *([self._before.run + 1] if resumes else [])}
        if unsettled and not self._options.rebuild:
            self._settles_all = True
            self._evidence.consider(self._before.boilerplate)
            rows = [row for row in self._engine.rows() if row.run in unsettled]
            self._touched.update(row.path for row in rows)
            self._stories.take_up(self._engine, [row.id for row in rows])

    def _batches(self, tasks: Sequence[FileTask], instructions: Instructions, tell: _Tell) -> Iterator[BatchResult]:
        """Read files, and tell how many are done."""
        done = 0
        tell(done, len(tasks))
        for batch in read_files(tasks, self._options.jobs, instructions, self._engine.pack):
            yield batch
            done += len(batch.files)
            tell(done, len(tasks))

    def _put(self, writer: EngineWriter, batch: BatchResult) -> None:
        for packed in batch.packed:
            writer.put_packed(packed)
        self._stories.put((name for result in batch.files for name in result.changed), batch.records)

    def _note_unread(self, failed: Sequence[Failure], skipped: Sequence[Failure]) -> None:
        self._failed += failed
        self._skipped += skipped
        self._log.failures("not read", failed)
        self._log.failures("skipped", skipped)

    def _learn(self, writer: EngineWriter, instructions: Instructions, tell: _Tell) -> None:
        """Learn what recurs around articles, and read those again of which something else was supposed."""
        tell(0, 0)
        learnt = self._evidence.learnt(self._learnt)
        self._after = replace(self._after, boilerplate=tuple(sorted(learnt)))
        mistaken = learnt ^ instructions.learnt
        tasks = [
            replace(task, anew=True) for task, marks in self._read if any(f"e{block}" in marks for block in mistaken)
        ]
        rows = self._engine.rows(sorted(self._evidence.articles_with(learnt ^ self._learnt)))
        by_file = {(row.root, row.path): row for row in rows}  # one of many articles is read once
        files = [FileTask(row.path, row.path, row.root, self._article_id(row)) for row in by_file.values()]
        tasks += anew(files, self._engine)
        for batch in self._batches(tasks, replace(instructions, learnt=learnt), tell):
            self._put(writer, batch)
            for result in batch.files:
                self._note_marks(result, result.changed)

    def _article_id(self, row: ArticleRow) -> str:
        """Return what the file of a row calls its articles."""
        root = next(root for root in self._after.roots if root.path == row.root)
        return root.article_id(Path(row.path))

    def _note(self, writer: EngineWriter, result: FileResult) -> None:
        """Count what came of a file, and do what is left to do besides putting its articles."""
        task = result.task
        self._note_unread(result.failed, result.skipped)
        self._damaged += result.damaged
        if result.state:
            articles = len(result.changed) + len(result.unchanged)
            self._log.read(task.name, articles, result.encodings, result.damaged)
        if result.state and result.state != task.state and not result.failed:
            for article_id in result.unchanged:
                writer.touch(article_id, result.state)
        if result.changed:
            self._read.append((task, " ".join(term for marks in result.marks for term in marks if term[0] == "e")))
        known = () if task.anew else task.known.keys()
        replaced = [article_id for article_id in result.changed if article_id in known]
        self._note_marks(result, replaced)
        self._replaced += len(replaced)
        if added := len(result.changed) - len(replaced):
            self._added[task.root] += added
        # What a file no longer holds goes, except that what cannot be read of it keeps what the index had.
        if not result.failed:
            gone = set(known) - set(result.changed) - set(result.unchanged)
            for article_id in sorted(gone):
                self._remove(writer, task.root, article_id)

    def _note_marks(self, result: FileResult, replaced: Iterable[str]) -> None:
        """Note what the articles of a file that were put have in place of those that they replace."""
        self._evidence.add(term for marks in result.marks for term in marks)
        for article_id in replaced:
            self._evidence.replace(article_id)

    def _remove(self, writer: EngineWriter, root: str, article_id: str) -> None:
        writer.delete(article_id)
        self._evidence.replace(article_id)
        self._stories.remove(article_id)
        self._removed[root] += 1
        check_loss(root, self._removed[root], self._had[root], self._options.prune)

    def _check_rebuilt(self) -> None:
        for root, count in self._had.items():
            check_loss(root, count - self._added[root], count, self._options.prune)
