"""Shared by all tests: the seeds, an index of them, and how hypothesis runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from indexer import build
from search import Searcher

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
