"""Segments, less what is deleted from them -> the files of one segment, by array work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.engines.base import ARTICLE_FIELDS, LABEL_FIELDS, NUMBER_FIELDS
from indexer.engines.whoosh.blocks import write_blocks
from indexer.engines.whoosh.buffer import write_articles, write_column
from indexer.engines.whoosh.container import Array, ContainerWriter
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.files import Files, SourceFile, write_files
from indexer.engines.whoosh.postings import FieldWriter, Ints, Layout, Part, layout_of, stretches
from indexer.engines.whoosh.segment import DOCUMENTS, POSTINGS, Segment, SegmentState


def merge(segments: Sequence[Segment], folder: Path, state: SegmentState) -> None:
    """Write the segments' live passages, in order, as one segment. Raises IndexDamaged if one is not as written."""
    for segment in segments:
        segment.verify()
    sources = _sources(segments)
    state.passages = sum(source.kept for source in sources)
    terms_of_articles: list[Ints] = []
    names = dict.fromkeys(name for segment in segments for name in segment.field_names())
    with ContainerWriter(folder / state.file_name(POSTINGS)) as writer:
        for name in (name for name in names if name not in LABEL_FIELDS):
            mappings = _FieldMerge(name, sources).write(writer)
            if name == "article":
                terms_of_articles = mappings
    with ContainerWriter(folder / state.file_name(state.labels_extension)) as writer:
        for name in (name for name in names if name in LABEL_FIELDS):
            _FieldMerge(name, sources).write(writer)
    _merge_documents(sources, terms_of_articles, folder, state)


@dataclass(frozen=True, slots=True)
class _Source:
    """A segment, which of its passages are kept, and the numbers that they get."""

    segment: Segment
    live: Array
    numbers: Ints  # of a passage that is not kept: that of the next one
    kept: int


@dataclass(frozen=True, slots=True)
class _FieldSource:
    """A field of a segment: how many passages of each unit are kept, and the numbers that units get."""

    field: Field | None
    sizes: Ints
    numbers: Ints

    @property
    def live(self) -> Array:
        return self.sizes > 0

    def terms(self) -> Sequence[bytes]:
        return self.field.terms() if self.field is not None else ()


def _sources(segments: Sequence[Segment]) -> list[_Source]:
    sources: list[_Source] = []
    first = 0
    for segment in segments:
        live = np.ones(segment.passages, bool) if segment.live is None else segment.live
        sources.append(_Source(segment, live, np.cumsum(live) - live + first, segment.state.live_count))
        first += segment.state.live_count
    return sources


class _FieldMerge:
    """One field of several segments."""

    def __init__(self, name: str, sources: Sequence[_Source]) -> None:
        self._name = name
        self._sources: list[_FieldSource] = []
        self._units = 0
        for source in sources:
            field = source.segment.field(name)
            sizes = source.live.astype(np.int64)
            if field is not None:
                sizes = field.over_units(sizes)
            elif name in ARTICLE_FIELDS:
                sizes = np.add.reduceat(sizes, source.segment.first_passages[:-1].astype(np.int64))
            live = sizes > 0
            self._sources.append(_FieldSource(field, sizes, np.cumsum(live) + (self._units - live.astype(np.int64))))
            self._units += int(live.sum())
        self._layout: Layout | None = None

    def write(self, writer: ContainerWriter) -> list[Ints]:
        """Write the field; return for each segment the numbers that its terms get."""
        fields = [source.field for source in self._sources if source.field is not None]
        lengths = extents = None
        if fields[0].is_ranked:
            lengths = self._joined(lambda field: field.lengths)
        if fields[0].has_positions:
            extents = self._joined(lambda field: field.extents)
            self._layout = layout_of(extents)
        counts = [_counts(source) for source in self._sources]
        kept = [
            [term for term, count in zip(source.terms(), own.tolist(), strict=True) if count]
            for source, own in zip(self._sources, counts, strict=True)
        ]
        terms = sorted(set().union(*kept))
        number = {term: i for i, term in enumerate(terms)}
        mappings = []
        for own, live_terms in zip(counts, kept, strict=True):
            mapping = np.zeros(len(own), np.int64)
            mapping[own > 0] = np.fromiter(map(number.__getitem__, live_terms), np.int64, len(live_terms))
            mappings.append(mapping)
        if terms:
            sizes = np.concatenate([source.sizes[source.live] for source in self._sources])
            field_writer = FieldWriter(writer, self._name, lengths, self._layout, extents=extents, sizes=sizes)
            field_writer.write(terms, self._parts(mappings, counts, len(terms)))
        return mappings

    def _joined(self, values: Callable[[Field], Array]) -> Ints:
        """Return a number for each unit of the new segment; 0 for those of segments without the field."""
        joined = np.zeros(self._units, np.int64)
        for source in self._sources:
            if source.field is not None:
                joined[source.numbers[source.live]] = values(source.field)[source.live]
        return joined

    def _parts(self, mappings: Sequence[Ints], counts: Sequence[Ints], terms: int) -> Iterator[Part]:
        """Yield the merged postings of so many terms at once that memory stays bounded."""
        total = np.zeros(terms, np.int64)
        for mapping, own in zip(mappings, counts, strict=True):
            total[mapping[own > 0]] += own[own > 0]
        for low, high in stretches(total):
            yield self._part(mappings, counts, total, low, high)

    def _part(self, mappings: Sequence[Ints], counts: Sequence[Ints], total: Ints, low: int, high: int) -> Part:
        """Merge terms `low` to `high`: each segment's postings go behind those of the segments before it."""
        own_total = total[low:high]
        free = np.cumsum(own_total) - own_total  # where the next posting of each term goes
        merged = np.empty(int(own_total.sum()), "<u4" if self._layout else "<u8")
        for source, mapping, own in zip(self._sources, mappings, counts, strict=True):
            alive = np.flatnonzero(own)
            first, last = np.searchsorted(mapping[alive], (low, high)).tolist()
            if first == last:
                continue
            alive = alive[first:last]
            values = self._moved(source, int(alive[0]), int(alive[-1]) + 1)
            numbers, repeats = mapping[alive] - low, own[alive]
            offset = free[numbers] - (np.cumsum(repeats) - repeats)
            merged[np.repeat(offset, repeats) + np.arange(len(values))] = values
            free[numbers] += repeats
        return Part(own_total, merged)

    def _moved(self, source: _FieldSource, low: int, high: int) -> Array:
        """Return the live postings of terms `low` to `high` with the units' new numbers."""
        field = source.field
        assert field is not None
        postings = field.all_postings[field.starts[low] : field.starts[high]]
        units = _units(field, postings)
        alive = source.live[units]
        units = units[alive]
        numbers = source.numbers[units]
        if self._layout is None:
            frequencies = field.frequencies(low, high)[alive].astype(np.uint64)
            return (numbers.astype(np.uint64) << np.uint64(32)) | frequencies
        return postings[alive].astype(np.int64) - field.layout.start(units) + self._layout.start(numbers)


def _counts(source: _FieldSource) -> Ints:
    """Return how many live postings each term has."""
    if source.field is None:
        return np.empty(0, np.int64)
    starts = np.asarray(source.field.starts).astype(np.int64)
    counts = np.diff(starts)
    if not source.live.all():
        for low, high in stretches(counts):
            postings = source.field.all_postings[starts[low] : starts[high]]
            alive = source.live[_units(source.field, postings)].astype(np.int64)
            counts[low:high] = np.add.reduceat(alive, starts[low:high] - starts[low])
    return counts


def _units(field: Field, postings: Array) -> Array:
    return field.layout.units_of(postings) if field.has_positions else postings >> np.uint32(8)


def _merge_documents(sources: Sequence[_Source], terms: Sequence[Ints], folder: Path, state: SegmentState) -> None:
    """Merge what segments keep beside postings; `terms` are the new numbers of each segment's article ids."""
    kept = [source.segment.live_articles for source in sources]
    first = [source.numbers[source.segment.first_passages[:-1][own]] for source, own in zip(sources, kept, strict=True)]
    term = [
        numbers[source.segment.places_by_id[own]] for source, numbers, own in zip(sources, terms, kept, strict=True)
    ]
    pairs = list(zip(sources, kept, strict=True))
    records = (block for source in sources for block in source.segment.records.kept(source.live))
    with ContainerWriter(folder / state.file_name(DOCUMENTS)) as writer:
        first.append(np.array([state.passages]))
        write_articles(writer, np.concatenate(first), np.concatenate([*term, np.empty(0, np.int64)]))
        write_blocks(writer, "rows", (block for source, own in pairs for block in source.segment.rows.kept(own)))
        write_blocks(writer, "records", records)
        for name in NUMBER_FIELDS:
            write_column(writer, name, np.concatenate([_column(source, name) for source in sources]))
    ends = np.cumsum([0, *(int(own.sum()) for own in kept)]).tolist()
    files = (
        file
        for (source, own), before in zip(pairs, ends, strict=False)
        for file in _kept_files(source.segment.files, own, before)
    )
    write_files(folder / state.file_name(state.files_extension), list(files))


def _column(source: _Source, name: str) -> Array:
    values = np.zeros(source.segment.passages, ">u4")
    stored = source.segment.column(name)
    values[: len(stored)] = stored
    return values[source.live]


def _kept_files(files: Files, kept: Array, before: int) -> Iterator[SourceFile]:
    """Yield the files that have an article left; `before` articles of other segments come first."""
    number = np.concatenate(([0], np.cumsum(kept))) + before
    found = files.all()
    ends = [*(file.first for file in found[1:]), len(kept)]
    for file, end in zip(found, ends, strict=True):
        if number[file.first] != number[end]:
            yield file._replace(first=int(number[file.first]))
