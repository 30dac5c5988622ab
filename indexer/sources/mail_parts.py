"""MIME messages, as EML and MHTML files are -> their parts, decoded."""

from __future__ import annotations

import email
from email.message import Message
from email.policy import compat32

from indexer.errors import NotAnArticle, SourceError
from indexer.sources.parts import part_text

# Real mail has three or four; reading takes a level of Python's stack for each.
_MOST_LEVELS = 50
_LONGEST_HEADER = 20_000  # a mail to some hundred people
# Python takes 60 µs for each part.
_DASHES, _MOST_DASHES = b"\n--", 100_000
_TOO_DEEP = f"parts within parts, more than {_MOST_LEVELS} deep"


def parsed(data: bytes) -> Message:
    """Parse a message. Raises NotAnArticle for what has no header of one, SourceError for what is nested too deep."""
    if data.count(_DASHES) > _MOST_DASHES:
        raise SourceError(f"more than {_MOST_DASHES:,} lines that may end a part")
    try:
        # Not policy.default: its header objects raise on headers that real mail has.
        message = email.message_from_bytes(data.lstrip(b"\r\n"), policy=compat32)
    except RecursionError:
        raise SourceError(_TOO_DEEP) from None
    if not any(name in message for name in ("From", "Subject", "Date", "Content-Type", "MIME-Version")):
        raise NotAnArticle("no mail: it has none of the headers From, Subject, Date, Content-Type")
    level = [message]
    for _ in range(_MOST_LEVELS):
        for one in level:
            _drop_long_headers(one)
        level = [part for one in level for part in parts(one)]
    if level:
        raise SourceError(_TOO_DEEP)
    return message


def _drop_long_headers(part: Message) -> None:
    """Python takes quadratic time for the parameters of a header."""
    for name in {name for name, value in part.raw_items() if len(str(value)) > _LONGEST_HEADER}:
        del part[name]


def parts(message: Message) -> list[Message]:
    """Return what a message of many parts holds; nothing for one part."""
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []


def content(part: Message) -> bytes:
    """Return the bytes of a part, its transfer encoding undone; of an enclosed message all of it."""
    enclosed = parts(part)
    if enclosed:
        return b"\n".join(one.as_bytes() for one in enclosed)
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError):  # an unknown encoding of the bytes
        data = None
    return data if isinstance(data, bytes) else b""


def charset_of(part: Message) -> str:
    """Return what charset a part says it is in; empty if it does not, or not so that it can be understood."""
    try:
        return part.get_content_charset() or ""
    except (ValueError, LookupError, TypeError):
        return ""


def text_of(part: Message, encoding: str) -> str:
    """Return the text of a part, with line ends as \\n. Raises SourceError if it is none."""
    return part_text(content(part), charset_of(part), encoding).replace("\r\n", "\n")
