"""The files that the page loads: their content, and addresses that change with it."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import NamedTuple

_TYPES = {"style.css": "text/css", "script.js": "text/javascript", "icon.svg": "image/svg+xml"}
_DIGEST_BYTES = 8


class Asset(NamedTuple):
    """A file of the page; `address` holds a digest of `content`, so that browsers may keep it for good."""

    content: bytes
    media_type: str
    address: str


@cache
def assets() -> dict[str, Asset]:
    """Return the files by name."""
    return {name: _asset(name, media_type) for name, media_type in _TYPES.items()}


def _asset(name: str, media_type: str) -> Asset:
    content = files("search.web").joinpath(f"static/{name}").read_bytes()
    digest = blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()
    return Asset(content, media_type, f"/static/{name}?v={digest}")
