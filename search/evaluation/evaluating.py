"""Sets and how to search -> the figures of each file of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from indexer.errors import UsageError
from search.evaluation.corpus import Corpus, corpus_of
from search.evaluation.figures import Figures
from search.evaluation.measures import DEPTH, library, values_of
from search.evaluation.sets import AskedQuery, JudgedSet, Task, read_set, tasks
from search.options import Options
from search.searcher import Searcher

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """How sets are measured: `pools` are sets whose passages stand beside those of each; `queries` and `qrels` take the
    place of the files of the only set; `search` are options of `Searcher.search`; `jobs` is how many processes ask;
    `keep` is a folder for indexes, which are temporary without it; `across` is whether to judge by what stands in
    another language, or by what does not, None for both; `sample` is how many queries of each file are asked at most,
    every so many one, None for all; `learn` is a folder of articles whose words are learnt, not ranked.
    """

    pools: Sequence[Path] = ()
    queries: Path | None = None
    qrels: Path | None = None
    search: Mapping[str, Any] = field(default_factory=dict)
    jobs: int = 1
    keep: Path | None = None
    across: bool | None = None
    sample: int | None = None
    learn: Path | None = None


def evaluate(folders: Sequence[Path], options: EvaluationOptions, tell: Tell = lambda text: None) -> Iterator[Figures]:
    """Yield the figures of each file of queries of each set; `tell` is told what is odd, and what takes long.

    Raises UsageError for sets that cannot be read and options that no search takes, DependencyError without the extra.
    """
    library()
    _check(folders, options)
    pools = [read_set(folder) for folder in options.pools]
    sets = [read_set(folder) for folder in folders]
    # All is read before anything is built.
    asked = [[*_chosen(tasks(judged, options.queries, options.qrels), options)] for judged in sets]
    if not any(asked):
        raise UsageError("None of the sets has such judgements.")
    groups: dict[frozenset[Path], list[int]] = {}
    for i, judged in enumerate(sets):
        if not asked[i]:
            continue
        groups.setdefault(frozenset(one.folder for one in [judged, *pools]), []).append(i)
    for members in groups.values():
        together = [*(sets[i] for i in members), *pools]
        tell(f"Indexing {', '.join(dict.fromkeys(judged.name for judged in together))} …")
        with corpus_of(together, options.jobs, options.keep, options.learn) as corpus:
            if corpus.lost:
                tell(f"{corpus.lost:,} passages have no text that could be indexed.")
            for i in members:
                for task in asked[i]:
                    tell(f"{sets[i].name} {task.queries} {task.qrels}: {len(task.asked):,} queries …")
                    yield _figures(sets[i], task, corpus, options)


def _check(folders: Sequence[Path], options: EvaluationOptions) -> None:
    if not folders:
        raise UsageError("No set is named: give one folder or more.")
    if (options.queries or options.qrels) and len(folders) > 1:
        raise UsageError("Files of queries and judgements are of one set: name only one.")
    for name in options.search:
        if name not in Options.__annotations__:
            raise UsageError(f"Searches of this version have no option {name!r}: leave it out.")


def _chosen(found: Sequence[Task], options: EvaluationOptions) -> Iterator[Task]:
    for task in found:
        if options.across in (None, task.is_across):
            step = -(-len(task.asked) // (options.sample or len(task.asked)))
            yield replace(task, asked=task.asked[::step])


def _figures(judged: JudgedSet, task: Task, corpus: Corpus, options: EvaluationOptions) -> Figures:
    queries = [_query(judged, task, query, corpus) for query in task.asked]
    found = {
        query.id: _judged(judged, query, [[corpus.passage(one) for one in hit] for hit in hits])
        for query, hits in zip(task.asked, _answers(queries, corpus.index, options), strict=True)
    }
    values = values_of({query.id: query.right for query in task.asked}, found)
    pairs = {query.id: judged.pair(query) for query in task.asked}
    return Figures(judged.name, task.queries, task.qrels, values, pairs)


# A query, and what it is asked with besides the options of all.
_Asked = tuple[str, Mapping[str, Any]]
_Ranked = Sequence[Sequence[str]]


def _query(judged: JudgedSet, task: Task, query: AskedQuery, corpus: Corpus) -> _Asked:
    """Return what to ask. Of passages in one language also those are found whose earlier copy is in another one, which
    asking for all runs brings about: near each other they are folded as ever.
    """
    if not task.is_across:
        return query.text, {}
    return corpus.within(query.text, judged.targets(query)), {"added_since": 0}


def _judged(judged: JudgedSet, query: AskedQuery, hits: Sequence[Sequence[tuple[Path, str]]]) -> list[str]:
    """Return a passage for each hit: the best that answers the query of it and its copies, else itself.

    What else answers it there comes right behind. Passages of other sets have names that this one's cannot have.
    """
    found: list[str] = []
    for hit in hits:
        own = [name for folder, name in hit if folder == judged.folder and name in query.right]
        own.sort(key=lambda name: -query.right[name])
        folder, name = hit[0]
        found += own or [name if folder == judged.folder else f"{folder}\n{name}"]
    return found


def _answers(queries: Sequence[_Asked], index: Path, options: EvaluationOptions) -> Iterator[_Ranked]:
    """Yield for each query the ids of the articles found, each with those of its copies."""
    size = -(-len(queries) // (options.jobs * 4))
    parts = [queries[i : i + size] for i in range(0, len(queries), size)]
    if options.jobs == 1:
        yield from (hits for part in parts for hits in _answer(index, part, options.search))
        return
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        count = len(parts)
        for answered in pool.map(_answer, [index] * count, parts, [dict(options.search)] * count):
            yield from answered


def _answer(index: Path, queries: Sequence[_Asked], search: Mapping[str, Any]) -> list[_Ranked]:
    with Searcher(index) as searcher:
        return [searcher.ranked(text, DEPTH, **{**search, **own}) for text, own in queries]
