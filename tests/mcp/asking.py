"""How tests ask the server: in memory, in either era of the protocol."""

import asyncio

from mcp import Client

from search import Searcher
from search.mcp.server import mcp_server
from search.web.archive import Archive


def asked(index, *calls, mode="auto"):
    """Return what the server answers to calls of tools, (name, arguments), one after the other."""

    async def ask(client):
        return [await client.call_tool(name, arguments) for name, arguments in calls]

    return connected(index, ask, mode)


def connected(index, ask, mode="auto"):
    """Return what a function of a client gives, while that is connected to a server of an index."""

    async def run():
        async with Archive(lambda: Searcher(index)) as archive, Client(mcp_server(archive), mode=mode) as client:
            return await ask(client)

    return asyncio.run(run())


def size_of(result):
    """Count the characters of an answer as it is sent."""
    return len(result.model_dump_json(by_alias=True, exclude_unset=True))
