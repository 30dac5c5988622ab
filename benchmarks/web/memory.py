"""Processes -> memory and processor time; `python -m benchmarks.web.memory INDEX` -> the memory of a searching one.

Reads the number of queries to ask, a line, then the queries, a line each; prints bytes.
"""

from __future__ import annotations

import os
import sys
from itertools import cycle, islice
from pathlib import Path

from search import Searcher


def memory_bytes(*pids: int | str) -> int:
    """Return what processes take of the memory, what they share counted in parts."""
    return sum(
        int(line.split()[1]) * 1024
        for pid in pids
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
        if line.startswith("Pss:")
    )


def cpu_s(*pids: int) -> float:
    """Return the seconds of the processor that processes have had."""
    return sum(
        (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
        for pid in pids
        for values in [Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()]
    )


def main() -> None:
    count, *queries = sys.stdin.read().splitlines()
    with Searcher(sys.argv[1]) as searcher:
        for query in islice(cycle(queries), int(count)):
            searcher.search(query, cross="off").to_dict()
        print(memory_bytes("self"))


if __name__ == "__main__":
    main()
