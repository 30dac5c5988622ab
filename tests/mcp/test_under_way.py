"""While a search is under way: the server answers what else it is asked, and nobody has to wait for the answer."""

import asyncio
import threading

import anyio
import pytest
from mcp import Client

from indexer.errors import IndexDamaged
from search import Searcher
from search.mcp.server import mcp_server
from search.web.archive import Archive


class Slow(Searcher):
    """A searcher whose searches wait."""

    def __init__(self, index):
        super().__init__(index)
        self.begun, self.may_end, self.ended = threading.Event(), threading.Event(), threading.Event()

    def search(self, *asked, **options):
        self.begun.set()
        assert self.may_end.wait(20)
        self.ended.set()
        return super().search(*asked, **options)


def with_slow_searches(index, ask, mode):
    """Return what a function of a client and a searcher gives."""
    slow = Slow(index)

    async def run():
        async with Archive(lambda: slow) as archive, Client(mcp_server(archive), mode=mode) as client:
            return await ask(client, slow)

    return asyncio.run(run())


@pytest.fixture(params=["legacy", "auto"])
def mode(request):
    return request.param


def test_it_answers_while_a_search_is_under_way(seeds_index, mode):
    async def ask(client, slow):
        searching = asyncio.create_task(client.call_tool("search", {"query": "川普"}))
        await asyncio.to_thread(slow.begun.wait, 20)
        others = await client.list_tools(), await client.call_tool("info", {})
        assert not searching.done()
        slow.may_end.set()
        return others, await searching

    (listed, info), found = with_slow_searches(seeds_index, ask, mode)
    assert len(listed.tools) == 4
    assert info.structured_content["articles"] == found.structured_content["total"] == 5


def test_a_call_that_was_given_up_does_no_harm(seeds_index, mode):
    async def ask(client, slow):
        with anyio.move_on_after(0.05) as given_up:
            await client.call_tool("search", {"query": "川普"})
        assert given_up.cancelled_caught
        slow.may_end.set()
        await asyncio.to_thread(slow.ended.wait, 20)
        return await client.call_tool("search", {"query": "川普"})

    assert with_slow_searches(seeds_index, ask, mode).structured_content["total"] == 5


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (IndexDamaged("The index is damaged. Build it anew with: wensou index --rebuild"), "wensou index --rebuild"),
        (OSError("No file"), "No file"),
        (RuntimeError("secret of the code"), "an error in wensou"),
    ],
)
def test_errors_are_answers_without_a_trace(seeds_index, monkeypatch, caplog, mode, error, said):
    def fail(*asked, **options):
        raise error

    async def ask(client, slow):
        monkeypatch.setattr(slow, "search", fail, raising=False)
        return await client.call_tool("search", {"query": "川普"}), await client.call_tool("info", {})

    failed, info = with_slow_searches(seeds_index, ask, mode)
    assert failed.is_error
    assert said in failed.content[0].text
    assert not {"Traceback", "secret"} & {*failed.content[0].text.split()}
    assert not info.is_error
    assert ("secret of the code" in caplog.text) == isinstance(error, RuntimeError)
