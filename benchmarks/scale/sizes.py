"""The part `sizes`: what a passage takes of disk, memory and time, and what so many passages would take by that."""

from __future__ import annotations

import json
import time
from contextlib import closing
from math import ceil
from pathlib import Path
from typing import NamedTuple

from benchmarks.scale.workspace import Workspace
from benchmarks.speed.corpus import tasks_of
from benchmarks.speed.figures import Figure, Section, spelled, table
from benchmarks.speed.isolation import isolated
from indexer.engines.opening import place_of
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.entries import Instructions
from indexer.pipeline import opened
from indexer.workers import read_files

PASSAGES = (10**6, 10**7, 10**8)
# Bytes of a shard up to which searches stay quick: OpenSearch's guide to sizing advises 10 to 30 GB.
SHARD_BYTES = 30 * 10**9
_HOUR_S = 3600


class Measured(NamedTuple):
    """What was measured of an index, and of one process that analyses."""

    passages: int
    copy_bytes: int  # of one copy of all shards, merged
    loaded_bytes: int  # what all nodes keep in memory of the values that they sort and count by
    analysis_s: float  # of one process, per passage
    build_s: float  # of the whole run, per passage


def run(space: Workspace) -> Section:
    """Measure the index of the whole folder, and calculate."""
    section = Section("sizes")
    address = space.on_cluster("full")
    with opened(place_of(address)) as engine:
        passages = engine.passage_count()
    copy_bytes, loaded, heap = _stored(space)
    analysis_s = isolated(analysis_seconds, space.source("sample"))
    found = Measured(passages, copy_bytes, loaded, analysis_s, space.seconds_of(address) / passages)
    section.lines += ["", f"calculated from {passages:,} passages; a shard of at most {SHARD_BYTES / 1e9:.0f} GB"]
    section.lines += calculated(found)
    section.figures += [
        Figure("disk per passage and copy", copy_bytes / passages, "bytes"),
        Figure("values loaded by all nodes per passage", loaded / passages, "bytes"),
        Figure("heap of a node, least that was in use", heap / 1e6, "MB"),
        Figure("analysis, one process, processor time", 1000 * analysis_s, "ms a passage"),
        Figure("whole run of wensou index", 1000 * found.build_s, "ms a passage"),
    ]
    section.details["measured"] = found._asdict() | {"heap_bytes": heap}
    return section


def calculated(found: Measured) -> list[str]:
    """Return a table of what so many passages take, in proportion to those that were measured."""
    rows = []
    for passages in PASSAGES:
        copy_bytes = found.copy_bytes / found.passages * passages
        rows.append([
            f"{passages:,} passages", spelled(copy_bytes / 1e9), spelled(2 * copy_bytes / 1e9),
            str(max(1, ceil(copy_bytes / SHARD_BYTES))), spelled(found.loaded_bytes / found.passages * passages / 1e9),
            spelled(found.analysis_s * passages / _HOUR_S),
        ])  # fmt: skip
    return table(["", "a copy, GB", "with a replica", "shards", "loaded, GB", "hours of analysis, one process"], rows)


def _stored(space: Workspace) -> tuple[int, int, int]:
    """Return the bytes of the primary shards, what is loaded of all copies, and the least heap in use of any node."""
    index = f"{space.name}-full"
    space.merge("full")
    with closing(space.plain()) as plain:
        stats = plain.ask("GET", f"/{index}/_stats/store,fielddata,segments")["_all"]
        heaps = []
        for _ in range(10):
            nodes = plain.ask("GET", "/_nodes/stats/jvm")["nodes"]
            heaps += [node["jvm"]["mem"]["heap_used_in_bytes"] for node in nodes.values()]
            time.sleep(0.2)
    loaded = stats["total"]["fielddata"]["memory_size_in_bytes"] + stats["total"]["segments"]["memory_in_bytes"]
    return stats["primaries"]["store"]["size_in_bytes"], loaded, min(heaps)


def analysis_seconds(source: Path) -> float:
    """Read, analyse and pack the files of a folder for the cluster; return the processor time for each passage."""
    started = time.process_time()
    batches = list(read_files(tasks_of(source), 1, Instructions(run=1), OpenSearchEngine.pack))
    took = time.process_time() - started
    documents = (document for batch in batches for packed in batch.packed for document in packed)
    return took / sum(json.loads(document.source)["passages"] for document in documents)
