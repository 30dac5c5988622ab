"""PDF -> an article whose places are pages. The door of pypdfium2."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from threading import Lock
from typing import Any, NamedTuple

from indexer.errors import DependencyError, NotAnArticle, SourceError
from indexer.sources.assembly import assemble
from indexer.sources.body import BodyBuilder
from indexer.sources.encoding import Decoded
from indexer.sources.pages import Line, add_pages
from indexer.sources.properties import dated, document_metadata, iso_date
from indexer.sources.source import Reading, SourceFile, content_hash

# 5,000 full pages take some 10 s; what takes longer than a minute was not made for reading.
_MOST_PAGES = 5000
_MOST_SECONDS = 60
_LINE = re.compile(r"([^\r\n\ufffe]*)(\r\n|[\r\n\ufffe]|\Z)")
_HYPHEN = "\ufffe"  # what PDFium makes of a hyphen at the end of a line
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffd\uffff]")
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_PROPERTIES = ("Title", "Author", "Subject", "Keywords", "CreationDate")
# PDFium must not be called by two threads at once, be it of different documents.
_READING = Lock()


class _Found(NamedTuple):
    """What is read of a document: the lines of each page, what kept the rest from being read, and its properties."""

    pages: list[list[Line]]
    problem: str
    properties: dict[str, str]


def read(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the article of a PDF, and if it is longer than is read, that."""
    with _READING:
        pages, problem, properties = _found(file.data)
    if problem:
        yield SourceError(problem)
    if not any(pages):
        raise NotAnArticle("no text: scanned pages")
    made = iso_date(properties.pop("creationdate"))
    builder = BodyBuilder()
    text = add_pages(builder, pages)
    article = assemble(builder, document_metadata(properties), file.article_id, file.path, heading_is_title=True)
    yield Reading(dated(article, made), content_hash(file.data), Decoded(text, line_end="\f"))


def _found(data: bytes) -> _Found:
    pdfium = _pdfium()
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", 0)
        raise SourceError("encrypted: it opens with a password" if code == _PASSWORD else "damaged PDF") from None
    try:
        pages, problem = _pages(document, pdfium)
        return _Found(pages, problem, {name.lower(): _property(document, name) for name in _PROPERTIES})
    finally:
        document.close()


def _pdfium() -> Any:
    try:
        import pypdfium2
    except ImportError:
        raise DependencyError("PDF is read with pypdfium2: pip install 'wensou[documents]'") from None
    return pypdfium2


def _pages(document: Any, pdfium: Any) -> tuple[list[list[Line]], str]:
    """Return the lines of each page, and what kept the rest from being read."""
    pages: list[list[Line]] = []
    started = time.process_time()
    count = len(document)
    for number in range(min(count, _MOST_PAGES)):
        try:
            pages.append(_lines(document, number, pdfium))
        except pdfium.PdfiumError:
            pages.append([])  # one page that is damaged does not cost the others
        if time.process_time() - started > _MOST_SECONDS:
            return pages, f"takes more than {_MOST_SECONDS} s: only {number + 1:,} of {count:,} pages are read"
    if count > _MOST_PAGES:
        return pages, f"only {_MOST_PAGES:,} of {count:,} pages are read"
    return pages, ""


def _lines(document: Any, number: int, pdfium: Any) -> list[Line]:
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            return list(_text_lines(text_page, pdfium))
        finally:
            text_page.close()
    finally:
        page.close()


def _text_lines(text_page: Any, pdfium: Any) -> Iterator[Line]:
    text = text_page.get_text_range()
    for match in _LINE.finditer(text):
        line = match[1].rstrip()
        if not line.strip():
            continue
        start = match.start() + len(line) - len(line.lstrip())
        left, _, _, top = text_page.get_charbox(start, loose=True)
        right = text_page.get_charbox(match.start() + len(line) - 1, loose=True)[2]
        size = pdfium.raw.FPDFText_GetFontSize(text_page, start)
        yield Line(_CONTROL.sub("", line.strip()), match[2] == _HYPHEN, size, left, right, top)


def _property(document: Any, name: str) -> str:
    return str(document.get_metadata_value(name))
