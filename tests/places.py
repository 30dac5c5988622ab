"""Places and payloads of passages the simple way, one at a time: what the fast way is compared with."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from indexer.model import Place
from indexer.payload import dump_head, dump_place


class Lines:
    """The lines of a decoded file, to tell where in it a passage stands."""

    def __init__(self, file_text, line_end="\n"):
        self._text = file_text
        self._starts = [0, *(match.end() for match in re.finditer(line_end, file_text))]
        self._last = (0, 1)  # the last character asked for and its column, from where the next one is counted

    def places(self, article, start, end):
        """Return the place of each stretch of `article.body[start:end]` that lies in one line of the file."""
        found = []
        offsets = article.offsets
        first = max(0, bisect_right(offsets, start, key=lambda offset: offset.start) - 1)
        for i in range(first, len(offsets)):
            begin = max(start, offsets[i].start)
            if begin >= end:
                break
            until = min(end, offsets[i + 1].start if i + 1 < len(offsets) else end)
            found += self._in_lines(begin - start, offsets[i].source + begin - offsets[i].start, until - begin)
        return tuple(found)

    def _in_lines(self, start, source, length):
        first = bisect_right(self._starts, source)  # the line that `source` is in, from 1
        until = bisect_left(self._starts, source + length, first)
        found = [Place(start, first, self._column(first - 1, source))]
        for line in range(first, until):
            found.append(Place(start + self._starts[line] - source, line + 1, 1))
        return found

    def _column(self, line, source):
        """Return the byte column of a character in its line, counted on from the last one asked for if it can be."""
        last, column = self._last
        if not self._starts[line] <= last <= source:
            last, column = self._starts[line], 1
        column += len(self._text[last:source].encode("utf-8", "replace"))
        self._last = source, column
        return column


def dump_passage(passage):
    """Return a passage as bytes. Its places are in order and within it."""
    parts = [dump_head(passage.kind, passage.lang, passage.start)]
    at, line, column = 0, 1, 1
    for place in passage.places:
        text = passage.text[at : place.start].encode("utf-8", "replace")
        line, column = gone_on(line, column, text)
        parts += (text, dump_place(place.line - line, place.column - column))
        at, line, column = place.start, place.line, place.column
    parts.append(passage.text[at:].encode("utf-8", "replace"))
    return b"".join(parts)


def gone_on(line, column, text):
    """Return line and column behind `text` that begins at a line and column."""
    if b"\n" in text:
        return line + text.count(b"\n"), len(text) - text.rfind(b"\n")
    return line, column + len(text)
