"""What can be set of the server -> `WebSettings`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where is listened, who is let in, and what a request may cost.

    `token` is what a request has to show, empty for none; `hosts` are further names that the server is asked by.
    `threads` answer, `waiting` questions wait for them, `exports` exports are under way at most.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    token: str = ""
    hosts: tuple[str, ...] = ()
    threads: int = 2
    waiting: int = 64
    exports: int = 2
    query_chars: int = 10_000  # pasted text of some pages; a search of it takes a second
    limit_most: int = 100  # hits of a page: some 200 kB of JSON
    timeout_s: float = 10.0  # what an answer may take, waiting and all
    export_most: int = 100_000  # hits of an export


DEFAULTS = WebSettings()
