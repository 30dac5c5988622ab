"""Parts of the sources, which several machines index at the same time, and what they leave to the run after them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Self

from indexer.errors import UsageError
from indexer.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Partition:
    """Part `number` of `count`, from 1 on: the files whose ids' digests leave the remainder `number` - 1."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `I/N`. Raises UsageError for other text."""
        number, slash, count = text.partition("/")
        if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            raise UsageError(f"{text!r} names no part. Give the part and how many there are, as in --partition 2/3.")
        return cls(int(number), int(count))

    def has(self, file_id: str) -> bool:
        """Tell whether a file, by the id of its articles or what they begin with, belongs to this part."""
        digest = blake2b(file_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest) % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def merged(newest: Manifest, own: Manifest, run: int, blocks: Iterable[str], moment: datetime) -> Manifest:
    """Return what the index knows after a run over a part, whatever runs over other parts did meanwhile.

    `run` is the number that its articles have, `blocks` the marks of what may recur around articles: whether it does,
    the next run over all finds out. Raises UsageError if another run gave the prefix of a new root to one of its own.
    """
    roots = {root.path: root for root in newest.roots}
    prefixes = {root.prefix: root.path for root in newest.roots}
    for root in own.roots:
        if prefixes.setdefault(root.prefix, root.path) != root.path:
            raise UsageError(
                f"Another run began to follow {prefixes[root.prefix]} at the same time as this one {root.path}, and "
                "their articles cannot be told apart. Let the other one end, and run this one again."
            )
        roots[root.path] = root
    known = replace(own, roots=tuple(roots.values()), run=newest.run, runs=newest.runs, identity=newest.identity)
    after = known.after_run(moment) if newest.run < run else known
    return replace(
        after,
        unsettled=tuple(sorted({*newest.unsettled, run})),
        candidates=tuple(sorted({*newest.candidates, *blocks})),
    )
