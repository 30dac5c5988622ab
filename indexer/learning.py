"""Marks of articles -> which blocks recur around them: the boilerplate of an archive, in whatever words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.engines.base import Engine
from indexer.entries import read_marks
from indexer.files import FileTask
from indexer.recurrence import MARK_LETTERS, NO_MARK, SHORT, short
from indexer.sources.source import ReadOptions

MARKS = "marks"  # the keyword field of an index
# What begins those of blocks at edges and inside; others are of pages and brackets.
_OF_BLOCKS = "ei"
# The term of an EdgeMark, in bytes; `kind` is "h" for a heading.
EDGE_TERM = np.dtype(
    [("e", "S1"), ("block", f"S{MARK_LETTERS}")]
    + [(name, f"S{SHORT}") for name in ("inner", "outer", "story")]
    + [("kind", "S1")]
)
_BYTES = f"S{EDGE_TERM.itemsize}"
# Articles whose marks are looked up together, and those that may be gone for their marks to be remembered; of others,
# the marks that are: some tens of megabytes.
_AT_ONCE, _FEW_GONE, _FEW_OTHERS = 1000, 20_000, 200_000
Marks = NDArray[np.bytes_]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]

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
        self._told: set[str] = set()  # those of them whose marks are known
        self._gone_marks: Counter[str] = Counter()
        self._added = _Terms()
        self._others: set[str] = set()
        self._candidates: set[str] = set()

    def replace(self, article_id: str) -> None:
        """Leave out an article of the index: it is removed, or put anew."""
        self._gone.add(article_id)

    def add(self, terms: Iterable[str]) -> None:
        """Add the marks of articles."""
        own = [*terms]
        self._added.add(term for term in own if term[0] in _OF_BLOCKS)
        if len(self._others) <= _FEW_OTHERS:
            self._others.update(term for term in own if term[0] not in _OF_BLOCKS)

    def consider(self, blocks: Iterable[str]) -> None:
        """Look at blocks of articles of the index as at those that the run adds."""
        self._candidates.update(blocks)

    def edge_blocks(self, at_least: int) -> Iterator[str]:
        """Yield the marks of the blocks that stand at the edges of so many articles that the run adds."""
        return self._added.edge_blocks(at_least)

    def others(self) -> set[str] | None:
        """Return the marks that are not of blocks, of the articles that were added or are gone; None for too many."""
        if len(self._others) > _FEW_OTHERS or len(self._gone) > _FEW_GONE:
            return None
        return self._others.union(mark for mark in self._of_gone() if mark[0] not in _OF_BLOCKS)

    def learnt(self, before: Collection[str]) -> frozenset[str]:
        """Return the marks of the blocks that are boilerplate; `before` are those that were.

        Where those of which the run changes what is known stay what they were, the others do so, too.
        """
        added = self._added.edge_blocks(1 if self._engine else _FEWEST_STORIES)
        candidates = {*before, *self._candidates, *added}
        if self._engine and len(self._gone) <= _FEW_GONE:
            changed = candidates & self._changed().union(self._candidates)
            if self._judged(changed, {*before} - changed) == changed.intersection(before):
                return frozenset(before)
        return self._judged(candidates, ())

    def _judged(self, blocks: Collection[str], learnt: Collection[str]) -> frozenset[str]:
        """Return which of some blocks are boilerplate, besides those that are `learnt`."""
        edges = self._edges(sorted(blocks), learnt)
        found = edges.standing_around(edges.stories >= _FEWEST_STORIES)
        if found.any():
            found[found] = edges.totals[found] >= _AT_EDGE * (edges.totals[found] + self._inside(edges.blocks[found]))
        return frozenset(mark.decode() for mark in edges.blocks[edges.standing_around(found)].tolist())

    def _changed(self) -> set[str]:
        """Return the blocks of which other articles, or other ones by their marks, tell since the run."""
        gone = {term: count for term, count in self._of_gone().items() if term[0] in _OF_BLOCKS}
        terms, counts = self._added.counted()
        every, place = np.unique(np.concatenate([terms, np.array([*gone], _BYTES)]), return_inverse=True)
        more = np.concatenate([counts, -np.fromiter(gone.values(), np.int64)])
        changed = every[np.bincount(place, more, len(every)) != 0]
        return {block.decode() for block in changed.view(EDGE_TERM)["block"].tolist()}

    def _edges(self, blocks: Sequence[str], learnt: Collection[str]) -> _Edges:
        """Return where some blocks stand at edges."""
        terms, counts = self._added.edges_of(blocks)
        indexed = self._indexed([f"e{block}" for block in blocks])
        every = np.concatenate([terms, np.array([*indexed], _BYTES)]).view(EDGE_TERM)
        return _Edges(every, np.concatenate([counts, np.fromiter(indexed.values(), np.int64)]), learnt)

    def _inside(self, blocks: Marks) -> Counts:
        """Return how many articles have each of some blocks inside."""
        terms = [f"i{block.decode()}" for block in blocks.tolist()]
        indexed = self._indexed(terms)
        return self._added.counts(terms) + np.array([indexed.get(term, 0) for term in terms], np.int64)

    def _indexed(self, prefixes: Sequence[str]) -> Mapping[str, int]:
        if self._engine is None:
            return {}
        is_few = len(self._gone) <= _FEW_GONE
        gone = self._of_gone() if is_few else self._engine.frequent_terms(MARKS, prefixes, 1, self._gone)
        counts = self._engine.frequent_terms(MARKS, prefixes, 1)
        left = ((term, count - gone.get(term, 0)) for term, count in counts.items())
        return {term: count for term, count in left if count}

    def _of_gone(self) -> Counter[str]:
        """Return the marks of the articles that are gone."""
        if self._engine is None:
            return self._gone_marks
        asked = sorted(self._gone - self._told)
        self._told.update(asked)
        for start in range(0, len(asked), _AT_ONCE):
            self._gone_marks.update(self._engine.frequent_terms(MARKS, [""], 1, asked[start : start + _AT_ONCE]))
        return self._gone_marks

    def articles_with(self, blocks: Collection[str]) -> set[str]:
        """Return the articles of the index that have one of some blocks at an edge, and are not gone."""
        if self._engine is None:
            return set()
        terms = self._engine.frequent_terms(MARKS, [f"e{block}" for block in blocks], 1)
        found = self._engine.articles_with(MARKS, terms) if terms else {}
        return {name for ids in found.values() for name in ids} - self._gone


class _Edges:
    """Where blocks stand at the edges of articles.

    Of each of the `blocks`: `totals`, of how many articles, and how many different `stories` these tell.
    """

    def __init__(self, terms: NDArray[np.void], counts: Counts, learnt: Collection[str]) -> None:
        """Take terms of EdgeMarks, as EDGE_TERM, how many articles have each, and other blocks that are learnt."""
        self._terms, self._counts, self._learnt = terms, counts, [*map(short, learnt)]
        self.blocks: Marks
        self.blocks, self._block = np.unique(terms["block"], return_inverse=True)
        self.totals = self._sums(counts)
        self.stories, _ = self._values("story")
        self._different_inner, _ = self._values("inner")
        _, self._commonest_outer = self._values("outer")
        self._is_heading = self._sums(terms["kind"] == b"h") > 0

    def standing_around(self, learnt: Mask) -> Mask:
        """Return those of the blocks that are supposed to be learnt around which the others and the texts are so.

        Nothing but boilerplate is outside of each, and inside of it either that or different texts. Each of several
        lines of a footer depends on the others: all are supposed to be learnt until one is not.
        """
        while (left := learnt & self._stand_around(learnt)).sum() < learnt.sum():
            learnt = left
        return left

    def _stand_around(self, learnt: Mask) -> Mask:
        own = (short(mark.decode()) for mark in self.blocks[learnt].tolist())
        known = np.array([NO_MARK, *self._learnt, *own], "S")
        outer, inner = (self._sums(np.isin(self._terms[side], known) * self._counts) for side in ("outer", "inner"))
        # A heading that has different texts below it is that of a section.
        is_of_section = self._is_heading & (self._commonest_outer < _SAME * self.totals)
        is_beside_texts = self._different_inner >= _DIFFERENT * self.stories
        found: Mask = (outer >= _SAME * self.totals) & ~is_of_section
        return found & (is_beside_texts | (inner >= _SAME * self.totals))

    def _sums(self, values: NDArray[np.generic]) -> Counts:
        """Return for each block the sum of the values of its terms."""
        return np.bincount(self._block, values, len(self.blocks)).astype(np.int64)

    def _values(self, name: str) -> tuple[Counts, Counts]:
        """Return for each block how many different values its terms have, and how many articles the commonest."""
        values, number = np.unique(self._terms[name], return_inverse=True)
        pairs, pair = np.unique(self._block * max(len(values), 1) + number, return_inverse=True)
        block = pairs // max(len(values), 1)
        most = np.zeros(len(self.blocks), np.int64)
        np.maximum.at(most, block, np.bincount(pair, self._counts, len(pairs)).astype(np.int64))
        return np.bincount(block, minlength=len(self.blocks)), most


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
        self._waiting: list[Marks] = []
        self._sorted: Marks = np.empty(0, _BYTES)

    def add(self, terms: Iterable[str]) -> None:
        if own := [*terms]:
            self._waiting.append(np.array(own, _BYTES))

    def _all(self) -> Marks:
        if self._waiting:
            self._sorted = np.sort(np.concatenate([self._sorted, *self._waiting]))
            self._waiting = []
        return self._sorted

    def counted(self) -> tuple[Marks, Counts]:
        """Return all terms, each once, with how many there are of each."""
        return np.unique(self._all(), return_counts=True)

    def counts(self, terms: Sequence[str]) -> Counts:
        """Return how often each term is there."""
        own, wanted = self._all(), np.array(terms, _BYTES)
        return np.searchsorted(own, wanted, "right") - np.searchsorted(own, wanted)

    def edges_of(self, blocks: Sequence[str]) -> tuple[Marks, Counts]:
        """Return the terms of some blocks at edges, each once, with how many there are of each."""
        edges = self._edges()
        return np.unique(edges[np.isin(_blocks(edges), np.array(blocks, "S"))], return_counts=True)

    def edge_blocks(self, at_least: int) -> Iterator[str]:
        """Yield the blocks that stand at the edge of `at_least` articles."""
        blocks, counts = np.unique(_blocks(self._edges()), return_counts=True)
        return (block.decode() for block in blocks[counts >= at_least].tolist())

    def _edges(self) -> Marks:
        terms = self._all()
        return terms[np.searchsorted(terms, b"e") : np.searchsorted(terms, b"f")]


def _blocks(edges: Marks) -> Marks:
    return edges.view(EDGE_TERM)["block"]
