"""Segments, less what is deleted from them -> the files of one segment, by array work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.engines.base import NUMBER_FIELDS
from indexer.engines.whoosh.blocks import write_blocks
from indexer.engines.whoosh.buffer import write_articles, write_column
from indexer.engines.whoosh.container import Array, ContainerWriter
from indexer.engines.whoosh.files import Files, SourceFile, write_files
from indexer.engines.whoosh.postings import FieldWriter, Ints, Layout, Part, layout_of
from indexer.engines.whoosh.segment import DOCUMENTS, POSTINGS, Field, Segment, SegmentState

# Postings merged at once: about 60 bytes each while they are.
_AT_ONCE = 1 << 22


def merge(segments: Sequence[Segment], folder: Path, state: SegmentState) -> None:
    """Write the segments' live passages, in order, as one segment. Raises IndexDamaged if one is not as written."""
    for segment in segments:
        segment.documents.verify()
        segment.postings.verify()
    sources = _sources(segments)
    state.passages = sum(source.kept for source in sources)
    writer = ContainerWriter(folder / state.file_name(POSTINGS))
    terms_of_articles: list[Ints] = []
    for name in dict.fromkeys(name for segment in segments for name in segment.field_names()):
        mappings = _FieldMerge(name, sources).write(writer, state.passages)
        if name == "article":
            terms_of_articles = mappings
    writer.close()
    _merge_documents(sources, terms_of_articles, folder, state)


@dataclass(frozen=True, slots=True)
class _Source:
    """A segment, and the numbers that its passages get; those of deleted ones mean nothing."""

    segment: Segment
    live: Array | None
    numbers: Ints
    kept: int


def _sources(segments: Sequence[Segment]) -> list[_Source]:
    sources: list[_Source] = []
    first = 0
    for segment in segments:
        live = segment.live
        kept = segment.state.live_count
        numbers = np.arange(segment.passages) if live is None else np.cumsum(live) - 1
        sources.append(_Source(segment, live, numbers + first, kept))
        first += kept
    return sources


class _FieldMerge:
    """One field of several segments."""

    def __init__(self, name: str, sources: Sequence[_Source]) -> None:
        self._name = name
        self._all = sources
        pairs = [(source, field) for source in sources if (field := source.segment.field(name)) is not None]
        self._sources = [source for source, _ in pairs]
        self._fields = [field for _, field in pairs]
        self._layout: Layout | None = None

    def write(self, writer: ContainerWriter, passages: int) -> list[Ints]:
        """Write the field; return for each segment the numbers that its terms get."""
        lengths = extents = None
        if any(field.is_ranked for field in self._fields):
            lengths = self._joined(passages, [field.lengths for field in self._fields])
        if lengths is not None and self._fields[0].has_positions:
            extents = self._joined(passages, [field.extents for field in self._fields])
            self._layout = layout_of(extents)
        counts = [self._counts(source, field) for source, field in zip(self._sources, self._fields, strict=True)]
        kept = [
            [term for term, count in zip(field.terms(), own.tolist(), strict=True) if count]
            for field, own in zip(self._fields, counts, strict=True)
        ]
        terms = sorted(set().union(*kept))
        number = {term: i for i, term in enumerate(terms)}
        mappings = []
        for own, live_terms in zip(counts, kept, strict=True):
            mapping = np.zeros(len(own), np.int64)
            mapping[own > 0] = np.fromiter(map(number.__getitem__, live_terms), np.int64, len(live_terms))
            mappings.append(mapping)
        if terms:
            field_writer = FieldWriter(writer, self._name, lengths, self._layout, extents)
            field_writer.write(terms, self._parts(mappings, counts, len(terms)))
        by_source = dict(zip(map(id, self._sources), mappings, strict=True))
        return [by_source.get(id(source), np.empty(0, np.int64)) for source in self._all]

    def _joined(self, passages: int, values: Sequence[Array]) -> Array:
        """Return a number for each passage of the new segment, given those of the segments that have the field."""
        joined = np.zeros(passages, np.int64)
        for source, own in zip(self._sources, values, strict=True):
            live = _live(source)
            joined[source.numbers[live]] = own[live]
        return joined

    def _counts(self, source: _Source, field: Field) -> Ints:
        """Return how many live postings each term has."""
        starts = np.asarray(field.starts).astype(np.int64)
        counts = np.diff(starts)
        if source.live is not None:
            for low, high in _spans(counts):
                postings = field.all_postings[starts[low] : starts[high]]
                alive = source.live[_passages(field, postings)].astype(np.int64)
                counts[low:high] = np.add.reduceat(alive, starts[low:high] - starts[low])
        return counts

    def _parts(self, mappings: Sequence[Ints], counts: Sequence[Ints], terms: int) -> Iterator[Part]:
        """Yield the merged postings of so many terms at once that memory stays bounded."""
        total = np.zeros(terms, np.int64)
        for mapping, own in zip(mappings, counts, strict=True):
            total[mapping[own > 0]] += own[own > 0]
        for low, high in _spans(total):
            yield self._part(mappings, counts, total, low, high)

    def _part(self, mappings: Sequence[Ints], counts: Sequence[Ints], total: Ints, low: int, high: int) -> Part:
        """Merge terms `low` to `high`: each segment's postings go behind those of the segments before it."""
        own_total = total[low:high]
        free = np.cumsum(own_total) - own_total  # where the next posting of each term goes
        merged = np.empty(int(own_total.sum()), "<u4" if self._layout else "<u8")
        for source, field, mapping, own in zip(self._sources, self._fields, mappings, counts, strict=True):
            alive = np.flatnonzero(own)
            first, last = np.searchsorted(mapping[alive], (low, high)).tolist()
            if first == last:
                continue
            alive = alive[first:last]
            values = self._moved(source, field, int(alive[0]), int(alive[-1]) + 1)
            numbers, repeats = mapping[alive] - low, own[alive]
            offset = free[numbers] - (np.cumsum(repeats) - repeats)
            merged[np.repeat(offset, repeats) + np.arange(len(values))] = values
            free[numbers] += repeats
        return Part(own_total, merged)

    def _moved(self, source: _Source, field: Field, low: int, high: int) -> Array:
        """Return the live postings of terms `low` to `high` with the passages' new numbers."""
        start = field.starts[low]
        postings = field.all_postings[start : field.starts[high]]
        passages = _passages(field, postings)
        alive = None if source.live is None else source.live[passages]
        if alive is not None:
            passages = passages[alive]
        numbers = source.numbers[passages]
        if self._layout is None:
            frequencies = field.frequencies(low, high)
            if alive is not None:
                frequencies = frequencies[alive]
            return (numbers.astype(np.uint64) << np.uint64(32)) | frequencies.astype(np.uint64)
        if alive is not None:
            postings = postings[alive]
        return postings.astype(np.int64) - field.layout.start(passages) + self._layout.start(numbers)


def _spans(counts: Ints) -> Iterator[tuple[int, int]]:
    """Cut terms into stretches, half open, of about `_AT_ONCE` postings."""
    ends = np.cumsum(counts)
    low = 0
    while low < len(counts):
        before = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        yield low, high
        low = high


def _passages(field: Field, postings: Array) -> Array:
    return field.layout.passages_of(postings) if field.has_positions else postings >> np.uint32(8)


def _merge_documents(sources: Sequence[_Source], terms: Sequence[Ints], folder: Path, state: SegmentState) -> None:
    """Merge what segments keep beside postings; `terms` are the new numbers of each segment's article ids."""
    kept = [source.segment.live_articles for source in sources]
    first = [_first_passages(source)[own] for source, own in zip(sources, kept, strict=True)]
    term = [
        numbers[source.segment.documents.array("articles/term")[own]]
        for source, numbers, own in zip(sources, terms, kept, strict=True)
    ]
    writer = ContainerWriter(folder / state.file_name(DOCUMENTS))
    write_articles(writer, np.concatenate([*first, [state.passages]]), np.concatenate([*term, np.empty(0, np.int64)]))
    pairs = list(zip(sources, kept, strict=True))
    write_blocks(writer, "rows", (block for source, own in pairs for block in source.segment.rows.kept(own)))
    write_blocks(
        writer, "records", (block for source in sources for block in source.segment.records.kept(_live(source)))
    )
    for name in NUMBER_FIELDS:
        write_column(writer, name, np.concatenate([_column(source, name) for source in sources]))
    writer.close()
    ends = np.cumsum([0, *(int(own.sum()) for own in kept)]).tolist()
    files = (
        file
        for (source, own), before in zip(pairs, ends, strict=False)
        for file in _kept_files(source.segment.files, own, before)
    )
    write_files(folder / state.file_name(state.files_extension), list(files))


def _live(source: _Source) -> Array:
    return np.ones(source.segment.passages, bool) if source.live is None else source.live


def _first_passages(source: _Source) -> Ints:
    """Return the new number of the first passage of each article that is not deleted."""
    first = source.segment.first_passages[:-1]
    found: Ints = source.numbers[first] + ~_live(source)[first]  # a deleted one has the number before the next
    return found


def _column(source: _Source, name: str) -> Array:
    values = np.zeros(source.segment.passages, ">u4")
    stored = source.segment.column(name)
    values[: len(stored)] = stored
    return values[_live(source)]


def _kept_files(files: Files, kept: Array, before: int) -> Iterator[SourceFile]:
    """Yield the files that have an article left; `before` articles of other segments come first."""
    number = np.concatenate(([0], np.cumsum(kept))) + before
    found = files.all()
    ends = [*(file.first for file in found[1:]), len(kept)]
    for file, end in zip(found, ends, strict=True):
        if number[file.first] != number[end]:
            yield file._replace(first=int(number[file.first]))
