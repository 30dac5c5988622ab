"""Over HTTP, beside the page and the API: both eras, and only for who may ask."""

import asyncio
import os
import subprocess

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient

from benchmarks.web.server import COMMAND, environment, serving
from search import Searcher
from search.mcp.server import over_http
from search.web.app import create_app
from search.web.archive import Archive
from search.web.settings import WebSettings
from tests.conftest import SEEDS
from tests.mcp.test_stdio import HELLO

TOKEN = "correct horse battery staple"
HEADERS = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


def opened(index):
    archive = Archive(lambda: Searcher(index))
    tools = over_http(archive, hosts=["localhost:*"], origins=["http://localhost:*"])
    return TestClient(create_app(archive, WebSettings(), tools), "http://localhost:8765", raise_server_exceptions=False)


def asked_over_http(address, mode, headers=None):
    async def ask():
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(address, http_client=http), mode=mode) as client,
        ):
            listed = (await client.list_tools()).tools
            found = await client.call_tool("search", {"query": "川普 关税"})
            return (
                [tool.name for tool in listed],
                found,
                await client.read_resource("wensou://articles/003_b4e59136c98cbdd1.txt"),
            )

    return asyncio.run(ask())


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_client_of_the_sdk_asks_a_running_server(seeds_index, seeds, mode):
    with serving(seeds_index, "--mcp", WENSOU_TOKEN=TOKEN) as server:
        address = f"http://127.0.0.1:{server.port}/mcp"
        names, found, article = asked_over_http(address, mode, {"authorization": f"Bearer {TOKEN}"})
        assert server.get("/api/v1/health", authorization=f"Bearer {TOKEN}")[0] == 200
    assert names == ["search", "fetch", "facets", "info"]
    assert found.structured_content["total"] == seeds.search("川普 关税").total
    assert "习近平" in article.contents[0].text or "習近平" in article.contents[0].text


def test_requests_are_bounded(seeds_index):
    with opened(seeds_index) as client:
        large = {**HELLO, "params": {**HELLO["params"], "more": "x" * 200_000}}
        assert client.post("/mcp", json=large, headers=HEADERS).status_code == 413
        assert client.post("/mcp", content=b"{", headers=HEADERS).status_code == 400


def test_nobody_waits_for_messages_that_never_come(seeds_index):
    with opened(seeds_index) as client:
        for method in ("GET", "DELETE", "OPTIONS"):
            answer = client.request(method, "/mcp", headers=HEADERS)
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_without_the_extra_the_command_names_it(seeds_index, tmp_path):
    (tmp_path / "mcp.py").write_text("raise ModuleNotFoundError('no mcp', name='mcp')")
    path = f"{tmp_path}{os.pathsep}{SEEDS.parent}"
    done = subprocess.run(
        [*COMMAND, "serve", "--mcp", "--port", "0", "--index", str(seeds_index)], cwd=tmp_path,
        env=environment(PYTHONPATH=path), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install 'wensou[mcp]'" in done.stderr
