"""A place in an answer <-> a cursor: text that whoever pages through the answer gives back as it is."""

from __future__ import annotations

import binascii
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from math import isfinite
from typing import Any, NamedTuple

from indexer.engines.base import BEHIND_COMMIT, After
from indexer.errors import ParameterError

# Raised when what a cursor holds changes its meaning.
_VERSION = 1
_DIGEST_BYTES = 6
_HEAD_BYTES = 5


class Cursor(NamedTuple):
    """Where the next page begins: `offset` results of the commit `generation` were shown, the last of them at `after`.

    With `is_behind`, the pages before were not those of one commit: what counts is the place alone, not the number.
    """

    generation: str
    offset: int
    after: After
    is_behind: bool = False


def digest_of(*asked: object) -> str:
    """Return what tells questions apart: values with a `repr` that says all of them."""
    return blake2b(repr(asked).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


def encode(cursor: Cursor, digest: str) -> str:
    """Return a cursor of the question with this digest as letters, digits, - and _."""
    content = json.dumps([digest, *cursor], separators=(",", ":")).encode()
    return urlsafe_b64encode(_head(content) + content).rstrip(b"=").decode()


def decode(text: str, digest: str) -> Cursor:
    """Return the cursor that `encode` wrote. Raises UsageError for other text, and for that of another question."""
    asked, cursor = _read(text)
    if asked != digest:
        raise ParameterError(
            "after",
            "The cursor is of another search. Give the query (of a suggestion, the one that was searched), the filters "
            "and the sort that it came with, or begin at the first page, without a cursor.",
        )
    return cursor


def commit_of(text: str) -> str:
    """Return the name of the commit that a cursor is of (`Engine.commit_name`), whatever was asked.

    Raises UsageError for text that is no cursor.
    """
    return _read(text)[1].generation.partition(BEHIND_COMMIT)[0]


def _read(text: str) -> tuple[str, Cursor]:
    """Return the digest of the question that a cursor is of, and the cursor."""
    try:
        data = urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
        content = data[_HEAD_BYTES:]
        asked, *values = json.loads(content) if data[:_HEAD_BYTES] == _head(content) else [""]
        return asked, _checked(*values)
    except (binascii.Error, ValueError, TypeError, RecursionError) as error:
        raise ParameterError(
            "after",
            "The cursor is damaged, or of another version of wensou. Give it as it was printed, or begin at the first "
            "page, without a cursor.",
        ) from error


def _head(content: bytes) -> bytes:
    """Return what stands before the content: the version, so that no cursor looks like an option, and a checksum."""
    return bytes([_VERSION]) + zlib.crc32(content).to_bytes(_HEAD_BYTES - 1)


def _checked(generation: Any, offset: Any, after: Any, is_behind: Any) -> Cursor:
    """Return a cursor of values that JSON held. Raises ValueError or TypeError for what no cursor holds."""
    key, article_id, passage = after
    is_right = (
        all(isinstance(value, str) for value in (generation, article_id))
        and all(type(value) is int and value >= 0 for value in (offset, passage))
        and all(isinstance(value, str) or isfinite(value) for value in key)
        and isinstance(is_behind, bool)
    )
    if not is_right:
        raise ValueError(after)
    return Cursor(generation, offset, After(tuple(key), article_id, passage), is_behind)
