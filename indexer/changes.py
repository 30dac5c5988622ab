"""What the index has, and what the folders have -> what to read and what to remove."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.entries import FileTask
from indexer.errors import RootError, UsageError
from indexer.manifest import Manifest, Root
from indexer.model import ArticleRow, Failure, FileState
from indexer.walk import path_text, walk


@dataclass(frozen=True, slots=True)
class Scope:
    """A root, or a part of one, that a run compares with the index."""

    root: Root
    path: Path

    def holds(self, path: str) -> bool:
        """Tell whether a path of the root lies in the scope."""
        inside = path_text(self.path)
        return path == inside or path.startswith(inside.rstrip("/") + "/")


@dataclass(slots=True)
class Changes:
    """What a run has to do."""

    tasks: list[FileTask] = field(default_factory=list)
    vanished: list[ArticleRow] = field(default_factory=list)
    unchanged: int = 0
    failures: list[Failure] = field(default_factory=list)


def check_named(manifest: Manifest, paths: Sequence[Path]) -> None:
    """Raise RootError for a path that neither exists nor is a root, or part of one, that the index follows."""
    for path in paths:
        if not path.exists() and not any(path.is_relative_to(root.path) for root in manifest.roots):
            raise RootError(f"There is no file or folder {path}.")


def choose_scopes(
    manifest: Manifest, paths: Sequence[Path], exclude: tuple[str, ...], everything: bool
) -> tuple[Manifest, list[Scope]]:
    """Return the scopes that `paths` name, all roots if there are none or `everything`, and the manifest with them.

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
            scopes.append(Scope(around, path))
        else:
            manifest, root = manifest.with_root(path)
            known[root.path] = root
            scopes.append(Scope(root, path))
    if everything or not paths:
        scopes = [Scope(root, Path(root.path)) for root in manifest.roots]
    if not scopes:
        raise UsageError("The index follows no folder yet. Name one with: wensou index FOLDER")
    if exclude:
        roots = {scope.root.path for scope in scopes}
        manifest = manifest.with_exclude(roots, tuple(filter(None, exclude)))
        known = {root.path: root for root in manifest.roots}
        scopes = [Scope(known[scope.root.path], scope.path) for scope in scopes]
    return manifest, scopes


def find_changes(
    scopes: Sequence[Scope],
    rows: Iterable[ArticleRow],
    states: Mapping[str, FileState],
    index_folder: Path,
    *,
    verify: bool,
    prune: bool,
) -> Changes:
    """Compare scopes with the rows of the index. Raises RootError where too much is missing, unless `prune`.

    `states` are those of files that were read since their rows were made, and had not changed.
    """
    changes = Changes()
    by_root: dict[str, dict[str, list[ArticleRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_root[row.root][row.path].append(row)
    for scope in scopes:
        known = {path: found for path, found in by_root[scope.root.path].items() if scope.holds(path)}
        _compare(scope, known, states, index_folder, verify, prune, changes)
    return changes


def _compare(
    scope: Scope,
    known: dict[str, list[ArticleRow]],
    states: Mapping[str, FileState],
    index_folder: Path,
    verify: bool,
    prune: bool,
    changes: Changes,
) -> None:
    before = sum(map(len, known.values()))
    failures: list[Failure] = []
    if not scope.path.exists() and not prune:
        is_root = str(scope.path) == scope.root.path
        raise RootError(
            f"{scope.path} is not there; the index has {before} of its articles and keeps them. If it is gone for "
            "good, run again with --prune" + (f", or: wensou remove {scope.path}" if is_root else "")
        )
    for file in (
        walk(scope.path, Path(scope.root.path), scope.root.exclude, index_folder, failures)
        if scope.path.exists()
        else ()
    ):
        rows = known.pop(file.name, [])
        if rows and not verify and all(states.get(file.name, row.state) == file.state for row in rows):
            changes.unchanged += len(rows)
        else:
            known_hashes = {row.id: row.content_hash for row in rows}
            changes.tasks.append(
                FileTask(str(file.path), file.name, scope.root.path, scope.root.article_id(file.path), known_hashes)
            )
    if failures and failures[0].path == path_text(scope.path) and not prune:
        raise RootError(f"{scope.path} cannot be read: {failures[0].reason}. Its articles stay in the index.")
    hidden = [row for rows in known.values() for row in rows if _below_any(row.path, failures)]
    vanished = [row for rows in known.values() for row in rows if not _below_any(row.path, failures)]
    check_loss(scope.root.path, len(vanished), before, prune)
    changes.unchanged += len(hidden)
    changes.vanished += vanished
    changes.failures += failures


def check_loss(root: str, lost: int, before: int, prune: bool) -> None:
    """Raise RootError if a run would take more than half of a root's articles from the index, unless `prune`."""
    if lost * 2 > before and not prune:
        raise RootError(
            f"{lost} of the {before} articles of {root} are gone from there; the index keeps them. If that is right, "
            "run again with --prune."
        )


def _below_any(path: str, failures: Sequence[Failure]) -> bool:
    return any(path.startswith(failure.path + "/") for failure in failures)
