"""The command `vocabulary`: the words that were learnt from the archive, listed, struck and explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli import place_named, with_index
from indexer.display import as_json as dumped
from indexer.display import counted, harmless
from search.columns import left_aligned
from search.command import FOUND, NOTHING_FOUND

if TYPE_CHECKING:
    from indexer.vocabulary.learnt import LearntPair

_HOWS = ("pages", "regions", "brackets")
_WHERE = {
    "pages": "beside each other in {} of pages in both languages",
    "regions": "beside each other in {} of pages for both regions",
    "brackets": "one in brackets behind the other, in {}",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def vocabulary() -> None:
    """Show and strike the words that were learnt from the articles.

    Example: wensou vocabulary list --how regions
    """


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        with_index,
    ):
        command = option(command)
    return command


@vocabulary.command("list")
@click.argument("word", default="")
@click.option("--how", type=click.Choice(_HOWS), help="Only what was learnt so.")
@click.option("--struck", is_flag=True, help="Only what was struck.")
@click.option("--least", type=click.FloatRange(0, 1), default=0.0, help="Only what is so sure, from 0 to 1.")
@_with_options
@click.pass_context
def list_words(
    context: click.Context, word: str, how: str | None, struck: bool, least: float, as_json: bool,
    index_folder: str | None,
) -> None:  # fmt: skip
    """List what was learnt, or what of it has a WORD in it, the surest first.

    Exits with 1 if there is nothing.

    Example: wensou vocabulary list server
    """
    pairs = [
        pair
        for pair in _pairs(_file(context, index_folder), word)
        if how in (None, pair.how) and pair.certainty >= least and (pair.is_struck or not struck)
    ]
    _print(context, pairs, as_json=as_json, lines=[_row(pair) for pair in pairs])


@vocabulary.command()
@click.argument("word")
@click.argument("other", default="")
@_with_options
@click.pass_context
def drop(context: click.Context, word: str, other: str, as_json: bool, index_folder: str | None) -> None:
    """Strike all that a WORD was learnt to mean, or that it means OTHER: it is not used, and not learnt again.

    Exits with 1 if nothing such was learnt. To take it back, remove the lines from learnt.tsv.

    Example: wensou vocabulary drop 文件 檔案
    """
    from indexer.vocabulary.learnt import strike

    struck = strike(_file(context, index_folder), word, other)
    _print(context, struck, as_json=as_json, lines=[f"struck: {_row(pair)}" for pair in struck])


@vocabulary.command()
@click.argument("word")
@_with_options
@click.pass_context
def explain(context: click.Context, word: str, as_json: bool, index_folder: str | None) -> None:
    """Show where it was learnt what a WORD means. Exits with 1 if it was not.

    Example: wensou vocabulary explain 服务器
    """
    pairs = [pair for pair in _pairs(_file(context, index_folder), word) if pair.is_called(word)]
    _print(context, pairs, as_json=as_json, lines=[_explained(pair) for pair in pairs])


def _file(context: click.Context, index_folder: str | None) -> Path:
    """Return the file. Raises IndexMissing if there is no index."""
    from indexer.vocabulary.alias_lines import LEARNT_FILE
    from search.searcher import Searcher

    with Searcher(place_named(context, index_folder)) as searcher:
        return searcher.folder / LEARNT_FILE


def _pairs(path: Path, word: str) -> list[LearntPair]:
    from indexer.analysis.fold import fold_key
    from indexer.vocabulary.learnt import Learnt

    key = fold_key(word)
    return [pair for pair in Learnt(path).pairs() if key in pair.word or key in fold_key(pair.other)]


def _print(context: click.Context, pairs: Sequence[LearntPair], *, as_json: bool, lines: Sequence[str]) -> None:
    if as_json:
        click.echo(dumped({"pairs": [asdict(pair) for pair in pairs]}))
    else:
        for line in lines:
            click.echo(harmless(line))
    if not pairs:
        click.echo("Nothing such was learnt.", err=True)
    context.exit(FOUND if pairs else NOTHING_FOUND)


def _row(pair: LearntPair) -> str:
    struck = "  (struck)" if pair.is_struck else ""
    words = f"{left_aligned(pair.word, 16)} {left_aligned(pair.other, 24)}"
    return f"{words} {pair.how:8} {pair.certainty:4.2f} {pair.seen:6,}{struck}"


def _explained(pair: LearntPair) -> str:
    what = "article" if pair.how == "brackets" else "line"
    where = _WHERE[pair.how].format(counted(pair.seen, what))
    struck = "; struck, so it is not used" if pair.is_struck else ""
    return f"{pair.word} = {pair.other}: {where}, first in {pair.article} (certainty {pair.certainty:.2f}{struck})"
