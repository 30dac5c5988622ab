"""A browser and a server's address -> pages to look at, which have done nothing that they must not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

# As Debian, Ubuntu and Google name it.
NAMES = ("chromium", "chromium-browser", "google-chrome")
# It finds no other machine: a request to elsewhere is a fault, and goes nowhere.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
# What Chromium writes to the console for a page that is an error, and that the test asked for.
_REFUSED = "Failed to load resource: the server responded with a status of 4"
# Milliseconds for a page or what it waits for: much, as a busy machine is no fault of the page.
_PATIENCE_MS = 20_000


def chromium() -> str:
    """Return where Chromium is, empty if it is not there."""
    return next(filter(None, map(shutil.which, NAMES)), "")


@dataclass
class Watch:
    """What pages did that they must not: `faults`, empty if all is well."""

    origin: str
    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch all pages of a context."""
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))
        context.on("dialog", self._dialog)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(f"{self.origin}/"):
            self.faults.append(f"request: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        is_the_page = bool(message.page) and message.location["url"] == message.page.url.partition("#")[0]
        if message.type in ("error", "warning") and not (is_the_page and message.text.startswith(_REFUSED)):
            self.faults.append(f"console: {message.text}")

    def _dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def visiting(
    browser: Browser, origin: str, *, width: int = 1280, dark: bool = False, script: bool = True, **options: Any
) -> Iterator[Page]:
    """Open a page as someone who comes for the first time; at the end of the block nothing must have gone wrong."""
    context = browser.new_context(
        base_url=origin, viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light",
        java_script_enabled=script, **{"locale": "en-GB", **options},
    )  # fmt: skip
    context.set_default_timeout(_PATIENCE_MS)
    watch = Watch(origin)
    watch.over(context)
    try:
        yield context.new_page()
    finally:
        context.close()
    assert not watch.faults, watch.faults
