"""What the index knows besides its articles: analysis, roots and runs; kept by the engine, in the same commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import chain, count
from pathlib import Path
from typing import Any

from indexer.display import path_text
from indexer.runs import Run, with_run


@dataclass(frozen=True, slots=True)
class Root:
    """A folder (or single file) that the index follows. `prefix` stands before the ids of its articles."""

    path: str
    prefix: str
    exclude: tuple[str, ...] = ()

    def article_id(self, path: Path) -> str:
        """Return the id of a file: its path from here, with slashes."""
        relative = path.relative_to(self.path) if path != Path(self.path) else Path(path.name)
        return self.prefix + path_text(relative.as_posix())


@dataclass(frozen=True, slots=True)
class Manifest:
    """The meta of an engine, typed.

    `identity` is a random name that an index has from its first run on; one whose articles could not be carried over
    when it was built anew gets another. `run` is the number of the last run, `runs` are those still known.
    `unsettled` are the runs over a part of the sources since the last one over all, `candidates` the marks of blocks
    that these found at the edges of several articles.
    """

    fingerprint: str = ""
    user_dictionary: str = ""
    run: int = 0
    roots: tuple[Root, ...] = ()
    boilerplate: tuple[str, ...] = ()  # marks of the blocks that recur around articles, in order
    identity: str = ""
    runs: tuple[Run, ...] = ()
    unsettled: tuple[int, ...] = ()
    candidates: tuple[str, ...] = ()

    @classmethod
    def load(cls, meta: Mapping[str, Any]) -> Manifest:
        """Read an engine's meta; an empty one gives an empty manifest."""
        roots = tuple(Root(root["path"], root["prefix"], tuple(root["exclude"])) for root in meta.get("roots", ()))
        return cls(
            meta.get("fingerprint", ""),
            meta.get("user_dictionary", ""),
            meta.get("run", 0),
            roots,
            tuple(meta.get("boilerplate", ())),
            meta.get("identity", ""),
            tuple(Run(*run) for run in meta.get("runs", ())),
            tuple(meta.get("unsettled", ())),
            tuple(meta.get("candidates", ())),
        )

    def dump(self) -> dict[str, Any]:
        """Return what `load` reads."""
        return asdict(self)

    def after_run(self, moment: datetime) -> Manifest:
        """Return the manifest with one more run, which changed the index at that moment."""
        return replace(self, run=self.run + 1, runs=with_run(self.runs, self.run + 1, moment))

    def with_exclude(self, paths: Collection[str], exclude: tuple[str, ...]) -> Manifest:
        """Return the manifest with other patterns for the roots at `paths`."""
        return replace(
            self,
            roots=tuple(replace(root, exclude=exclude) if root.path in paths else root for root in self.roots),
        )

    def with_root(self, path: Path) -> tuple[Manifest, Root]:
        """Return the root at `path`, with the manifest that has it; a new one gets a prefix of its own.

        The first root's ids are bare paths. Those of later ones begin with the root's name and a colon, so two
        roots with the same files are told apart, and no id changes when roots come.
        """
        for root in self.roots:
            if root.path == str(path):
                return self, root
        taken = {root.prefix for root in self.roots}
        numbered = (f"{path.name}~{number}:" for number in count(2))
        prefix = next(prefix for prefix in chain(("", f"{path.name}:"), numbered) if prefix not in taken)
        root = Root(str(path), prefix)
        return replace(self, roots=(*self.roots, root)), root

    def without_roots(self, roots: Sequence[Root]) -> Manifest:
        """Return the manifest without some roots."""
        return replace(self, roots=tuple(root for root in self.roots if root not in roots))
