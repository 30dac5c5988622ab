"""Lines with a query each -> what answers each, in order: the shape of an answer, or what is wrong with the line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from indexer.errors import UsageError
from search.model import SearchResult
from search.options import Options
from search.searcher import Searcher

# Answers a query with options of `Searcher.search`; the block ends once the answer is delivered.
Ask = Callable[..., AbstractContextManager[SearchResult]]


def asking(searcher: Searcher) -> Ask:
    """Return what asks a searcher and keeps no record of it."""
    return lambda query, **options: nullcontext(searcher.search(query, **options))


def answers(ask: Ask, lines: Iterable[bytes], defaults: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield for each line of UTF-8 its answer, or `line`, its number, and `error`.

    A line is a query, an empty one too, or a JSON object with `query`, `like` or both, and options of
    `Searcher.search`, which take the place of `defaults`. What is yielded counts as delivered when the
    next one is asked for.
    """
    for number, line in enumerate(lines, 1):
        try:
            query, options = _read(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
            with ask(query, **{**defaults, **options}) as result:
                yield result.to_dict()
        except UsageError as error:
            yield {"line": number, "error": str(error)}


def _read(line: bytes) -> tuple[str, dict[str, Any]]:
    try:
        text = line.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"The line is not UTF-8: {error.reason} at byte {error.start + 1}.") from None
    if not text.lstrip().startswith("{"):
        return text, {}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The line begins with {{ and is not JSON: {error}.") from None
    query = values.pop("query", "" if values.get("like") is not None else None)
    if not isinstance(query, str):
        raise UsageError('The line needs a "query", a text, or "like", an article.')
    for name, value in values.items():
        _check(name, value)
    return query, values


def _check(name: str, value: Any) -> None:
    options = _options()
    if name not in options:
        raise UsageError(f"Unknown option {name!r}. Known are: {', '.join(options)}.")
    if not _fits(value, options[name]):
        raise UsageError(f"{name} cannot be {json.dumps(value, ensure_ascii=False)}.")


@cache
def _options() -> Mapping[str, Any]:
    """Return the options of `Searcher.search` and their types."""
    hints = {**get_type_hints(Searcher.search), **get_type_hints(Options)}
    return {name: hint for name, hint in hints.items() if name not in ("query", "options", "return")}


def _fits(value: Any, hint: Any) -> bool:
    """Tell whether a value of JSON is of a type: a plain one, a union of such, or a sequence."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if origin is not None:
        return isinstance(value, list) and all(_fits(item, get_args(hint)[0]) for item in value)
    return type(value) is hint  # not isinstance: true is no number
