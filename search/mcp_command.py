"""The command `mcp`: assistants ask the index over standard input and output."""

from __future__ import annotations

import signal

import click

from indexer.cli import place_named, settings_of, with_index
from indexer.errors import DependencyError


@click.command()
@with_index
@click.pass_context
def mcp(context: click.Context, index_folder: str | None) -> None:
    """Let an assistant search and quote the index, over the Model Context Protocol.

    It is started by the assistant's program, and talks to that over standard input and output.

    Example: wensou mcp --index ~/articles/index_data
    """
    # Its input may be open for long, which a thread waits for: nothing is to be tidied up, so the system ends all.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    place, learnt = place_named(context, index_folder), settings_of(context).learn
    try:
        from search.mcp.stdio import serve_stdio
    except ModuleNotFoundError as error:
        raise DependencyError(
            f"{error.name} is not installed, which wensou mcp needs. Install it with: pip install 'wensou[mcp]'"
        ) from error
    import asyncio

    from search.searcher import Searcher
    from search.web.archive import Archive

    asyncio.run(serve_stdio(Archive(lambda: Searcher(place, learnt=learnt))))
