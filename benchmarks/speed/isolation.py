"""A function -> its result, worked out in a process of its own, so that no measurement meets another's memory."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def isolated(function: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Call a function of a module in a fresh process, which imports that module and what it needs."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *arguments, **named).result()
