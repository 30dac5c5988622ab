"""The block of YAML or TOML at the head of a text -> what the article knows of itself.

Archives hold blocks that no parser takes: with control characters, colons that should be quoted, or without an end. Of
these what can be read is, name by name; the text behind them is not taken for a part of them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from indexer.sources.metadata import Metadata, metadata
from indexer.sources.names import is_usual
from indexer.sources.yaml_values import load_yaml

# A longer block is a text that begins with a rule; the longest in 25,000 articles, lists of functions, has 95,000.
_LONGEST_BLOCK = 1 << 18
_OPENING = re.compile(r"\s*?(---|\+\+\+)[ \t]*(?:\r\n?|\n)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
# tomllib takes memory with the square of a key's parts.
_DOTTED = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]++[ \t]*+\.[ \t]*+){50}")
# Each is read by itself if they cannot be read together; the longest block of 25,000 articles has 24.
_MOST_NAMES = 1000
# Left out of a block; but what separates lines or fields becomes a space.
_CONTROLS: dict[int, str] = dict.fromkeys(
    (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), ""
)
_CONTROLS |= dict.fromkeys((0x0B, 0x0C, *range(0x1C, 0x20), 0x85), " ")
for _kept in b"\t\n\r":
    del _CONTROLS[_kept]
_CONTROL = re.compile(f"[{re.escape(''.join(map(chr, _CONTROLS)))}]")
_NOTHING = ("null", "Null", "NULL", "~")
# In which generators of sites keep what their users name.
_TABLES = ("extra", "params", "taxonomies")

Values = Mapping[str, Any]


class _Language(NamedTuple):
    closing: re.Pattern[str]
    pair: re.Pattern[str]  # a line that begins with a name, and its value
    goes_on: re.Pattern[str]  # a line that may stand behind such a one
    load: Callable[[str], object]  # raises ValueError or RecursionError for what it cannot read


def split_front_matter(text: str) -> tuple[Metadata | None, int]:
    """Return the metadata of the block at the head of `text`, if there is one, and where the rest begins."""
    opening = _OPENING.match(text)
    if opening is None:
        return None, 0
    language = _LANGUAGES[opening[1]]
    closing = language.closing.search(text, opening.end(), opening.end() + _LONGEST_BLOCK)
    if closing:
        values = _load(language, text[opening.end() : closing.start()])
        if values is not None:
            return metadata(values), closing.end()
    entries, end = _entries(language, text, opening.end(), closing)
    if not entries:
        return None, 0
    return metadata({name: value for entry in entries for name, value in _salvaged(language, entry)}), end


def _load(language: _Language, block: str) -> Values | None:
    """Return the values of a block; None if it cannot be read, or holds something else than names and values."""
    try:
        values = language.load(_printable(block))
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, Mapping):
        return None if block.strip() else {}
    tables = [table for name in _TABLES if isinstance(table := values.get(name), Mapping)]
    return {name: value for table in (*tables, values) for name, value in table.items() if value not in _NOTHING}


def _printable(text: str) -> str:
    return text.translate(_CONTROLS) if _CONTROL.search(text) else text


def _entries(language: _Language, text: str, start: int, closing: re.Match[str] | None) -> tuple[Sequence[str], int]:
    """Cut a block that cannot be read whole before each name; return the pieces, and where the text behind it begins.

    The block ends early at a line that is the text's: one that goes on with no value, after an empty line or, if the
    block has no end, anywhere. A block without an end holds at least one name that is usual.
    """
    names: list[str] = []
    starts: list[int] = []
    at = end = start
    after_blank = False
    for line in _lines(text, start, closing.start() if closing else min(len(text), start + _LONGEST_BLOCK)):
        at += len(line)
        if not line.strip():
            after_blank = True
            continue
        pair = language.pair.match(line)
        if pair and (not after_blank or is_usual(pair[1]) or (closing and not _begins_text(pair))):
            names.append(pair[1])
            starts.append(at - len(line))
        elif not names or after_blank or not (closing or language.goes_on.match(line)):
            break
        end, after_blank = at, False
    else:
        end = closing.end() if closing else end
    if len(names) > _MOST_NAMES or not (closing or any(map(is_usual, names))):
        return (), 0
    ends = (*starts[1:], closing.start() if closing and end == closing.end() else end)
    return [text[one:other] for one, other in zip(starts, ends, strict=False)], end


def _begins_text(pair: re.Match[str]) -> bool:
    """Tell whether a line with a name and a colon could be a sentence: Note: …, 注意：…"""
    return pair[1][0].isupper() or pair.string[pair.start(2) - 1] == "："


def _lines(text: str, start: int, end: int) -> Iterator[str]:
    while start < end and (match := _LINE.match(text, start, end)):
        yield match[0]
        start = match.end()


def _salvaged(language: _Language, entry: str) -> Iterator[tuple[str, Any]]:
    """Yield what one name and its value say, or if they cannot be read, the name and the rest of its line."""
    values = _load(language, entry.expandtabs(2))
    if values:
        yield from values.items()
    elif pair := language.pair.match(entry):
        yield pair[1], _printable(pair[2]).strip().strip("\"'")


def _load_toml(block: str) -> object:
    if _DOTTED.search(block):
        raise ValueError("nested too deep")
    return tomllib.loads(block.replace("\r\n", "\n").replace("\r", "\n"))


_NAME = r"[\"']?([^\W\d][\w.-]{0,39})[\"']?[ \t]*"
_LANGUAGES = {
    "---": _Language(
        re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)"),
        re.compile(rf"{_NAME}(?::(?=[ \t\r\n]|\Z)|：)([^\r\n]*)"),
        re.compile(r"[ \t\]}]|-[ \t]"),
        load_yaml,
    ),
    "+++": _Language(
        re.compile(r"(?<=[\r\n])\+\+\+[ \t]*(?:\r\n?|\n|\Z)"),
        re.compile(rf"{_NAME}=([^\r\n]*)"),
        re.compile(r"[ \t\[\]}#]"),
        _load_toml,
    ),
}
