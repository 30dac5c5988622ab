"""What tests of the engine on a cluster share."""

from __future__ import annotations

import os
from itertools import count

import pytest


@pytest.fixture(scope="session")
def address(cluster):
    """The address of one node of the cluster."""
    return cluster.addresses[0]


@pytest.fixture(scope="session")
def small(address):
    from tests.cluster.small import SmallIndex

    index = SmallIndex(address, f"small-{os.getpid()}")
    yield index
    index.delete()


@pytest.fixture
def connect(address):
    """Make connections to an empty index of the test's own, which ends with it."""
    from indexer.engines.opensearch.connection import Connection
    from indexer.engines.opensearch.indices import create
    from indexer.engines.opensearch.location import location_of
    from indexer.engines.opensearch.writer import Shape

    name = f"wensou-test-{os.getpid()}-{next(_NUMBERS)}"
    made = [Connection(location_of(f"{address}/{name}"))]
    create(made[0], Shape(3, 1))

    def another():
        made.append(Connection(location_of(f"{address}/{name}")))
        return made[-1]

    yield another
    for index in made[0].ask("GET", f"/{name}*/_alias"):
        made[0].ask("DELETE", f"/{index}")
    for one in made:
        one.close()


@pytest.fixture
def connection(connect):
    return connect()


_NUMBERS = count()
