"""The files that the index knows, and those in the folders -> what to read and what to remove."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from indexer.display import path_text
from indexer.engines.base import Engine, KnownFile
from indexer.errors import RootError, UsageError
from indexer.files import Arrival, FileTask
from indexer.manifest import Manifest, Root
from indexer.model import ArticleRow, Failure
from indexer.partition import Partition
from indexer.walk import FoundFile, Unread, walk


@dataclass(frozen=True, slots=True)
class Scope:
    """A root, or what of one lies at a path and in a part of its files, that a run compares with the index."""

    root: Root
    path: Path
    part: Partition | None = None

    def holds(self, path: str) -> bool:
        """Tell whether a path of the root lies in the scope."""
        inside = path_text(self.path)
        return (path == inside or path.startswith(inside.rstrip("/") + "/")) and self.is_own(path)

    def is_own(self, path: str) -> bool:
        """Tell whether a path of the root belongs to the part."""
        return self.part is None or self.part.has(self.root.article_id(Path(path)))


@dataclass(slots=True)
class Changes:
    """What a run has to do."""

    tasks: list[FileTask] = field(default_factory=list)
    vanished: list[ArticleRow] = field(default_factory=list)
    unchanged: int = 0
    unread: Unread = field(default_factory=Unread)


def check_named(manifest: Manifest, paths: Sequence[Path]) -> None:
    """Raise RootError for a path that neither exists nor is a root, or part of one, that the index follows."""
    for path in paths:
        if not path.exists() and not any(path.is_relative_to(root.path) for root in manifest.roots):
            raise RootError(f"There is no file or folder {path}.")


def choose_scopes(
    manifest: Manifest,
    paths: Sequence[Path],
    exclude: tuple[str, ...],
    everything: bool,
    part: Partition | None = None,
) -> tuple[Manifest, list[Scope]]:
    """Return the scopes that `paths` name, all roots if there are none or `everything`, and the manifest with them.

    They hold what belongs to `part`.

    `exclude` replaces the patterns of their roots; an empty pattern takes them back.

    Raises UsageError where a path holds a root inside it, or where there is nothing to choose from.
    """
    scopes: list[Scope] = []
    known = {root.path: root for root in manifest.roots}
    holding = {str(parent): root for root in manifest.roots for parent in Path(root.path).parents}
    named = dict.fromkeys(paths)
    for path in named:
        if not named.keys().isdisjoint(path.parents):
            continue  # a part of another one
        around = next((known[str(parent)] for parent in path.parents if str(parent) in known), None)
        if inside := holding.get(str(path)):
            raise UsageError(
                f"{path} holds {inside.path}, which the index follows already. Forget that one first with: "
                f"wensou remove {inside.path}"
            )
        if around is not None:
            scopes.append(Scope(around, path, part))
        else:
            manifest, root = manifest.with_root(path)
            known[root.path] = root
            scopes.append(Scope(root, path, part))
    if everything or not paths:
        scopes = [Scope(root, Path(root.path), part) for root in manifest.roots]
    if not scopes:
        raise UsageError("The index follows no folder yet. Name one with: wensou index FOLDER")
    if exclude:
        roots = {scope.root.path for scope in scopes}
        manifest = manifest.with_exclude(roots, tuple(filter(None, exclude)))
        known = {root.path: root for root in manifest.roots}
        scopes = [replace(scope, root=known[scope.root.path]) for scope in scopes]
    return manifest, scopes


def known_files(engine: Engine, scopes: Sequence[Scope]) -> Sequence[KnownFile]:
    """Return the files that the index knows: of scopes that are single files these only, of others all there are."""
    if not scopes or not all(scope.path.is_file() for scope in scopes):
        return engine.files()
    rows = engine.rows_of({path_text(scope.path) for scope in scopes})
    found = Counter((row.path, row.root, row.state) for row in rows)
    return [KnownFile(*file, articles) for file, articles in found.items()]


def find_changes(
    scopes: Sequence[Scope],
    engine: Engine,
    files: Iterable[KnownFile],
    index_folder: Path,
    *,
    verify: bool = False,
    prune: bool = False,
) -> Changes:
    """Compare scopes with the files that the index knows. Raises RootError where too much is missing, unless `prune`.

    With `verify`, what looks unchanged is read as well.
    """
    by_root: dict[str, dict[str, list[KnownFile]]] = defaultdict(lambda: defaultdict(list))
    for file in files:
        by_root[file.root][file.path].append(file)
    changes = Changes()
    found: list[tuple[Scope, FoundFile, list[KnownFile]]] = []
    gone: set[tuple[str, str]] = set()
    for scope in scopes:
        in_root = by_root[scope.root.path]
        if scope.path.is_file():
            name = path_text(scope.path)
            known = {name: in_root[name]} if name in in_root and scope.is_own(name) else {}
        else:
            known = {path: own for path, own in in_root.items() if scope.holds(path)}
        before = _articles(known.values())
        found += ((scope, *pair) for pair in _compare(scope, known, index_folder, verify, prune, before, changes))
        failures = changes.unread.failed
        vanished = {path: files for path, files in known.items() if not _below_any(path, failures)}
        check_loss(scope.root.path, _articles(vanished.values()), before, prune)
        changes.unchanged += _articles(known.values()) - _articles(vanished.values())
        gone.update((scope.root.path, path) for path in vanished)
    rows = _rows(engine, gone, found)
    changes.vanished = [row for key in sorted(gone) for row in rows[key]]
    tasks = [_task(scope, file, files, rows[scope.root.path, file.name]) for scope, file, files in found]
    changes.tasks = _moved(tasks, changes.vanished)
    return changes


def _moved(tasks: list[FileTask], vanished: Iterable[ArticleRow]) -> list[FileTask]:
    """Return tasks in which a file new to one root knows what vanished from its place in another: roots are moved."""
    gone: dict[str, list[ArticleRow]] = defaultdict(list)
    for row in vanished:
        gone[_place(row.path, row.root)].append(row)
    return [
        replace(task, known=_arrivals(gone[place]), anew=True)
        if gone and not task.known and (place := _place(task.name, task.root)) in gone
        else task
        for task in tasks
    ]


def _place(path: str, root: str) -> str:
    return path.removeprefix(root)


def _articles(files: Iterable[Sequence[KnownFile]]) -> int:
    return sum(file.articles for several in files for file in several)


def _rows(
    engine: Engine, gone: Iterable[tuple[str, str]], found: Iterable[tuple[Scope, FoundFile, list[KnownFile]]]
) -> Mapping[tuple[str, str], list[ArticleRow]]:
    """Return the rows of the files that are gone or to be read, by root and path."""
    paths = {path for _, path in gone} | {file.name for _, file, known in found if known}
    rows: dict[tuple[str, str], list[ArticleRow]] = defaultdict(list)
    for row in engine.rows_of(paths) if paths else ():
        rows[row.root, row.path].append(row)
    return rows


def _task(scope: Scope, file: FoundFile, known: Sequence[KnownFile], rows: Sequence[ArticleRow]) -> FileTask:
    states = {one.state for one in known}
    article_id = scope.root.article_id(Path(file.path))
    state = states.pop() if len(states) == 1 else None
    return FileTask(file.path, file.name, scope.root.path, article_id, _arrivals(rows), state)


def _arrivals(rows: Iterable[ArticleRow]) -> dict[str, Arrival]:
    return {row.id: Arrival(row.content_hash, row.run) for row in rows}


def anew(tasks: Sequence[FileTask], engine: Engine) -> list[FileTask]:
    """Return tasks to put all articles of files again, those that the index has as of the runs they came in."""
    if not tasks:
        return []
    rows: dict[tuple[str, str], list[ArticleRow]] = defaultdict(list)
    for row in engine.rows_of({task.name for task in tasks}):
        rows[row.root, row.path].append(row)
    return [replace(task, known=_arrivals(rows[task.root, task.name]), anew=True) for task in tasks]


def _compare(
    scope: Scope,
    known: dict[str, list[KnownFile]],
    index_folder: Path,
    verify: bool,
    prune: bool,
    before: int,
    changes: Changes,
) -> list[tuple[FoundFile, list[KnownFile]]]:
    """Return the files to be read, having taken all that are there from `known`."""
    if not scope.path.exists():
        if prune:
            return []
        is_root = str(scope.path) == scope.root.path
        raise RootError(
            f"{scope.path} is not there; the index has {before} of its articles and keeps them. If it is gone for "
            "good, run again with --prune" + (f", or: wensou remove {scope.path}" if is_root else "")
        )
    unread = Unread()
    found: list[tuple[FoundFile, list[KnownFile]]] = []
    for file in walk(scope.path, Path(scope.root.path), scope.root.exclude, index_folder, unread):
        if not scope.is_own(file.name):
            continue
        files = known.pop(file.name, [])
        if files and not verify and all(one.state == file.state for one in files):
            changes.unchanged += sum(one.articles for one in files)
        else:
            found.append((file, files))
    failed = unread.failed
    if failed and failed[0].path == path_text(scope.path) and not prune:
        raise RootError(f"{scope.path} cannot be read: {failed[0].reason}. Its articles stay in the index.")
    changes.unread.failed += failed
    changes.unread.skipped += unread.skipped
    return found


def check_loss(root: str, lost: int, before: int, prune: bool) -> None:
    """Raise RootError if a run would take more than half of a root's articles from the index, unless `prune`."""
    if lost * 2 > before and not prune:
        raise RootError(
            f"{lost} of the {before} articles of {root} are gone from there; the index keeps them. If that is right, "
            "run again with --prune."
        )


def _below_any(path: str, failures: Sequence[Failure]) -> bool:
    return any(path == failure.path or path.startswith(failure.path + "/") for failure in failures)
