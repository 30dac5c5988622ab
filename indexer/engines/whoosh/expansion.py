"""Patterns and misspelt words -> the terms of a segment that are like them."""

from __future__ import annotations

import re

import numpy as np

from indexer.engines.whoosh.container import Array, encoded
from indexer.engines.whoosh.field import Field
from indexer.engines.whoosh.postings import SEPARATOR

# One character of UTF-8 that is no separator, as a pattern of bytes.
_ONE = rb"[^\n\x80-\xbf][\x80-\xbf]*"
_ANY = rb"[^\n]*"


def like(field: Field, pattern: str) -> list[int]:
    """Return the numbers of the terms that a pattern matches as a whole: `*` is any characters, `?` is one."""
    pieces = re.split(r"([*?])", pattern)
    start = field.beginning_with(encoded(pieces[0]))
    if not len(start):
        return []
    quoted = ({"*": _ANY, "?": _ONE}.get(piece, re.escape(encoded(piece))) for piece in pieces)
    ends = field.ends
    blob = field.blob[int(ends[start.start]) : int(ends[start.stop]) - len(SEPARATOR)]  # no line behind the last one
    found = re.compile(rb"^" + b"".join(quoted) + rb"$", re.MULTILINE).finditer(blob)
    places = [match.start() for match in found]
    numbers: list[int] = np.searchsorted(ends, np.array(places, np.int64) + int(ends[start.start])).tolist()
    return numbers


def near_to(field: Field, term: str, distance: int, kept: int) -> list[int]:
    """Return the numbers of the terms within `distance` edits of a term that begin with its first `kept` characters.

    An edit puts a character in, takes one out, changes one, or exchanges two neighbours that no other edit touches
    (optimal string alignment).
    """
    numbers = field.beginning_with(encoded(term[:kept]))
    if not len(numbers):
        return []
    ends = field.ends[numbers.start : numbers.stop + 1].astype(np.int64)
    blob = np.frombuffer(field.blob, "u1")[ends[0] : ends[-1]]
    ends -= ends[0]
    starts, ends = ends[:-1], ends[1:] - 1
    characters = (blob & 0xC0) != 0x80  # the first byte of each
    before = np.concatenate(([0], np.cumsum(characters)))
    lengths = before[ends] - before[starts]
    candidates = np.flatnonzero(np.abs(lengths - len(term)) <= distance)
    candidates = candidates[_shared(blob, starts[candidates], ends[candidates], term) >= len(term) - distance]
    codes = _codes(blob, starts[candidates], ends[candidates], int(lengths[candidates].max(initial=0)))
    edits = _edits(codes, lengths[candidates], [ord(character) for character in term])
    near: list[int] = (candidates[edits <= distance] + numbers.start).tolist()
    return near


def _shared(blob: Array, starts: Array, ends: Array, term: str) -> Array:
    """Return at least how many of the term's characters each of some terms can have in common with it."""
    if not term.isascii():
        return np.full(len(starts), len(term))
    wanted = np.zeros(256, bool)
    wanted[list(term.encode())] = True
    before = np.concatenate(([0], np.cumsum(wanted[blob])))
    return before[ends] - before[starts]


def _codes(blob: Array, starts: Array, ends: Array, longest: int) -> Array:
    """Return the code points of terms, a row each, 0 behind their ends."""
    widths = ends - starts
    inside = np.arange(int(widths.max(initial=0))) < widths[:, None]
    raw = np.where(inside, blob[np.minimum(starts[:, None] + np.arange(inside.shape[1]), len(blob) - 1)], 0)
    if not (raw > 0x7F).any():
        return raw[:, :longest].astype(np.uint32)
    texts = [row[:width].tobytes().decode("utf-8", "replace") for row, width in zip(raw, widths, strict=True)]
    return np.array(texts, f"U{max(longest, 1)}").view(np.uint32).reshape(len(texts), max(longest, 1))


def _edits(codes: Array, lengths: Array, term: list[int]) -> Array:
    """Return how many edits away each row of code points is: the dynamic programme, for all rows at once."""
    count, longest = codes.shape
    rows = [np.repeat(np.arange(longest + 1)[:, None], count, 1)]
    for i, code in enumerate(term, 1):
        last, row = rows[-1], np.empty((longest + 1, count), np.int64)
        row[0] = i
        for j in range(1, longest + 1):
            same = codes[:, j - 1] == code
            row[j] = np.minimum(np.minimum(last[j], row[j - 1]) + 1, last[j - 1] + ~same)
            if i > 1 and j > 1:
                exchanged = (codes[:, j - 2] == code) & (codes[:, j - 1] == term[i - 2])
                row[j] = np.where(exchanged, np.minimum(row[j], rows[-2][j - 2] + 1), row[j])
        rows.append(row)
    return rows[-1][lengths, np.arange(count)]
