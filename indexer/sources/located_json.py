"""JSON -> its values, each with the place where it stands."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from indexer.model import Offset

_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)")
_scan = json.JSONDecoder(strict=False).raw_decode  # control characters inside strings are read as they are


class Located(NamedTuple):
    """A value of JSON that stands in the text at [start, end): a list or mapping of such, or a plain value."""

    value: Any
    start: int
    end: int

    def plain(self) -> Any:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {name: inner.plain() for name, inner in self.value.items()}
        if isinstance(self.value, list):
            return [inner.plain() for inner in self.value]
        return self.value


def parse(text: str, start: int = 0) -> Located:
    """Return the value that begins in `text` at `start`, after white space, whatever follows it.

    Raises ValueError for what is not JSON, RecursionError where it is nested too deeply.
    """
    start = skip_space(text, start)
    opening = text[start : start + 1]
    if opening == "{":
        return _object(text, start)
    if opening == "[":
        return _array(text, start)
    value, end = _scan(text, start)
    return Located(value, start, end)


def skip_space(text: str, at: int) -> int:
    """Return where white space that begins at `at` ends."""
    match = _SPACE.match(text, at)
    return match.end() if match else at


def string_offsets(text: str, string: Located) -> list[Offset]:
    """Return where the characters of a string stand: an offset wherever string and text begin to go in step anew."""
    source = string.start + 1
    offsets = [Offset(0, source)]
    for escape in _ESCAPE.finditer(text, source, string.end - 1):
        character = offsets[-1].start + escape.start() - offsets[-1].source
        if character > offsets[-1].start:
            offsets.append(Offset(character, escape.start()))
        offsets.append(Offset(character + 1, escape.end()))
    return offsets


def _object(text: str, start: int) -> Located:
    members: dict[str, Located] = {}
    at = skip_space(text, start + 1)
    while text[at : at + 1] != "}":
        at = skip_space(text, _expect(text, at, ",")) if members else at
        name, at = _scan(text, at)
        members[str(name)] = value = parse(text, _expect(text, skip_space(text, at), ":"))
        at = skip_space(text, value.end)
    return Located(members, start, at + 1)


def _array(text: str, start: int) -> Located:
    items: list[Located] = []
    at = skip_space(text, start + 1)
    while text[at : at + 1] != "]":
        items.append(parse(text, _expect(text, at, ",") if items else at))
        at = skip_space(text, items[-1].end)
    return Located(items, start, at + 1)


def _expect(text: str, at: int, mark: str) -> int:
    """Return the place behind a mark. Raises ValueError if it is not there."""
    if text[at : at + 1] != mark:
        raise json.JSONDecodeError(f"Expecting {mark!r}", text, at)
    return at + 1
