"""An open index -> what it holds, how large it is, and when it was made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from indexer.engines.base import ClusterFacts, Engine, Request
from indexer.engines.opening import Place
from indexer.manifest import Manifest
from indexer.nodes import Every
from indexer.runs import Run
from indexer.status import Status, read_status


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """What an index is.

    `languages` and `years` count articles; one with passages in several languages counts in each, one without a date
    is `undated`. `terms` are those of each field, one that stands in several segments counted in each. `first_run` and
    `last_run` are those that changed the index. `fingerprint` names the analysis that the index was built with;
    `is_current` says whether it is that of this installation. `cluster` is None for an index in a folder. `cannot` says
    what cannot be done with it as with others. `build` is the run of indexing that goes on, or how the last one ended.
    """

    index: str
    engine: str
    format: int
    articles: int
    passages: int
    segments: int
    size_bytes: int
    terms: dict[str, int]
    languages: dict[str, int]  # most articles first
    years: dict[str, int]  # in order
    undated: int
    first_run: Run
    last_run: Run
    roots: tuple[str, ...]
    fingerprint: str
    is_current: bool
    cluster: ClusterFacts | None = None
    cannot: tuple[str, ...] = ()
    build: Status | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape."""
        runs = {"first_run": self.first_run._asdict(), "last_run": self.last_run._asdict()}
        cluster = self.cluster and {**self.cluster._asdict(), "shard_bytes": list(self.cluster.shard_bytes)}
        return {**asdict(self), **runs, "roots": list(self.roots), "cluster": cluster, "cannot": list(self.cannot)}


def info_of(engine: Engine, manifest: Manifest, place: Place, *, is_current: bool) -> IndexInfo:
    """Return what an index is; `is_current` says whether its analysis is that of this installation."""
    facts = engine.facts()
    everything = engine.search(Request(Every(), match=Every(), limit=0, facets=("lang", "year")))
    years = dict(sorted(everything.facets["year"]))
    return IndexInfo(
        index=str(place),
        engine=facts.name,
        format=facts.format,
        articles=everything.total,
        passages=engine.passage_count(),
        segments=facts.segments,
        size_bytes=facts.size_bytes,
        terms=dict(facts.terms),
        languages=dict(everything.facets["lang"]),
        years=years,
        undated=everything.total - sum(years.values()),
        first_run=manifest.runs[0],
        last_run=manifest.runs[-1],
        roots=tuple(root.path for root in manifest.roots),
        fingerprint=manifest.fingerprint,
        is_current=is_current,
        cluster=facts.cluster,
        cannot=tuple(engine.cannot.values()),
        build=read_status(place),
    )
