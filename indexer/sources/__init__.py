"""Files -> articles: one module a format, chosen by the file's name.

To add a format, write a module with a function like `read_markdown` and name its suffix in `_READERS`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import NamedTuple

from indexer.errors import SourceError
from indexer.model import Article
from indexer.sources.encoding import decode
from indexer.sources.jsonl import read_records
from indexer.sources.markdown import read_markdown
from indexer.sources.plain import read_text


class Reading(NamedTuple):
    """An article and the hash of what it was read from."""

    article: Article
    content_hash: str


_READERS: dict[str, Callable[[str, str, str], Article]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
}
_RECORDS = (".jsonl", ".ndjson")


def is_readable(name: str) -> bool:
    """Tell by its name whether a file is read at all."""
    return name.lower().endswith((*_READERS, *_RECORDS))


def content_hash(data: bytes) -> str:
    """Return the name of some content: 128 bits of BLAKE2b, in hexadecimal."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def read_articles(data: bytes, article_id: str, path: str) -> Iterator[Reading | SourceError]:
    """Yield the articles of one file, and in place of those that cannot be read the reason.

    A file of one article takes `article_id`; one of many adds `#` and the id of each. Raises SourceError if nothing
    in the file can be read.
    """
    suffix = PurePath(path).suffix.lower()
    text = decode(data)
    if suffix in _RECORDS:
        for number, line, outcome in read_records(text, article_id, path):
            if isinstance(outcome, Article):
                # Of the line number too: a record that moves has its places elsewhere.
                yield Reading(outcome, content_hash(f"{number} {line}".encode("utf-8", "replace")))
            else:
                yield outcome
    elif suffix in _READERS:
        yield Reading(_READERS[suffix](text, article_id, path), content_hash(data))
    else:
        known = " ".join(sorted([*_READERS, *_RECORDS]))
        raise SourceError(f"not a format that is read ({known})")
