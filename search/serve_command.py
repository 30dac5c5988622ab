"""The command `serve`: a page and an API over HTTP."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from indexer.cli import place_named, settings_of, with_index
from indexer.errors import DependencyError, UsageError

_TOKEN = "WENSOU_TOKEN"


@click.command()
@with_index
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; others need a token.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Port; 0 takes a free one."
)
@click.option(
    "--token-file", type=click.Path(path_type=Path), metavar="FILE",
    help=f"Who asks has to show the token in this file (default: that in {_TOKEN}, if there is one).",
)  # fmt: skip
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="NAME",
    help="Another name that the server is asked by, as behind a reverse proxy.",
)  # fmt: skip
@click.option(
    "--processes", type=click.IntRange(min=1),
    help="Processes that answer side by side, on Linux (default: 2 where there are two processors).",
)  # fmt: skip
@click.option(
    "--threads", type=click.IntRange(min=1), default=2, show_default=True,
    help="Searches of a process at the same time, in turns.",
)  # fmt: skip
@click.option("--mcp", "with_tools", is_flag=True, help="Let assistants search and quote as well, at /mcp.")
@click.pass_context
def serve(
    context: click.Context, index_folder: str | None, host: str, port: int, token_file: Path | None,
    hosts: tuple[str, ...], processes: int | None, threads: int, with_tools: bool,
) -> None:  # fmt: skip
    """Serve a page and an API over HTTP, until Ctrl-C.

    Example: wensou serve --port 8765
    """
    try:
        from search.web.processes import usual
        from search.web.running import run
        from search.web.settings import WebSettings
    except ModuleNotFoundError as error:
        raise _missing(error, "web") from None
    settings = WebSettings(host, port, _token(token_file, os.environ), hosts, processes or usual(), threads)
    place, learnt = place_named(context, index_folder), settings_of(context).learn
    try:
        run(place, settings, learnt=learnt, with_tools=with_tools, tell=_tell)
    except ModuleNotFoundError as error:
        raise _missing(error, "mcp") from None


def _missing(error: ModuleNotFoundError, extra: str) -> DependencyError:
    return DependencyError(f"This needs {error.name}, which is not installed: pip install 'wensou[{extra}]'")


def _tell(line: str) -> None:
    click.echo(line, err=True)


def _token(file: Path | None, environment: Mapping[str, str]) -> str:
    """Return what a request has to show, empty for nothing. Raises UsageError if a file has none."""
    if file is None:
        return environment.get(_TOKEN, "").strip()
    try:
        token = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The token in {file} cannot be read: {error}.") from error
    if not token:
        raise UsageError(f"{file} is empty: write a token into it, a line that nobody can guess.")
    return token
