"""An index -> `wensou serve`, as a process of its own."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.speed.machine import REPOSITORY

COMMAND = [sys.executable, "-c", "from search.cli import main; main()"]


class Server:
    """A running server: its process, its port, and what it has said on standard error."""

    def __init__(self, process: subprocess.Popen[str], told: str) -> None:
        self.process = process
        self.told = told
        match = re.search(r":(\d+)/$", told)
        assert match
        self.port = int(match[1])

    @property
    def pids(self) -> list[int]:
        """All its processes, the first one first."""
        first = self.process.pid
        found = [first]
        for task in Path(f"/proc/{first}/task").iterdir():
            with suppress(FileNotFoundError):  # a thread that has ended meanwhile
                found += map(int, (task / "children").read_text("utf-8").split())
        return found

    def get(self, path: str, timeout: float = 10, **headers: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def connect(self, data: bytes = b"", receive_buffer: int = 0) -> socket.socket:
        """Return a connection over which some bytes were sent."""
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(data)
        return connection


def environment(**more: str) -> dict[str, str]:
    """Return the environment in which commands of this repository run."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), **more}


@contextmanager
def serving(index: Path, *arguments: object, cwd: Path | None = None, **variables: str) -> Iterator[Server]:
    """Run a server at a free port until the end of the block; all that it has said is then in `told`."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--index", str(index), "--port", "0", *map(str, arguments)], cwd=cwd,
        env=environment(**variables), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stderr
    try:
        lines: list[str] = []
        while not (lines and lines[-1].startswith("Serving ")):
            line = process.stderr.readline()
            if not line:
                raise RuntimeError(f"The server ended: {lines}")
            lines.append(line.rstrip("\n"))
        server = Server(process, "\n".join(lines))
        yield server
    finally:
        process.terminate()
        _, told = process.communicate(timeout=20)
    server.told += told
