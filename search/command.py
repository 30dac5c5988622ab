"""What commands that take a query have in common: how its words are read, and how a terminal is written to."""

from __future__ import annotations

import locale
import os
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import click

from indexer.cli import set_for_cluster, with_index
from search.fields import LANGUAGES
from search.freshness import DURATION, HALF_LIFE
from search.kinds import ALL_KINDS, KINDS
from search.options import CROSS

FOUND, NOTHING_FOUND, FAILED = 0, 1, 2
# The option whose value, a number, may be left out.
_MAY_TAKE = "--fresh"
# Of `search.options.Options` those that are a search by themselves.
_CHOOSING = ("lang", "since", "until", "kinds", "added_since", "like")

# What a query means, in commands that need no other options of a search too.
with_exact = click.option(
    "--exact", is_flag=True, help="Find words as typed only: no other names, regional words or pinyin of them."
)
with_cross = click.option(
    "--cross",
    type=click.Choice(CROSS),
    help="The other language, Chinese or English: below the rest (auto), not at all, only that, or mixed in.",
)


class QueryCommand(click.Command):
    """A command whose words may begin with - or +: only its own options are options, up to `--`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        takes_value = {
            name: not parameter.is_flag
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option)
            for name in parameter.opts
        }
        options: list[str] = []
        words: list[str] = []
        rest = deque(args)
        while rest:
            arg = rest.popleft()
            name = arg.partition("=")[0] if arg.startswith("--") else arg
            if arg == "--":
                words += rest
                break
            if arg == _MAY_TAKE and not (rest and DURATION.fullmatch(rest[0])):
                options.append(arg)
            elif takes_value.get(name) and name == arg:
                value = rest.popleft() if rest else None
                if value is not None:
                    options += [arg, value]
                elif not ctx.resilient_parsing:  # else a shell completes this very value
                    raise click.BadOptionUsage(name, f"Option {name!r} requires an argument.", ctx)
            elif name in takes_value or arg.startswith("--") or (arg[:2] == "-n" and arg[2:].isdecimal()):
                options.append(arg)
            else:
                words.append(arg)
        return super().parse_args(ctx, [*options, "--", *words])


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `search.options.Options`, under the same names, and the index to ask."""
    for option in (
        click.option("--like", metavar="ARTICLE", help="Only articles like this one; its id, or the path of its file."),
        with_exact,
        click.option(
            "--fresh",
            metavar="[HALF-LIFE]",
            is_flag=False,
            flag_value=HALF_LIFE,
            help="Rank older articles lower: the score halves with each year, or with so much: 30 (days), 6w, 3m, 2y.",
        ),
        with_cross,
        click.option("--copies", is_flag=True, help="Find all copies of one report, not only the earliest."),
        click.option(
            "--added-since",
            metavar="RUN|DATE",
            help="Only articles that came in after a run of wensou index, or since then.",
        ),
        click.option("--until", metavar="DATE", help="Only articles of this day or earlier; 2026-02 covers the month."),
        click.option(
            "--since", metavar="DATE", help="Only articles of this day or later: 2026, 2026-02 or 2026-02-05."
        ),
        click.option(
            "--kind", "kinds", type=click.Choice([*KINDS, ALL_KINDS]), multiple=True, help="Only passages of this kind."
        ),
        click.option("--lang", type=click.Choice([*LANGUAGES]), help="Only passages in this language."),
        click.option(
            "--partial",
            is_flag=True,
            default=None,
            expose_value=False,
            callback=set_for_cluster,
            help="Answer without parts of an index on a cluster that have no copy left, and say which.",
        ),
        with_index,
    ):
        command = option(command)
    return command


def check_asks(context: click.Context, words: Sequence[str], options: Mapping[str, object]) -> None:
    """Raise UsageError where there is neither a query, were it an empty one, nor an option that chooses articles."""
    if not words and not any(options.get(name) not in (None, ()) for name in _CHOOSING):
        raise click.UsageError(
            "Nothing is asked: give a query, or an option that chooses articles, as --since. All there are is '*'.",
            context,
        )


def is_colored(choice: str) -> bool:
    """Tell whether to colour the output: auto, always or never."""
    if choice == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return choice == "always"


def terminal_width() -> int:
    """Return the width of standard output in columns, 0 if it is no terminal."""
    if not sys.stdout.isatty():
        return 0
    from shutil import get_terminal_size  # which takes longer to load than the rest of this module

    return get_terminal_size().columns


def draws_blocks() -> bool:
    """Tell whether standard output shows block characters: a terminal whose text is UTF-8."""
    return sys.stdout.isatty() and locale.getencoding().lower().replace("-", "") == "utf8"
