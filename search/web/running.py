"""Where an index is, and settings -> a server that runs until a signal ends it."""

from __future__ import annotations

import gc
import ipaddress
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.engines.opening import Place
from indexer.errors import UsageError
from search.searcher import Searcher
from search.web.app import create_app
from search.web.archive import Archive
from search.web.guard import LOCAL
from search.web.heap import give_back, keep_little
from search.web.processes import CAN_FORK, work_in
from search.web.serving import listening, serve
from search.web.settings import WebSettings

if TYPE_CHECKING:
    from search.mcp.server import OverHttp

# 16 characters of 64 are 96 bits; at the pace that tries are answered, far fewer would do.
_SHORT = 16
# Seconds that a search has for itself, a few times what an ordinary one takes: 16 clients got 41 answers a second of
# one thread, 30 of two at the same time. A cluster searches for itself, and all can wait for it.
_TURN_S = 0.1
# Objects made until Python looks for cycles among them. A search makes thousands of them and few cycles: with Python's
# own 700, looking takes 3 to 5 of 100 of a search's time, with this 1.
_GARBAGE = 50_000
# What loads most of what any search needs; a hundred and more save little beyond.
_LOADING = "川普 關稅"


def run(place: Place, settings: WebSettings, *, learnt: bool, with_tools: bool, tell: Callable[[str], None]) -> None:
    """Serve an index, be it there or not; `tell` is told the address, once requests can come.

    With `with_tools`, assistants call tools at /mcp.

    Raises UsageError where nothing can be listened at, others than this computer could ask without a token, or this
    system has no way to share what is loaded among several processes.
    """
    if settings.processes > 1 and not CAN_FORK:
        raise UsageError("Several processes can serve on Linux only. Leave --processes out.")
    sockets = listening(settings.host, settings.port, settings.processes)
    _check_safe(sockets, settings)
    if settings.token and len(settings.token) < _SHORT:
        tell(f"The token is short, and may be guessed: take {_SHORT} characters or more.")
    settings = replace(settings, port=sockets[0][0].getsockname()[1])
    loaded: list[Searcher] = []
    archive = Archive(
        lambda: loaded.pop() if loaded else Searcher(place, learnt=learnt),
        threads=settings.threads,
        waiting=settings.waiting,
        turn_s=_TURN_S if isinstance(place, Path) else 0.0,
        exports=settings.exports,
        timeout_s=settings.timeout_s,
    )
    app = create_app(archive, settings, _tools(archive, settings) if with_tools else None)
    address = f"http://{_spelled(settings.host)}:{settings.port}/"

    def work(number: int) -> None:
        for other in chain(*sockets[:number], *sockets[number + 1 :]):
            other.close()
        if number:
            serve(app, sockets[number], settings, lambda: None, [signal.SIGTERM])
        else:
            serve(app, sockets[number], settings, lambda: tell(f"Serving {place} at {address}"))

    gc.set_threshold(_GARBAGE)
    keep_little()
    if settings.processes > 1:
        loaded += _loaded(place, learnt=learnt)
    work_in(settings.processes, work, tell)


def _loaded(place: Place, *, learnt: bool) -> list[Searcher]:
    """Return an open index, with what searches need in memory, for all processes; none if it cannot be opened.

    What is wrong with it is told to who searches.
    """
    opened = []
    if isinstance(place, Path):  # connections to a cluster belong to one process
        with suppress(Exception):
            opened = [searcher := Searcher(place, learnt=learnt)]
            searcher.search(_LOADING, cross="off").to_dict()
    gc.collect()
    gc.freeze()  # to look through it for cycles is to write to it, which makes a copy for each process
    give_back()
    return opened


def _check_safe(sockets: Sequence[Sequence[socket.socket]], settings: WebSettings) -> None:
    addresses = [ipaddress.ip_address(one.getsockname()[0].partition("%")[0]) for one in sockets[0]]
    if not settings.token and not all(address.is_loopback for address in addresses):
        for one in chain(*sockets):
            one.close()
        raise UsageError(
            f"Others than this computer could ask at {settings.host}, so a token is needed: write one that nobody can "
            "guess into WENSOU_TOKEN, or into a file, and name that with --token-file."
        )


def _tools(archive: Archive, settings: WebSettings) -> OverHttp:
    from search.mcp.server import over_http  # and the SDK, which takes longer to load than all else

    names = [_spelled(host) for host in (*LOCAL, settings.host, *settings.hosts)]
    hosts = [*names, *(f"{name}:*" for name in names)]
    return over_http(
        archive, hosts=hosts, origins=[f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts]
    )


def _spelled(host: str) -> str:
    """Return a host as it stands in a URL."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
