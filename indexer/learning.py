"""Marks of articles -> which blocks recur around them: the boilerplate of an archive, in whatever words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import Engine
from indexer.entries import read_marks
from indexer.files import FileTask
from indexer.recurrence import MARK_LETTERS, NO_MARK, EdgeMark, short
from indexer.sources.source import ReadOptions

MARKS = "marks"  # the keyword field of an index
# Different stories that a block must stand around. Copies of one story share its key, and count once.
_FEWEST_STORIES = 5
# Of the articles that hold the block, those that have it at an edge. A sentence that recurs in running text, such as
# `如果成功，則傳回 S_OK …` in technical pages, is now and then the last one.
_AT_EDGE = 0.8
# Different texts that it is next to, for each story: a footer follows any text, `Namespace: std` always the same line.
_DIFFERENT = 0.5
# Of its articles, those in which the neighbour is the same.
_SAME = 0.8
# One file in so many is read beforehand, at most so many files, spread over all.
_ONE_IN, _SAMPLE = 20, 300


class Evidence:
    """What the articles of an index, `gone` ones left out, and those that a run adds say of blocks that recur."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine if engine and engine.passage_count() else None
        self._gone: set[str] = set()
        self._added = _Terms()
        self._candidates: set[str] = set()

    def replace(self, article_id: str) -> None:
        """Leave out an article of the index: it is removed, or put anew."""
        self._gone.add(article_id)

    def add(self, terms: Iterable[str]) -> None:
        """Add the marks of articles."""
        self._added.add(terms)

    def consider(self, blocks: Iterable[str]) -> None:
        """Look at blocks of articles of the index as at those that the run adds."""
        self._candidates.update(blocks)

    def edge_blocks(self, at_least: int) -> Iterator[str]:
        """Yield the marks of the blocks that stand at the edges of so many articles that the run adds."""
        return self._added.edge_blocks(at_least)

    def learnt(self, before: Collection[str]) -> frozenset[str]:
        """Return the marks of the blocks that are boilerplate; `before` are those that were."""
        candidates = {*before, *self._candidates, *self._added.edge_blocks(1 if self._engine else _FEWEST_STORIES)}
        learnt = self._edges(sorted(candidates))
        # Each of several lines of a footer depends on the others: all are supposed to be learnt until one is not.
        while mistaken := [block for block, edges in learnt.items() if not _stands_around(edges, learnt)]:
            for block in mistaken:
                del learnt[block]
        return frozenset(learnt)

    def _edges(self, blocks: Sequence[str]) -> dict[str, Counter[EdgeMark]]:
        """Return where those of some blocks that recur at edges stand there, with the number of articles."""
        edges: dict[str, Counter[EdgeMark]] = {}
        for block, terms in self._marks("e", blocks).items():
            own = edges[block] = Counter()
            for term, count in terms.items():
                own[EdgeMark.of_term(term)] += count
            if len({mark.story for mark in own}) < _FEWEST_STORIES:
                del edges[block]
        inside = self._marks("i", [*edges])
        return {
            block: own
            for block, own in edges.items()
            if own.total() >= _AT_EDGE * (own.total() + inside[block].total())
        }

    def _marks(self, letter: str, blocks: Sequence[str]) -> dict[str, Counter[str]]:
        """Return the marks of some blocks that begin with a letter, each with the number of articles that have it."""
        counts = {block: self._added.beginning(letter + block) for block in blocks}
        for term, count in self._indexed([letter + block for block in blocks]).items():
            counts[term[1 : 1 + MARK_LETTERS]][term] += count
        return counts

    def _indexed(self, prefixes: Sequence[str]) -> Mapping[str, int]:
        if self._engine is None:
            return {}
        counts = dict(self._engine.frequent_terms(MARKS, prefixes, 1))
        if self._gone:
            for term, count in self._engine.frequent_terms(MARKS, prefixes, 1, self._gone).items():
                counts[term] -= count
        return {term: count for term, count in counts.items() if count}

    def articles_with(self, blocks: Collection[str]) -> set[str]:
        """Return the articles of the index that have one of some blocks at an edge, and are not gone."""
        if self._engine is None:
            return set()
        terms = self._engine.frequent_terms(MARKS, [f"e{block}" for block in blocks], 1)
        found = self._engine.articles_with(MARKS, terms) if terms else {}
        return {name for ids in found.values() for name in ids} - self._gone


def _stands_around(edges: Counter[EdgeMark], learnt: Collection[str]) -> bool:
    """Tell whether nothing but boilerplate is outside of a block, and inside of it either that or different texts."""
    known = {NO_MARK, *map(short, learnt)}
    outer, inner = _counted(edges, "outer"), _counted(edges, "inner")
    if sum(count for mark, count in outer.items() if mark in known) < _SAME * outer.total():
        return False
    if any(mark.is_heading for mark in edges) and max(outer.values()) < _SAME * outer.total():
        return False  # a heading that has different texts below it is that of a section
    if len(inner) >= _DIFFERENT * len({mark.story for mark in edges}):
        return True
    return sum(count for mark, count in inner.items() if mark in known) >= _SAME * inner.total()


def _counted(edges: Counter[EdgeMark], neighbour: str) -> Counter[str]:
    """Return in how many articles each neighbour stands on one side."""
    counts: Counter[str] = Counter()
    for mark, count in edges.items():
        counts[getattr(mark, neighbour)] += count
    return counts


def learnt_from_sample(tasks: Sequence[FileTask], options: ReadOptions) -> frozenset[str]:
    """Return what recurs in some of many files: most of what is learnt from all, so that few are read again."""
    evidence = Evidence()
    for task in tasks[:: max(_ONE_IN, len(tasks) // _SAMPLE)]:
        for terms in read_marks(task, options):
            evidence.add(terms)
    return evidence.learnt(())


class _Terms:
    """Terms of many articles, kept as bytes: as objects those of a large archive would fill the memory."""

    def __init__(self) -> None:
        self._waiting: list[NDArray[np.bytes_]] = []
        self._sorted: NDArray[np.bytes_] = np.empty(0, "S1")

    def add(self, terms: Iterable[str]) -> None:
        self._waiting.append(np.array([term.encode() for term in terms], "S"))

    def _all(self) -> NDArray[np.bytes_]:
        if self._waiting:
            self._sorted = np.sort(np.concatenate([self._sorted, *self._waiting]))
            self._waiting = []
        return self._sorted

    def beginning(self, prefix: str) -> Counter[str]:
        """Return the terms that begin so, with how many there are of each."""
        terms = self._all()
        low = np.searchsorted(terms, np.bytes_(prefix.encode()))
        high = np.searchsorted(terms, np.bytes_(prefix.encode() + b"\x7f"))
        return Counter(term.decode() for term in terms[low:high].tolist())

    def edge_blocks(self, at_least: int) -> Iterator[str]:
        """Yield the blocks that stand at the edge of `at_least` articles."""
        terms = self._all()
        edges = terms[np.searchsorted(terms, b"e") : np.searchsorted(terms, b"f")]
        blocks, counts = np.unique(edges.astype(f"S{1 + MARK_LETTERS}"), return_counts=True)
        return (block.decode()[1:] for block in blocks[counts >= at_least].tolist())
