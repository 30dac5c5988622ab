"""A port -> milliseconds that answers about a server's health take, until standard input ends."""

from __future__ import annotations

import http.client
import sys
import time
from threading import Thread

_EVERY_S = 0.1


def main() -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=30)
    waiting = Thread(target=sys.stdin.read)
    waiting.start()
    while waiting.is_alive():
        started = time.perf_counter()
        connection.request("GET", "/api/v1/health")
        connection.getresponse().read()
        print((time.perf_counter() - started) * 1000)
        time.sleep(_EVERY_S)


if __name__ == "__main__":
    main()
