"""The engines that the contract holds, each test with every one of them."""

from __future__ import annotations

import pytest

from tests.contract.test_engine import ENGINES


@pytest.fixture(autouse=True)
def quickly(no_waiting_for_the_disk):
    """Nothing here is about what survives the machine."""


@pytest.fixture(params=ENGINES)
def engine_class(request):
    return ENGINES[request.param]


@pytest.fixture
def engine(engine_class, tmp_path):
    with_index = engine_class(tmp_path / "index", create=True)
    yield with_index
    with_index.close()
