"""How fast wensou is, beside its peers, in one run on the same text.

    python -m benchmarks.speed FOLDER [--parts ranking,search,operators,build,cold,update,memory,scaling]
        [--out DIR] [options]

FOLDER holds articles. Every part runs in a process of its own; the table goes to stdout, and DIR gets a dated JSON with
the machine, the commit and the checksum of the files. Exits with 1 if an answer of ours was not that of exhaustive
evaluation; a target that is missed is only printed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.speed import building, operators, processes, ranking, whole
from benchmarks.speed.corpus import checksum, files_of
from benchmarks.speed.figures import Section, render_figures
from benchmarks.speed.isolation import isolated
from benchmarks.speed.machine import commit, describe
from benchmarks.speed.workspace import Options, Workspace

PARTS: dict[str, Callable[[Workspace], Section]] = {
    "ranking": ranking.run,
    "search": whole.run,
    "operators": operators.run,
    "build": building.run,
    "cold": processes.cold,
    "update": processes.update,
    "memory": processes.memory,
    "scaling": whole.scaling,
}
_HELP = {
    "seed": "for all that is drawn",
    "queries": "of each kind",
    "passages": "that are ranked; 0: all",
    "whoosh_passages": "that stock Whoosh is compared on; 0: all",
    "build_files": "that the usual recipe is compared on; 0: all",
    "build_runs": "of builds but the recipe's",
    "cold_runs": "of whole processes",
}


def main() -> None:
    parser = _parser()
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    options = Options(**{field.name: getattr(arguments, field.name) for field in fields(Options)})
    files = files_of(folder)
    if not files:
        parser.error(f"there is no article in {folder}")
    record: dict[str, Any] = {
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": commit(),
        "command": sys.argv[1:],
        "machine": describe(),
        "corpus": {
            "folder": str(folder),
            "files": len(files),
            "bytes": sum(path.stat().st_size for path in files),
            "sha256": checksum(files, folder),
        },
    }
    print(_heading(record), flush=True)
    if arguments.scratch is not None:
        Path(arguments.scratch).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        space = Workspace(folder, Path(scratch), options)
        sections = [_carried_out(part, space) for part in arguments.parts]
    record["parts"] = {section.part: section.as_json() for section in sections}
    print(*_summary(sections), f"written: {_write(record, arguments.out)}", sep="\n")
    sys.exit(1 if any(section.deviations for section in sections) else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.speed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--parts", type=_parts, default=list(PARTS), help="of " + ",".join(PARTS))
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
    return chosen


def _carried_out(part: str, space: Workspace) -> Section:
    print(f"{part} …", file=sys.stderr, flush=True)
    section = isolated(PARTS[part], space)
    print(*section.render(), sep="\n", flush=True)
    return section


def _heading(record: dict[str, Any]) -> str:
    machine, corpus = record["machine"], record["corpus"]
    return (
        f"# {record['date']}, commit {record['commit'] or 'unknown'}\n"
        f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_before']:.2f}, "
        f"Python {machine['python']}, NumPy {machine['numpy']}\n"
        f"{corpus['files']:,} files, {corpus['bytes'] / 1e6:,.1f} MB, SHA-256 {corpus['sha256'][:16]}\n"
    )


def _summary(sections: list[Section]) -> list[str]:
    figures = [figure for section in sections for figure in section.figures if figure.is_met is not None]
    checked = sum(section.checked for section in sections)
    wrong = sum(len(section.deviations) for section in sections)
    return [
        "## targets",
        *(render_figures(figures) if figures else ()),
        f"{checked:,} timed answers of ours compared with exhaustive evaluation; deviations: {wrong}",
    ]


def _write(record: dict[str, Any], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"speed-{datetime.now():%Y-%m-%d-%H%M%S}.json"
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


if __name__ == "__main__":
    main()
