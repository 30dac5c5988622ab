"""Lines of pages, with where on the page they stand -> blocks of a body."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, zip_longest
from statistics import median
from typing import NamedTuple

from indexer.sources.body import BodyBuilder
from indexer.sources.heads import reads_as_title

# The lines at the top and at the bottom of a page that may be furniture, and on how many pages they then repeat.
_MARGIN_LINES = 3
_REPEATED = 3
_SAME_HEIGHT = 6  # points
# Of the usual size and the usual distance between lines; what is set off by less is not set off on purpose.
_LARGER = 1.12
_WIDE = 1.35
_LONGEST_HEADING = 120
# A line that leaves so much of its column empty was ended on purpose; ragged lines of English leave less.
_EMPTY_SHARE = 0.15
_COLUMN = 50  # points; lines that begin nearer to each other than twice this stand in one column

_ENDS_SENTENCE = re.compile(r"[。！？!?….:：;；]['\"”’」』）)\]]*$")
_PAGE_NUMBER = re.compile(
    r"[-–—·•|\s]*(?:第\s*)?(?:page|p\.)?\s*(?:\d{1,4}|[ivxlc]{1,6}|[〇零一二三四五六七八九十百]{1,5})\s*[页頁]?"
    r"(?:\s*(?:/|of|[,，]?\s*共)\s*\d{1,4}\s*[页頁]?)?[-–—·•|\s]*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+|(?<=第)[〇零一二三四五六七八九十百]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_WORD = re.compile(r"[^\W_]+$")
_FIRST_WORD = re.compile(r"^[^\W_]+")


class Line(NamedTuple):
    """A line of a page; measures are in points, from the left and from the bottom of the page."""

    text: str
    is_hyphenated: bool  # its last word goes on in the next line; the hyphen is not in `text`
    size: float
    left: float
    right: float
    top: float

    @property
    def written(self) -> str:
        """The line as it stands on the page."""
        return self.text + "-" * self.is_hyphenated


class _Placed(NamedTuple):
    """A line, where in the text of all pages it begins, and the right end of its column."""

    line: Line
    source: int
    page: int
    column_end: float


def add_pages(builder: BodyBuilder, pages: Sequence[Sequence[Line]]) -> str:
    """Add paragraphs and headings, over the ends of pages; what repeats on pages comes last, once, as boilerplate.

    Returns the text that the offsets lead into: line after line, a form feed between pages. What comes last stands
    there once more, at the end of the last page, since places in a file rise.
    """
    placed = list(_placed(pages))
    furniture = _furniture(placed, len(pages))
    text = [one for one in placed if one.source not in furniture]
    words = {word.lower() for one in text for word in _WORD.findall(one.line.written)}
    setting = _Setting([one.line for one in text])
    for paragraph in setting.paragraphs(text):
        _add_paragraph(builder, paragraph, setting.kind(paragraph), words)
    written = "\f".join("".join(f"{line.written}\n" for line in page) for page in pages)
    for one in placed:
        if furniture.get(one.source):
            builder.add(one.line.written, len(written), "boilerplate")
            builder.end_block()
            written += f"{one.line.written}\n"
    return written


def _placed(pages: Sequence[Sequence[Line]]) -> Iterator[_Placed]:
    source = 0
    for number, page in enumerate(pages):
        ends: defaultdict[int, float] = defaultdict(float)  # by column
        for line in page:
            column = int(line.left // _COLUMN)
            ends[column] = max(ends[column], line.right)
        for line in page:
            column = int(line.left // _COLUMN)
            yield _Placed(line, source, number, max(ends[column - 1], ends[column], ends[column + 1]))
            source += len(line.written) + 1
        source += 1


def _furniture(placed: Sequence[_Placed], pages: int) -> dict[int, bool]:
    """Return the lines, by their places, that are running heads, feet and page numbers; true for those to be kept.

    Kept is the first of those that are alike but for their numbers; page numbers themselves are no text.
    """
    keys: dict[int, tuple[str, int]] = {}
    numbers: set[int] = set()
    for _, page in groupby(placed, key=lambda one: one.page):
        lines = sorted(page, key=lambda one: -one.line.top)
        for one in {*lines[:_MARGIN_LINES], *lines[-_MARGIN_LINES:]}:
            keys[one.source] = _NUMBER.sub("#", one.line.text), round(one.line.top / _SAME_HEIGHT)
        numbers |= {one.source for one in (lines[0], lines[-1]) if _PAGE_NUMBER.fullmatch(one.line.text)}
    often = Counter(keys.values())
    furniture = dict.fromkeys(numbers, False)
    seen: set[str] = set()
    for source, key in sorted(keys.items()):
        if source not in numbers and often[key] >= max(2, min(_REPEATED, pages)):
            furniture[source] = key[0] not in seen
            seen.add(key[0])
    return furniture


class _Setting:
    """How a document is set: the usual size of its letters and the usual distance of its lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
        self._size = max(sizes, key=lambda size: sizes[size], default=0.0)
        steps = [one.top - other.top for one, other in pairwise(lines) if one.top > other.top]
        self._step = median(steps) if steps else 0.0

    def paragraphs(self, text: Sequence[_Placed]) -> Iterator[list[_Placed]]:
        """Group lines that go on in each other."""
        paragraph: list[_Placed] = []
        for one in text:
            if paragraph and not self._goes_on(paragraph[-1], one):
                yield paragraph
                paragraph = []
            paragraph.append(one)
        if paragraph:
            yield paragraph

    def kind(self, paragraph: Sequence[_Placed]) -> str:
        text = " ".join(one.line.text for one in paragraph)
        if self._is_large(paragraph[0].line) and len(text) <= _LONGEST_HEADING:
            return "heading"
        return "heading" if len(paragraph) == 1 and reads_as_title(text) else "body"

    def _is_large(self, line: Line) -> bool:
        return line.size >= _LARGER * self._size

    def _goes_on(self, before: _Placed, after: _Placed) -> bool:
        one, other = before.line, after.line
        if one.is_hyphenated:
            return True
        if max(one.size, other.size) > _LARGER * min(one.size, other.size):
            return False
        ended = bool(_ENDS_SENTENCE.search(one.text))
        step = one.top - other.top
        if before.page != after.page or step < 0:  # the next page or column
            return not ended and not self._is_large(one)
        if step > _WIDE * self._step * max(1.0, one.size / (self._size or 1.0)):
            return False
        empty = before.column_end - one.right
        if empty > max(2 * one.size, _EMPTY_SHARE * (before.column_end - one.left)):
            return False
        return not ended or (empty <= 2 * one.size and other.left <= one.left + one.size)


def _add_paragraph(builder: BodyBuilder, paragraph: Sequence[_Placed], kind: str, words: set[str]) -> None:
    for one, after in zip_longest(paragraph, paragraph[1:]):
        line = one.line
        builder.add(line.text, one.source, kind)
        end = one.source + len(line.text)
        if line.is_hyphenated:
            if after is None or _keeps_hyphen(line.text, after.line.text, words):
                builder.add("-", end, kind)
        elif after is not None:
            builder.add("\n", end, kind)
    builder.end_block()


def _keeps_hyphen(before: str, after: str, words: set[str]) -> bool:
    """Tell whether a hyphen at the end of a line belongs to the word, going by how the document writes it elsewhere."""
    one, other = _LAST_WORD.search(before), _FIRST_WORD.search(after)
    if one is None or other is None:
        return True
    if (one[0] + other[0]).lower() in words:
        return False
    return f"{one[0]}-{other[0]}".lower() in words or not (one[0].isalpha() and other[0].islower())
