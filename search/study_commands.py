"""The commands that study what a query finds as a whole: `concordance` and `count`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Unpack

import click

from indexer.cli import place_named, settings_of
from indexer.display import as_json as dumped
from indexer.display import counted, harmless
from search.command import (
    FOUND,
    NOTHING_FOUND,
    QueryCommand,
    check_asks,
    draws_blocks,
    is_colored,
    terminal_width,
    with_options,
)
from search.shell_completion import complete_query

if TYPE_CHECKING:
    from search.concordance import Concordance
    from search.counting import Counts
    from search.model import Note
    from search.options import Options

# Columns to each side where the output has no width.
_CONTEXT = 40
# Of a plot where the output has no width.
_WIDTH = 80


@click.command(cls=QueryCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1, metavar="QUERY...", shell_complete=complete_query)
@click.option(
    "--sort", type=click.Choice(["right", "left", "relevance", "date"]), default="right", show_default=True,
    help="By the text to the right or left, best articles or newest first.",
)  # fmt: skip
@click.option("--context", "columns", type=click.IntRange(min=0), metavar="COLUMNS", help="Text to show to each side.")
@click.option("-n", "--limit", type=click.IntRange(min=0), metavar="N", help="Show only the first N in this order.")
@click.option("--titles", is_flag=True, help="Count what is found in titles too.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour the output.")
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table", help="Shape of the output."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
@with_options
@click.pass_context
def concordance(
    context: click.Context, words: tuple[str, ...], sort: str, columns: int | None, limit: int | None, titles: bool,
    index_folder: str | None, color: str, shape: str, as_json: bool, **options: Unpack[Options],
) -> None:  # fmt: skip
    """Show every occurrence of what a query finds, with the text around it, the keywords below each other.

    Exits with 0 if something is found, 1 if nothing is, 2 if something is wrong.

    Example: wensou concordance 特朗普 --sort left
    """
    from search.searcher import Searcher
    from search.study_lines import summary

    check_asks(context, words, options)
    shape = "json" if as_json else shape
    width = terminal_width() if shape == "table" else 0
    size = columns if columns is not None else width or _CONTEXT
    with Searcher(place_named(context, index_folder), learnt=settings_of(context).learn) as searcher:
        found = searcher.concordance(" ".join(words), sort=sort, context=size, limit=limit, titles=titles, **options)
    colored = is_colored(color)
    for line in _occurrence_lines(found, shape, color=colored, width=width, size=size):
        click.echo(line, color=colored)
    _tell(summary(found), found.notes)
    context.exit(FOUND if found.total else NOTHING_FOUND)


def _occurrence_lines(found: Concordance, shape: str, *, color: bool, width: int, size: int) -> Iterable[str]:
    from search.spreadsheet import as_csv
    from search.study_lines import as_lines

    if shape == "json":
        return (dumped(one.to_dict()) for one in found.occurrences)
    if shape == "csv":
        return as_csv(one.to_dict() for one in found.occurrences)
    return as_lines(found, color=color, width=width, context=size)


@click.command(cls=QueryCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1, metavar="QUERY...", shell_complete=complete_query)
@click.option(
    "--by", type=click.Choice(["month", "year", "day", "source"]), default="month", show_default=True,
    help="What to count by.",
)  # fmt: skip
@click.option("--titles", is_flag=True, help="Count what is found in titles too.")
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json", "plot"]), default="table",
    help="Shape of the output; a plot draws bars.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_options
@click.pass_context
def count(
    context: click.Context, words: tuple[str, ...], by: str, titles: bool, index_folder: str | None, shape: str,
    as_json: bool, **options: Unpack[Options],
) -> None:  # fmt: skip
    """Count the articles that a query finds, and how often it is found in them, by time or by source.

    Exits with 0 if something is found, 1 if nothing is, 2 if something is wrong.

    Example: wensou count 特朗普 --by year --format plot
    """
    from search.searcher import Searcher

    check_asks(context, words, options)
    with Searcher(place_named(context, index_folder), learnt=settings_of(context).learn) as searcher:
        counts = searcher.count(" ".join(words), by=by, titles=titles, **options)
    for line in _count_lines(counts, "json" if as_json else shape):
        click.echo(line)
    articles, occurrences = counted(counts.articles, "article"), counted(counts.occurrences, "occurrence")
    _tell(f"{occurrences} in {articles}, {counts.took_ms:.0f} ms", counts.notes)
    context.exit(FOUND if counts.articles else NOTHING_FOUND)


def _count_lines(counts: Counts, shape: str) -> Iterable[str]:
    from search.spreadsheet import as_csv
    from search.study_lines import as_plot, as_table

    if shape == "json":
        return [dumped(counts.to_dict())]
    if shape == "csv":
        return as_csv(row.to_dict(counts.by) for row in counts.rows)
    if shape == "plot":
        return as_plot(counts, width=terminal_width() or _WIDTH, blocks=draws_blocks())
    return as_table(counts)


def _tell(summary: str, notes: Sequence[Note]) -> None:
    click.echo(summary, err=True)
    for note in notes:
        click.echo(harmless(note.text), err=True)
