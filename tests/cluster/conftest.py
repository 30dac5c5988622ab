"""What tests of the engine on a cluster share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def address():
    """The address of a running cluster."""
    if "WENSOU_TEST_CLUSTER" not in os.environ:
        pytest.skip("needs a cluster")
    return os.environ["WENSOU_TEST_CLUSTER"]


@pytest.fixture(scope="session")
def small(address):
    from tests.cluster.small import SmallIndex

    index = SmallIndex(address, f"s8d-test-{os.getpid()}")
    yield index
    index.delete()
