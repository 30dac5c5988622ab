"""Retrieval quality on judged queries, through `Searcher`, beside plain BM25 in the same run.

    python benchmarks/relevance.py RETRIEVAL_FOLDER [SET ...] [--baseline baseline.py] [--json FILE]

A set is a folder with `passages.jsonl` (id, title, text), `queries*.jsonl` (id, text) and `qrels.tsv` (query, passage,
grade). Each judged passage is indexed as an article, its best passage standing for it; the figure is MRR@10 over all
queries. `--baseline` names a script that prints the same rows for plain BM25; its figures are printed beside ours.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from indexer import BuildOptions, build
from search import Searcher

DEPTH = 10


def judgements(path: Path) -> dict[str, set[str]]:
    """Return the relevant passages of each query."""
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in path.read_text("utf-8").splitlines():
        query, passage, grade = line.split("\t")
        if grade.isdigit() and int(grade) > 0:
            relevant[query].add(passage)
    return relevant


def reciprocal_ranks(searcher: Searcher, queries: Path, relevant: dict[str, set[str]]) -> dict[str, list[float]]:
    """Return 1/rank of the first relevant article within DEPTH, or 0, of each judged query, by query language."""
    ranks: dict[str, list[float]] = defaultdict(list)
    for line in queries.read_text("utf-8").splitlines():
        query = json.loads(line)
        if right := relevant.get(query["id"]):
            found = [hit.article_id.partition("#")[2] for hit in searcher.search(query["text"], limit=DEPTH).hits]
            ranks[query.get("lang", "")].append(next((1 / i for i, name in enumerate(found, 1) if name in right), 0.0))
    return ranks


def measure(folder: Path, index: Path) -> dict[str, dict[str, float]]:
    """Index a set and return {queries file, language: {MRR@10, n}}."""
    build(folder / "passages.jsonl", index, BuildOptions(jobs=1))
    relevant = judgements(folder / "qrels.tsv")
    rows: dict[str, dict[str, float]] = {}
    with Searcher(index) as searcher:
        for queries in sorted(folder.glob("queries*.jsonl")):
            for lang, ranks in reciprocal_ranks(searcher, queries, relevant).items():
                rows[f"{queries.stem} {lang}"] = {"MRR@10": sum(ranks) / len(ranks), "n": len(ranks)}
    return rows


def baseline(script: Path, folder: Path, sets: list[str]) -> dict[str, dict[str, float]]:
    """Run the yardstick and return its figures by set, queries file and language."""
    output = subprocess.run(
        [sys.executable, str(script), str(folder), *sets], check=True, capture_output=True, text=True
    ).stdout
    row = re.compile(r"(\S+)\s+(\S+)\s+qrels\s+(\S+)->\S+\s+n=\s*\d+\s+words (\S+)\s+bigrams (\S+)\s+both (\S+)")
    return {
        f"{match[1]} {match[2]} {match[3]}": {
            "words": float(match[4]),
            "bigrams": float(match[5]),
            "both": float(match[6]),
        }
        for match in map(row.match, output.splitlines())
        if match
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*")
    parser.add_argument("--baseline", type=Path)
    parser.add_argument("--json", type=Path, dest="out")
    options = parser.parse_args()
    sets = options.sets or sorted(path.parent.name for path in options.folder.glob("*/passages.jsonl"))
    peers = baseline(options.baseline, options.folder, sets) if options.baseline else {}
    figures = {}
    for name in sets:
        with tempfile.TemporaryDirectory() as scratch:
            for row, values in measure(options.folder / name, Path(scratch) / "index").items():
                key = f"{name} {row}"
                figures[key] = values | peers.get(key, {})
                both = (
                    f"  both {peers[key]['both']:.4f}  {values['MRR@10'] - peers[key]['both']:+.4f}"
                    if key in peers
                    else ""
                )
                print(f"{key:50s} n={values['n']:5.0f}  MRR@10 {values['MRR@10']:.4f}{both}", flush=True)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
