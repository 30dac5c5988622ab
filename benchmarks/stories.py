"""Are reports of one event shown together, and only those? Short reports of invented events, written for this.

    python -m benchmarks.stories [--check] [--pairs] [--json FILE]

Indexes the reports of `data/stories.txt` with the ordinary pipeline, asks for all of them with `stories`, and compares
what is shown together with what tells of one event, pair by pair: as it is, and without the optional dictionary.
`--check` takes `data/stories_check.txt`, which was written apart and by which nothing was chosen; `--pairs` lists the
pairs that are wrong or missed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from unittest import mock

from indexer import BuildOptions, build
from indexer.vocabulary.translations import Translations
from search import Searcher

DATA = Path(__file__).parent / "data"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """A report of an event; `lang` is en, zh-Hans or zh-Hant, `day` an ISO date."""

    event: str
    lang: str
    day: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Pairs of reports by their names: those of one event, and those shown together."""

    right: frozenset[Pair]
    shown: frozenset[Pair]

    @property
    def precision(self) -> float:
        return len(self.right & self.shown) / max(1, len(self.shown))

    @property
    def recall(self) -> float:
        return len(self.right & self.shown) / max(1, len(self.right))


def read_reports(path: Path) -> list[Report]:
    """Return the reports of a file: blocks of a line with event, lang and day, a title, and text."""
    blocks = path.read_text("utf-8").strip().split("\n\n")
    parts = (block.split("\n", 2) for block in blocks if not block.startswith("#"))
    return [Report(*head.split(), title, text) for head, title, text in parts]


def outcome_of(reports: Sequence[Report]) -> Outcome:
    """Index reports and ask for all of them."""
    named = {f"{number:03} {report.event}.md": report for number, report in enumerate(reports)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "reports")
        folder.mkdir()
        for file, report in named.items():
            head = f"---\ntitle: {json.dumps(report.title, ensure_ascii=False)}\ndate: {report.day}\n---\n"
            (folder / file).write_text(f"{head}\n{report.text}\n", "utf-8")
        build(folder, Path(name, "index"), BuildOptions(jobs=1))
        with Searcher(Path(name, "index")) as searcher:
            hits = searcher.search("*", len(reports), stories=True).hits
    groups = [sorted([hit.article_id, *(one.article_id for one in (*hit.copies, *hit.stories))]) for hit in hits]
    right = frozenset(pair for pair in combinations(sorted(named), 2) if len({named[one].event for one in pair}) == 1)
    return Outcome(right, frozenset(pair for group in groups for pair in combinations(group, 2)))


@contextmanager
def without_dictionary() -> Iterator[None]:
    """Let searches find no dictionary."""
    with mock.patch("indexer.vocabulary.translations.translations", return_value=Translations(None)):
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--pairs", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    reports = read_reports(DATA / ("stories_check.txt" if options.check else "stories.txt"))
    found = {"as it is": outcome_of(reports)}
    with without_dictionary():
        found["without dictionary"] = outcome_of(reports)
    figures = {
        name: {
            "pairs": len(one.right),
            "shown": len(one.shown),
            "precision": round(one.precision, 4),
            "recall": round(one.recall, 4),
        }
        for name, one in found.items()
    }
    print(json.dumps(figures, indent=1))
    for name, one in found.items() if options.pairs else ():
        for kind, pairs in (("wrong", one.shown - one.right), ("missed", one.right - one.shown)):
            for pair in sorted(pairs):
                print(name, kind, *pair, sep="\t")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
