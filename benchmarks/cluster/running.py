"""The file that says where a cluster runs -> that cluster, brought up or taken down. It may be out of date."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cluster.cluster import ROOT, Cluster, remove, start
from benchmarks.cluster.nodes import stop


def state_file() -> Path:
    """Return the file of this checkout, or the one that WENSOU_CLUSTER names."""
    return Path(os.environ.get("WENSOU_CLUSTER") or ROOT / ".cluster.json")


def running(path: Path) -> Cluster | None:
    """Return the cluster that the file says, if at least one of its nodes runs."""
    try:
        cluster = Cluster.load(path)
    except (FileNotFoundError, ValueError):
        return None
    return cluster if any(node.pid for node in cluster.nodes.values()) else None


def up(path: Path, starting: Callable[[], Cluster] = start) -> Cluster:
    """Return the running cluster, its dead nodes started again; or start one and write down where it is."""
    with _locked(path):
        cluster = running(path)
        if cluster is None:
            _clear(path)
            cluster = starting()
            cluster.save(path)
            return cluster
        cluster.mend()
        return cluster


def down(path: Path) -> bool:
    """End the nodes of the cluster and remove what is left of it; return whether any ran."""
    with _locked(path):
        was_running = running(path) is not None
        _clear(path)
        return was_running


@contextmanager
def borrowed(path: Path, starting: Callable[[], Cluster] = start) -> Iterator[Cluster]:
    """Lend the running cluster, all of its nodes alive; if none runs, one that ends afterwards."""
    found = running(path)
    if found:
        found.mend()
        yield found
        return
    own = starting()
    try:
        yield own
    finally:
        own.stop()


def _clear(path: Path) -> None:
    """Remove what a state file says, which may be nothing sensible, and the file."""
    try:
        cluster = Cluster.load(path)
    except (FileNotFoundError, ValueError):
        pass
    else:
        stop(list(cluster.nodes.values()))
        remove(cluster.folder)
    path.unlink(missing_ok=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time start or end the cluster of a state file."""
    with path.with_suffix(".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
