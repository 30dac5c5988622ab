"""Names and values, as JSON objects and rows of tables hold them -> articles."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from indexer.errors import NotAnArticle
from indexer.model import Article, Offset
from indexer.sources.assembly import assemble
from indexer.sources.body import BodyBuilder
from indexer.sources.markup import Fragments
from indexer.sources.metadata import metadata
from indexer.sources.plain import plain_article
from indexer.sources.source import Reading, ReadOptions, SourceFile, content_hash

# What the field with the text is called, the first that is there; case does not count.
_TEXT = (
    "text", "body", "content", "articlebody", "article_body", "fulltext", "full_text", "content_html", "html",
    "正文", "内容", "內容", "全文", "文本",
)  # fmt: skip
_ID = ("id", "_id", "uuid", "guid", "编号", "編號")
_LANG = ("lang", "language", "inlanguage", "语言", "語言")
_MARKUP = re.compile(r"</(?:p|div|span|a|li|h[1-6]|strong|em|b|i|td)\s*>|<(?:br|p|img|hr)\b[^<>]*>", re.IGNORECASE)


class Text(NamedTuple):
    """A text and, in rising order, where in the file it stands: each offset holds up to the next one."""

    text: str
    offsets: Sequence[Offset]


class Record(NamedTuple):
    """What the file has of one article: the values by lower-case name, and what they were read from."""

    number: str  # its name, if no field has one
    values: Mapping[str, Any]
    text: Text
    start: int  # where in the file `raw` begins
    raw: str

    def moved(self, by: int, number: str) -> Record:
        """Return the record as it stands in a text that has `by` characters before this one's."""
        offsets = [Offset(offset.start, offset.source + by) for offset in self.text.offsets]
        return self._replace(number=number, text=self.text._replace(offsets=offsets), start=self.start + by)


def text_name(names: Sequence[str], options: ReadOptions) -> str:
    """Return which of some lower-case names is that of the text; empty if none is."""
    return next((name for name in (*_further("text", options), *_TEXT) if name in names), "")


class Records:
    """Makes the articles of one file's records, with an id of its own for each."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._taken: set[str] = set()
        self._place = 0, 1, 0  # a place in the file, its line, and where that begins

    def reading(self, record: Record) -> Reading:
        """Make the article of a record."""
        options = self._file.options
        values = {name: _printable(value) for name, value in record.values.items()}
        text = record.text._replace(text=_printable(record.text.text))
        article = self._article(text, self._id(record.number, values), values)
        lang = _first(values, (*_further("lang", options), *_LANG))
        article = replace(
            article,
            lang=lang if isinstance(lang, str) else "",
            offsets=_composed(article.offsets, text.offsets, len(article.body)),
        )
        # With the place: a record that moves has its passages' places elsewhere.
        place = self._line_and_column(record.start)
        return Reading(article, content_hash(record.raw.encode("utf-8", "replace"), place), self._file.decoded)

    def _line_and_column(self, at: int) -> str:
        """Return where a character stands; they are asked for in rising order."""
        last, line, begin = self._place
        text = self._file.decoded.text
        line += text.count("\n", last, at)
        begin = max(begin, text.rfind("\n", last, at) + 1)
        self._place = at, line, begin
        return f"{line}:{at - begin}"

    def _article(self, text: Text, article_id: str, values: Mapping[str, Any]) -> Article:
        given = metadata(values, self._file.options.fields)
        if not _MARKUP.search(text.text):
            return plain_article(text.text, article_id, self._file.path, given)
        builder = BodyBuilder()
        Fragments(builder).read(text.text, 0)
        return assemble(builder, given, article_id, self._file.path, heading_is_title=True)

    def _id(self, number: str, values: Mapping[str, Any]) -> str:
        given = _first(values, (*_further("id", self._file.options), *_ID))
        name = str(given) if isinstance(given, str | int) and given != "" else number
        if name in self._taken:
            name = f"{name}@{number}"  # the same id twice in one file: both are kept
        self._taken.add(name)
        return f"{self._file.article_id}#{_printable(name)}"


def missing_text(options: ReadOptions) -> NotAnArticle:
    """Return what to say of records without a text."""
    names = ", ".join((*_further("text", options), *_TEXT[:3]))
    return NotAnArticle(f"no field with a text ({names} …; name others in wensou.toml under [fields])")


def _further(field: str, options: ReadOptions) -> tuple[str, ...]:
    return tuple(name.lower() for name in options.fields.get(field, ()))


def _first(values: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((values[name] for name in names if values.get(name) is not None), "")


def _composed(offsets: tuple[Offset, ...], steps: Sequence[Offset], length: int) -> tuple[Offset, ...]:
    """Lead from the body through the string (`offsets`) to the file (`steps`)."""
    starts = [step.start for step in steps]
    composed: list[Offset] = []
    for i, offset in enumerate(offsets):
        end = offsets[i + 1].start if i + 1 < len(offsets) else length
        step = bisect_right(starts, offset.source) - 1
        composed.append(Offset(offset.start, steps[step].source + offset.source - starts[step]))
        while step + 1 < len(steps) and starts[step + 1] < offset.source + end - offset.start:
            step += 1
            at = offset.start + starts[step] - offset.source
            if at == composed[-1].start:
                composed.pop()
            composed.append(Offset(at, steps[step].source))
    return tuple(composed)


def _printable(value: Any) -> Any:
    """Replace lone surrogates, which JSON can spell but UTF-8 cannot hold."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
