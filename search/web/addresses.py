"""A request -> the beginning of addresses that lead back here from elsewhere."""

from __future__ import annotations

from starlette.requests import Request


def base_of(request: Request) -> str:
    """Return scheme and host as they were asked by; the guard has checked the host."""
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    return f"{'https' if scheme == 'https' else 'http'}://{request.headers['host']}"
