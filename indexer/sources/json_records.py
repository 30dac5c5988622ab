"""JSON and JSON Lines -> articles: every object, at whatever depth, that has a text and is in no other such object."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.errors import SourceError
from indexer.sources.located_json import Located, parse, skip_space, string_offsets
from indexer.sources.records import Record, Records, Text, missing_text, text_name
from indexer.sources.source import Reading, ReadOptions, SourceFile


def read(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the articles of a file of JSON; one with several values is read as JSON Lines."""
    text = file.decoded.text
    try:
        whole = parse(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip()[:1] != "{" or "\n" not in text.strip():
            raise SourceError(f"not JSON: {error}") from None
        yield from read_lines(file)
        return
    if skip_space(text, whole.end) < len(text):
        yield from read_lines(file)
        return
    records = Records(file)
    number = 0
    for number, record in enumerate(_records(text, whole, file.options), 1):
        yield records.reading(record._replace(number=str(number)))
    if not number:
        raise missing_text(file.options)


def read_lines(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the articles of each line that is not blank, or what is wrong with it."""
    records = Records(file)
    start = 0
    for number, line in enumerate(file.decoded.text.split("\n"), 1):
        if line.strip():
            try:
                for extra, record in enumerate(_line_records(line, file.options)):
                    yield records.reading(record.moved(start, f"{number}.{extra + 1}" if extra else str(number)))
            except SourceError as error:
                yield SourceError(f"line {number}: {error}")
        start += len(line) + 1


def _line_records(line: str, options: ReadOptions) -> list[Record]:
    try:
        value = parse(line)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"not JSON: {error}") from None
    if line[value.end :].strip():
        raise SourceError(f"not JSON: extra data at column {value.end + 1}")
    records = list(_records(line, value, options))
    if not records:
        raise missing_text(options)
    return records


def _records(text: str, value: Located, options: ReadOptions) -> Iterator[Record]:
    """Yield the outermost objects with a text, in order."""
    if isinstance(value.value, list):
        for item in value.value:
            yield from _records(text, item, options)
    if not isinstance(value.value, dict):
        return
    members = {name.lower(): member for name, member in value.value.items()}
    name = text_name([name for name, member in members.items() if isinstance(member.value, str)], options)
    if not name:
        for member in members.values():
            yield from _records(text, member, options)
        return
    values = {other: member.plain() for other, member in members.items() if other != name}
    body = Text(members[name].value, string_offsets(text, members[name]))
    yield Record("", values, body, value.start, text[value.start : value.end])
