"""A stand-in for a node of a cluster: it answers requests as a test says, and remembers them."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """A request that came in."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


# Gives a status, a text or what becomes JSON, and a content type if need be, or None to break the connection.
Answer = Callable[[Asked], "tuple[Any, ...] | None"]


class StubNode:
    """A node's address, and what it was asked so far."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[Asked] = []


@contextmanager
def stub_node(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[StubNode]:
    """Run a node on loopback, with TLS if there is a context for it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: Any) -> None:
            pass

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = Asked(self.command, self.path, body, {name.lower(): value for name, value in self.headers.items()})
            node.asked.append(asked)
            given = answer(asked)
            if given is None:
                self.close_connection = True
                return
            status, content, *kind = given
            is_text = isinstance(content, str)
            data = content.encode() if is_text else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", *kind or ["text/plain" if is_text else "application/json; charset=UTF-8"])
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    for method in ("GET", "PUT", "POST", "DELETE", "HEAD"):
        setattr(Handler, f"do_{method}", Handler._answer)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        # The handshake belongs to the thread of the connection: a client that gives up must not stop the server.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    node = StubNode(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield node
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
