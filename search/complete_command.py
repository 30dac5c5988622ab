"""The command `complete`: what the last word of a query may become."""

from __future__ import annotations

from dataclasses import asdict

import click

from indexer.cli import place_named, with_index
from indexer.display import as_json as dumped
from indexer.display import harmless
from search.command import FOUND, NOTHING_FOUND, QueryCommand
from search.shell_completion import complete_query


@click.command(cls=QueryCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1, metavar="QUERY...", shell_complete=complete_query)
@click.option("-n", "--limit", type=click.IntRange(min=0), default=10, show_default=True, help="Lines to show.")
@with_index
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def complete(
    context: click.Context, words: tuple[str, ...], limit: int, index_folder: str | None, as_json: bool
) -> None:
    """Complete the last word of a query: a line for each field or value of one, and for each word of the index,
    with how many passages hold it.

    Latin letters may be pinyin. Exits with 0 if a word begins so, 1 if none does.

    Example: wensou complete 特朗普 xij
    """
    from search.searcher import Searcher

    with Searcher(place_named(context, index_folder)) as searcher:
        found = searcher.complete(" ".join(words), limit)
    if as_json:
        click.echo(dumped([asdict(one) for one in found]))
    else:
        for one in found:
            click.echo(f"{harmless(one.query)}\t{one.passages or ''}")
    context.exit(FOUND if found else NOTHING_FOUND)
