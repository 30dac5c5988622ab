"""DOCX -> an article: paragraphs, tables and notes of the word processor's XML, with the styles that say their kind."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from indexer.errors import NotAnArticle, SourceError
from indexer.sources.assembly import assemble
from indexer.sources.body import BodyBuilder
from indexer.sources.docx_body import DocumentBody, Styles
from indexer.sources.encoding import Decoded
from indexer.sources.members import within_budget
from indexer.sources.parts import without_places
from indexer.sources.properties import dated, document_metadata
from indexer.sources.source import Reading, SourceFile, content_hash
from indexer.sources.xml_events import parse
from indexer.sources.zips import Package

_OLE = b"\xd0\xcf\x11\xe0"
_NOTES = re.compile(r"(?:foot|end)notes\.xml")
_MARGIN = re.compile(r"(?:header|footer)\d*\.xml")


@within_budget
def read(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the article of a DOCX file; headers and footers come last, as boilerplate."""
    if file.data.startswith(_OLE):
        raise SourceError("encrypted, or a .doc of Word 97 to 2003, which is not read: save it as DOCX")
    package = Package(file)
    main = _main_part(package)
    folder = posixpath.dirname(main)
    styles = Styles()
    _parse(package, posixpath.join(folder, "styles.xml"), styles)
    builder = BodyBuilder()
    parse(package.part(main), DocumentBody(builder, styles))
    for name in sorted(name for name in package.names if posixpath.dirname(name) == folder):
        if _NOTES.fullmatch(posixpath.basename(name)):
            _parse(package, name, DocumentBody(builder, styles))
    seen: set[str] = set()
    for name in sorted(name for name in package.names if posixpath.dirname(name) == folder):
        if _MARGIN.fullmatch(posixpath.basename(name)):
            _parse(package, name, DocumentBody(builder, styles, "boilerplate", seen))
    properties = _Properties()
    _parse(package, "docProps/core.xml", properties)
    article = assemble(builder, document_metadata(properties.values), file.article_id, file.path, heading_is_title=True)
    if not article.body:
        raise NotAnArticle("no text")
    article = dated(without_places(article), properties.values.get("created", ""))
    yield Reading(article, content_hash(file.data), Decoded(""))


def _parse(package: Package, name: str, handler: DocumentBody | Styles | _Properties) -> None:
    """Parse a part that a document may do without."""
    data = package.part(name)
    if data:
        parse(data, handler)


def _main_part(package: Package) -> str:
    """Return the name of the part with the text. Raises NotAnArticle if there is none."""
    relations = _Relations()
    data = package.part("_rels/.rels")
    if data:
        parse(data, relations)
    name = relations.main or "word/document.xml"
    if name not in package.names:
        raise NotAnArticle("a ZIP file without a Word document in it")
    return name


class _Relations:
    """Finds which part is the document."""

    def __init__(self) -> None:
        self.main = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            self.main = attributes.get("Target", "").lstrip("/")

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class _Properties:
    """Collects the core properties under the names that `document_metadata` knows."""

    _NAMES = {"creator": "author", "lastModifiedBy": ""}

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._name = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._name = self._NAMES.get(name, name)

    def end(self, name: str) -> None:
        self._name = ""

    def text(self, text: str) -> None:
        if self._name:
            self.values[self._name] = self.values.get(self._name, "") + text
