"""The part `rate`: our writer beside opensearch-py's parallel_bulk, with the same ready documents."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import count
from statistics import median

from opensearchpy import OpenSearch
from opensearchpy.helpers import parallel_bulk

from benchmarks.scale.workspace import Workspace
from benchmarks.speed.corpus import JOBS, tasks_of
from benchmarks.speed.figures import Figure, Section
from indexer.engines.opening import open_index, place_of
from indexer.engines.opensearch.bulk import DEFAULT_BYTES
from indexer.engines.opensearch.documents import Document
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.mapping import document_id, mappings, settings
from indexer.entries import Instructions
from indexer.workers import read_files

# Of the passages that parallel_bulk writes in a second.
_AT_LEAST = 0.8
_NUMBERS = count()


def run(space: Workspace) -> Section:
    """Write the same documents both ways, in turn, each time into a new index."""
    section = Section("rate")
    documents = packed(space)
    size = sum(len(document.source) for document in documents)
    took: dict[str, list[float]] = {"wensou": [], "parallel_bulk": []}
    ways = {"wensou": _write, "parallel_bulk": _write_plainly}
    passages = 0
    for i in range(space.options.rounds + 1):
        for name in sorted(ways, reverse=bool(i % 2)):
            seconds, passages = ways[name](space, documents)
            if i:  # the first warms up
                took[name].append(seconds)
    rates = {name: passages / median(times) for name, times in took.items()}
    size_mb = f"{size / 1e6:,.0f} MB"
    written = f"{len(documents):,} documents, {passages:,} passages, {size_mb}"
    section.lines += ["", f"{written}, into three shards with a replica; medians of {space.options.rounds}"]
    section.figures += [
        Figure("wensou's writer / parallel_bulk", rates["wensou"] / rates["parallel_bulk"], "x", at_least=_AT_LEAST),
        *(Figure(f"{name}, passages per second", rate, "") for name, rate in rates.items()),
    ]
    section.details |= {"documents": len(documents), "passages": passages, "bytes": size, "seconds": took}
    return section


def packed(space: Workspace) -> list[Document]:
    """Return the articles that are written, as our writer takes them."""
    batches = read_files(tasks_of(space.source("sample")), JOBS, Instructions(run=1), OpenSearchEngine.pack)
    return [document for batch in batches for documents in batch.packed for document in documents]


def _write(space: Workspace, documents: Sequence[Document]) -> tuple[float, int]:
    """Write with our engine; return the seconds from its lock to its commit, and the passages that are there."""
    name = f"rate-{next(_NUMBERS)}"
    engine = open_index(place_of(space.address(name)), create=True)
    space.wait(name)
    started = time.perf_counter()
    with engine.writer() as writer:
        writer.put_packed(documents)
    took = time.perf_counter() - started
    passages = engine.passage_count()
    engine.close()
    space.clear(name)
    return took, passages


def _write_plainly(space: Workspace, documents: Sequence[Document]) -> tuple[float, int]:
    """Write with parallel_bulk, its requests as large as ours; return as `_write` does."""
    client = OpenSearch([f"http://{host}" for host in space.hosts], timeout=300)
    name = f"rate-{next(_NUMBERS)}"
    index = f"{space.name}-{name}"
    client.indices.create(index=index, body={"settings": settings(), "mappings": mappings()})
    space.wait(name)
    actions = [
        {"_index": index, "_id": document_id(one.article_id), "_source": one.source.decode()} for one in documents
    ]
    started = time.perf_counter()
    for _ in parallel_bulk(client, actions, max_chunk_bytes=DEFAULT_BYTES):
        pass
    client.indices.refresh(index=index)
    took = time.perf_counter() - started
    body = {"size": 0, "aggs": {"p": {"nested": {"path": "p"}}}}
    passages = client.search(index=index, body=body)["aggregations"]["p"]["doc_count"]
    client.close()
    space.clear(name)
    return took, passages
