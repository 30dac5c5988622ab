"""Shared by the tests of the page and the API: the seeds behind the application."""

import pytest
from starlette.testclient import TestClient

from search import Searcher
from search.web.app import create_app
from search.web.archive import Archive


@pytest.fixture(scope="session")
def application(seeds_index):
    """The application over the seeds."""
    return create_app(Archive(lambda: Searcher(seeds_index)))


@pytest.fixture(scope="session")
def client(application):
    """Who asks it."""
    with TestClient(application, base_url="http://127.0.0.1") as asking:
        yield asking
