"""How fast text becomes terms, beside the chain of the tutorials in the same run.

    python benchmarks/analysis.py FOLDER [--megabytes 8] [--json FILE]

FOLDER holds articles. The first that hold Han characters, up to so many megabytes of UTF-8, are read, and their bodies
turned into the terms of all fields by one core. The peer converts with opencc and cuts with jieba in search mode.
Prints megabytes of UTF-8 a second.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import opencc

from indexer.analysis.analyzer import default_analyzer
from indexer.analysis.fold import to_simplified
from indexer.analysis.han import jieba_cutter
from indexer.errors import SourceError
from indexer.sources import is_readable, read_articles
from indexer.sources.source import SourceFile


def bodies(folder: Path, megabytes: float) -> list[str]:
    """Return the bodies of Chinese articles below `folder`, up to a size."""
    texts: list[str] = []
    left = megabytes * 1e6
    for path in sorted(folder.rglob("*")):
        if left <= 0:
            break
        if not path.is_file() or not is_readable(path.name):
            continue
        for reading in read_articles(SourceFile(path.read_bytes(), path.name, str(path))):
            body = "" if isinstance(reading, SourceError) else reading.article.body
            if sum("\u4e00" <= character <= "\u9fff" for character in body) > len(body) / 4:
                texts.append(body)
                left -= len(body.encode())
    return texts


def rate(texts: list[str], work: Callable[[str], object]) -> float:
    """Return megabytes a second, the best of three runs."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    best = 0.0
    for _ in range(3):
        started = time.perf_counter()
        for text in texts:
            work(text)
        best = max(best, size / (time.perf_counter() - started))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--megabytes", type=float, default=8.0)
    parser.add_argument("--json", type=Path, dest="out")
    options = parser.parse_args()
    texts = bodies(options.folder, options.megabytes)
    few = texts[: max(1, len(texts) // 10)]
    analyzer, converter, jieba = default_analyzer(), opencc.OpenCC("t2s"), jieba_cutter()
    analyzer.terms("加載")
    figures = {
        "all fields": rate(texts, analyzer.terms),
        "opencc convert + jieba search mode": rate(few, lambda text: jieba.cut_for_search(converter.convert(text))),
        "simplify": rate(few, to_simplified),
        "opencc convert": rate(few, converter.convert),
    }
    for name, value in figures.items():
        print(f"{name:40s} {value:8.2f} MB/s")
    ours, chain, simplify, convert = figures.values()
    print(f"{'ratio to the tutorial chain':40s} {ours / chain:8.1f}")
    print(f"{'ratio to opencc':40s} {simplify / convert:8.1f}")
    if options.out:
        machine = {"machine": platform.platform(), "python": platform.python_version()}
        options.out.write_text(json.dumps({**machine, "MB/s": figures}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
