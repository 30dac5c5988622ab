"""Does what an archive teaches help to find its other pages? Judged queries with the words learnt from it and without.

    python -m benchmarks.learning ARTICLES SET... [--cross MODE] [--sample N] [--jobs N] [--parts DIR]

The passages of each SET are named `language:path`, and stand as files at FOLDER/path below ARTICLES. A hash of the path
decides which half a page is in: the queries whose pages are in the one are asked, for translations of these, and only
pages of the other teach.
`--parts` keeps both.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from search.evaluation.comparing import Comparison, compared
from search.evaluation.evaluating import EvaluationOptions, evaluate
from search.evaluation.figures import Figures
from search.evaluation.sets import PASSAGES, JudgedSet, read_set, tasks


def teaches(page: str) -> bool:
    """Tell in which half a page is."""
    return blake2b(page.encode(), digest_size=1).digest()[0] % 2 == 0


def page(passage: str) -> str:
    """Return the path of a passage, which its translations share."""
    return passage.partition(":")[2]


def write_teachers(articles: Path, judged: JudgedSet, folder: Path) -> int:
    """Copy the files of a set's pages that teach; return how many."""
    pages = {own for own in map(page, judged.langs) if teaches(own)}
    files = [
        (path, path.relative_to(articles))
        for place in sorted(articles.iterdir())
        for path in (place / own for own in pages)
        if path.is_file()
    ]
    for path, name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    return len(files)


def write_asked(judged: JudgedSet, folder: Path) -> None:
    """Write a set with all passages, and of each judgement those of queries that none of the teaching pages answers."""
    folder.mkdir(parents=True)
    shutil.copyfile(judged.folder / PASSAGES, folder / PASSAGES)
    for path in judged.folder.glob("queries*.jsonl"):
        shutil.copyfile(path, folder / path.name)
    asked = {
        query.id
        for task in tasks(judged)
        for query in task.asked
        if not any(teaches(page(passage)) for passage in query.right)
    }
    for path in judged.folder.glob("qrels*.tsv"):
        lines = [line for line in path.read_text("utf-8").splitlines() if line.split("\t")[0] in asked]
        (folder / path.name).write_text("\n".join(lines) + "\n", "utf-8")


def lines(figures: Figures, comparison: Comparison) -> Iterator[str]:
    """Yield a row for each pair of languages: without what was learnt, with it, and p of the difference."""
    for pair, changes in comparison.by_language.items():
        change = changes["MRR@10"]
        n = sum(own == pair for own in figures.pairs.values())
        yield (
            f"{figures.set:10} {figures.qrels:18} {pair:20} n={n:5d}  MRR@10 {change.before:.4f} {change.after:.4f}  "
            f"{change.difference:+.4f}  p {change.p:.2g}"
        )


def measured(folder: Path, options: EvaluationOptions, learn: Path) -> Iterator[str]:
    """Yield what learning from a folder makes of the figures of a set."""
    before = {figures.key: figures for figures in evaluate([folder], options)}
    for figures in evaluate([folder], replace(options, learn=learn)):
        yield from lines(figures, compared(before[figures.key].values, figures))


def main(arguments: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("articles", type=Path)
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--cross", default="")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--parts", type=Path)
    given = parser.parse_args(None if arguments is None else [*arguments])
    search = {"cross": given.cross} if given.cross else {}
    options = EvaluationOptions(search=search, jobs=given.jobs, across=True, sample=given.sample)
    with TemporaryDirectory(prefix="wensou-learning-") as temporary:
        parts = given.parts or Path(temporary)
        for judged in map(read_set, given.sets):
            folder = parts / judged.name
            count = write_teachers(given.articles, judged, folder / "teachers")
            write_asked(judged, folder / judged.name)
            print(f"{judged.name}: {count:,} files teach", file=sys.stderr)
            for line in measured(folder / judged.name, options, folder / "teachers"):
                print(line)


if __name__ == "__main__":
    main()
