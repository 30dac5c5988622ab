"""A folder of passages, queries and judgements -> what is asked of it, and which passages are right."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.errors import UsageError

PASSAGES, QUERIES, QRELS = "passages.jsonl", "queries.jsonl", "qrels.tsv"
# The language of what does not say which it is in.
UNKNOWN = "und"


@dataclass(frozen=True, slots=True)
class AskedQuery:
    """A query of a set; `right` are the passages that answer it, with their grades."""

    id: str
    text: str
    lang: str
    right: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Task:
    """The judged queries of one file; `is_across` says that only passages in the languages of the right ones count."""

    queries: str
    qrels: str
    asked: tuple[AskedQuery, ...]
    is_across: bool


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A set: `lines` are its passages as they stand in its file, by language, `langs` the language of each by id."""

    folder: Path
    lines: Mapping[str, Sequence[str]]
    langs: Mapping[str, str] = field(repr=False)

    @property
    def name(self) -> str:
        return self.folder.name

    def pair(self, query: AskedQuery) -> str:
        """Return the language of a query and those of what answers it, as in zh-Hans->en."""
        return f"{query.lang}->{'+'.join(self.targets(query))}"

    def targets(self, query: AskedQuery) -> list[str]:
        """Return the languages of the passages that answer a query."""
        return sorted({self.langs[passage] for passage in query.right})


def read_set(folder: Path) -> JudgedSet:
    """Read the passages of a set. Raises UsageError if there are none, or what there is cannot be read."""
    lines: dict[str, list[str]] = defaultdict(list)
    langs: dict[str, str] = {}
    path = folder / PASSAGES
    for where, line, record in _records(path):
        name = _text_of(record, "id", where)
        _text_of(record, "text", where)
        if name in langs:
            raise UsageError(f"{where}: there is another passage {name}.")
        langs[name] = str(record.get("lang") or UNKNOWN)
        lines[langs[name]].append(line)
    if not langs:
        raise UsageError(f"{path} holds no passages.")
    return JudgedSet(folder.resolve(), lines, langs)


def tasks(judged: JudgedSet, queries: Path | None = None, qrels: Path | None = None) -> list[Task]:
    """Pair every file of queries with the judgements, and the first with every other file of judgements.

    `queries` and `qrels` are the files to read in place of these. Raises UsageError if they cannot be read.
    """
    folder = judged.folder
    if queries or qrels:
        pairs = [(_found(folder, queries or Path(QUERIES)), _found(folder, qrels or Path(QRELS)))]
    else:
        pairs = [(path, folder / QRELS) for path in sorted(folder.glob("queries*.jsonl"))]
        others = sorted(path for path in folder.glob("qrels*.tsv") if path.name != QRELS)
        pairs += [(folder / QUERIES, path) for path in others]
    if not pairs:
        raise UsageError(f"There are no queries in {folder}. A set has {PASSAGES}, {QUERIES} and {QRELS}.")
    return [_task(judged, *pair) for pair in pairs]


def _found(folder: Path, path: Path) -> Path:
    """Return a file as it is named, or that of the set."""
    return path if path.exists() else folder / path


def _task(judged: JudgedSet, queries: Path, qrels: Path) -> Task:
    right = _judgements(qrels)
    asked: dict[str, AskedQuery] = {}
    for where, _, record in _records(queries):
        name, text = _text_of(record, "id", where), _text_of(record, "text", where)
        if name in asked:
            raise UsageError(f"{where}: there is another query {name}.")
        asked[name] = AskedQuery(name, text, str(record.get("lang") or UNKNOWN), right.get(name, {}))
    judged_ones = tuple(query for query in asked.values() if query.right)
    if not judged_ones:
        raise UsageError(f"No query of {queries} has a passage in {qrels} that answers it.")
    for query in judged_ones:
        for passage in query.right:
            if passage not in judged.langs:
                raise UsageError(f"{qrels} names {passage} for {query.id}, which is not in {judged.folder / PASSAGES}.")
    parts = qrels.stem.split(".")
    is_across = any(part == "cross" or part.startswith("to-") for part in parts)
    return Task(queries.stem, qrels.stem, judged_ones, is_across)


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    """Return the grades above 0 of the passages of each query."""
    right: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(_lines(path), 1):
        cells = line.split("\t")
        if len(cells) != 3 or not (number == 1 or cells[2].lstrip("-").isdecimal()):
            raise UsageError(f"{path}, line {number}: a judgement is query, passage and grade, with tabs between.")
        if cells[2].isdecimal() and int(cells[2]) > 0:  # the first line may be names of columns
            right[cells[0]][cells[1]] = int(cells[2])
    return right


def _records(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield of each line where it stands, itself and the object in it."""
    for number, line in enumerate(_lines(path), 1):
        where = f"{path}, line {number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{where}: not JSON: {error}.") from None
        if not isinstance(record, dict):
            raise UsageError(f"{where}: not an object of JSON.")
        yield where, line, record


def _lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file that are not blank."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}. A set has {PASSAGES}, {QUERIES} and {QRELS}."
        ) from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: {error.reason} at byte {error.start + 1}.") from None
    return (line for line in text.split("\n") if line.strip())


def _text_of(record: Mapping[str, Any], name: str, where: str) -> str:
    value = record.get(name)
    if isinstance(value, int) and name == "id":
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f'{where}: there is no "{name}".')
    return value
