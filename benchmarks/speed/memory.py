"""Processes -> the memory that they take, from /proc. Imports little, as it is part of what is measured."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Event, Thread
from typing import Self


def memory_mb(pid: int | str = "self") -> dict[str, float]:
    """Return the memory of a process in MB: VmHWM (its peak), VmRSS and the parts of that."""
    wanted = ("VmHWM", "VmRSS", "RssAnon", "RssFile")
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines)
    return {name: int(value.split()[0]) * 1024 / 1e6 for name, value in pairs if name in wanted}


class ChildrenWatch:
    """Watches the peak memory of this process's children, whatever ones there are, while it is open."""

    def __init__(self, every_s: float = 0.1) -> None:
        self._every_s = every_s
        self._done = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self.peaks_mb: dict[int, float] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(self._every_s):
            for pid in _children():
                try:
                    self.peaks_mb[pid] = memory_mb(pid)["VmHWM"]
                except (OSError, KeyError, ValueError):
                    continue  # it has ended meanwhile


def _children() -> list[int]:
    mine = str(os.getpid())
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            try:
                status = Path(entry.path, "stat").read_text("utf-8", "replace")
            except OSError:
                continue
            if status.rpartition(")")[2].split()[1] == mine:
                found.append(int(entry.name))
    return found
