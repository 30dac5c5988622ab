"""`wensou completion SHELL`: what makes a shell complete options, fields, their values and words of the index."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.config import load_settings
from indexer.engines.opening import place_of
from indexer.errors import WensouError
from search.fields import begun

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_VARIABLE = "_WENSOU_COMPLETE"
_MOST = 20
# Seconds that a cluster has to answer: who presses Tab goes on typing.
_PATIENCE_S = 1
# bash takes a colon for the end of a word, and would complete `lang:z` as `z`.
_COLONS = {"bash": "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}\n"}


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what a shell reads to complete wensou's commands, options, fields and words.

    Example: eval "$(wensou completion bash)"
    """
    from click.shell_completion import get_completion_class  # which no other command needs

    found = get_completion_class(shell)
    assert found is not None
    script = found(context.find_root().command, {}, "wensou", _VARIABLE)
    click.echo(_COLONS.get(shell, "") + script.source_template % script.source_vars())


def complete_query(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return what a word of a query may become: a field, one of its values, or a word of the index."""
    words = dict.fromkeys([*begun(incomplete), *_words(context, incomplete)])
    return [_item(word) for word in words]


def complete_list(
    names: Sequence[str],
) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """Return what completes the last name of a list with commas by those that do not stand in it yet."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, last = incomplete.rpartition(",")
        left = [name for name in names if name.startswith(last) and name not in before.split(",")]
        return [_item(f"{before}{comma}{name}") for name in left]

    return complete


def _item(value: str, kind: str = "plain") -> CompletionItem:
    from click.shell_completion import CompletionItem

    return CompletionItem(value, kind)


def _words(context: click.Context, incomplete: str) -> list[str]:
    """Return words of the index; none if there is none: a shell has no room for what went wrong."""
    from search.searcher import Searcher

    if not incomplete:
        return []
    try:
        settings = load_settings(Path.cwd(), os.environ)
        named = context.params.get("index_folder") or settings.index
        with Searcher(place_of(named, replace(settings.opensearch, timeout_s=_PATIENCE_S))) as searcher:
            return [found.query for found in searcher.complete(incomplete, _MOST)]
    except (WensouError, OSError):
        return []
