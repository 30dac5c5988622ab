"""The command `eval`: how well judged queries are answered."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.display import as_json as dumped
from indexer.display import harmless

if TYPE_CHECKING:
    from search.evaluation.comparing import Change, Comparison
    from search.evaluation.figures import Figures


class PoolCommand(click.Command):
    """A command whose --pool takes all names up to the next option; only one while no set was named before it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = [option for option in self.get_params(ctx) if isinstance(option, click.Option)]
        takes_value = {name for option in options if not option.is_flag for name in option.opts}
        spread: list[str] = []
        rest = [*args]
        has_sets = False
        while rest:
            arg = rest.pop(0)
            if arg == "--pool":
                pools = [*takewhile(lambda name: not name.startswith("-"), rest)][: None if has_sets else 1]
                del rest[: len(pools)]
                spread += [part for pool in pools for part in (arg, pool)] or [arg]
            elif arg in takes_value and rest:
                spread += [arg, rest.pop(0)]
            else:
                has_sets |= not arg.startswith("-")
                spread.append(arg)
        return super().parse_args(ctx, spread)


@click.command("eval", cls=PoolCommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("sets", nargs=-1, required=True, metavar="SET...", type=click.Path(path_type=Path))
@click.option(
    "--pool", "pools", multiple=True, metavar="SET...", type=click.Path(path_type=Path),
    help="Put the passages of these sets beside those of each.",
)  # fmt: skip
@click.option("--queries", metavar="FILE", type=click.Path(path_type=Path), help="Ask these queries of the set.")
@click.option("--qrels", metavar="FILE", type=click.Path(path_type=Path), help="Judge by this file of the set.")
@click.option(
    "--across/--no-across", default=None,
    help="Judge only by what answers in another language, or only by what does not.",
)  # fmt: skip
@click.option("--cross", type=click.Choice(["off", "auto", "only", "mixed"]), help="Search the other language.")
@click.option("--exact", is_flag=True, help="Search the literal words only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--per-query", is_flag=True, help="Show the figures of each query too.")
@click.option(
    "--compare", metavar="FILE", type=click.Path(path_type=Path),
    help="Show what changed since a run, kept with --json --per-query, and how likely by chance.",
)  # fmt: skip
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Ask at most N queries of each file.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes to ask with.")
@click.option("--keep", metavar="DIR", type=click.Path(path_type=Path), help="Keep indexes there, for the next run.")
@click.option(
    "--learn", metavar="FOLDER", type=click.Path(path_type=Path, exists=True),
    help="Learn words from these articles; they are not ranked.",
)  # fmt: skip
def evaluate(
    sets: tuple[Path, ...], pools: tuple[Path, ...], queries: Path | None, qrels: Path | None, across: bool | None,
    cross: str | None, exact: bool, as_json: bool, per_query: bool, compare: Path | None, sample: int | None, jobs: int,
    keep: Path | None, learn: Path | None,
) -> None:  # fmt: skip
    """Measure how well the judged queries of a set, a folder, are answered.

    Example: wensou eval corpora/drcd --json --per-query > before.json
    """
    from search.evaluation.comparing import compared, read_run
    from search.evaluation.evaluating import EvaluationOptions
    from search.evaluation.evaluating import evaluate as measure

    before = read_run(compare) if compare else {}
    search: dict[str, Any] = {"cross": cross} if cross else {}
    search |= {"exact": True} if exact else {}
    options = EvaluationOptions(pools, queries, qrels, search, jobs, keep, across, sample, learn)
    shapes = []
    missed = set(before)
    for figures in measure(sets, options, tell=lambda text: click.echo(harmless(text), err=True)):
        missed.discard(figures.key)
        comparison = compared(before[figures.key], figures) if figures.key in before else None
        if not as_json:
            for line in _lines(figures, comparison, per_query=per_query):
                click.echo(line)
            continue
        shapes.append(figures.to_dict(per_query=per_query))
        if comparison:
            shapes[-1]["compared"] = comparison.to_dict()
    if as_json:
        click.echo(dumped({"sets": shapes}))
    for key in (
        before.keys() - {(shape["set"], shape["queries"], shape["qrels"]) for shape in shapes} if as_json else ()
    ):
        click.echo(f"Not measured now: {harmless(' '.join(key))}", err=True)


def _lines(figures: Figures, comparison: Comparison | None, *, per_query: bool) -> Iterator[str]:
    name = harmless(f"{figures.set} {figures.queries} {figures.qrels}")
    parts = dict(figures.parts())
    yield _line(name, figures.means([*figures.values]))
    if comparison:
        yield from map(_change, comparison.whole.items())
    for pair, queries in parts.items():
        yield _line(f"  {harmless(pair)}", figures.means(queries))
        if comparison and len(parts) > 1:
            yield from map(_change, comparison.by_language[pair].items())
    if per_query:
        for query, values in figures.values.items():
            yield _line(f"    {harmless(query)}", {"n": 1, **values})


def _line(name: str, means: dict[str, Any]) -> str:
    return f"{name:48} n={means['n']:5d}  " + "  ".join(f"{own} {means[own]:.4f}" for own in [*means][1:])


def _change(named: tuple[str, Change]) -> str:
    name, change = named
    return f"      {name:10} {change.before:.4f} -> {change.after:.4f}  {change.difference:+.4f}  p {change.p:.2g}"
