"""What can be set of the server -> `WebSettings`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where is listened, who is let in, and what a request may cost.

    `token` is what a request has to show, empty for none; `hosts` are further names that the server is asked by.
    There are `processes`, and in each `threads` answer, `waiting` questions wait for them, `exports` are under way at
    most.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    token: str = ""
    hosts: tuple[str, ...] = ()
    processes: int = 1
    threads: int = 2
    # Two threads work these off in about a second of usual searches.
    waiting: int = 64
    exports: int = 2
    # What an answer may take, waiting and all. The longest query, of 1,000 characters, takes 4.6 s of processor time.
    timeout_s: float = 10.0
    # Hits of an export: a hundred megabytes of JSON.
    export_most: int = 100_000
    # Of a request all before its body, also what h11 takes by default; of its body: a login, a call of a tool.
    head_bytes: int = 65_536
    # The longest query, with the most that the other parameters take; a Chinese character is nine bytes of it.
    url_bytes: int = 49_152
    body_bytes: int = 1_048_576
    # A request has to be whole after so long; the requirement is 10 s.
    request_s: float = 8.0
    # A client has to take what is written for it, some 64 kB at a time, within so long.
    taking_s: float = 20.0
    # Connections at once; half of what a process may have open, by default 1,024 files.
    connections: int = 512


DEFAULTS = WebSettings()
