"""Writing to a cluster while a node of it dies."""

from __future__ import annotations

from itertools import count

import pytest

from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.indices import count_articles, create, current_index, remove_index
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.writer import Plan, Shape, writing
from tests.cluster.test_writer import written

NUMBERS = count()


@pytest.fixture
def everywhere(breakable_cluster):
    """A connection to an index of its own, by all nodes of a cluster of which one may be killed."""
    hosts = ",".join(address.removeprefix("http://") for address in breakable_cluster.addresses)
    own = Connection(location_of(f"http://{hosts}/wensou-failures-{next(NUMBERS)}"))
    create(own, Shape())
    breakable_cluster.wait()
    yield own
    for index in own.ask("GET", f"/{own.index}-*/_alias"):
        remove_index(own, index)
    own.close()


@pytest.mark.parametrize(("victim", "replaces_all"), [("n1", False), ("n3", True)])
def test_nothing_is_missing_when_a_node_dies_during_an_update(breakable_cluster, everywhere, victim, replaces_all):
    names = [f"article {i}" for i in range(600)]
    with writing(everywhere, Plan(replaces_all, held_bytes=0, bulk_bytes=20_000)) as writer:
        for i, name in enumerate(names):
            if i == 200:
                breakable_cluster.kill(victim)
            writer.put(*written(name, i + 1, "x"))
    assert not writer.outcome().rejected
    assert count_articles(everywhere, current_index(everywhere)) == len(names)
    with writing(everywhere, Plan()) as writer:
        for name in names[:300]:
            writer.delete(name)
    assert count_articles(everywhere, current_index(everywhere)) == 300
