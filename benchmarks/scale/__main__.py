"""How an index on a cluster keeps up: with the embedded one, and with what the cluster does when it is asked plainly.

    python -m benchmarks.scale FOLDER [--parts parity,search,rate,…] [--files N] [--cluster HOST:PORT,… [--name NAME]]
        [--out DIR] [options]

FOLDER holds articles. A cluster of three nodes is started for the run, and removed; with --cluster another one is used,
none of whose nodes is killed, and whose indexes NAME-… are removed. The table goes to stdout, and DIR gets a dated JSON
with the machine, the commit and the checksum of the files. Exits with 1 if an answer was wrong or something was lost; a
target that is missed is only printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.cluster import Cluster, start
from benchmarks.scale import killing, parity, rates, replaying, sizes, updates
from benchmarks.scale.workspace import Options, Workspace
from benchmarks.speed.corpus import checksum, files_of
from benchmarks.speed.figures import Section, render_figures
from benchmarks.speed.machine import commit, describe

# In this order: later parts change what earlier ones ask.
PARTS: dict[str, Callable[[Workspace], Section]] = {
    "parity": parity.run,
    "search": replaying.run,
    "rate": rates.run,
    "kill": killing.run,
    "sizes": sizes.run,
    "update": updates.run,
}
_KILLING = ("kill",)
_HELP = {
    "seed": "for all that is drawn",
    "files": "that are measured; 0: all",
    "queries": "that both indexes are asked",
    "seconds": "that clients search while a node is killed",
    "rounds": "of everything timed",
    "rate_files": "that are written both ways; 0: all",
    "changed": "articles of an update",
}


def main() -> None:
    parser = _parser()
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    if not files_of(folder):
        parser.error(f"there is no article in {folder}")
    options = Options(**{field.name: getattr(arguments, field.name) for field in fields(Options)})
    record: dict[str, Any] = {
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": commit(),
        "command": sys.argv[1:],
        "machine": describe(),
    }
    with _cluster(arguments.cluster) as (cluster, hosts), tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        os.environ["WENSOU_DATA"] = str(Path(scratch) / "data")
        space = Workspace(folder, Path(scratch).resolve(), hosts, arguments.name, cluster, options)
        record["corpus"] = _described(space)
        print(_heading(record), flush=True)
        try:
            sections = [_carried_out(part, space) for part in arguments.parts if cluster or part not in _KILLING]
        finally:
            space.clear()
    record["parts"] = {section.part: section.as_json() for section in sections}
    figures = [figure for section in sections for figure in section.figures if figure.is_met is not None]
    print("## targets", *render_figures(figures), f"written: {_write(record, arguments.out)}", sep="\n")
    sys.exit(1 if any(section.deviations for section in sections) else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.scale", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--parts", type=_parts, default=list(PARTS), help="of " + ",".join(PARTS))
    parser.add_argument("--cluster", metavar="HOSTS", help="HOST:PORT,… of a cluster that is there, and is not harmed")
    parser.add_argument("--name", default="wensou-scale", help="what the names of indexes begin with")
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="for the JSON; default: here")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where indexes are made and removed again")
    for field in fields(Options):
        name = "--" + field.name.replace("_", "-")
        parser.add_argument(
            name, type=int, default=field.default, metavar="N", help=f"{_HELP[field.name]}; default: {field.default}"
        )
    return parser


def _parts(text: str) -> list[str]:
    chosen = text.split(",")
    unknown = [part for part in chosen if part not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no part is called {unknown[0]}; there are {', '.join(PARTS)}")
    return [part for part in PARTS if part in chosen]


@contextmanager
def _cluster(hosts: str | None) -> Iterator[tuple[Cluster | None, tuple[str, ...]]]:
    """Give a cluster that was started for this run, or the nodes of another one."""
    if hosts:
        yield None, tuple(hosts.split(","))
        return
    cluster = start()
    try:
        yield cluster, tuple(address.removeprefix("http://") for address in cluster.addresses)
    finally:
        cluster.stop()


def _carried_out(part: str, space: Workspace) -> Section:
    print(f"{part} …", file=sys.stderr, flush=True)
    section = PARTS[part](space)
    print(*section.render(), sep="\n", flush=True)
    return section


def _described(space: Workspace) -> dict[str, Any]:
    files = space.files
    size = sum(path.stat().st_size for path in files)
    return {
        "folder": str(space.folder), "files": len(files), "bytes": size, "sha256": checksum(files, space.folder),
        "nodes": len(space.hosts), "own cluster": space.cluster is not None,
    }  # fmt: skip


def _heading(record: dict[str, Any]) -> str:
    machine, corpus = record["machine"], record["corpus"]
    return (
        f"# {record['date']}, commit {record['commit'] or 'unknown'}\n"
        f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_before']:.2f}, Python {machine['python']}\n"
        f"{corpus['files']:,} files, {corpus['bytes'] / 1e6:,.1f} MB, SHA-256 {corpus['sha256'][:16]}, "
        f"{corpus['nodes']} nodes\n"
    )


def _write(record: dict[str, Any], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"scale-{datetime.now():%Y-%m-%d-%H%M%S}.json"
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


if __name__ == "__main__":
    main()
