"""Shared by all tests: the seeds, an index of them, a cluster, and how hypothesis runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from indexer import build
from search import Searcher

NO_CLUSTER = pytest.StashKey[str]()
NO_BROWSER = pytest.StashKey[str]()
SEEDS = Path(__file__).parent.parent / "seeds"

# At home each run tries other examples; continuous integration tries the same ones every time.
settings.register_profile(
    "wensou",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("wensou")


@pytest.fixture(scope="session")
def seeds_index(tmp_path_factory):
    """The index of the seeds, built once."""
    folder = tmp_path_factory.mktemp("seeds") / "index"
    build(SEEDS, folder)
    return folder


@pytest.fixture(scope="session")
def seeds(seeds_index):
    """A searcher over the seeds."""
    with Searcher(seeds_index) as searcher:
        yield searcher


@pytest.fixture
def archive(tmp_path):
    """A copy of the seeds that a test may change."""
    return Path(shutil.copytree(SEEDS, tmp_path / "archive"))


@pytest.fixture
def no_waiting_for_the_disk(monkeypatch):
    """Let writers not wait until the disk has what they wrote: for tests that are not about that."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


@pytest.fixture(scope="session")
def cluster(request):
    """Three OpenSearch nodes, all green: those of `make cluster`, else some that end with the tests."""
    pytest.importorskip("fcntl", reason="no cluster: this system has no POSIX processes")
    from benchmarks.cluster import ClusterUnavailable, borrowed, state_file

    try:
        with borrowed(state_file()) as lent:
            yield lent
    except ClusterUnavailable as error:
        if os.environ.get("REQUIRE_CLUSTER") == "1":
            pytest.fail(f"REQUIRE_CLUSTER=1, but {error}", pytrace=False)
        request.config.stash[NO_CLUSTER] = str(error)
        pytest.skip(f"no cluster: {error}")


@pytest.fixture
def breakable_cluster(cluster):
    """The cluster for a test that kills nodes: they are started again, and green, before the next test."""
    yield cluster
    cluster.mend()


def lacking_browser(config, reason):
    """Skip a test that has no browser to run in, or fonts to draw with; where these must be there it fails."""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"REQUIRE_BROWSER=1, but {reason}", pytrace=False)
    config.stash[NO_BROWSER] = reason
    pytest.skip(f"no browser: {reason}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what needs a cluster or a browser, so that `-m "not cluster"` or `-m "not browser"` leaves it out."""
    for item in items:
        for needed in {"cluster", "browser"}.intersection(item.fixturenames):
            item.add_marker(needed)


def pytest_terminal_summary(terminalreporter, config):
    for what, key in (("cluster", NO_CLUSTER), ("browser", NO_BROWSER)):
        if reason := config.stash.get(key, None):
            reports = terminalreporter.stats.get("skipped", [])
            skipped = sum(f"no {what}: " in str(report.longrepr) for report in reports)
            terminalreporter.write_line(f"{skipped} tests skipped without a {what}: {reason}", yellow=True)
