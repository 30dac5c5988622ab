"""An index folder -> everything in it that is damaged, as sentences: checksums first, then whether the parts agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import pairwise
from pathlib import Path

import numpy as np

from indexer.engines.whoosh.agreement import disagreements
from indexer.engines.whoosh.container import Container, decoded
from indexer.engines.whoosh.segment import Segment, SegmentState
from indexer.engines.whoosh.storage import check_ours
from indexer.engines.whoosh.toc import generations, load_meta, read_commit
from indexer.errors import IndexDamaged, IndexStale
from indexer.model import CheckReport

# Commits looked at, where a writer takes away files of the one before while it is checked.
_TRIES = 10
_READ_BYTES = 1 << 20


def check(folder: Path) -> CheckReport:
    """Check the newest commit. Raises IndexMissing, IndexUnusable or IndexStale where there is none of ours."""
    check_ours(folder)
    for _ in range(_TRIES):
        before = generations(folder)[-1:]
        report = _checked(folder)
        if not report.problems or generations(folder)[-1:] == before:
            break
    return report


def _checked(folder: Path) -> CheckReport:
    try:
        commit = read_commit(folder)
        load_meta(commit)
    except IndexDamaged as error:
        return CheckReport(0, 0, 0, (error.found,))
    except OSError as error:
        return CheckReport(0, 0, 0, (_unreadable(Path(str(error.filename)), error),))
    problems: list[str] = []
    whole: list[Segment] = []
    for state in commit.segments:
        if not state.passages:
            continue
        found = list(_faults(folder, state, whole))
        problems += found
    if not problems:
        problems += _doubled(whole)
    return CheckReport(
        articles=sum(int(np.count_nonzero(segment.live_articles)) for segment in whole),
        passages=sum(state.live_count for state in commit.segments),
        segments=len(commit.segments),
        problems=tuple(problems),
    )


def _faults(folder: Path, state: SegmentState, whole: list[Segment]) -> Iterator[str]:
    """Yield what is wrong with a segment; one of which nothing is wrong is added to `whole`."""
    found = [fault for name in state.names for fault in _file_faults(folder / name)]
    if not found:
        try:
            segment = Segment(folder, state)
            found += disagreements(segment)
        except IndexDamaged as error:
            found.append(error.found)
        except FileNotFoundError as error:
            found.append(f"{Path(error.filename).name} is missing")
    if not found:
        whole.append(segment)
    yield from found


def _file_faults(path: Path) -> Iterator[str]:
    """Yield what is wrong with a file by itself: that it is missing or cannot be read, and every wrong checksum."""
    try:
        # A mapped file that the disk cannot read ends the process; one that is read raises.
        with path.open("rb", buffering=0) as file:
            while file.read(_READ_BYTES):
                pass
        yield from (f"{path.name}: {fault}" for fault in Container(path).faults())
    except (IndexDamaged, IndexStale) as error:
        yield error.found
    except OSError as error:
        yield _unreadable(path, error)


def _unreadable(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path.name} is missing"
    return f"{path.name} cannot be read: {error.strerror}"


def _doubled(segments: Sequence[Segment]) -> Iterator[str]:
    """Yield the articles that are live in more than one segment."""
    for (one, first), (other, second) in pairwise(merge(*map(_live_ids, segments))):
        if one == other:
            name = decoded(one)
            yield f"the article {name} is in two segments, {first} and {second}"


def _live_ids(segment: Segment) -> Iterator[tuple[bytes, str]]:
    """Yield the ids of a segment's articles in order, each with the segment's name."""
    field = segment.field("article")
    if field is not None:
        terms = segment.places_by_id[segment.live_articles]
        for number in sorted(terms.tolist()):
            yield field.term(number), segment.state.file_name("")
