"""wensou's search: `Searcher` asks an index that `indexer.build` made."""

from __future__ import annotations

from indexer.errors import WensouError
from search.info import IndexInfo
from search.model import Copy, Hit, Note, SearchResult, Snippet
from search.searcher import Searcher

__all__ = ["Copy", "Hit", "IndexInfo", "Note", "SearchResult", "Searcher", "Snippet", "WensouError"]
