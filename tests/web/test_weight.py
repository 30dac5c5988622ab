"""A page is light: what comes over the line of it, its styles and its script."""

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from indexer import build
from search import Searcher
from search.web.app import create_app
from search.web.archive import Archive
from tests.browser.archives import write_archive

# 0.8 s over a line of 0.4 Mbit/s, as browsers' tools imitate slow mobile networks.
MOST_BYTES = 40_000


@pytest.fixture
def client(tmp_path):
    """Who asks for pages of the seeds and made-up articles."""
    build(write_archive(tmp_path / "archive"), tmp_path / "index")
    with TestClient(create_app(Archive(lambda: Searcher(tmp_path / "index"))), base_url="http://127.0.0.1") as asking:
        yield asking


def test_results_with_styles_and_script_are_light(client):
    page = client.get("/?q=tariff+OR+通话+OR+关税&stories=1&ui=zh-Hant", headers={"Accept-Encoding": "gzip"})
    read = LexborHTMLParser(page.text)
    assert len(read.css(".hits > li")) == 10
    assert len(read.css(".facet")) >= 4
    files = [node.attributes["href"] for node in read.css("link[rel~=stylesheet], link[rel~=icon]")]
    files += [node.attributes["src"] for node in read.css("[src]")]
    assert len(files) == 3
    sent = [int(part.headers["Content-Length"]) for part in (page, *map(client.get, files))]
    assert sum(sent) < MOST_BYTES
