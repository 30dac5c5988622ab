"""What a source is given, one file, and what it gives: readings of articles."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from indexer.cached import cached_property
from indexer.model import Article
from indexer.sources.encoding import Decoded, declared_encoding, decode

MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read; see the flags of `wensou index` and the settings of the same names.

    `encoding` is that of every text file; empty, it is decided for each. `fields` has further names, in records, of
    the fields of an article. `max_bytes` is the largest file, and the largest member of an archive, that is read.
    """

    encoding: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_bytes: int = MOST_BYTES


class SourceFile:
    """A file as a source reads it: its bytes, its text, and what its articles are called.

    A file of one article gives it `article_id`; one of many adds `#` and the id of each.
    """

    def __init__(self, data: bytes, article_id: str, path: str, options: ReadOptions = ReadOptions()) -> None:
        self.data = data
        self.article_id = article_id
        self.path = path
        self.options = options

    @cached_property
    def decoded(self) -> Decoded:
        """The file as text. Raises SourceError if it is none."""
        return decode(self.data, self.options.encoding, declared_encoding(self.data))


class Reading(NamedTuple):
    """An article, the hash of what it was read from, and the text that its offsets lead into (empty: into none)."""

    article: Article
    content_hash: str
    decoded: Decoded


def content_hash(data: bytes, place: str = "") -> str:
    """Return the name of some content, 128 bits of BLAKE2b in hexadecimal, and of its place if that matters."""
    return hashlib.blake2b(data, digest_size=16).hexdigest() + (f"@{place}" if place else "")


def without_place(hashed: str) -> str:
    """Return the name of the content alone, wherever it stands."""
    return hashed.partition("@")[0]
