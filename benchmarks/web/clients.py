"""Paths -> what a server answered to clients that ask one after another, many at once, and how long it took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from statistics import median

from benchmarks.speed.figures import p95

# A client gives up after so long.
_PATIENCE_S = 30.0


@dataclass(slots=True)
class Load:
    """What clients got within some seconds: how long answers of status 200 took, and all else."""

    seconds: float = 0.0
    took_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.took_ms) / self.seconds

    @property
    def median(self) -> float:
        return median(self.took_ms)

    @property
    def p95(self) -> float:
        return p95(self.took_ms)


class Client:
    """One connection, over which one request follows another."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer. Raises OSError, EOFError or TimeoutError without one."""
        try:
            return await asyncio.wait_for(self._get(path), _PATIENCE_S)
        except BaseException:
            await self.close()
            raise

    async def _get(self, path: str) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        body = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            await self.close()
        return int(first.split()[1]), body

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            with suppress(OSError):
                await self._streams[1].wait_closed()
            self._streams = None


def load(
    port: int,
    paths: Sequence[str],
    clients: int,
    *,
    seconds: float = 0,
    requests: int = 0,
    look: Callable[[bytes], str] = lambda body: "",
) -> Load:
    """Let clients ask, for some seconds or so many times in all; `look` says what is wrong with a body, if anything."""
    return asyncio.run(_load(port, paths, clients, seconds, requests, look))


async def _load(
    port: int, paths: Sequence[str], clients: int, seconds: float, requests: int, look: Callable[[bytes], str]
) -> Load:
    found = Load()
    numbers = count()
    began = time.perf_counter()

    async def ask() -> None:
        client = Client(port)
        while (number := next(numbers)) < (requests or number + 1):
            if seconds and time.perf_counter() > began + seconds:
                break
            await _one(client, paths[number % len(paths)], found, look)
        await client.close()

    await asyncio.gather(*(ask() for _ in range(clients)))
    found.seconds = time.perf_counter() - began
    return found


async def _one(client: Client, path: str, found: Load, look: Callable[[bytes], str]) -> None:
    started = time.perf_counter()
    try:
        status, body = await client.get(path)
    except (OSError, EOFError, TimeoutError) as error:
        found.failures.append(f"{path}: {error!r}")
        return
    took_ms = (time.perf_counter() - started) * 1000
    if status != 200 or (wrong := look(body)):
        found.failures.append(f"{path}: {status} {body[:200]!r}" if status != 200 else f"{path}: {wrong}")
    else:
        found.took_ms.append(took_ms)
