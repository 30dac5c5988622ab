"""What each step from a file to an engine's columns takes of the processor, in one process.

    python -m benchmarks.reading FOLDER [--files 1200] [--seed 1]

FOLDER holds articles, of which some are drawn. Prints milliseconds of processor time an article, and its share.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.speed.corpus import tasks_of
from indexer import cut_articles, entries
from indexer.engines.whoosh.packing import pack
from indexer.entries import Instructions, read_batch

Result = TypeVar("Result")

# Function of `entries` or `cut_articles` that a build calls -> the step that it belongs to.
STEPS = {
    (entries, "clean"): "cleaning",
    (entries, "label_learnt"): "cleaning",
    (entries, "marks_of"): "cleaning",
    (entries, "records_of"): "copies",
    (entries, "sketch"): "copies",
    (entries, "cut_passages"): "passages and languages",
    (cut_articles, "term_columns"): "terms",
    (cut_articles, "dump_passages"): "places and payloads",
    (cut_articles, "tokens_of"): "keywords",
}
_BATCH = 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tasks = tasks_of(options.folder)
    random.Random(options.seed).shuffle(tasks)
    tasks = tasks[: options.files]
    read_batch(tasks[:_BATCH], Instructions(run=1), pack)  # loads dictionaries and tables
    spent: Counter[str] = Counter()
    for (module, name), step in STEPS.items():
        setattr(module, name, _timed(getattr(module, name), step, spent))
    entries.read_articles = _timed_all(entries.read_articles, "reading", spent)
    started = time.process_time()
    for start in range(0, len(tasks), _BATCH):
        read_batch(tasks[start : start + _BATCH], Instructions(run=1), _timed(pack, "compression", spent))
    whole = time.process_time() - started
    spent["the rest"] = whole - spent.total()
    for step, seconds in spent.most_common():
        print(f"{step:24} {1000 * seconds / len(tasks):6.3f} ms {seconds / whole:6.1%}")
    print(f"{'all':24} {1000 * whole / len(tasks):6.3f} ms")


def _timed(work: Callable[..., Result], step: str, spent: Counter[str]) -> Callable[..., Result]:
    def timed(*arguments: object, **named: object) -> Result:
        started = time.process_time()
        try:
            return work(*arguments, **named)
        finally:
            spent[step] += time.process_time() - started

    return timed


def _timed_all(work: Callable[..., Result], step: str, spent: Counter[str]) -> Callable[..., list[object]]:
    """Time a generator, whose results are then there at once."""
    return _timed(lambda *arguments: list(work(*arguments)), step, spent)


if __name__ == "__main__":
    main()
