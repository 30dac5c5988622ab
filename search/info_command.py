"""The command `info`: what the index is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from indexer.cli import place_named, with_index
from indexer.display import as_json as dumped
from indexer.display import counted, harmless

if TYPE_CHECKING:
    from indexer.engines.base import ClusterFacts
    from indexer.runs import Run
    from indexer.status import Status
    from search.info import IndexInfo

_HEALTH = {
    "green": "all shards have all replicas",
    "yellow": "some shards lack replicas, nothing else is missing",
    "red": "some shards have no copy left",
}


@click.command()
@with_index
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def info(context: click.Context, index_folder: str | None, as_json: bool) -> None:
    """Show what the index holds, how large it is, and when it was made.

    Example: wensou info
    """
    from search.searcher import Searcher

    with Searcher(place_named(context, index_folder)) as searcher:
        found = searcher.info()
    if as_json:
        click.echo(dumped(found.to_dict()))
        return
    for name, value in _lines(found):
        click.echo(f"{name:11} {harmless(value)}".rstrip())


def _lines(found: IndexInfo) -> Iterator[tuple[str, str]]:
    yield "index", found.index
    yield "articles", f"{found.articles:,}"
    yield "passages", f"{found.passages:,} in {counted(found.segments, 'segment')}"
    yield "languages", _listed(found.languages)
    yield "years", _listed({**found.years, "undated": found.undated} if found.undated else found.years)
    yield "terms", _listed(found.terms)
    yield "size", f"{found.size_bytes / 1e6:,.1f} MB"
    yield from _cluster_lines(found.cluster)
    yield "first run", _run(found.first_run)
    yield "last run", _run(found.last_run)
    yield from _build_lines(found.build)
    yield from (("" if i else "follows", root) for i, root in enumerate(found.roots))
    current = "this installation's" if found.is_current else "not this installation's: wensou index --rebuild"
    yield "analysis", f"{found.fingerprint} ({current})"
    yield "engine", f"{found.engine}, format {found.format}"
    yield from (("" if i else "limits", limit) for i, limit in enumerate(found.cannot))


def _cluster_lines(cluster: ClusterFacts | None) -> Iterator[tuple[str, str]]:
    if cluster is None:
        return
    nodes = counted(cluster.nodes, "node")
    state = f"{cluster.health}: {_HEALTH[cluster.health]}"
    yield "cluster", f"{cluster.cluster}, OpenSearch {cluster.version}, {nodes}, {state}"
    sizes = " · ".join(f"{size / 1e6:,.1f}" for size in cluster.shard_bytes)
    replicas = counted(cluster.replicas, "replica")
    yield "shards", f"{cluster.shards} with {replicas}, {sizes} MB; {cluster.stored_bytes / 1e6:,.1f} MB with replicas"


def _build_lines(build: Status | None) -> Iterator[tuple[str, str]]:
    if build is None:
        return
    moment = datetime.fromisoformat(build.updated).astimezone(UTC)
    when = f"{moment:%Y-%m-%d %H:%M} UTC"
    counts = build.ended and build.ended.counts
    if build.state == "running":
        began = datetime.fromisoformat(build.started).astimezone(UTC)
        yield "build", f"{build.doing}; since {began:%Y-%m-%d %H:%M} UTC, process {build.pid} on {build.host}"
    elif counts:
        done = f"{counts.added:,} added, {counts.replaced:,} replaced, {counts.removed:,} removed"
        yield "build", f"done {when}: {done}, {counts.unchanged:,} unchanged, {counts.failed:,} not read"
    elif build.ended:
        yield "build", f"failed {when} ({build.doing}): {build.ended.reason}"
    else:
        yield "build", f"broken off after {when} ({build.doing}): its process was ended. Run it again: wensou index"


def _listed(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{name} {count:,}" for name, count in counts.items())


def _run(run: Run) -> str:
    return f"{run.number}, {run.moment:%Y-%m-%d %H:%M} UTC"
