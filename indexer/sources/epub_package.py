"""The package of an EPUB -> what it says of the book, and its chapters in the order of reading."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from indexer.errors import NotAnArticle, SourceError
from indexer.sources.xml_events import parse
from indexer.sources.zips import Package

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_TEXT_TYPES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
# Dublin Core's names of what articles know of themselves.
_NAMES = {"creator": "author", "subject": "tags", "source": "url"}


class Chapter(NamedTuple):
    """A file of the book: its title as the table of contents has it, or, if empty, the chapter that it goes on."""

    id: str
    path: str
    title: str
    part_of: str


class Book(NamedTuple):
    """A book: `values` as `metadata` reads them, the files to read in order, and which of all files are encrypted."""

    values: Mapping[str, str | list[str]]
    lang: str
    chapters: list[Chapter]
    encrypted: frozenset[str]


def read_book(package: Package) -> Book:
    """Read what a package says. Raises NotAnArticle if it is no book, SourceError if it cannot be read."""
    container = _Attributes("rootfile", "full-path")
    encryption = _Attributes("CipherReference", "URI")
    for name, handler in ((_CONTAINER, container), (_ENCRYPTION, encryption)):
        data = package.part(name)
        if data:
            parse(data, handler)
    if not container.found:
        raise NotAnArticle("a ZIP file without a book in it")
    opf = _Opf()
    parse(package.part(container.found[0]), opf)
    folder = posixpath.dirname(container.found[0])
    labels = _labels(package, opf, folder)
    return Book(
        {_NAMES.get(name, name): values if name in ("creator", "subject") else values[0]
         for name, values in opf.values.items()},
        next(iter(opf.values.get("language", [])), ""),
        _chapters(opf, folder, labels),
        frozenset(posixpath.normpath(unquote(path)) for path in encryption.found),
    )  # fmt: skip


def _chapters(opf: _Opf, folder: str, labels: Mapping[str, str]) -> list[Chapter]:
    found: dict[str, Chapter] = {}
    last = ""
    for item_id in opf.spine:
        item = opf.items.get(item_id)
        if item is None or item.media_type not in _TEXT_TYPES or "nav" in item.properties:
            continue
        path = _resolve(folder, item.href)
        title = labels.get(path, "")
        last = title or last
        found.setdefault(path, Chapter(item_id, path, title, "" if title else last))
    return list(found.values())


def _labels(package: Package, opf: _Opf, folder: str) -> dict[str, str]:
    """Return what the table of contents calls each file; where it has several places in one, the first."""
    for item in opf.items.values():
        if "nav" in item.properties or item.media_type == "application/x-dtbncx+xml":
            path = _resolve(folder, item.href)
            contents = _Contents(posixpath.dirname(path))
            try:
                parse(package.part(path), contents)
            except SourceError:
                continue  # a book is read without its table of contents, too
            if contents.labels:
                return contents.labels
    return {}


def _resolve(folder: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))


class _Item(NamedTuple):
    href: str
    media_type: str
    properties: list[str]


class _Attributes:
    """Collects an attribute of all elements of one name."""

    def __init__(self, element: str, attribute: str) -> None:
        self.found: list[str] = []
        self._element = element
        self._attribute = attribute

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == self._element and attributes.get(self._attribute):
            self.found.append(attributes[self._attribute])

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class _Opf:
    """The package document: metadata, manifest and spine."""

    def __init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self.items: dict[str, _Item] = {}
        self.spine: list[str] = []
        self._in_metadata = False
        self._open = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "item":
            item = _Item(
                attributes.get("href", ""), attributes.get("media-type", ""), attributes.get("properties", "").split()
            )
            self.items[attributes.get("id", "")] = item
        elif name == "itemref":
            self.spine.append(attributes.get("idref", ""))
        elif name == "metadata":
            self._in_metadata = True
        elif self._in_metadata and name != "meta" and attributes.get("event", "publication") == "publication":
            self._open = name
            self.values.setdefault(name, []).append("")

    def end(self, name: str) -> None:
        if name == "metadata":
            self._in_metadata = False
        if self._open:
            values = self.values[self._open]
            values[-1] = values[-1].strip()
            self._open = ""

    def text(self, text: str) -> None:
        if self._open:
            self.values[self._open][-1] += text


class _Contents:
    """The table of contents, of EPUB 2 (navPoint, text, content) or 3 (a)."""

    def __init__(self, folder: str) -> None:
        self.labels: dict[str, str] = {}
        self._folder = folder
        self._href = ""
        self._label: list[str] = []
        self._open = 0  # elements whose text is a label

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "a":
            self._href = attributes.get("href", "")
        if name in ("a", "text"):
            self._label = []
            self._open += 1
        elif name == "content":
            self._note(attributes.get("src", ""))

    def end(self, name: str) -> None:
        if name in ("a", "text"):
            self._open -= 1
        if name == "a":
            self._note(self._href)

    def text(self, text: str) -> None:
        if self._open:
            self._label.append(text)

    def _note(self, href: str) -> None:
        label = " ".join("".join(self._label).split())
        if href and label:
            self.labels.setdefault(_resolve(self._folder, href), label)
