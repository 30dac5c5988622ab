"""Articles cut into passages -> the passages' payloads, with their places in the file, all worked out at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.model import Article, Passage
from indexer.payload import dump_head, dump_place

Array = NDArray[Any]

# Makes what else ends a line of a file a line feed, and keeps every length.
_AS_LINE_FEED = {end: {ord(end): "\n", ord("\n"): " "} for end in "\r\f"}


class FilePart(NamedTuple):
    """The lines of a decoded file that an article stands in: their text, their first line and its first character."""

    text: str
    line: int
    start: int


class Located(NamedTuple):
    """An article, its passages in order, and the part of its file that its offsets lead into."""

    article: Article
    passages: tuple[Passage, ...]
    part: FilePart


class FileText:
    """A decoded file, whose articles are best asked for in order; its lines end with `line_end`: \\n, \\r, \\f."""

    def __init__(self, text: str, line_end: str = "\n") -> None:
        self._text = text.translate(_AS_LINE_FEED[line_end]) if line_end in _AS_LINE_FEED else text
        self._start, self._line = 0, 1  # where the last part began

    def part(self, article: Article) -> FilePart:
        """Return the lines that an article stands in, in any order. Raises ValueError for offsets out of the file."""
        if not article.offsets:
            return FilePart("", 1, 0)
        behind = [*(offset.start for offset in article.offsets[1:]), len(article.body)]
        end = max(source + until - start for (start, source), until in zip(article.offsets, behind, strict=True))
        first = min(offset.source for offset in article.offsets)
        if first < 0 or end > len(self._text):
            raise ValueError(f"offsets lead to characters {first} to {end} of {len(self._text)}")
        start = self._text.rfind("\n", 0, first) + 1
        if start < self._start:
            self._start, self._line = 0, 1
        self._line += self._text.count("\n", self._start, start)
        self._start = start
        return FilePart(self._text[start:end], self._line, start)


def dump_passages(articles: Sequence[Located]) -> list[bytes]:
    """Return the payload of each passage of all articles; see `payload`."""
    bodies = _Joined([located.article.body for located in articles])
    passages = [passage for located in articles for passage in located.passages]
    shift = np.repeat(bodies.starts[:-1], [len(located.passages) for located in articles])
    starts = _numbers(passage.start for passage in passages) + shift
    ends = _numbers(passage.end for passage in passages) + shift
    places = _places(articles, bodies, starts, ends)
    firsts = np.searchsorted(places.passages, np.arange(len(passages) + 1))
    following = np.append(places.starts, bodies.starts[-1])
    texts = bodies.pieces(places.starts, np.minimum(following[1:], ends[places.passages]))
    marks = map(dump_place, places.lines.tolist(), places.columns.tolist())
    parts = list(chain.from_iterable(zip(marks, texts, strict=True)))
    before = bodies.pieces(starts, np.minimum(following[firsts[:-1]], ends))
    return [
        b"".join((dump_head(passage.kind, passage.lang, passage.start), text, *parts[2 * first : 2 * end]))
        for passage, text, (first, end) in zip(passages, before, pairwise(firsts.tolist()), strict=True)
    ]


class _Joined:
    """Texts joined into one, with the bytes before each of its characters, and its line feeds."""

    def __init__(self, texts: Sequence[str]) -> None:
        whole = "".join(texts)
        self._encoded = whole.encode("utf-8", "replace")
        codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), "<u4")
        lengths = 1 + (codes >= 0x80).astype("u1") + (codes >= 0x800) + (codes >= 0x10000)
        lengths[(codes >= 0xD800) & (codes < 0xE000)] = 1  # they become question marks
        self.bytes = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
        self.feeds = np.flatnonzero(codes == ord("\n"))
        self.starts = _numbers(accumulate(map(len, texts), initial=0))

    def pieces(self, starts: Array, ends: Array) -> list[bytes]:
        """Return stretches, encoded."""
        bounds = zip(self.bytes[starts].tolist(), self.bytes[ends].tolist(), strict=True)
        return [self._encoded[start:end] for start, end in bounds]

    def gone_on(self, lines: Array, columns: Array, starts: Array, ends: Array) -> tuple[Array, Array]:
        """Return line and column at the ends of stretches that begin at a line and column."""
        before = np.searchsorted(self.feeds, ends)
        feeds = before - np.searchsorted(self.feeds, starts)
        line_starts = np.append(self.feeds, 0)[before - 1] + 1
        begins = np.where(feeds > 0, line_starts, starts)
        return lines + feeds, np.where(feeds > 0, 1, columns) + self.bytes[ends] - self.bytes[begins]


class _Places(NamedTuple):
    """The places of all passages in order, where none is asked for that the text before does not lead to."""

    starts: Array  # in the joined bodies
    passages: Array  # the number of the passage
    lines: Array  # as `payload` stores them: less what the text before leads to
    columns: Array


def _places(articles: Sequence[Located], bodies: _Joined, starts: Array, ends: Array) -> _Places:
    """Return the places of the passages that begin and end so in the joined bodies."""
    files = _Joined([located.part.text for located in articles])
    counts = [len(located.article.offsets) for located in articles]
    article_of = np.repeat(np.arange(len(articles)), counts)
    offsets = _numbers(chain.from_iterable(chain.from_iterable(located.article.offsets for located in articles)))
    begin = offsets[::2] + bodies.starts[article_of]
    source = offsets[1::2] + (files.starts[:-1] - _numbers(located.part.start for located in articles))[article_of]
    until = np.minimum(np.append(begin[1:], bodies.starts[-1]), bodies.starts[article_of + 1])
    at, stretch = _breaks(begin, source, until, files.feeds)
    passage = np.searchsorted(starts, at, side="right") - 1
    inside = (passage >= 0) & (at > starts[passage]) & (at < ends[passage])
    first = np.searchsorted(begin, starts, side="right") - 1
    begun = np.flatnonzero((first >= 0) & (starts < ends))
    begun = begun[starts[begun] < until[first[begun]]]
    passage = np.concatenate((begun, passage[inside]))
    at, stretch = np.concatenate((starts[begun], at[inside])), np.concatenate((first[begun], stretch[inside]))
    order = np.argsort(at, kind="stable")
    at, stretch, passage = at[order], stretch[order], passage[order]
    part_line = _numbers(located.part.line for located in articles)[article_of[stretch]]
    line, column = files.gone_on(
        part_line, np.ones_like(at), files.starts[article_of[stretch]], source[stretch] + at - begin[stretch]
    )
    same = np.concatenate(([False], passage[1:] == passage[:-1]))[: len(at)]
    line_before, column_before = np.where(same, np.roll(line, 1), 1), np.where(same, np.roll(column, 1), 1)
    before = np.where(same, np.roll(at, 1), starts[passage])
    led_line, led_column = bodies.gone_on(line_before, column_before, before, at)
    return _Places(at, passage, line - led_line, column - led_column)


def _breaks(begin: Array, source: Array, until: Array, feeds: Array) -> tuple[Array, Array]:
    """Return where stretches that stand in files verbatim begin, and where in them lines do, and which stretch it is.

    Stretches lie from `begin` to `until` in the bodies, from `source` on in the files, whose line feeds are `feeds`.
    """
    low = np.searchsorted(feeds, source)
    lines = np.maximum(np.searchsorted(feeds, source + until - begin - 1) - low, 0)
    of = np.repeat(np.arange(len(begin)), lines)
    numbers = np.repeat(low - (np.cumsum(lines) - lines), lines) + np.arange(len(of))
    in_line = feeds[numbers] + 1 - source[of] + begin[of]
    return np.concatenate((begin, in_line)), np.concatenate((np.arange(len(begin)), of))


def _numbers(values: Iterable[int]) -> Array:
    return np.fromiter(values, np.int64)
