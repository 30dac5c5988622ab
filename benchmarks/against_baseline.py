"""Judged queries through `Searcher` beside plain BM25, both asked in one run and compared by a paired test.

    python -m benchmarks.against_baseline BASELINE.py SET... [--pool SET...] [--across | --no-across] [--cross MODE]
        [--jobs N] [--keep DIR] [--json FILE]

BASELINE.py is a module with `words` and `bigrams` (a text to its terms) and `BM25` (streams of terms to an object whose
`score` takes a query's terms and gives an array with a score for each stream). Title and text are one stream; a passage
scores as its words and half its bigrams. Figures of plain BM25 stand first, then ours, and p of the difference.
"""

from __future__ import annotations

import argparse
import json
import runpy
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from search.evaluation.comparing import Comparison, compared
from search.evaluation.evaluating import EvaluationOptions, evaluate
from search.evaluation.figures import Figures
from search.evaluation.measures import DEPTH, values_of
from search.evaluation.sets import PASSAGES, UNKNOWN, AskedQuery, JudgedSet, Task, read_set, tasks


class Baseline:
    """Plain BM25 over the passages of sets, in the order of their files."""

    def __init__(self, module: SimpleNamespace, folders: Sequence[Path]) -> None:
        self._module = module
        records = [
            (folder, json.loads(line))
            for folder in folders
            for line in (folder / PASSAGES).read_text("utf-8-sig").split("\n")
            if line.strip()
        ]
        self._names = [(folder, str(record["id"])) for folder, record in records]
        self._langs = np.array([record.get("lang") or UNKNOWN for _, record in records])
        texts = [(record.get("title") or "") + "\n" + record["text"] for _, record in records]
        self._words = module.BM25(map(module.words, texts))
        self._bigrams = module.BM25(map(module.bigrams, texts))

    def found(self, judged: JudgedSet, task: Task, query: AskedQuery) -> list[str]:
        """Return the best passages; those of other sets have names that this one's cannot have."""
        score = self._words.score([*self._module.words(query.text)])
        score = score + 0.5 * self._bigrams.score([*self._module.bigrams(query.text)])
        if task.is_across:
            score = np.where(np.isin(self._langs, judged.targets(query)), score, 0)
        best = [i for i in np.argsort(-score, kind="stable")[:DEPTH] if score[i] > 0]
        named = (self._names[i] for i in best)
        return [name if folder == judged.folder else f"{folder}\n{name}" for folder, name in named]


def baseline_figures(module: SimpleNamespace, folders: Sequence[Path], options: EvaluationOptions) -> Iterator[Figures]:
    """Yield what plain BM25 reaches on each file of queries."""
    for folder in folders:
        judged = read_set(folder)
        pools = sorted({judged.folder, *(pool.resolve() for pool in options.pools)})
        ranking = Baseline(module, pools)
        for task in tasks(judged):
            if options.across in (None, task.is_across):
                found = {query.id: ranking.found(judged, task, query) for query in task.asked}
                values = values_of({query.id: query.right for query in task.asked}, found)
                pairs = {query.id: judged.pair(query) for query in task.asked}
                yield Figures(judged.name, task.queries, task.qrels, values, pairs)


def lines(figures: Figures, comparison: Comparison) -> Iterator[str]:
    """Yield a row for each pair of languages."""
    for pair, changes in comparison.by_language.items():
        change = changes["MRR@10"]
        n = sum(own == pair for own in figures.pairs.values())
        yield (
            f"{figures.set:10} {figures.queries:28} {figures.qrels:18} {pair:20} n={n:5d}  MRR@10 {change.before:.4f} "
            f"{change.after:.4f}  {change.difference:+.4f}  p {change.p:.2g}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("baseline", type=Path)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--pool", nargs="+", action="extend", default=[], type=Path)
    parser.add_argument("--across", action=argparse.BooleanOptionalAction)
    parser.add_argument("--cross")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", type=Path, dest="out")
    given = parser.parse_args()
    search = {"cross": given.cross} if given.cross else {}
    options = EvaluationOptions(given.pool, search=search, jobs=given.jobs, keep=given.keep, across=given.across)
    module = SimpleNamespace(**runpy.run_path(str(given.baseline)))
    rows = []
    plain = {one.key: one for one in baseline_figures(module, given.sets, options)}
    for ours in evaluate(given.sets, options, tell=lambda text: print(text, file=sys.stderr, flush=True)):
        before = plain[ours.key].to_dict(per_query=True)
        comparison = compared(before["per_query"], ours)
        print(*lines(ours, comparison), sep="\n", flush=True)
        rows.append({**ours.to_dict(), "baseline": plain[ours.key].to_dict(), "compared": comparison.to_dict()})
    if given.out:
        given.out.write_text(json.dumps({"sets": rows}, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
