"""`wensou serve` as a process of its own, for tests."""

import http.client
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager

from tests.conftest import SEEDS

_COMMAND = [sys.executable, "-c", "from search.cli import main; main()", "serve"]


class Server:
    """A running server: its process, its port, and what it has said."""

    def __init__(self, process, told):
        self.process = process
        self.told = told
        self.port = int(re.search(r":(\d+)/$", told)[1])

    def get(self, path, timeout=10, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def connect(self, data=b"", receive_buffer=None):
        """Return a connection over which some bytes were sent."""
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", self.port))
        connection.sendall(data)
        return connection


def command(*arguments, cwd, **environment):
    """Run the command to its end."""
    return subprocess.run(
        [*_COMMAND, *map(str, arguments)], cwd=cwd, env=_environment(environment), capture_output=True, text=True,
        encoding="utf-8", timeout=60,
    )  # fmt: skip


@contextmanager
def serving(index, *arguments, cwd=None, **environment):
    """Run a server at a free port until the end of the block; whatever it says is then in `told`."""
    process = subprocess.Popen(
        [*_COMMAND, "--index", str(index), "--port", "0", *map(str, arguments)], cwd=cwd,
        env=_environment(environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        lines = []
        while not (lines and lines[-1].startswith("Serving ")):
            line = process.stderr.readline()
            assert line, f"it ended: {lines}"
            lines.append(line.rstrip("\n"))
        server = Server(process, "\n".join(lines))
        yield server
    finally:
        process.terminate()
        _, told = process.communicate(timeout=20)
    server.told += told


def _environment(more):
    return {**os.environ, "PYTHONPATH": str(SEEDS.parent), **more}
