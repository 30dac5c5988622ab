"""One commit of the Whoosh index, read into arrays: postings, positions, lengths, and where articles begin.

Passages are numbered through all segments; deleted ones keep their number and appear in nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.engines.bm25 import quantised
from indexer.engines.whoosh.schema import length_field

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Lengths(NamedTuple):
    """The lengths of a field: quantised, by passage; passages that have it; their mean, exact."""

    quantised: Ints
    passages: int
    average: float


class Snapshot:
    """Reads a commit through Whoosh's readers. Not safe to share between threads."""

    def __init__(self, reader: Any) -> None:
        self._leaves: list[tuple[Any, int]] = list(reader.leaf_readers()) if reader.doc_count_all() else []
        self._reader = reader
        self.size = int(reader.doc_count_all())
        self._lengths: dict[str, Lengths] = {}

    def close(self) -> None:
        self._reader.close()

    @cached_property
    def live(self) -> NDArray[np.bool_]:
        """Which passages are not deleted."""
        live = np.ones(self.size, bool)
        for leaf, base in self._leaves:
            deleted = [base + number for number in leaf.segment().deleted_docs()] if leaf.has_deletions() else []
            live[deleted] = False
        return live

    @cached_property
    def articles(self) -> Ints:
        """The number of each passage's article. An article's passages stand together, in order."""
        return np.cumsum(self.column("ordinal") == 0) - 1

    @cached_property
    def first_passages(self) -> Ints:
        """The first passage of each article, by the article's number."""
        return np.flatnonzero(self.column("ordinal") == 0)

    def column(self, name: str) -> Ints:
        """Return a numeric column."""
        return np.concatenate([_numbers(leaf, name) for leaf, _ in self._leaves] or [np.empty(0, np.int64)])

    def lengths(self, field: str) -> Lengths:
        """Return the lengths of a field and their statistics over the passages that have it."""
        if field not in self._lengths:
            exact = self.column(length_field(field))
            having = exact[self.live & (exact > 0)]
            average = float(having.mean()) if len(having) else 1.0
            self._lengths[field] = Lengths(quantised(exact), len(having), average)
        return self._lengths[field]

    def postings(self, field: str, term: str) -> tuple[Ints, Floats]:
        """Return the passages that hold a term, rising, and how often."""
        numbers: list[int] = []
        weights: list[float] = []
        for leaf, base in self._leaves:
            matcher = _matcher(leaf, field, term)
            if matcher is not None:
                _read_blocks(matcher, base, numbers, weights)
        passages, frequencies = np.array(numbers, np.int64), np.array(weights, np.float64)
        alive = self.live[passages]
        return (passages, frequencies) if alive.all() else (passages[alive], frequencies[alive])

    def positions(self, field: str, term: str, passages: Ints) -> Iterator[tuple[int, list[int]]]:
        """Yield those of `passages`, which rise, that hold a term, with the term's positions in them."""
        for leaf, base in self._leaves:
            matcher = _matcher(leaf, field, term)
            if matcher is None:
                continue
            low, high = np.searchsorted(passages, (base, base + leaf.doc_count_all()))
            for passage in passages[low:high].tolist():
                if not matcher.is_active():
                    break
                matcher.skip_to(passage - base)
                if matcher.is_active() and matcher.id() == passage - base:
                    yield passage, matcher.value_as("positions")

    def terms(self, field: str, prefix: str) -> list[str]:
        """Return the terms of a field that begin with `prefix`, in order."""
        found: set[str] = set()
        for leaf, _ in self._leaves:
            if field in leaf.indexed_field_names():
                found.update(term.decode() for term in leaf.expand_prefix(field, prefix))
        return sorted(found)

    def stored(self, passage: int) -> dict[str, Any]:
        """Return the stored fields of a passage."""
        leaf, base = self._leaf_of(passage)
        values: dict[str, Any] = leaf.stored_fields(passage - base)
        return values

    def article_id(self, article: int) -> str:
        """Return the id of an article by its number."""
        passage = int(self.first_passages[article])
        leaf, base = self._leaf_of(passage)
        value: bytes = leaf.column_reader("article", translate=False)[passage - base]
        return value.decode()

    def article_ids(self, articles: Ints) -> list[str]:
        """Return the ids of articles by their numbers."""
        return [self.article_id(article) for article in articles.tolist()]

    def article_number(self, article_id: str) -> int | None:
        """Return the number of an article, or None."""
        passages, _ = self.postings("article", article_id)
        return int(self.articles[passages[0]]) if len(passages) else None

    def _leaf_of(self, passage: int) -> tuple[Any, int]:
        return next((leaf, base) for leaf, base in reversed(self._leaves) if base <= passage)


def _numbers(leaf: Any, name: str) -> Ints:
    """Read a numeric column at once: its file is a plain array of big-endian numbers, cut short at defaults."""
    count = leaf.doc_count_all()
    reader = leaf.column_reader(name, translate=False) if leaf.has_column(name) else None
    raw = getattr(reader, "_dbfile", None)
    if reader is None or raw is None:
        default = getattr(leaf.schema[name].column_type, "_default", 0)
        return np.full(count, default, np.int64)
    kind = np.dtype(f">{reader._typecode}")
    numbers = np.full(count, reader._default, np.int64)
    stored = np.frombuffer(raw.get(reader._basepos, reader._count * kind.itemsize), kind)
    numbers[: len(stored)] = stored
    return numbers


def _matcher(leaf: Any, field: str, term: str) -> Any | None:
    """Return Whoosh's matcher of a term, deleted passages included."""
    key = (field, term.encode())
    return leaf._terms.matcher(*key, leaf.schema[field].format) if key in leaf else None


def _read_blocks(matcher: Any, base: int, numbers: list[int], weights: list[float]) -> None:
    """Add all postings of a term, block by block where Whoosh's codec has blocks."""
    if hasattr(matcher, "_next_block"):
        while matcher.is_active():
            matcher._read_ids()
            matcher._read_weights()
            numbers += [number + base for number in matcher._ids] if base else matcher._ids
            weights += matcher._weights
            matcher._next_block()
    while matcher.is_active():
        numbers.append(matcher.id() + base)
        weights.append(matcher.weight())
        matcher.next()
