"""A token, and requests that show it, or a cookie that was got for it -> who may ask."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from types import MappingProxyType
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from search.web.languages import chosen
from search.web.refusals import refusal, wants_html
from search.web.rendering import rendered

# Seconds that a cookie is good for, at most: until the server ends.
_COOKIE_S = 7 * 24 * 3600
# Wrong tries of a client within so many seconds, after which it is not listened to until these are over. Ten a minute
# are years for a token of six letters.
_TRIES, _TRIES_S = 10, 60.0
_WAIT = {"retry-after": str(int(_TRIES_S))}
_NONE: Mapping[str, str] = MappingProxyType({})
# Clients whose tries are remembered; those that tried first are forgotten first.
_REMEMBERED = 1000
# Bytes of a login: a token, and the page that was asked for.
_LOGIN_BYTES = 65_536
LOGIN = "/login"
# What the login page itself needs.
_OPEN = "/static/"


class Access:
    """Who may ask: all if the token is empty, else who shows it, or the cookie that it was exchanged for."""

    def __init__(self, token: str, port: int, clock: Callable[[], float] = time.time) -> None:
        self._token = sha256(token.encode()).digest() if token else b""
        self._key = secrets.token_bytes(32)
        self._cookie = f"wensou-{port}"  # ports of a host share cookies
        self._clock = clock
        self._tries = Tries(clock)

    async def refused(self, request: Request) -> Response | None:
        """Return what a request is told that may not ask, or that asks to be let in; None if it may ask."""
        if not self._token:
            return None
        path = request.scope["path"]
        if path == LOGIN:
            return await self._login(request)
        if path.startswith(_OPEN) or self._has_cookie(request):
            return None
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return _asked_for_token(request)
        if self._tries.are_too_many(request):
            return refusal(request, 429, "Too many wrong tokens. Try again in a minute.", _WAIT)
        if self._is_token(shown.strip().encode("latin-1")):
            return None
        self._tries.add(request)
        return refusal(request, 401, "The token is wrong.", _challenge('error="invalid_token"'))

    def _is_token(self, shown: bytes) -> bool:
        return hmac.compare_digest(sha256(shown).digest(), self._token)

    async def _login(self, request: Request) -> Response:
        """Exchange the token for a cookie, and lead on to what was asked for."""
        if request.method != "POST":
            return _login_page(request, "/", 200)
        form = await _form(request)
        target = _own_path(form.get("next", "/"))
        if self._tries.are_too_many(request):
            return _login_page(request, target, 429, "login.many", _WAIT)
        if not self._is_token(form.get("token", "").strip().encode()):
            self._tries.add(request)
            return _login_page(request, target, 401, "login.wrong")
        answer = RedirectResponse(target, 303, {"cache-control": "no-store"})
        answer.set_cookie(
            self._cookie,
            self._signed(int(self._clock()) + _COOKIE_S),
            max_age=_COOKIE_S,
            httponly=True,
            samesite="strict",
            secure=request.headers.get("x-forwarded-proto", request.url.scheme) == "https",
        )
        return answer

    def _signed(self, until: int) -> str:
        """Return a cookie: until when it is good, signed with a key that ends with the server."""
        return f"{until}.{hmac.new(self._key, str(until).encode(), sha256).hexdigest()}"

    def _has_cookie(self, request: Request) -> bool:
        shown = request.cookies.get(self._cookie, "")
        until = shown.partition(".")[0]
        if not until.isascii() or not until.isdecimal() or int(until[:12]) < self._clock():
            return False
        return hmac.compare_digest(shown.encode("utf-8", "replace"), self._signed(int(until[:12])).encode())


class Tries:
    """Wrong tries, by the address that they came from."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._by_client: dict[str, tuple[float, int]] = {}  # when the first came, and how many

    def add(self, request: Request) -> None:
        """Count a wrong try."""
        began, count = self._of(request)
        self._by_client[_client(request)] = began, count + 1
        if len(self._by_client) > _REMEMBERED:
            del self._by_client[next(iter(self._by_client))]

    def are_too_many(self, request: Request) -> bool:
        """Tell whether a client is not to be listened to for now."""
        return self._of(request)[1] >= _TRIES

    def _of(self, request: Request) -> tuple[float, int]:
        now = self._clock()
        began, count = self._by_client.get(_client(request), (now, 0))
        return (began, count) if now < began + _TRIES_S else (now, 0)


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


def _challenge(more: str = "") -> dict[str, str]:
    return {"www-authenticate": f'Bearer realm="wensou"{more and ", "}{more}', "cache-control": "no-store"}


def _asked_for_token(request: Request) -> Response:
    if wants_html(request) and request.method in ("GET", "HEAD"):
        asked = b"?".join(filter(None, (request.scope["raw_path"], request.scope["query_string"])))
        return _login_page(request, _own_path(asked.decode("latin-1")), 401)
    return refusal(request, 401, "Show the token of this server, as: Authorization: Bearer TOKEN", _challenge())


def _login_page(
    request: Request, target: str, status: int, wrong: str = "", headers: Mapping[str, str] = _NONE
) -> Response:
    """Return the page that asks for the token, to go on at `target`; `wrong` is the sentence to begin with, if any."""
    said = chosen(request.query_params.get("ui", ""), request.headers.get("accept-language", ""))
    body = rendered("login.html", said=said, action=LOGIN, target=target, wrong=wrong)
    return HTMLResponse(body, status, {**_challenge(), **headers, "vary": "Accept-Language"})


async def _form(request: Request) -> dict[str, str]:
    """Return what a form says; nothing of one that is too long, or cut off."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > _LOGIN_BYTES:
                return {}
    except ClientDisconnect:
        return {}
    return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _own_path(target: str) -> str:
    """Return where to go on: a path of this server, whatever a form says."""
    is_own = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_own else "/"
