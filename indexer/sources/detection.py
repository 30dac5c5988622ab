"""Bytes of a text -> the encodings that it may be in, likeliest first, judged by what they would make it say."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from typing import NamedTuple

from indexer.sources.plausibility import surprise

# -ln of how often an encoding is met, before a byte is seen. Where those of Big5 differ in what they call a byte, the
# one of Hong Kong has what articles hold: the dot in names (a bullet), kana and circled numbers where Taiwan has them.
CANDIDATES = {
    "utf-8": 0.0,
    "gb18030": 3.0,
    "big5": 3.2,
    "cp950": 3.4,
    "big5hkscs": 3.0,
    "cp1252": 3.0,
    "utf-16-le": 5.0,
    "utf-16-be": 6.0,
    "hz": 8.0,
}
_OTHER = 8.0

# Readings this close cannot be told apart by a sample: about what one damaged place costs.
NEAR = 20.0
# A first, smaller sample decides where the best is this far ahead of those that are not near.
_CLEAR = 80.0
_WINDOWS = 3
_FIRST_BYTES = 40
_WINDOW_BYTES = 480
# This many places more than another that cannot be decoded, and an encoding is out.
_MUCH_DAMAGE = 6

_HIGH = re.compile(rb"[\x80-\xff]")
_SEPARATOR = re.compile(rb"[\x00-\x2f]")  # part of no longer character, but in UTF-16
_SYNC_BYTES = 4096


class Candidate(NamedTuple):
    """An encoding, and -ln of the probability of a sample in it, in all and by byte."""

    encoding: str
    surprise: float
    surprise_by_byte: float


class _Window(NamedTuple):
    start: int
    data: bytes
    is_last: bool


def rank(data: bytes, encodings: Sequence[str], favoured: Sequence[str] = (), favour: float = 0.0) -> list[Candidate]:
    """Return the encodings that cannot be told apart by a sample, likeliest first.

    `favour` is what speaks for those that are `favoured`, beside the text.
    """
    first = _ranked(_sample(data, _FIRST_BYTES), encodings, favoured, favour)
    left = _within(_CLEAR, first)
    windows = _sample(data, _WINDOW_BYTES)
    if len({_read(windows, one.encoding) for one in left}) == 1:
        return left
    return _within(NEAR, _ranked(windows, [one.encoding for one in left], favoured, favour))


def is_sampled_whole(data: bytes) -> bool:
    """Tell whether a sample is all there is."""
    return len(data) <= _WINDOWS * _WINDOW_BYTES


def sampled(data: bytes) -> bytes:
    """Return a sample of some bytes."""
    return b"".join(window.data for window in _sample(data, _WINDOW_BYTES))


def sampled_text(data: bytes, encoding: str) -> str:
    """Return what the sample says in an encoding."""
    return _read(_sample(data, _WINDOW_BYTES), encoding)


def _ranked(
    windows: Sequence[_Window], encodings: Sequence[str], favoured: Sequence[str], favour: float
) -> list[Candidate]:
    size = sum(len(window.data) for window in windows) or 1
    texts = {encoding: _read(windows, encoding) for encoding in encodings}
    least = min(text.count("\ufffd") for text in texts.values())
    costs = {text: surprise(text) for text in set(texts.values()) if text.count("\ufffd") <= least + _MUCH_DAMAGE}
    found = [
        Candidate(
            encoding,
            CANDIDATES.get(encoding, _OTHER) - favour * (encoding in favoured) + costs[text],
            costs[text] / size,
        )
        for encoding, text in texts.items()
        if text in costs
    ]
    return sorted(found, key=lambda one: one.surprise)


def _within(distance: float, ranked: list[Candidate]) -> list[Candidate]:
    return [one for one in ranked if one.surprise < ranked[0].surprise + distance]


def _read(windows: Sequence[_Window], encoding: str) -> str:
    if not windows[0].start and windows[0].is_last:
        return str(windows[0].data, encoding, "replace")
    is_odd = 1 if encoding.startswith("utf-16") else 0
    decoder = codecs.getincrementaldecoder(encoding)
    return "".join(
        decoder("replace").decode(window.data[is_odd & window.start :], window.is_last) for window in windows
    )


def _sample(data: bytes, size: int) -> list[_Window]:
    """Return a window each from head, middle and end that begins where there is something to judge by."""
    if len(data) <= _WINDOWS * size:
        return [_Window(0, data, True)]
    places = [_start(data, len(data) * i // _WINDOWS) for i in range(_WINDOWS)]
    starts = sorted({place for place in places if place is not None})
    return [_Window(start, data[start : start + size], start + size >= len(data)) for start in starts]


def _start(data: bytes, place: int) -> int | None:
    """Return where from `place` on a character begins and the next ones are not all ASCII, if that can be told."""
    start = place
    if place:
        separator = _SEPARATOR.search(data, place, place + _SYNC_BYTES)
        if separator is None:
            return None
        start = separator.end()
    high = _HIGH.search(data, start)
    return max(start, high.start() - 8) if high else start
