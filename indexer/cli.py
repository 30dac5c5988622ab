"""The commands that change or show what is indexed: `index`, `remove`, `check`, `analyze`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from indexer.config import Settings, all_cores, bytes_of, memory_of
from indexer.display import as_json as dumped
from indexer.display import counted, harmless
from indexer.engines.opening import Place, place_of, unable
from indexer.engines.opensearch.location import Location
from indexer.errors import UsageError
from indexer.model import BuildReport

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from indexer.sources.source import ReadOptions

_DAMAGED = 2
INDEX_HELP = (
    "Folder of the index, or its address on a cluster, http://HOST:9200,HOST2:9200/NAME (default: index_data, or "
    "WENSOU_INDEX, or wensou.toml)."
)


def settings_of(context: click.Context) -> Settings:
    """Return the settings that the command runs with."""
    settings = context.find_object(Settings)
    assert settings is not None
    return settings


def set_for_cluster(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Let a flag win over what the settings say of clusters, under its name."""
    settings = context.find_object(Settings)
    if value is not None and settings is not None and parameter.name:
        context.obj = replace(settings, opensearch=replace(settings.opensearch, **{parameter.name: value}))


def with_index(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the index to work on, as `place_named` reads it, and how to trust a cluster that has it."""
    for option in (
        click.option(
            "--ca",
            metavar="FILE",
            expose_value=False,
            callback=set_for_cluster,
            help="Certificates to trust, in place of the system's, where the index is on a cluster.",
        ),
        click.option(
            "--index", "index_folder", metavar="DIR|ADDRESS", help=INDEX_HELP, shell_complete=_complete_folder
        ),
    ):
        command = option(command)
    return command


def _complete_folder(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return that the shell itself is to complete the name of a folder."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, "dir")]


def place_named(context: click.Context, index: str | None) -> Place:
    """Return where the index is: as an option says, else as the settings do. Raises UsageError."""
    settings = settings_of(context)
    place = place_of(index or settings.index, settings.opensearch)
    if not isinstance(place, Location):
        _check_no_flag_for_clusters(context, place)
    return place


def _check_no_flag_for_clusters(context: click.Context, folder: Path) -> None:
    for parameter in context.command.params:
        source = parameter.name and context.get_parameter_source(parameter.name)
        if parameter.callback is set_for_cluster and source is ParameterSource.COMMANDLINE:
            raise UsageError(f"{parameter.opts[0]} is for an index on a cluster, and {folder} is a folder.")


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@with_index
@click.option("--rebuild", is_flag=True, help="Replace everything; searches see the old index until it is done.")
@click.option("--verify", is_flag=True, help="Read all files, also those whose size and time have not changed.")
@click.option("--prune", is_flag=True, help="Allow to remove most articles of a folder, or all of a missing one.")
@click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Pass over names or paths like this, e.g. 'drafts/*'."
)
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Number of processes (default: all cores).")
@click.option("--memory", metavar="SIZE", help="What the building process may take, as 512M (default: 1G).")
@click.option("--max-size", metavar="SIZE", help="The largest file that is read (default: 64M).")
@click.option("--encoding", metavar="NAME", help="Encoding of all text files (default: decided for each).")
@click.option(
    "--shards",
    type=click.IntRange(min=1),
    metavar="N",
    expose_value=False,
    callback=set_for_cluster,
    help="Parts of an index that is made on a cluster (default: 3).",
)
@click.option(
    "--replicas", type=click.IntRange(min=0), metavar="N", expose_value=False, callback=set_for_cluster,
    help="Copies of each part, for when a node dies (default: 1).",
)  # fmt: skip
@click.option("--no-learn", is_flag=True, help="Learn no words from the articles in this run.")
@click.option("--partition", metavar="I/N", help="Index part I of N of the files, while others index the other parts.")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write what became of each file here.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def index(
    context: click.Context, paths: tuple[Path, ...], index_folder: str | None, exclude: tuple[str, ...],
    jobs: int | None, memory: str | None, max_size: str | None, encoding: str | None, partition: str | None,
    report: Path | None, as_json: bool, rebuild: bool, verify: bool, prune: bool, no_learn: bool,
) -> None:  # fmt: skip
    """Build the index from folders of articles, or bring it up to date.

    New articles are added, changed ones replaced, vanished ones removed. Without a PATH, every folder that the index
    knows is looked at.

    Example: wensou index ~/articles
    """
    from indexer.partition import Partition
    from indexer.pipeline import BuildOptions, build

    settings = settings_of(context)
    options = BuildOptions(
        exclude=exclude or settings.exclude,
        jobs=jobs or settings.jobs or all_cores(),
        user_dictionary=Path(settings.user_dictionary) if settings.user_dictionary else None,
        memory_bytes=memory_of(memory or settings.memory),
        read=read_options(settings, encoding, max_size),
        report=report,
        rebuild=rebuild,
        verify=verify,
        prune=prune,
        learn=settings.learn and not no_learn,
        partition=Partition.parse(partition) if partition else None,
    )
    with _progress() as progress:
        done = build(paths, place_named(context, index_folder), options, progress)
    _print_report(done, as_json)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@with_index
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def remove(context: click.Context, path: Path, index_folder: str | None, as_json: bool) -> None:
    """Forget a folder, and take its articles from the index. The files stay.

    Example: wensou remove ~/articles/old
    """
    from indexer.pipeline import remove as remove_root

    settings = settings_of(context)
    _print_report(remove_root(path, place_named(context, index_folder), learn=settings.learn), as_json)


@click.command()
@with_index
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def check(context: click.Context, index_folder: str | None, as_json: bool) -> None:
    """Look for damage: compare every checksum of the index, and whether articles, passages and postings agree.

    Exits with 0 if nothing is damaged; with 2 after naming everything that is, and the command that mends it.

    Example: wensou check
    """
    from indexer.pipeline import check as check_index

    place = place_named(context, index_folder)
    report = check_index(place)
    if as_json:
        click.echo(dumped(asdict(report)))
    for problem in () if as_json else report.problems:
        click.echo(harmless(problem))
    if limit := unable(place, "checksums"):
        click.echo(limit, err=True)
    if report.problems:
        problems = counted(len(report.problems), "problem")
        advice = f"wensou index FOLDER --rebuild --index {place}"
        click.echo(f"{problems} in the index in {place}. Build it anew with: {advice}", err=True)
        context.exit(_DAMAGED)
    if not as_json:
        articles, passages = counted(report.articles, "article"), counted(report.passages, "passage")
        click.echo(f"{articles}, {passages} in {counted(report.segments, 'segment')}: nothing is damaged")


def read_options(settings: Settings, encoding: str | None = None, max_size: str | None = None) -> ReadOptions:
    """Return how files are read; flags win over settings."""
    from indexer.sources.encoding import check_encoding
    from indexer.sources.source import ReadOptions

    limit = bytes_of(max_size or settings.max_size)
    name = encoding or settings.encoding
    return ReadOptions(check_encoding(name) if name else "", settings.fields, limit)


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def analyze(context: click.Context, text: str, as_json: bool) -> None:
    """Show what becomes of a text: its search key, its runs of one script, and the terms of each field.

    Example: wensou analyze "特朗普出席G20峰會"
    """
    from indexer.analysis.analyzer import FIELDS, Analyzer

    dictionary = settings_of(context).user_dictionary
    analysis = Analyzer(Path(dictionary) if dictionary else None).analyze(text)
    steps: dict[str, Any] = {
        "folded": analysis.folded.key,
        "runs": [{"kind": run.kind, "text": run.text} for run in analysis.runs],
        **{name: [asdict(token) for token in getattr(analysis, name)] for name in FIELDS},
    }
    if as_json:
        click.echo(dumped(steps))
        return
    click.echo(f"folded  {analysis.folded.key}")
    click.echo("runs    " + "  ".join(f"{run.kind}:{run.text}" for run in analysis.runs))
    for name in FIELDS:
        click.echo(f"{name:7} " + "  ".join(token.term for token in getattr(analysis, name)))


def _print_report(report: BuildReport, as_json: bool) -> None:
    if as_json:
        click.echo(dumped({**asdict(report), "skipped": report.skipped_by_reason()}))
        return
    for failure in report.failed:
        click.echo(f"not read: {harmless(failure.path)}: {harmless(failure.reason)}", err=True)
    for failure in report.rejected:
        click.echo(f"not indexed: {harmless(failure.path)}: {harmless(failure.reason)}", err=True)
    if report.older:
        click.echo(f"left as they are, since the index has newer ones: {counted(report.older, 'article')}", err=True)
    for name in report.cleaned:
        click.echo(f"removed, left by a run that was broken off: {harmless(name)}", err=True)
    for damage in report.damaged:
        places = counted(damage.places, "damaged place")
        click.echo(f"read with {places}: {harmless(damage.path)} ({damage.encoding})", err=True)
    for reason, count in report.skipped_by_reason().items():
        click.echo(f"skipped: {counted(count, 'file')}: {harmless(reason)}", err=True)
    click.echo(
        f"run {report.run}: {report.added:,} added, {report.replaced:,} replaced, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged, {len(report.failed):,} not read, in {report.took_s:.1f} s"
    )
    if not (report.added or report.replaced or report.removed or report.unchanged or report.failed):
        from indexer.sources import readable_endings

        click.echo(f"No articles found: files that are read end in {' '.join(readable_endings())}.", err=True)


@contextmanager
def _progress() -> Iterator[Any]:
    """Show a bar on a terminal; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    from indexer.status import STEPS, Step

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(step: Step, done: int, total: int) -> None:
            bar.update(task, description=STEPS[step].capitalize())
            if total:
                bar.update(task, completed=done, total=total)

        yield show
