"""What a run was made on and with: machine, versions, commit."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent.parent
_LIBRARIES = ("numpy", "jieba", "rjieba", "opencc-python-reimplemented", "Whoosh", "tantivy", "bm25s")


def describe() -> dict[str, Any]:
    """Return the machine and the versions of everything measured."""
    return {
        "cpu": _line_of("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory": _line_of("/proc/meminfo", "MemTotal"),
        "load_before": os.getloadavg()[0],
        "platform": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: _version(name) for name in _LIBRARIES},
    }


def commit() -> str:
    """Return the commit of this repository, marked if files under its care were changed since."""
    name = _git("rev-parse", "--short=12", "HEAD")
    return f"{name} with changes" if name and _git("status", "--porcelain", "--untracked-files=no") else name


def _line_of(path: str, name: str) -> str:
    if not Path(path).exists():
        return ""
    lines = Path(path).read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _git(*arguments: str) -> str:
    try:
        return subprocess.run(
            ["git", *arguments], cwd=REPOSITORY, check=True, capture_output=True, text=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
