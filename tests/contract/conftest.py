"""The engines that the contract holds, each test with every one of them."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.contract.test_engine import ENGINES


@pytest.fixture(autouse=True)
def quickly(no_waiting_for_the_disk):
    """Nothing here is about what survives the machine."""


@pytest.fixture(scope="session")
def indices(cluster):
    from tests.contract.on_cluster import Indices, remove_all

    indices = Indices(",".join(cluster.addresses).replace(",http://", ","))
    yield indices
    remove_all(indices)


@pytest.fixture(params=[*ENGINES, pytest.param("opensearch", marks=pytest.mark.cluster)])
def engine_class(request):
    if request.param != "opensearch":
        return ENGINES[request.param]
    from tests.contract.on_cluster import on_cluster

    return on_cluster(request.getfixturevalue("indices"))


@pytest.fixture
def engine(engine_class, tmp_path):
    with_index = engine_class(tmp_path / "index", create=True)
    yield with_index
    with_index.close()


# Examples of a property on the cluster, where each takes seconds.
_EXAMPLES = int(os.environ.get("CLUSTER_EXAMPLES", "10"))


@pytest.fixture(autouse=True)
def fewer_examples(request, monkeypatch):
    """Try fewer examples on the cluster."""
    test = request.node
    if "opensearch" in test.name and hasattr(test.obj, "hypothesis"):
        few = settings(test.obj._hypothesis_internal_use_settings, max_examples=_EXAMPLES)
        monkeypatch.setattr(test.obj, "_hypothesis_internal_use_settings", few)
