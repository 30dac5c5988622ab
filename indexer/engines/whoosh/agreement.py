"""A segment with right checksums -> everything in it that does not agree, as sentences.

Takes memory for some numbers of each passage and for one stretch of postings, whatever the size of the segment.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from indexer.display import counted
from indexer.engines.base import NUMBER_FIELDS
from indexer.engines.whoosh import durable
from indexer.engines.whoosh.container import Array, decoded, encoded
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.field_agreement import FieldCheck, differ, divides, rises
from indexer.engines.whoosh.files import by_path
from indexer.engines.whoosh.postings import Ints, stretches
from indexer.engines.whoosh.rows import load_row
from indexer.engines.whoosh.segment import Segment
from indexer.model import FileState

_NO_STATE = FileState(0, 0, 0)


def disagreements(segment: Segment) -> Iterator[str]:
    """Yield a sentence for each disagreement, beginning with the file."""
    parts = (
        (segment.documents, _articles(segment)),
        (segment.files.container, _files(segment)),
        (segment.postings, _fields(segment)),
        (segment.documents, _contents(segment)),
    )
    for container, faults in parts:
        found = list(_survived(faults))
        yield from (f"{container.path.name}: {fault}" for fault in found)
        if found:
            return  # what comes next relies on this


def _survived(faults: Iterator[str]) -> Iterator[str]:
    """Yield faults, and what ends their search as one more: arrays that do not fit each other may raise anything."""
    try:
        yield from faults
    except (LookupError, ValueError, TypeError, OverflowError, AssertionError, struct.error) as error:
        yield f"it cannot be evaluated ({type(error).__name__}: {error})"


def _files(segment: Segment) -> Iterator[str]:
    container, first = segment.files.container, segment.files.container.array("first")
    if not divides(np.append(first, segment.articles), segment.articles):
        yield f"first does not divide the segment's {segment.articles:,} articles among files"
    for name in ("root", "size", "modified_ns", "inode"):
        if len(container.array(name)) != len(first):
            yield f"{name} has {len(container.array(name)):,} entries for {len(first):,} files"
    for name in ("roots", "paths"):
        ends = container.array(f"{name}/ends")
        if not len(ends) or ends[0] or ends[-1] != len(container.array(f"{name}/data")) or (ends[1:] < ends[:-1]).any():
            yield f"{name}/ends does not divide {name}/data"
    if len(container.array("paths/ends")) != len(first) + 1:
        yield f"paths has another number of paths than the {len(first):,} files"
    yield from differ(container.array("root") >= len(container.array("roots/ends")) - 1, "file", "no root")
    for name, values in by_path([file.path for file in segment.files.all()]).items():
        if not np.array_equal(container.array(name), values):
            yield f"{name} does not agree with paths"


def _articles(segment: Segment) -> Iterator[str]:
    """Check which passages are which article's, and which of them are deleted."""
    first, articles = segment.first_passages, segment.articles
    if not divides(first, segment.passages):
        yield f"articles/first does not rise from 0 to the {segment.passages:,} passages"
        return
    counts: Ints = first[1:].astype(np.int64) - first[:-1]
    if not np.array_equal(segment.article_of, np.repeat(np.arange(articles), counts)):
        yield "articles/of does not agree with articles/first"
    if len(segment.places_by_id) != articles:
        yield f"articles/term is not one number for each of the {articles:,} articles"
    deleted = segment.state.deleted
    if not rises(deleted) or (deleted >= segment.passages).any():
        yield "the passages that the commit names as deleted do not rise, or are not there"


def _fields(segment: Segment) -> Iterator[str]:
    for name in segment.field_names():
        field = segment.field(name)
        if field is None:
            continue
        found = list(FieldCheck(segment.container_of(name), field, segment.passages).faults())
        yield from (f"{name}: {fault}" for fault in found)
        if not found and field.is_shared and not np.isin(segment.first_passages, field.first).all():
            yield f"{name}: first has a unit of more than one article"


def _contents(segment: Segment) -> Iterator[str]:
    """Check what is kept beside the postings against them."""
    for name, blocks, count in (
        ("records", segment.records, segment.passages),
        ("rows", segment.rows, segment.articles),
    ):
        faults = list(blocks.faults())
        yield from (f"{name}: {fault}" for fault in faults)
        if not faults and len(blocks) != count:
            yield f"{name} has {len(blocks):,} records instead of {count:,}"
    yield from _columns(segment)
    yield from _ids(segment)


def _columns(segment: Segment) -> Iterator[str]:
    for name in NUMBER_FIELDS:
        stored, field = segment.column(name), segment.field(name)
        if len(stored) > segment.passages:
            yield f"column/{name} has {len(stored):,} entries for {segment.passages:,} passages"
            continue
        column = np.zeros(segment.passages, np.int64)
        column[: len(stored)] = stored
        expected = np.zeros(segment.passages, np.int64)
        if field is not None:
            values = np.array([durable.number_of(term) for term in field.terms()], np.int64)
            expected = _value_of_passage(field, values, expected)
        yield from differ(column != expected, "passage", f"another value in column/{name} than in its postings")


def _value_of_passage(field: Field, values: Ints, of_passage: Ints) -> Ints:
    """Fill in, for each passage, the value of the term that it has in a field without positions."""
    starts = np.asarray(field.starts).astype(np.int64)
    counts = starts[1:] - starts[:-1]
    for low, high in stretches(counts):
        units = (field.all_postings[field.starts[low] : field.starts[high]] >> np.uint32(8)).astype(np.int64)
        passages, own = field.expanded(units, np.repeat(values[low:high], counts[low:high]))
        of_passage[passages] = own
    return of_passage


def _ids(segment: Segment) -> Iterator[str]:
    """Check that rows, articles and the postings of the field `article` are of the same articles."""
    field, terms = segment.field("article"), segment.places_by_id.astype(np.int64)
    keys = [] if field is None else field.terms()
    named = np.zeros(segment.articles, bool)  # another program's documents may belong to no article
    wrong = np.zeros(segment.articles, bool)
    for article, term in enumerate(terms.tolist()):
        row = load_row(segment.rows.record(article), "", "", _NO_STATE)
        named[article] = row.id != ""
        wrong[article] = row.id != "" and keys[term : term + 1] != [encoded(row.id)]
    yield from differ(wrong, "row", "another id than articles/term gives")
    if field is None or wrong.any():
        return
    numbers = np.full(segment.passages, -1, np.int64)
    first_of_units = field.first[:-1] if field.is_shared else np.arange(segment.passages)
    if len(field.all_postings) != np.count_nonzero(named[segment.article_of[first_of_units]]):
        yield f"the field article has {counted(len(field.all_postings), 'posting')}, not one for each unit"
    found = _value_of_passage(field, np.arange(len(field)), numbers)
    right = np.where(named, terms, -1)[segment.article_of]
    yield from differ(_live(segment) & (found != right), "passage", "no posting of its article")
    live = segment.live_articles.nonzero()[0]
    counts = np.bincount(terms[live[named[live]]], minlength=1)
    for number in np.flatnonzero(counts > 1).tolist():
        yield f"the article {decoded(keys[number])} is there {counts[number]} times"


def _live(segment: Segment) -> Array:
    return np.ones(segment.passages, bool) if segment.live is None else segment.live
