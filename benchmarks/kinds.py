"""Blocks labelled by hand, and the articles they are of -> how many of their kinds are found.

    python -m benchmarks.kinds FOLDER

FOLDER holds the articles that `tests/golden/block_kinds.jsonl` names (the samples in `seeds/` are there anyway). Exits
with 1 if a figure is below what it must be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

from indexer.cleaning import clean
from indexer.model import FOREIGN_KINDS, Article
from indexer.sources import read_articles
from indexer.sources.source import Reading, SourceFile

ROOT = Path(__file__).parents[1]
LABELS = ROOT / "tests" / "golden" / "block_kinds.jsonl"
# Of blocks that are an article's own, those found to be; of those found to be of a kind, those that are.
LEAST = {"recall of body": 0.99, "precision of teaser": 0.95, "precision of boilerplate": 0.95}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    figures, blocks = measure(parser.parse_args().folder)
    print(f"{blocks} blocks")
    for name, value in figures.items():
        print(f"{name:26} {value:.4f} (at least {LEAST.get(name, 0)})")
    sys.exit(any(figures[name] < least for name, least in LEAST.items()))


def measure(folder: Path) -> tuple[dict[str, float], int]:
    """Return recall and precision of the kinds, and the number of blocks that they are of."""
    counts: Counter[tuple[str, str]] = Counter()
    for label in map(json.loads, LABELS.read_text("utf-8").splitlines()):
        name = label["article"]
        article = _cleaned((ROOT if name.startswith("seeds/") else folder) / name)
        block = article.blocks[label["block"]]
        if hashlib.sha256(article.text_of(block).encode()).hexdigest()[:16] != label["text"]:
            sys.exit(f"Block {label['block']} of {name} is not the one that was labelled.")
        counts[label["kind"], block.kind if block.kind in FOREIGN_KINDS else "body"] += 1
    figures = {}
    for kind in ("body", *sorted(FOREIGN_KINDS)):
        right = counts[kind, kind]
        figures[f"recall of {kind}"] = right / sum(count for (label, _), count in counts.items() if label == kind)
        figures[f"precision of {kind}"] = right / sum(count for (_, found), count in counts.items() if found == kind)
    return figures, counts.total()


def _cleaned(path: Path) -> Article:
    (reading,) = read_articles(SourceFile(path.read_bytes(), path.name, str(path)))
    assert isinstance(reading, Reading)
    return clean(reading.article)


if __name__ == "__main__":
    main()
