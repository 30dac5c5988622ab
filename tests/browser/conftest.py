"""Shared by the tests in a browser: Chromium, and servers of made-up articles."""

import os
from functools import partial

import pytest
from playwright.sync_api import sync_playwright

from benchmarks.web.server import serving
from indexer import build
from tests.browser.archives import write_archive
from tests.browser.visiting import ALONE, NAMES, chromium, visiting
from tests.conftest import lacking_browser

TOKEN = "a token that nobody would guess"


# Of the package, not of the run: while Playwright runs, no test of this thread can run a loop of its own.
@pytest.fixture(scope="package")
def browser(request):
    """Chromium, without a window."""
    path = chromium()
    if not path:
        lacking_browser(request.config, f"none of {', '.join(NAMES)} is in PATH")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=[ALONE], chromium_sandbox=os.geteuid() != 0)
        yield running
        running.close()


@pytest.fixture(scope="package")
def archive_index(tmp_path_factory):
    """The index of the seeds and of made-up articles."""
    folder = tmp_path_factory.mktemp("browser")
    build(write_archive(folder / "archive"), folder / "index")
    return folder / "index"


@pytest.fixture(scope="package")
def origin(archive_index):
    """The address of a server of them."""
    with serving(archive_index) as running:
        yield f"http://127.0.0.1:{running.port}"


@pytest.fixture(scope="package")
def guarded_origin(archive_index):
    """The address of a server that wants a token."""
    with serving(archive_index, WENSOU_TOKEN=TOKEN) as running:
        yield f"http://127.0.0.1:{running.port}"


@pytest.fixture
def visit(browser, origin):
    """What opens a page of the server."""
    return partial(visiting, browser, origin)
