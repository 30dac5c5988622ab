"""The command `wensou`: `search` here, the index commands from `indexer.cli`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from indexer.cli import analyze, check, index, place_named, remove, settings_of
from indexer.config import load_settings
from indexer.display import harmless
from indexer.engines.base import FACETS
from indexer.errors import WensouError
from indexer.nodes import SORTS
from search.command import (
    FAILED,
    FOUND,
    NOTHING_FOUND,
    QueryCommand,
    check_asks,
    is_colored,
    terminal_width,
    with_options,
)
from search.complete_command import complete
from search.eval_command import evaluate
from search.hit_fields import HIT_FIELDS
from search.info_command import info
from search.mcp_command import mcp
from search.serve_command import serve
from search.shapes import SHAPES, Output
from search.shell_completion import complete_list, complete_query, completion
from search.show_command import show
from search.snippets import LONGEST
from search.study_commands import concordance, count
from search.vocabulary_command import vocabulary

if TYPE_CHECKING:
    from search.explanation import ArticleExplanation
    from search.model import SearchResult
    from search.options import Options


def _listed(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    """Return the names of a list with commas."""
    return tuple(name.strip() for name in value.split(",") if name.strip())


@click.command(cls=QueryCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1, metavar="QUERY...", shell_complete=complete_query)
@click.option("-n", "--limit", type=click.IntRange(min=0), default=10, show_default=True, help="Articles to show.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out this many of the best.")
@click.option("--sort", type=click.Choice(SORTS), default=SORTS[0], help="Best, newest, oldest first, or by title.")
@click.option("--passages", is_flag=True, help="Show passages, each by itself, in place of articles.")
@click.option(
    "--facets", callback=_listed, metavar="NAMES", default="", shell_complete=complete_list(FACETS),
    help=f"Count what matches by these: {','.join(FACETS)}.",
)  # fmt: skip
@click.option("--after", metavar="CURSOR", help="The page behind that with this `cursor` in its JSON.")
@click.option("--suggest", is_flag=True, help="Search what was probably meant, if a word is found nowhere.")
@click.option(
    "--context", "context_chars", type=click.IntRange(min=0), default=LONGEST, show_default=True, metavar="N",
    help="Characters to quote of a passage; a word of letters counts three, 0 is a clause.",
)  # fmt: skip
@click.option("--stories", is_flag=True, help="Show reports of one event together, in any language.")
@click.option("--explain", is_flag=True, help="Show what the score of each hit is made of.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour the output.")
@click.option(
    "--format", "shape", type=click.Choice([*SHAPES]), help=f"Shape of the output (default: {next(iter(SHAPES))})."
)
@click.option("--queries", metavar="FILE", help="Answer each line of a file, - for standard input, as JSON Lines.")
@click.option("--new", is_flag=True, help="Only articles that came in since this query was last asked with --new.")
@click.option("--json", "as_json", is_flag=True, help="Short for --format json.")
@click.option(
    "--fields", callback=_listed, metavar="NAMES", default="", shell_complete=complete_list(HIT_FIELDS),
    help="What to show of each hit, in this order.",
)  # fmt: skip
@click.option("-0", "--null", is_flag=True, help="End paths with a zero byte, for xargs -0.")
@with_options
@click.pass_context
def search(
    context: click.Context, words: tuple[str, ...], limit: int, offset: int, index_folder: str | None, sort: str,
    passages: bool, facets: tuple[str, ...], after: str | None, suggest: bool, context_chars: int, stories: bool,
    explain: bool,
    color: str, shape: str | None, as_json: bool, queries: str | None, new: bool, fields: tuple[str, ...], null: bool,
    **options: Unpack[Options],
) -> None:  # fmt: skip
    """Find passages. Words are ranked together; "…", 「…」 and “…” are exact phrases, in either script.

    Exits with 0 if something is found, 1 if nothing is, 2 if something is wrong.

    Example: wensou search 川普 关税 --since 2026-02
    """
    from search.batch import asking
    from search.batch_command import answer_queries
    from search.saved import SavedQueries
    from search.searcher import Searcher

    if explain and (passages or after is not None):
        raise click.UsageError(
            "--explain is of articles of the newest index: leave out --passages, and use --offset for --after.", context
        )
    if queries is not None and (words or explain or shape or fields):
        raise click.UsageError("--queries goes with no query, --explain, --format or --fields.", context)
    if queries is None:
        check_asks(context, words, options)
    if as_json and shape not in (None, "json"):
        raise click.UsageError(f"--json is --format json: leave out one of it and --format {shape}.", context)
    output = Output("json" if as_json else shape or "table", fields, null)
    output.check(explain=explain)
    page = {
        "limit": limit,
        "offset": offset,
        "sort": sort,
        "passages": passages,
        "facets": facets,
        "after": after,
        "suggest": suggest,
        "context": context_chars,
        "stories": stories,
    }
    query = " ".join(words)
    with Searcher(place_named(context, index_folder), learnt=settings_of(context).learn) as searcher:
        ask = SavedQueries(_state_folder(context), searcher).new if new else asking(searcher)
        if queries is not None:
            context.exit(answer_queries(queries, ask, {**page, **options}))
        with ask(query, **page, **options) as result:
            explained = searcher.explanations(result.query, result.hits, **options) if explain else {}
            _print_result(result, explained, output, color)
            sys.stdout.flush()
    context.exit(FOUND if result.total else NOTHING_FOUND)


def _state_folder(context: click.Context) -> Path:
    """Return where is kept what the user's searches have seen."""
    return Path(settings_of(context).state or click.get_app_dir("wensou")).expanduser()


def _print_result(
    result: SearchResult, explained: Mapping[str, ArticleExplanation], output: Output, color: str
) -> None:
    """Print a result, with the explanations of its hits by their articles' ids, if there are any."""
    from search.present import facet_lines

    colored = is_colored(color)
    for line in output.written(result, explained, color=colored, width=terminal_width()):
        click.echo(line, nl=False, color=colored)
    if output.shape != "json":
        for line in facet_lines(result):
            click.echo(line, err=output.shape != "table")
        _tell(result)


def _tell(result: SearchResult) -> None:
    """Say on standard error how much was found, and what is odd about it."""
    from search.notes import found

    totals = found(result, result.total, "article"), found(result, result.passages_total, "passage")
    click.echo(f"{totals[0]}, {totals[1]}, {result.took_ms:.0f} ms", err=True)
    for note in result.notes:
        click.echo(harmless(note.text), err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wensou")
@click.pass_context
def wensou(context: click.Context) -> None:
    """Full-text search over archives of articles in Chinese, both scripts, and English.

    Example: wensou index ~/articles && wensou search 特朗普 关税
    """
    context.obj = load_settings(Path.cwd(), os.environ)


for command in (
    search,
    concordance,
    count,
    complete,
    completion,
    index,
    remove,
    check,
    info,
    mcp,
    show,
    serve,
    analyze,
    evaluate,
    vocabulary,
):
    wensou.add_command(command)


def main(command: str | None = None) -> None:
    """Run the command line; `command` is the name of a subcommand to run directly."""
    arguments = [command, *sys.argv[1:]] if command else sys.argv[1:]
    # Results are text of any script, whatever the locale; a character it cannot hold must not end the output.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        sys.exit(wensou.main(arguments, "wensou", standalone_mode=False))
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. The index holds what was committed last.", err=True)
        sys.exit(FAILED)
    except click.ClickException as error:
        error.show()
        sys.exit(FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FOUND)
    except (WensouError, OSError) as error:
        click.echo(f"wensou: {harmless(str(error))}", err=True)
        sys.exit(FAILED)
