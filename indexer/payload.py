"""What the index stores with a passage, to quote it without its file: passage <- bytes, and their parts.

A payload is `kind MARK lang MARK start text` and then, for each place, `MARK line column text`: a mark stands in the
text where a place begins. Line and column are stored as the difference to where the text before them would lead if
it stood in the file verbatim: 0 at most line breaks, else what the markup left out takes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from indexer.model import Passage, Place

# No byte of UTF-8, and none of `_number`.
_MARK = b"\xff"
# What stands in a text where a place begins.
_PLACE = re.compile(rb"\xff(?:[\x80-\xbf]*[\x00-\x7f]){2}")


@lru_cache(maxsize=1024)
def dump_head(kind: str, lang: str, start: int) -> bytes:
    """Return what a payload begins with."""
    return _MARK.join((kind.encode(), lang.encode(), _number(start)))


@lru_cache(maxsize=1024)
def dump_place(lines: int, columns: int) -> bytes:
    """Return what stands before the text of a place that is so much farther than the text before it leads to."""
    return b"".join((_MARK, _number(lines), _number(columns)))


def load_text(data: bytes, passage_id: str, article_id: str) -> Passage:
    """Return the passage that `dump_passage` wrote, without its places: in a quarter of the time."""
    kind, lang, rest = data.split(_MARK, 2)
    start, behind = _read_number(rest, 0)
    text = _PLACE.sub(b"", rest[behind:]).decode()
    return Passage(passage_id, article_id, kind.decode(), lang.decode(), text, start, start + len(text))


def load_passage(data: bytes, passage_id: str, article_id: str) -> Passage:
    """Return the passage that `dump_passage` wrote."""
    kind, lang, first, *others = data.split(_MARK)
    start, behind = _read_number(first, 0)
    text = first[behind:]
    texts = [text.decode()]
    places: list[Place] = []
    at, line, column = len(texts[0]), 1, 1
    for part in others:
        line, column = _gone_on(line, column, text)
        more_lines, behind = _read_number(part, 0)
        more_columns, behind = _read_number(part, behind)
        line += more_lines
        column += more_columns
        places.append(Place(at, line, column))
        text = part[behind:]
        texts.append(text.decode())
        at += len(texts[-1])
    return Passage(
        passage_id, article_id, kind.decode(), lang.decode(), "".join(texts), start, start + at, tuple(places)
    )


def _gone_on(line: int, column: int, text: bytes) -> tuple[int, int]:
    """Return line and column behind `text` that begins at a line and column."""
    if b"\n" in text:
        return line + text.count(b"\n"), len(text) - text.rfind(b"\n")
    return line, column + len(text)


@lru_cache(maxsize=1024)
def _number(value: int) -> bytes:
    """Return any integer as bytes: 6 bits each from 128 to 191, then 7 bits below 128; the last bit is the sign."""
    rest = value << 1 if value >= 0 else ~value << 1 | 1
    digits = [rest & 127]
    rest >>= 7
    while rest:
        digits.append(128 | rest & 63)
        rest >>= 6
    return bytes(reversed(digits))


def _read_number(data: bytes, at: int) -> tuple[int, int]:
    """Return the number that `_number` wrote at a byte, and where it ends."""
    value = 0
    while (digit := data[at]) >= 128:
        value = value << 6 | digit & 63
        at += 1
    value = value << 7 | digit
    return (~(value >> 1) if value & 1 else value >> 1), at + 1
