"""Files -> articles: one module a format, chosen by the end of the file's name.

To add a format, write a module with a function `read` like the one in `plain.py`, and name it in `_SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import PurePath

from indexer.errors import NotAnArticle, SourceError
from indexer.sources.places import folder, host
from indexer.sources.source import Reading, SourceFile

_Read = Callable[[SourceFile], Iterator[Reading | SourceError]]

# The end of a name -> the module that reads it, and its function if it is not `read`; imported when first needed.
_SOURCES = {
    ".txt": "plain",
    ".text": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".json": "json_records",
    ".jsonl": "json_records:read_lines",
    ".ndjson": "json_records:read_lines",
    ".csv": "tables",
    ".tsv": "tables",
    ".tab": "tables",
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".epub": "epub",
    ".eml": "mail",
    ".mht": "mhtml",
    ".mhtml": "mhtml",
    ".zip": "archives:read_zip",
    **dict.fromkeys((".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"), "archives:read_tar"),
    **dict.fromkeys((".tar.zst", ".tzst"), "archives:read_tar"),
}


def is_readable(name: str) -> bool:
    """Tell by its name whether a file is of a format that is read."""
    return name.lower().endswith(tuple(_SOURCES))


def readable_endings() -> tuple[str, ...]:
    """Return the ends of names of files that are read."""
    return tuple(_SOURCES)


def unknown_format(name: str) -> NotAnArticle:
    """Return why a file that is called so is not read."""
    suffix = PurePath(name).suffix.lower()
    return NotAnArticle(f"format {suffix} is not read" if suffix else "a name without a suffix says no format")


def read_articles(file: SourceFile) -> Iterator[Reading | SourceError]:
    """Yield the articles of one file, and in place of those that cannot be read the reason.

    Raises SourceError if nothing in the file can be read; NotAnArticle if there is nothing in it to read.
    """
    name = PurePath(file.path).name.lower()
    ending = max((ending for ending in _SOURCES if name.endswith(ending)), key=len, default="")
    if not ending:
        raise unknown_format(name)
    if not file.data.strip():
        raise NotAnArticle("empty")
    module, _, function = _SOURCES[ending].partition(":")
    read: _Read = getattr(import_module(f"indexer.sources.{module}"), function or "read")
    yield from map(_with_source, read(file))


def _with_source(outcome: Reading | SourceError) -> Reading | SourceError:
    """Give an article whose source names none its site, else its folder."""
    if isinstance(outcome, SourceError) or outcome.article.source:
        return outcome
    article = outcome.article
    return outcome._replace(article=replace(article, source=host(article.url) or folder(article.id)))
