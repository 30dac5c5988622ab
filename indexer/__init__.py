"""wensou's indexer: folders of articles -> an index. `build` is the door.

`check` looks for damage; `search.Searcher` asks what was built.
"""

from __future__ import annotations

from indexer.errors import WensouError
from indexer.model import BuildReport, CheckReport, Failure
from indexer.pipeline import BuildOptions, build, check, remove

__all__ = ["BuildOptions", "BuildReport", "CheckReport", "Failure", "WensouError", "build", "check", "remove"]
