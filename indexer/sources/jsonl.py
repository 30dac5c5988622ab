"""JSON Lines -> articles, one a line: `text`, and if there `id title lang published url author source tags`."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from indexer.errors import SourceError
from indexer.model import Article, Offset
from indexer.sources.metadata import metadata
from indexer.sources.plain import plain_article


def read_records(text: str, article_id: str, path: str) -> Iterator[tuple[int, str, Article | SourceError]]:
    """Yield number and text of each line that is not blank with its article, or with what is wrong with it."""
    taken: set[str] = set()
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, line, _article(line, number, start, taken, article_id, path)
            except SourceError as error:
                yield number, line, SourceError(f"line {number}: {error}")
        start += len(line) + 1


def _article(line: str, number: int, start: int, taken: set[str], article_id: str, path: str) -> Article:
    record, places = _parse(line)
    text = record.get("text")
    if not isinstance(text, str):
        raise SourceError('expected an object with a "text"')
    name = str(record["id"]) if record.get("id") not in (None, "") else str(number)
    if name in taken:
        name = f"{name}@{number}"  # the same id twice in one file: both are kept
    taken.add(name)
    given = metadata({key: _printable(value) for key, value in record.items() if key != "text"})
    article = plain_article(_printable(text), f"{article_id}#{_printable(name)}", path, given)
    steps = [Offset(at, start + source) for at, source in _string_steps(line, places["text"])]
    lang = record.get("lang")
    return replace(
        article,
        lang=lang if isinstance(lang, str) else "",
        offsets=_composed(article.offsets, steps, len(article.body)),
    )


def _parse(line: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Return an object's values and where in `line` each of them begins. Raises SourceError."""
    values: dict[str, Any] = {}
    places: dict[str, int] = {}
    try:
        at = _expect(line, 0, "{")
        while line[at : at + 1] != "}":
            if values:
                at = _expect(line, at, ",")
            key, at = _decoder.raw_decode(line, at)
            at = _expect(line, at, ":")
            places[str(key)] = at
            values[str(key)], at = _decoder.raw_decode(line, at)
            at = _space_end(line, at)
        if line[at + 1 :].strip():
            raise ValueError(f"extra data at column {at + 2}")
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not a JSON object: {error}") from None
    return values, places


_decoder = json.JSONDecoder()
_SPACE = re.compile(r"\s*")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)")


def _space_end(line: str, at: int) -> int:
    match = _SPACE.match(line, at)
    return match.end() if match else at


def _expect(line: str, at: int, mark: str) -> int:
    at = _space_end(line, at)
    if line[at : at + 1] != mark:
        raise ValueError(f"expected {mark!r} at column {at + 1}")
    return _space_end(line, at + 1)


def _string_steps(line: str, quote: int) -> list[tuple[int, int]]:
    """Return (character of the string, character of the line) wherever the two begin to go in step anew."""
    steps = [(0, quote + 1)]
    shift = quote + 1
    end = _decoder.raw_decode(line, quote)[1]
    for escape in _ESCAPE.finditer(line, quote + 1, end - 1):
        character = escape.start() - shift
        steps += [(character, escape.start()), (character + 1, escape.end())]
        shift = escape.end() - character - 1
    return steps


def _composed(offsets: tuple[Offset, ...], steps: list[Offset], length: int) -> tuple[Offset, ...]:
    """Lead from the body through the string (`offsets`) to the file (`steps`)."""
    starts = [step.start for step in steps]
    composed: list[Offset] = []
    for i, offset in enumerate(offsets):
        end = offsets[i + 1].start if i + 1 < len(offsets) else length
        step = bisect_right(starts, offset.source) - 1
        composed.append(Offset(offset.start, steps[step].source + offset.source - starts[step]))
        while step + 1 < len(steps) and starts[step + 1] < offset.source + end - offset.start:
            step += 1
            at = offset.start + starts[step] - offset.source
            if at == composed[-1].start:
                composed.pop()
            composed.append(Offset(at, steps[step].source))
    return tuple(composed)


def _printable(value: Any) -> Any:
    """Replace lone surrogates, which JSON can spell but UTF-8 cannot hold."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
