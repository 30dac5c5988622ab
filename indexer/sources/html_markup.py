"""Text of a page -> its markup alone, with a number in place of each stretch of text, small enough for any parser.

Numbers keep the places of text whatever a parser does with the tree. What a parser would take quadratic time or
space for is taken out: nesting without end, attributes without end, formatting elements that are opened anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

SPACES = " \t\n\r\f"
NUMBER = "\x01"  # stands before each number; a parser keeps it, and no markup outside attributes has it

# An element and its text take up to 1,200 bytes while they are read; the page of a long book has some 100,000 tags.
MOST_TAGS = 200_000
# Browsers stop at 512.
_DEEPEST = 500
# lexbor looks through all open elements at most tags, 4 ns each: as many tags, all open, take 50 ms.
_FEW_TAGS = 5_000
_MOST_ATTRIBUTES = 300

# What repeats or may be left out is atomic where it is more than one character, not possessive: with Python 3.11.0 to
# 3.11.4 that keeps what the last, failing attempt took (python/cpython#106052).
_S = rf"[{SPACES}]"
_ATTRIBUTE = (
    rf"(?:[{SPACES}/]++|[^{SPACES}/>][^{SPACES}/>=]*+"
    rf"(?>(?:{_S}*+={_S}*+(?>(?:\"[^\"]*+\"?+|'[^']*+'?+|[^{SPACES}>\"'][^{SPACES}>]*+)?))?))"
)
_ATTRIBUTES = rf"(?>{_ATTRIBUTE}{{0,{_MOST_ATTRIBUTES}}})"
_REST = rf"{_ATTRIBUTES}([^>]++)?(?:>|\Z)"
_COMMENT = r"!--(?:-?>|(?>[^-]*+(?:-(?!-!?>)[^-]*+)*)(?:--!?>|\Z))"
_DECLARATION = r"(?:[!?]|/(?![A-Za-z]))[^>]*+(?:>|\Z)"
_NAME = rf"[A-Za-z][^{SPACES}/>]*+"

# Formatting elements are opened anew in each paragraph, options are looked through at each: as other names neither is.
_RENAMED = [
    (re.compile(rf"<({slash})(?:{names})(?=[{SPACES}/>])", re.IGNORECASE), f"<{slash}{name}")
    for names, name in (
        ("b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u", "span"),
        ("option|optgroup", "li"),
        ("select|datalist", "menu"),
    )
    for slash in ("", "/")
]
_VOID = {
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta",
    "param", "source", "track", "wbr",
}  # fmt: skip
# What the next of its kind ends does not nest by itself.
_ENDED = {
    "p", "li", "dd", "dt", "td", "th", "tr", "tbody", "thead", "tfoot", "colgroup", "rp", "rt", "a", "body", "html",
    "head", "script", "style",
}  # fmt: skip


class NumberedMarkup(NamedTuple):
    """Markup in which NUMBER and n stand for `text[spans[n][0]:spans[n][1]]` of the page."""

    markup: str
    spans: list[tuple[int, int]]


def number_text(text: str, *, is_xml: bool) -> Iterator[NumberedMarkup]:
    """Take the text out of a page; yield it whole, or where it has more than MOST_TAGS in parts."""
    part = _Part(text)
    for tags in _tags(is_xml).finditer(text):
        part.add_text(tags.start())
        count = tags[0].count("<")
        if part.tags + count > MOST_TAGS and part.tags:
            yield _bounded(part, is_xml)
            part = _Part(text)
        has_too_many = tags.lastindex is not None or (count > MOST_TAGS and _count_tags(tags[0]) > MOST_TAGS)
        part.pieces.append("<br>" if has_too_many else tags[0])
        part.at = tags.end()
        part.tags += count
    part.add_text(len(text))
    yield _bounded(part, is_xml)


class _Part:
    """Markup and places of text, as far as they are read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0
        self.tags = 0
        self.pieces: list[str] = []
        self.spans: list[tuple[int, int]] = []

    def add_text(self, end: int) -> None:
        """Add the number of the text up to `end`, with the white space around it; white space alone is no text."""
        stretch = self._text[self.at : end]
        inner = stretch.strip(SPACES)
        if not inner:
            self.pieces.append(stretch)
            return
        lead = len(stretch) - len(stretch.lstrip(SPACES))
        self.pieces += (stretch[:lead], NUMBER, str(len(self.spans)), stretch[lead + len(inner) :])
        self.spans.append((self.at + lead, self.at + lead + len(inner)))


def _bounded(part: _Part, is_xml: bool) -> NumberedMarkup:
    markup = "".join(part.pieces)
    if is_xml:
        markup = _closed(markup)
    for names, renamed in _RENAMED:
        markup = names.sub(renamed, markup)
    if part.tags > _FEW_TAGS:
        markup = _Nesting().limited(markup)
    return NumberedMarkup(markup, part.spans)


def _count_tags(markup: str) -> int:
    return sum(1 for _ in _tag().finditer(markup))


@cache
def _tags(is_xml: bool) -> re.Pattern[str]:
    """Match tags, comments, scripts and styles that follow each other with nothing but white space between them."""
    one = rf"<(?:{_COMMENT}|{_DECLARATION}|{_raw(is_xml)}|/?{_NAME}{_REST})"
    return re.compile(rf"{one}(?>(?:{_S}*+{one}){{0,{MOST_TAGS}}})", re.IGNORECASE)


def _raw(is_xml: bool) -> str:
    """Return what matches a script or style up to its end tag; in XML an empty one has none."""
    end = "(?<!/)>" if is_xml else ">"
    return "|".join(
        rf"{name}(?=[{SPACES}/>]){_ATTRIBUTES}{end}(?>[^<]*+(?:<(?!/{name})[^<]*+)*)" for name in ("script", "style")
    )


@cache
def _tag() -> re.Pattern[str]:
    """Match one tag: slash, name, attributes; or a comment, or a script."""
    return re.compile(rf"<(?:{_COMMENT}|{_DECLARATION}|{_raw(True)}|(/?)({_NAME}){_REST})", re.IGNORECASE)


def _closed(markup: str) -> str:
    """Close what XML writes as one empty tag, which HTML would leave open."""

    def close(tag: re.Match[str]) -> str:
        name = tag[2]
        if not name or tag[1] or not tag[0].endswith("/>") or name.lower() in _VOID:
            return tag[0]
        return f"{tag[0][:-2]}></{name}>"

    return _tag().sub(close, markup)


class _Nesting:
    """Follows which elements are open, and leaves out tags that would nest too deep or close nothing."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._left_out = 0

    def limited(self, markup: str) -> str:
        return _tag().sub(self._tag, markup)

    def _tag(self, tag: re.Match[str]) -> str:
        if not tag[2]:
            return "" if tag[0].startswith(("<!", "<?", "</")) else tag[0]
        name = tag[2].lower()
        if name in _VOID or name in _ENDED:
            return tag[0]
        return self._close(name) if tag[1] else self._start(name, tag[0])

    def _start(self, name: str, tag: str) -> str:
        if len(self._open) < _DEEPEST:
            self._open.append(name)
            return tag
        self._left_out += 1
        return " "

    def _close(self, name: str) -> str:
        if self._left_out:
            self._left_out -= 1
            return " "
        if name not in self._open:
            return ""
        closing = [f"</{name}>"]
        while (last := self._open.pop()) != name:
            closing.insert(0, f"</{last}>")
        return "".join(closing)
