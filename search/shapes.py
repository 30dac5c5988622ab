"""SearchResult -> lines of output in the shape that is asked for: a table, JSON, CSV, or places for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.display import as_json, as_line
from indexer.errors import UsageError
from search import present
from search.hit_fields import FIRST_SNIPPET, HIT_FIELDS, JSON_FIELDS, check_fields, rows_of, values_of
from search.model import Hit, SearchResult

if TYPE_CHECKING:
    from search.explanation import ArticleExplanation

CSV_FIELDS = ("rank", "score", "published", "title", "author", "lang", "url", "path", FIRST_SNIPPET)


class Answer(NamedTuple):
    """What is written: a result, the explanations by article id, and which fields of the hits, in which order."""

    result: SearchResult
    explained: Mapping[str, ArticleExplanation]
    fields: Sequence[str]
    color: bool = False
    width: int = 0  # of the terminal in columns, 0 for unlimited


class Shape(NamedTuple):
    """How a shape is written, the fields it can show, and those that it shows unless told."""

    write: Callable[[Answer], Iterator[str]]
    known: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    is_explained: bool = False


def _table(answer: Answer) -> Iterator[str]:
    return present.as_table(*answer[:3], color=answer.color, width=answer.width)


def _json(answer: Answer) -> Iterator[str]:
    yield as_json({**answer.result.to_dict(), "hits": [_object(hit, answer) for hit in answer.result.hits]})


def _jsonl(answer: Answer) -> Iterator[str]:
    return (as_json(_object(hit, answer)) for hit in answer.result.hits)


def _object(hit: Hit, answer: Answer) -> dict[str, Any]:
    explanation = answer.explained.get(hit.article_id)
    return values_of(hit, answer.fields) | ({"explanation": explanation.to_dict()} if explanation else {})


def _csv(answer: Answer) -> Iterator[str]:
    from search.spreadsheet import as_csv  # which most searches need not wait for

    return as_csv((row for hit in answer.result.hits for row in rows_of(hit, answer.fields)), answer.fields)


def _paths(answer: Answer) -> Iterator[str]:
    every = ((hit.path, *(story.path for story in hit.stories)) for hit in answer.result.hits)
    return iter(dict.fromkeys(chain.from_iterable(every)))


def _vimgrep(answer: Answer) -> Iterator[str]:
    return present.as_vimgrep(answer.result)


# By their names in `--format`; the first is what a person wants to see.
SHAPES: Mapping[str, Shape] = {
    "table": Shape(_table, present.KNOWN_FIELDS, present.TABLE_FIELDS, is_explained=True),
    "json": Shape(_json, HIT_FIELDS, JSON_FIELDS, is_explained=True),
    "jsonl": Shape(_jsonl, HIT_FIELDS, JSON_FIELDS, is_explained=True),
    "csv": Shape(_csv, HIT_FIELDS, CSV_FIELDS),
    "paths": Shape(_paths),
    "vimgrep": Shape(_vimgrep),
}


class Output(NamedTuple):
    """A shape as it is asked for: which fields of hits, and whether a zero byte ends each path."""

    shape: str
    fields: Sequence[str] = ()
    null: bool = False

    def check(self, *, explain: bool) -> None:
        """Raise UsageError for what this shape cannot show."""
        shape = SHAPES[self.shape]
        if self.fields and not shape.known:
            raise UsageError(f"--format {self.shape} shows no fields: leave out --fields.")
        check_fields(self.fields, shape.known, self.shape)
        if explain and not shape.is_explained:
            explained = ", ".join(name for name, one in SHAPES.items() if one.is_explained)
            raise UsageError(f"--format {self.shape} has no room for --explain: use {explained}.")
        if self.null and self.shape != "paths":
            raise UsageError("--null is of --format paths.")

    def written(
        self, result: SearchResult, explained: Mapping[str, ArticleExplanation], *, color: bool, width: int
    ) -> Iterator[str]:
        """Yield what is written, each line with its end."""
        shape = SHAPES[self.shape]
        for line in shape.write(Answer(result, explained, self.fields or shape.fields, color, width)):
            yield f"{line}\0" if self.null else f"{as_line(line) if self.shape == 'paths' else line}\n"
