"""The command `show`: a whole article, with what a query finds in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

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
@click.option("--indexed", is_flag=True, help="Show it as the index holds it, by its id, and read no file.")
@with_exact
@with_cross
@with_index
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour the output.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def show(
    context: click.Context, article: str, query: str | None, indexed: bool, index_folder: str | None, color: str,
    as_json: bool,
    **options: Unpack[Options],
) -> None:  # fmt: skip
    """Show an article as it is read: what it is called, and each block of its text with its kind.

    ARTICLE is its id or the path of its file. With a query, exits with 1 if nothing of it is found in the article.

    Example: wensou show seeds/003_b4e59136c98cbdd1.txt --query 特朗普
    """
    from search.searcher import Searcher
    from search.whole_lines import as_indexed, as_text

    settings, colored = settings_of(context), is_colored(color)
    with Searcher(place_named(context, index_folder), learnt=settings.learn) as searcher:
        if indexed:
            held = searcher.read(article, query or "", **options)
            found = _Found(held.to_dict, as_indexed(held, color=colored), held.occurrences, len(held.title_spans))
        else:
            now = searcher.show(article, query or "", read_options(settings), **options)
            found = _Found(now.to_dict, as_text(now, color=colored), len(now.spans), len(now.title_spans))
    if as_json:
        click.echo(dumped(found.to_dict()))
    else:
        for line in found.lines:
            click.echo(line, color=colored)
    if query is None:
        return
    click.echo(f"{counted(found.in_text, 'occurrence')}, {found.in_title:,} in the title", err=True)
    context.exit(FOUND if found.in_text or found.in_title else NOTHING_FOUND)


class _Found(NamedTuple):
    """What there is to print of an article, and what was found in it."""

    to_dict: Callable[[], dict[str, Any]]
    lines: Iterator[str]
    in_text: int
    in_title: int
