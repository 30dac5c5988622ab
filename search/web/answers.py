"""A value and the request for it -> the answer: JSON with an ETag, or 304 if the one who asks has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from indexer import display

MEDIA_TYPE = "application/json"
_DIGEST_BYTES = 12


def as_json(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Return JSON as the commands print it, UTF-8 whatever it holds."""
    return display.as_json(value).encode()


def etag_of(generation: str, request: Request) -> str:
    """Return what names a commit's answer to a request: weak, since the time it took is in it, and it is compressed.

    No other server gives the same one: a newer version may answer otherwise.
    """
    asked = request.scope["path"].encode("utf-8", "surrogatepass"), request.scope["query_string"]
    digest = blake2b(repr((generation, *asked)).encode(), digest_size=_DIGEST_BYTES, key=request.app.state.etag_key)
    return f'W/"{digest.hexdigest()}"'


def conditional(request: Request, etag: str) -> Response | None:
    """Return 304 if the one who asks has the answer of this name, None if not."""
    held = ",".join(request.headers.getlist("If-None-Match"))
    names = {name.strip().removeprefix("W/") for name in held.split(",")}
    if names.isdisjoint({"*", etag.removeprefix("W/")}):
        return None
    return Response(status_code=304, headers=_headers(etag))


def lasting(body: bytes, etag: str, media_type: str = MEDIA_TYPE) -> Response:
    """Return an answer with its name: to be kept by who asked only, and asked for again each time."""
    return Response(body, headers=_headers(etag), media_type=media_type)


def passing(body: bytes, media_type: str = MEDIA_TYPE) -> Response:
    """Return an answer that is of this moment, and not to be kept."""
    return Response(body, headers={"Cache-Control": "no-store"}, media_type=media_type)


def _headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": "private, no-cache"}
