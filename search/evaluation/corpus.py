"""Sets -> an index of their passages, each an article, and the names that these have in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer import BuildOptions, build
from indexer.errors import IndexStale
from indexer.vocabulary.alias_lines import LEARNT_FILE
from indexer.vocabulary.learnt import Learnt
from indexer.vocabulary.learnt import written as written_pairs
from search.evaluation.sets import JudgedSet
from search.grammar import parse
from search.syntax import written


@dataclass(frozen=True, slots=True)
class Corpus:
    """An index of sets: `sets` is their folders by the names of their files in it, `places` has the languages' folders.

    `lost` counts the passages that are not in the index.
    """

    index: Path
    sets: Mapping[str, Path]
    places: Mapping[str, str]
    lost: int

    def passage(self, article_id: str) -> tuple[Path, str]:
        """Return the set that an article is of, and its name there."""
        path, _, name = article_id.partition("#")
        return self.sets[path.rpartition("/")[2]], name

    def within(self, query: str, langs: Sequence[str]) -> str:
        """Return a query for the same among the passages that their sets say to be in some languages.

        It is written anew, so that brackets and quotes left open in it end where the query does.
        """
        places = " OR ".join(f'path:"{self.places[lang]}/"' for lang in langs)
        return f"({places}) ({written(parse(query).tree)})"


@contextmanager
def corpus_of(
    sets: Sequence[JudgedSet], jobs: int = 1, keep: Path | None = None, learn: Path | None = None
) -> Iterator[Corpus]:
    """Index the passages of sets, in a folder that is then removed, or below `keep`, where it is brought up to date.

    What the articles in the folder `learn` teach is known beside what the sets do.
    """
    sets = sorted({judged.folder: judged for judged in sets}.values(), key=lambda judged: judged.folder)
    if keep is None:
        with TemporaryDirectory(prefix="wensou-eval-") as folder:
            yield _indexed(sets, Path(folder), jobs, learn)
    else:
        names = "\n".join(map(str, (*(judged.folder for judged in sets), *([learn.resolve()] if learn else []))))
        digest = hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()
        yield _indexed(sets, keep / f"{sets[0].name}-{digest[:12]}", jobs, learn)


def _indexed(sets: Sequence[JudgedSet], folder: Path, jobs: int, learn: Path | None) -> Corpus:
    articles, index = folder / "articles", folder / "index"
    langs = sorted({lang for judged in sets for lang in judged.lines})
    places = {lang: f"passages-in-{number}" for number, lang in enumerate(langs)}
    names: dict[str, Path] = {}
    for number, judged in enumerate(sets):
        name = f"{number}-{re.sub(r'[^0-9A-Za-z]', '_', judged.name)}.jsonl"
        names[name] = judged.folder
        for lang, lines in judged.lines.items():
            _write(articles / places[lang] / name, "\n".join(lines) + "\n")
    _build(articles, index, jobs)
    if learn:
        _build(learn, folder / "teacher", jobs)
        _teach(index, folder / "teacher")
    from search.searcher import Searcher  # which the readers of sets need not wait for

    with Searcher(index) as searcher:
        indexed = searcher.info().articles
    return Corpus(index, names, places, sum(len(judged.langs) for judged in sets) - indexed)


def _build(articles: Path, index: Path, jobs: int) -> None:
    try:
        build(articles, index, BuildOptions(jobs=jobs))
    except IndexStale:  # of an analysis before this one
        build(articles, index, BuildOptions(jobs=jobs, rebuild=True))


def _teach(index: Path, teacher: Path) -> None:
    """Let an index know what another one learnt, too."""
    pairs = {pair.name: pair for folder in (index, teacher) for pair in Learnt(folder / LEARNT_FILE).pairs()}
    (index / LEARNT_FILE).write_bytes(written_pairs(pairs.values()))


def _write(path: Path, text: str) -> None:
    """Write a file, unless it holds that text: a file that is left alone is not read again."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
