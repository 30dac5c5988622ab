"""Figures that must not fall: judged sets are measured, and compared with those kept in floors.toml.

    python -m benchmarks.floors FOLDER [--run NAME] [--jobs N] [--keep DIR]   # exit code 1 if a figure is too low
    python -m benchmarks.floors FOLDER --raise                               # keep what is higher, or new
    python -m benchmarks.floors FOLDER --lower NAME --because "..."          # keep one lower figure, and why

FOLDER holds the sets, each as it was when its floors were measured: floors.toml has their checksums. A run is one way
to search those named by `sets`, or all: `pooled` puts the passages of all sets together, `across` judges only by what
answers in another language (or, false, only by what does not), `search` are options of `Searcher.search`. A floor is
named as in "alone: drcd queries qrels zh-Hant->zh-Hant"; it is MRR@10.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from search.evaluation.evaluating import EvaluationOptions, evaluate

FLOORS = Path(__file__).with_name("floors.toml")
MEASURE = "MRR@10"
HEAD = "# Kept by benchmarks/floors.py: what judged sets must reach. To lower one: --lower NAME --because REASON."

# Of the file: tolerance, corpora (checksums by name), runs (by name: how to search, and floors), lowered (why).
Floors = dict[str, Any]


def checksum(folder: Path) -> str:
    """Return a checksum of the names and contents of a set's files."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.tsv")]):
        digest.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def measured(
    folder: Path, floors: Floors, name: str, chosen: Sequence[str], *, jobs: int, keep: Path | None
) -> dict[str, float]:
    """Return the figures of some sets in a run, by the names of their floors without that of the run."""
    how = floors["runs"][name]
    pools = [folder / one for one in floors["corpora"]] if how.get("pooled") else []
    options = EvaluationOptions(pools, search=how.get("search", {}), jobs=jobs, keep=keep, across=how.get("across"))
    figures: dict[str, float] = {}
    for one in evaluate([folder / own for own in chosen], options, tell=say):
        for pair, means in one.to_dict()["by_language"].items():
            if options.search.get("cross") != "only" or _is_across(pair):
                figures[" ".join((*one.key, pair))] = round(means[MEASURE], 4)
    return figures


def _is_across(pair: str) -> bool:
    """Tell whether zh-Hans->en is from one language to another, and not to another script."""
    asked, _, found = pair.partition("->")
    return asked[:2] != found[:2]


def problems(name: str, how: Mapping[str, Any], figures: Mapping[str, float], tolerance: float) -> Iterator[str]:
    """Yield what is below its floor, or not measured any more."""
    for own, floor in how.get("floors", {}).items():
        if own not in figures:
            yield f"{name}: {own} was not measured, floor {floor:.4f}"
        elif figures[own] < floor - tolerance:
            yield f"{name}: {own} is {figures[own]:.4f}, floor {floor:.4f} (tolerance {tolerance})"


def raised(how: dict[str, Any], figures: Mapping[str, float]) -> None:
    """Keep the figures that are higher than their floors, or have none."""
    kept = how.setdefault("floors", {})
    for own, figure in figures.items():
        kept[own] = max(figure, kept.get(own, 0.0))


def lowered(floors: Floors, name: str, figures: Mapping[str, float], because: str) -> None:
    """Keep one figure that is lower than its floor, and why that is right."""
    run, _, own = name.partition(": ")
    kept = floors["runs"][run]["floors"]
    if own not in figures or figures[own] >= kept[own]:
        sys.exit(f"{name} is not lower than its floor.")
    change = {"name": name, "before": kept[own], "after": figures[own], "because": because}
    floors.setdefault("lowered", []).append(change)
    kept[own] = figures[own]


def as_toml(floors: Floors) -> str:
    """Return the file: its strings are written as in JSON, which TOML reads alike."""
    lines = [HEAD, f"tolerance = {floors['tolerance']}", "", "[corpora]"]
    lines += [f"{_key(name)} = {json.dumps(value)}" for name, value in floors["corpora"].items()]
    for name, how in floors["runs"].items():
        lines += ["", f"[runs.{_key(name)}]"]
        lines += [f"{key} = {_value(value)}" for key, value in how.items() if key != "floors"]
        lines += ["", f"[runs.{_key(name)}.floors]"]
        lines += [f"{_key(own)} = {figure}" for own, figure in how.get("floors", {}).items()]
    for change in floors.get("lowered", []):
        lines += ["", "[[lowered]]", *(f"{key} = {_value(value)}" for key, value in change.items())]
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    return name if name.isascii() and name.isalnum() else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(own)}" for key, own in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def changed(folder: Path, floors: Floors) -> list[str]:
    """Return which sets are not those that the floors were measured on."""
    return [
        f"{name}: {folder / name} is not the set that its floors were measured on"
        for name, known in floors["corpora"].items()
        if checksum(folder / name) != known
    ]


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--run", action="append", help="only this run")
    parser.add_argument("--raise", action="store_true", dest="is_raise", help="keep what is higher, or new")
    parser.add_argument("--lower", metavar="NAME", help="keep this lower figure")
    parser.add_argument("--because", metavar="REASON", help="why it is right to lower it")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--floors", type=Path, default=FLOORS)
    given = parser.parse_args()
    if bool(given.lower) != bool(given.because):
        parser.error("--lower and --because go together: a floor is lowered for a reason.")
    return given


def main() -> None:
    given = options()
    floors: Floors = tomllib.loads(given.floors.read_text("utf-8"))
    wrong = changed(given.folder, floors)
    if wrong:
        sys.exit("\n".join(wrong))
    runs = [given.lower.partition(": ")[0]] if given.lower else given.run or [*floors["runs"]]
    chosen = [given.lower.partition(": ")[2].split(" ")[0]] if given.lower else [*floors["corpora"]]
    for name in runs:
        how = floors["runs"][name]
        own = chosen if given.lower else how.get("sets", chosen)
        figures = measured(given.folder, floors, name, own, jobs=given.jobs, keep=given.keep)
        if given.lower:
            lowered(floors, given.lower, figures, given.because)
        elif given.is_raise:
            raised(how, figures)
        found = [] if given.lower else [*problems(name, how, figures, floors["tolerance"])]
        wrong += found
        print(f"{name}: {len(figures)} figures, {len(found)} too low", flush=True)
    if given.lower or given.is_raise:
        given.floors.write_text(as_toml(floors), "utf-8")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
