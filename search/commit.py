"""An engine -> a commit of its index, open for questions of many threads at a time, until another takes its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from indexer.analysis.analyzer import Analyzer
from indexer.engines.base import Engine
from indexer.engines.opening import Place
from indexer.errors import IndexMissing, UsageError
from indexer.manifest import Manifest
from search.lexicon import Lexicon
from search.model import Note

_STALE = Note(
    "stale",
    "The index was built with another analysis than this one and may miss matches. "
    "Build it anew with: wensou index --rebuild",
)


@dataclass(frozen=True, slots=True, eq=False)
class OpenCommit:
    """What questions are asked of. None of it changes: the engine stays at its commit.

    `is_current` says whether the index was made with this analysis.
    """

    engine: Engine
    place: Place
    manifest: Manifest
    lexicon: Lexicon
    is_current: bool

    @classmethod
    def of(
        cls, engine: Engine, place: Place, folder: Path, *, is_taught: bool, loaded: Analyzer | None = None
    ) -> OpenCommit:
        """Return the commit that an engine has open; `folder` and `is_taught` are those of `Lexicon`.

        The engine is closed where that fails. Raises IndexMissing if the commit is empty, SettingsError.
        """
        with ExitStack() as failing:
            failing.callback(engine.close)
            manifest = _manifest_of(engine, place)
            analyzer = Analyzer(Path(manifest.user_dictionary) if manifest.user_dictionary else None)
            failing.pop_all()
        if loaded is not None and analyzer.cuts_like(loaded):
            analyzer = loaded  # to load a dictionary takes up to a second
        is_current = manifest.fingerprint in ("", analyzer.fingerprint)
        return cls(engine, place, manifest, Lexicon(analyzer, folder, is_taught=is_taught), is_current)

    def notes(self) -> Iterator[Note]:
        """Yield what is odd about the index itself."""
        if not self.is_current:
            yield _STALE
        if parts := self.engine.unsearched():
            yield Note("partial", "This is without {parts:, }: no node that runs has a copy of it.", {"parts": parts})

    def another(self, engine: Engine) -> OpenCommit:
        """Return the commit that another engine of the same index has open, as `of` does."""
        lexicon = self.lexicon
        return self.of(engine, self.place, lexicon.folder, is_taught=lexicon.is_taught, loaded=lexicon.analyzer)

    @contextmanager
    def at(self, generation: str) -> Iterator[OpenCommit]:
        """Lend a commit of the index by its name. Raises CommitGone if that is not kept."""
        with closing(self.engine.at(generation)) as engine:
            yield self.another(engine)


def _manifest_of(engine: Engine, place: Place) -> Manifest:
    if not engine.meta():
        raise IndexMissing(_empty(place))
    return Manifest.load(engine.meta())


def _empty(place: Place) -> str:
    """Return what is said of an index without a commit."""
    from indexer.status import read_status  # which a search need not wait for

    status = read_status(place)
    if status and status.state == "running":
        return f"The index in {place} is being built for the first time: {status.doing}. Search it when that is done."
    return (
        f"The index in {place} is empty: its first run did not finish. Run it again with: "
        f"wensou index FOLDER --index {place}"
    )


class Current:
    """The commit that is open. Whoever asks holds it; one that is held stays open after another took its place.

    No thread waits for another one's question. The last to let go of a commit that is not the current one closes it.
    """

    def __init__(self, commit: OpenCommit) -> None:
        self._commit = commit
        self._holders = Counter([commit])  # being the current one counts
        self._counting = Lock()
        self._is_closed = False

    @property
    def commit(self) -> OpenCommit:
        """The commit, for what needs no engine."""
        return self._commit

    @contextmanager
    def held(self) -> Iterator[OpenCommit]:
        """Hold the commit. Raises UsageError once it is closed, IndexDamaged if a file of it was cut short."""
        with self._counting:
            self._check_open()
            commit = self._commit
            self._holders[commit] += 1
        try:
            commit.engine.check_readable()
            yield commit
        finally:
            self._let_go(commit)

    def replace(self, commit: OpenCommit) -> None:
        """Let another commit be the current one. Raises UsageError, and closes it, if all is closed."""
        with self._counting:
            before, is_closed = self._commit, self._is_closed
            if not is_closed:
                self._commit = commit
                self._holders[commit] += 1
        if is_closed:
            commit.engine.close()
        self._check_open()
        self._let_go(before)

    def close(self) -> None:
        """Let nobody hold the commit from now on; who holds it finishes."""
        with self._counting:
            was_closed, self._is_closed = self._is_closed, True
        if not was_closed:
            self._let_go(self._commit)

    def _let_go(self, commit: OpenCommit) -> None:
        with self._counting:
            self._holders[commit] -= 1
            is_unused = not self._holders[commit]
            if is_unused:
                del self._holders[commit]
        if is_unused:
            commit.engine.close()

    def _check_open(self) -> None:
        if self._is_closed:
            raise UsageError("This searcher is closed. Open another: Searcher(index).")
