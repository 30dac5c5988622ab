"""The keyword fields that may change without new analysis: in a file beside the segment's others, written anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from indexer.engines.base import LABEL_FIELDS
from indexer.engines.whoosh.container import Array, ContainerWriter, encoded
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.postings import FieldWriter, counted

# Passages, rising, and for each field that changes their values: of each passage in order, or one for all.
Relabelling = tuple[Array, Mapping[str, Sequence[tuple[str, ...]]]]


def write_relabelled(path: Path, fields: Mapping[str, Field | None], changes: Sequence[Relabelling]) -> None:
    """Write the label fields of a segment with `changes` made one after another; the other values are `fields`'."""
    with ContainerWriter(path) as writer:
        for name in LABEL_FIELDS:
            field = fields[name]
            names = field.terms() if field else []
            passages, terms = field.unit_pairs() if field else (_NONE, _NONE)
            number = {term: i for i, term in enumerate(names)}
            last = _last(name, changes)
            if last:
                kept = ~np.isin(passages, np.fromiter(last, np.int64, len(last)))
                new_passages, new_terms = _new_pairs(last, number)
                passages = np.concatenate((passages[kept], new_passages))
                terms = np.concatenate((terms[kept], new_terms))
            _write_pairs(writer, name, list(number), passages, terms)


_NONE = np.empty(0, np.int64)


def _last(name: str, changes: Sequence[Relabelling]) -> dict[int, tuple[str, ...]]:
    """Return the values of a field that each passage gets at last."""
    last: dict[int, tuple[str, ...]] = {}
    for changed, labels in changes:
        if name in labels:
            values = labels[name]
            of_each = [values[0]] * len(changed) if len(values) == 1 else values
            last.update(zip(changed.tolist(), of_each, strict=True))
    return last


def _new_pairs(last: Mapping[int, tuple[str, ...]], number: dict[bytes, int]) -> tuple[Array, Array]:
    """Return the pairs of passages that get values; terms that have no number get the next one."""
    pairs = [
        (passage, number.setdefault(encoded(value), len(number))) for passage, own in last.items() for value in own
    ]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _write_pairs(writer: ContainerWriter, name: str, names: Sequence[bytes], passages: Array, terms: Array) -> None:
    used = np.unique(terms)
    if len(used):
        ordered = sorted(used.tolist(), key=names.__getitem__)
        place = np.zeros(len(names), np.int64)
        place[ordered] = np.arange(len(ordered))
        part = counted(passages, place[terms], len(ordered))
        FieldWriter(writer, name, None, None).write([names[i] for i in ordered], [part])
