"""XML of an untrusted file -> its elements and text as events. The door of expat.

Entities of its own are refused, and nothing outside the file is read: neither can it grow nor reach out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Protocol
from xml.parsers import expat

from indexer.errors import SourceError


class Handler(Protocol):
    """What is told of each element and text in order; names of elements and attributes come without namespaces."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def parse(data: bytes, handler: Handler) -> None:
    """Tell `handler` what is in `data`. Raises SourceError for what is no XML or declares entities."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: handler.start(
        _local(name), {_local(key): value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: handler.end(_local(name))
    parser.CharacterDataHandler = handler.text
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the latter two for an unusable encoding
        raise SourceError(f"damaged XML: {error}") from None


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse(*_: object) -> NoReturn:
    raise SourceError("XML that declares entities is not read")
