"""A request -> the application's answer with headers that keep browsers safe, or a refusal that says why."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search.web.access import Access
from search.web.refusals import refusal
from search.web.settings import WebSettings

LOCAL = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]@/]+)(?::\d{1,5})?", re.IGNORECASE)
# Whatever an article smuggles into a page: nothing is run, loaded, framed or sent but what is ours. Of these,
# form-action, base-uri and frame-ancestors do not fall back to default-src.
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Lets through to an application who may ask: by a name that is the server's own, and with the token, if any."""

    def __init__(self, app: ASGIApp, settings: WebSettings, access: Access) -> None:
        self._app = app
        self._settings = settings
        self._access = access
        self._names = {*LOCAL, *(_name(host) for host in (settings.host, *settings.hosts))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        answer = self._refused(request) or await self._access.refused(request) or self._app
        await answer(scope, receive, _with_headers(send))

    def _refused(self, request: Request) -> Response | None:
        """Return what a request is told that came under another name, or is too long."""
        hosts = request.headers.getlist("host")
        if len(hosts) != 1:
            return refusal(request, 400, "A request names one host.")
        if (match := _HOST.fullmatch(hosts[0])) is None or not self._is_ours(match[1].lower(), request):
            return refusal(
                request,
                421,
                "This server does not answer by that name. Start it with --allow-host and the name, if it is to.",
            )
        if len(request.scope["query_string"]) + len(request.scope["raw_path"]) > self._settings.url_bytes:
            return refusal(request, 414, f"An address has at most {self._settings.url_bytes:,} bytes.")
        if sum(len(name) + len(value) for name, value in request.scope["headers"]) > self._settings.head_bytes:
            return refusal(request, 431, f"The headers have at most {self._settings.head_bytes:,} bytes.")
        return None

    def _is_ours(self, name: str, request: Request) -> bool:
        """Tell whether a name is the server's: one that was set, or the address that the request came to.

        Whose page it is cannot make a browser ask by an address and take that for its own.
        """
        server = request.scope.get("server")
        return name in self._names or (server is not None and name == _name(server[0]))


def _name(host: str) -> str:
    """Return a host as it stands in the header."""
    return f"[{host.lower()}]" if ":" in host and not host.startswith("[") else host.lower()


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
