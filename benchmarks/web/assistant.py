"""An index -> how long `wensou mcp`, started anew, lets an assistant wait."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.web.server import COMMAND, environment

_HELLO = {
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "benchmark", "version": "1"},
    },
}


def first_answers_s(index: Path, query: str) -> tuple[float, float]:
    """Return the seconds from its start to its first answer over standard output, and to what a query finds."""
    began = time.perf_counter()
    with subprocess.Popen(
        [*COMMAND, "mcp", "--index", str(index)], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        _ask(process, 1, _HELLO)
        first = time.perf_counter() - began
        _send(process, {"method": "notifications/initialized"})
        call = {"name": "search", "arguments": {"query": query}}
        found = _ask(process, 2, {"method": "tools/call", "params": call})
        took = time.perf_counter() - began
        assert process.stdin
        process.stdin.close()
    assert not found["result"]["isError"], found
    return first, took


def _ask(process: subprocess.Popen[str], number: int, request: Mapping[str, object]) -> dict[str, dict[str, object]]:
    _send(process, {"id": number, **request})
    assert process.stdout
    answer: dict[str, dict[str, object]] = json.loads(process.stdout.readline())
    return answer


def _send(process: subprocess.Popen[str], message: Mapping[str, object]) -> None:
    assert process.stdin
    process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    process.stdin.flush()
