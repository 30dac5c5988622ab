"""Headers of a mail -> text, however they were encoded.

Python's own newer header objects raise on some malformed headers, and cannot join characters that are cut in two by the
end of an encoded word, which is usual in Chinese mail.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.message import Message

from indexer.sources.parts import part_text

_WORD = re.compile(r"=\?([\w.:+-]+)(?:\*[\w-]*)?\?([bBqQ])\?([^?\r\n]*)\?=")
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_ADDRESS = re.compile(r"([^<>]*)<([^<>]*)>[^<>]*|[^()]*\(([^()]*)\)\s*")  # Name <address>, or address (Name)
_Q = re.compile(rb"=([0-9A-Fa-f]{2})")


def header(message: Message, name: str) -> str:
    """Return the text of the first header of that name; empty if there is none."""
    return header_text(_raw(message, name))


def _raw(message: Message, name: str) -> str:
    return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")


def header_text(raw: str) -> str:
    """Decode a header: folded lines, encoded words, and bytes that are not ASCII."""
    pieces: list[str] = []
    charset, waiting = "", b""  # encoded words of one charset, one after another
    for piece in _pieces(_FOLD.sub("", raw)):
        if isinstance(piece, str):
            if piece.strip() or not waiting:
                pieces += [part_text(waiting, charset), _plain(piece)] if waiting else [_plain(piece)]
                waiting = b""
            continue
        if waiting and piece[0] != charset:
            pieces.append(part_text(waiting, charset))
            waiting = b""
        charset, waiting = piece[0], waiting + piece[1]
    if waiting:
        pieces.append(part_text(waiting, charset))
    return "".join(pieces).strip()


def _pieces(raw: str) -> Iterator[str | tuple[str, bytes]]:
    """Yield what stands in a header: text, and encoded words as charset and bytes."""
    last = 0
    for match in _WORD.finditer(raw):
        if match.start() > last:
            yield raw[last : match.start()]
        yield match[1].lower(), _bytes(match[2].lower(), match[3].encode("ascii", "replace"))
        last = match.end()
    if last < len(raw):
        yield raw[last:]


def _bytes(kind: str, content: bytes) -> bytes:
    if kind == "q":
        return _Q.sub(lambda match: bytes([int(match[1], 16)]), content.replace(b"_", b" "))
    try:
        return binascii.a2b_base64(content + b"=" * (-len(content) % 4))
    except binascii.Error:
        return b""


def _plain(text: str) -> str:
    """Return text as it stands in a header; the parser keeps bytes that are not ASCII as surrogates."""
    data = text.encode("utf-8", "surrogateescape")
    return text if data.isascii() else part_text(data, "")


def sender(message: Message) -> str:
    """Return the name of who wrote a mail; the address of who has none."""
    raw = _FOLD.sub("", _raw(message, "From"))
    match = _ADDRESS.fullmatch(raw)
    name = header_text(match[1] or match[3] or "").strip(" \t\"'") if match else ""
    return name or header_text((match and match[2]) or raw)
