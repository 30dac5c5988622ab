"""A question -> its answer, of the newest commit if the one that the searcher has open is not kept any more."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from indexer.errors import CommitGone


class Renewable(Protocol):
    """What is open at a commit: at one that somebody chose, if it `is_fixed`."""

    is_fixed: bool

    def refresh(self) -> bool: ...


S = TypeVar("S", bound=Renewable)
P = ParamSpec("P")
R = TypeVar("R")


def renewed(ask: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Ask again, once, of the newest commit, where a cluster has lost the one that was open.

    It loses it with a node, or after some minutes without a question, and only then if something was indexed since.
    """

    @wraps(ask)
    def asking(searcher: S, /, *arguments: P.args, **named: P.kwargs) -> R:
        try:
            return ask(searcher, *arguments, **named)
        except CommitGone:
            if searcher.is_fixed:
                raise
        searcher.refresh()
        return ask(searcher, *arguments, **named)

    return asking
