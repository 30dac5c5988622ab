"""Bytes in a known encoding, damaged here and there -> text, and the number of damaged places."""

from __future__ import annotations

import re
from typing import NamedTuple

from indexer.sources.plausibility import cost_of

DAMAGED = "\ufffd"

# In these a character is two or four bytes whose later ones may be those of a letter, so one wrong byte shifts all
# that follows, up to a byte that is no part of a character.
_PAIRED = ("gb18030", "cp950", "big5hkscs", "big5", "gbk", "gb2312")
# GB18030 has a character for private use for most pairs of bytes that have no other: where text has slipped.
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_PIECE = re.compile(rb"[\x00-\x2f]+|[^\x00-\x2f]+")
# Longer pieces are not searched for the likeliest reading.
_LONGEST_PIECE = 4096

# With more damage than this, repair would take long and gain nothing.
_SOME_DAMAGE = 8
_MOST_DAMAGED = 0.03  # by byte

# What a reading of a piece costs beside its characters (-ln of a share): a wrong byte must cost more than a rare
# character, and less than a few characters of rubbish; a letter, more than within a word.
_WRONG_BYTE = 19.0
_NEXT_WRONG_BYTE = 9.0
_LETTER = 4.0

# Bytes that cannot be decoded, as Python escapes them. In UTF-8 a wrong byte inside a character leaves its others.
_ESCAPED = re.compile("[\udc80-\udcff]+")
_ESCAPED_UTF8 = re.compile(
    "[\udcc2-\udcf4][\udc80-\udcbf]?[\x00-\x09\x0b\x0c\x0e-\x7f][\udc80-\udcbf]{1,2}|[\udc80-\udcff]+"
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]+")


class Repaired(NamedTuple):
    """A text in which each damaged place is one U+FFFD, and how many of them there are."""

    text: str
    damaged: int


def count_broken(data: bytes, encoding: str) -> int:
    """Return about how many characters cannot be decoded; 0 only if all can."""
    try:
        str(data, encoding)
    except UnicodeDecodeError:
        return max(1, str(data, encoding, "replace").count(DAMAGED))
    return 0


def read(data: bytes, encoding: str) -> Repaired:
    """Decode bytes; what cannot be decoded becomes U+FFFD, one for each place."""
    text = _whole(data, encoding)
    if text:
        return Repaired(text, 0)
    if encoding.startswith(("utf-16", "utf-32")):
        return _read_units(data, encoding)
    broken = str(data, encoding, "replace")
    doubtful = broken.count(DAMAGED) + len(_PRIVATE.findall(broken)) // 4
    if encoding not in _PAIRED or doubtful > _SOME_DAMAGE + len(data) * _MOST_DAMAGED:
        return _read_escaping(data, encoding)
    return _joined([_read_line(line, encoding) for line in data.splitlines(keepends=True)])


def _whole(data: bytes, encoding: str) -> str:
    """Return a text in which nothing hints at damage, else nothing."""
    try:
        text = str(data, encoding)
    except UnicodeDecodeError:
        return ""
    return "" if encoding in _PAIRED and _PRIVATE.search(text) else text


def _joined(parts: list[Repaired]) -> Repaired:
    return Repaired("".join(part.text for part in parts), sum(part.damaged for part in parts))


def _read_escaping(data: bytes, encoding: str) -> Repaired:
    pattern = _ESCAPED_UTF8 if encoding == "utf-8" else _ESCAPED
    try:
        return Repaired(*pattern.subn(DAMAGED, str(data, encoding, "surrogateescape")))
    except UnicodeDecodeError:  # of a byte of ASCII, in an encoding where those are no letters
        text = str(data, encoding, "replace")
        return Repaired(text, text.count(DAMAGED))


def _read_units(data: bytes, encoding: str) -> Repaired:
    width = 4 if "32" in encoding else 2
    cut = len(data) % width
    whole = data[: len(data) - cut]
    try:
        text = str(whole, encoding, "surrogatepass")
    except UnicodeDecodeError:  # beyond Unicode, in UTF-32
        text = str(whole, encoding, "replace")
        return Repaired(text, text.count(DAMAGED))
    text, damaged = _LONE_SURROGATE.subn(DAMAGED, text)
    return Repaired(text + DAMAGED * bool(cut), damaged + bool(cut))


def _read_line(line: bytes, encoding: str) -> Repaired:
    text = _whole(line, encoding)
    return Repaired(text, 0) if text else _joined([_read_piece(piece, encoding) for piece in _PIECE.findall(line)])


def _read_piece(piece: bytes, encoding: str) -> Repaired:
    text = _whole(piece, encoding)
    if text:
        return Repaired(text, 0)
    return _likeliest(piece, encoding) if len(piece) <= _LONGEST_PIECE else _read_escaping(piece, encoding)


def _likeliest(piece: bytes, encoding: str) -> Repaired:
    """Read a piece as the sequence of characters and wrong bytes that is least surprising."""
    costs = [0.0] * (len(piece) + 1)
    is_wrong = [False] * (len(piece) + 1)  # of what is read at a place
    steps = [("", 0)] * (len(piece) + 1)  # what is read at a place, and where to go on
    for at in range(len(piece) - 1, -1, -1):
        costs[at] = costs[at + 1] + (_NEXT_WRONG_BYTE if is_wrong[at + 1] else _WRONG_BYTE)
        is_wrong[at] = True
        steps[at] = (DAMAGED, at + 1)
        for length in (1, 2, 4):
            character = _character(piece[at : at + length], encoding)
            if len(character) != 1 or at + length > len(piece):
                continue
            cost = costs[at + length] + cost_of(character) + _LETTER * (character < "\x80")
            if cost < costs[at]:
                costs[at], is_wrong[at], steps[at] = cost, False, (character, at + length)
    return _followed(steps, is_wrong)


def _followed(steps: list[tuple[str, int]], is_wrong: list[bool]) -> Repaired:
    characters: list[str] = []
    at = damaged = 0
    was_wrong = False
    while at < len(steps) - 1:
        character, after = steps[at]
        if not (is_wrong[at] and was_wrong):
            characters.append(character)
            damaged += is_wrong[at]
        was_wrong = is_wrong[at]
        at = after
    return Repaired("".join(characters), damaged)


def _character(data: bytes, encoding: str) -> str:
    """Return what some bytes stand for, or nothing where they are no character at all."""
    try:
        return str(data, encoding)
    except UnicodeDecodeError:
        return ""
