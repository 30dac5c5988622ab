"""What tests of the engine on a cluster share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def address(cluster):
    """The address of one node of the cluster."""
    return cluster.addresses[0]


@pytest.fixture(scope="session")
def small(address):
    from tests.cluster.small import SmallIndex

    index = SmallIndex(address, f"s8d-test-{os.getpid()}")
    yield index
    index.delete()
