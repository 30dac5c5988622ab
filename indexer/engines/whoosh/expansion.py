"""Patterns and misspelt words -> the terms of a segment that are like them."""

from __future__ import annotations

import re

import numpy as np

from indexer.engines.patterns import segments
from indexer.engines.whoosh.container import Array, decoded, encoded
from indexer.engines.whoosh.field import Field, letter_set
from indexer.engines.whoosh.postings import SEPARATOR, Ints

# One character of UTF-8 that is no separator, as a pattern of bytes.
_ONE = rb"[^\n\x80-\xbf][\x80-\xbf]*"
_ANY = rb"[^\n]*"
# Terms up to which a pattern with `?` is compared with each; more are compared with all at once.
_ONE_BY_ONE = 1 << 13
_NONE = np.empty(0, np.int64)


def like(field: Field, pattern: str) -> Ints:
    """Return the numbers, rising, of the terms that a pattern matches as a whole: `*` any characters, `?` one."""
    if "*" not in pattern and "?" not in pattern:
        number = field.find(encoded(pattern))
        return np.array([] if number is None else [number], np.int64)
    found = _with_pieces(field, [encoded(piece) for piece in re.split(r"[*?]", pattern)])
    if "?" not in pattern or not len(found):
        return found
    return _matching(field, _line_of(pattern), found)


def _line_of(pattern: str) -> re.Pattern[bytes]:
    """Return what matches a term that is a line."""
    first, *others = (b"".join(map(_character, segment)) for segment in segments(pattern))
    middle = b"".join(rb"(?>" + _ANY + rb"?" + segment + rb")" for segment in others[:-1])
    return re.compile(rb"^" + first + middle + b"".join(_ANY + last for last in others[-1:]) + rb"$", re.MULTILINE)


def _character(character: str) -> bytes:
    return _ONE if character == "?" else re.escape(encoded(character))


def _with_pieces(field: Field, pieces: list[bytes]) -> Ints:
    """Return the terms that begin with the first piece, end with the last, and have the others between, in order."""
    numbers = field.beginning_with(pieces[0])
    if not len(numbers):
        return _NONE
    ends = field.ends[numbers.start : numbers.stop + 1].astype(np.int64)
    blob = np.frombuffer(field.blob, "u1")[ends[0] : ends[-1]]
    ends -= ends[0]
    at = ends[:-1] + len(pieces[0])  # up to where each term is read
    last = ends[1:] - len(SEPARATOR) - len(pieces[-1])  # where its last piece has to begin
    kept = (at <= last).nonzero()[0]
    for i, byte in enumerate(pieces[-1]):
        kept = kept[blob[last[kept] + i] == byte]
    at = at[kept]
    for piece in filter(None, pieces[1:-1]):
        places = np.append(_places(blob, piece), len(blob))
        at = places[places.searchsorted(at)] + len(piece)
        inside = at <= last[kept]
        kept, at = kept[inside], at[inside]
    found: Ints = kept + numbers.start
    return found


def _places(blob: Array, piece: bytes) -> Ints:
    """Return where a piece stands, rising; its last byte, of those of a character the one that differs most, first."""
    places: Ints = (blob[len(piece) - 1 :] == piece[-1]).nonzero()[0]
    for i, byte in enumerate(piece[:-1]):
        places = places[blob[places + i] == byte]
    return places


def _matching(field: Field, line: re.Pattern[bytes], numbers: Ints) -> Ints:
    """Return those of some terms that a pattern of lines matches."""
    if len(numbers) <= _ONE_BY_ONE:
        return np.array([number for number in numbers.tolist() if line.fullmatch(field.term(number))], np.int64)
    ends = field.ends
    first, end = int(ends[numbers[0]]), int(ends[numbers[-1] + 1])
    found = line.finditer(field.blob[first : end - len(SEPARATOR)])  # no line behind the last one
    places: Ints = np.searchsorted(ends, np.array([match.start() for match in found], np.int64) + first)
    return places


def near_to(field: Field, term: str, distance: int, kept: int) -> Ints:
    """Return the numbers, rising, of the terms within `distance` edits of a term, its `kept` first letters the same.

    An edit puts a character in, takes one out, changes one, or exchanges two neighbours that no other edit touches
    (optimal string alignment).
    """
    terms = field.beginning_with(encoded(term[:kept]))
    held, wanted = field.letter_sets[terms.start : terms.stop], letter_set(encoded(term))
    # An edit brings at most one letter that was not there, and takes away at most one.
    alike = _has_at_most(distance, held & ~wanted) & _has_at_most(distance, ~held & wanted)
    numbers: Ints = alike.nonzero()[0] + terms.start
    if not len(numbers):
        return _NONE
    codes, lengths = _codes(field, numbers, len(term) + distance)
    numbers, codes, lengths = (own[lengths >= max(len(term) - distance, 0)] for own in (numbers, codes, lengths))
    return numbers[_edits(codes, lengths, [ord(character) for character in term]) <= distance]


def _has_at_most(count: int, bits: Array) -> Array:
    """Tell of each set of bits whether it has so few."""
    for _ in range(count):
        bits = bits & (bits - np.uint32(1))  # without its lowest
    few: Array = bits == 0
    return few


def _codes(field: Field, numbers: Ints, longest: int) -> tuple[Array, Array]:
    """Return the code points of terms, a row each, 0 behind their ends, and how many they are; -1 for longer terms."""
    starts = field.ends[numbers].astype(np.int64)
    sizes = field.ends[numbers + 1].astype(np.int64) - starts
    at = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
    text = decoded(np.frombuffer(field.blob, "u1")[at].tobytes())
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    ends = np.flatnonzero(codes == ord(decoded(SEPARATOR)))
    lengths = np.diff(ends, prepend=-1) - 1
    lengths[lengths > longest] = -1
    places = np.arange(longest)
    rows = codes[np.minimum((ends - lengths)[:, None] + places, len(codes) - 1)]
    return np.where(places < lengths[:, None], rows, 0), lengths


def _edits(codes: Array, lengths: Array, term: list[int]) -> Array:
    """Return how many edits away each row of code points is: the dynamic programme, for all rows at once."""
    count, longest = codes.shape
    rows = [np.repeat(np.arange(longest + 1, dtype=np.int16)[:, None], count, 1)]
    for i, code in enumerate(term, 1):
        last, row = rows[-1], np.empty((longest + 1, count), np.int16)
        row[0] = i
        for j in range(1, longest + 1):
            same = codes[:, j - 1] == code
            row[j] = np.minimum(np.minimum(last[j], row[j - 1]) + 1, last[j - 1] + ~same)
            if i > 1 and j > 1:
                exchanged = (codes[:, j - 2] == code) & (codes[:, j - 1] == term[i - 2])
                row[j] = np.where(exchanged, np.minimum(row[j], rows[-2][j - 2] + 1), row[j])
        rows.append(row)
    return rows[-1][lengths, np.arange(count)]
