"""The command `show`: a whole article, with what a query finds in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from indexer.cli import place_named, read_options, settings_of, with_index
from indexer.display import as_json as dumped
from indexer.display import counted
from search.command import FOUND, NOTHING_FOUND, is_colored, with_cross, with_exact

if TYPE_CHECKING:
    from search.options import Options


@click.command()
@click.argument("article")
@click.option("--query", metavar="QUERY", help="Mark everything that this finds.")
@with_exact
@with_cross
@with_index
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour the output.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def show(
    context: click.Context, article: str, query: str | None, index_folder: str | None, color: str, as_json: bool,
    **options: Unpack[Options],
) -> None:  # fmt: skip
    """Show an article as it is read: what it is called, and each block of its text with its kind.

    ARTICLE is its id or the path of its file. With a query, exits with 1 if nothing of it is found in the article.

    Example: wensou show seeds/003_b4e59136c98cbdd1.txt --query 特朗普
    """
    from search.searcher import Searcher
    from search.whole_lines import as_text

    settings = settings_of(context)
    with Searcher(place_named(context, index_folder), learnt=settings.learn) as searcher:
        found = searcher.show(article, query or "", read_options(settings), **options)
    if as_json:
        click.echo(dumped(found.to_dict()))
    else:
        colored = is_colored(color)
        for line in as_text(found, color=colored):
            click.echo(line, color=colored)
    if query is None:
        return
    click.echo(f"{counted(len(found.spans), 'occurrence')}, {len(found.title_spans):,} in the title", err=True)
    context.exit(FOUND if found.spans or found.title_spans else NOTHING_FOUND)
