"""wensou's indexer: folders of articles -> an index. `build` is the door; `search.Searcher` asks what it built."""

from __future__ import annotations

from indexer.errors import WensouError
from indexer.model import BuildReport, Failure
from indexer.pipeline import BuildOptions, build, remove

__all__ = ["BuildOptions", "BuildReport", "Failure", "WensouError", "build", "remove"]
