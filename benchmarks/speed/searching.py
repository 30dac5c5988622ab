"""An index and queries -> the memory of a process that has searched. Imports nothing else that takes any."""

from __future__ import annotations

from pathlib import Path

from benchmarks.speed.memory import memory_mb
from search import Searcher


def memory_of_searching(index: Path, queries: list[str]) -> dict[str, float]:
    """Search, and return the memory of this process in MB."""
    with Searcher(index) as searcher:
        for query in queries:
            searcher.search(query)
        return memory_mb()
