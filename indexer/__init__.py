"""wensou's indexer: folders of articles -> an index. `build` is the door; `search.Searcher` asks what it built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.errors import WensouError

if TYPE_CHECKING:
    from indexer.model import BuildReport, CheckReport, Failure
    from indexer.pipeline import BuildOptions, build, check, remove

__all__ = ["BuildOptions", "BuildReport", "CheckReport", "Failure", "WensouError", "build", "check", "remove"]


def __getattr__(name: str) -> Any:
    """Load what builds when it is asked for: a search needs none of it, and would wait for it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from indexer import model, pipeline

    return getattr(pipeline if hasattr(pipeline, name) else model, name)
