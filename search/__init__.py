"""wensou's search: `Searcher` asks an index that `indexer.build` made."""

from __future__ import annotations

from indexer.errors import WensouError
from search.concordance import Concordance, Occurrence
from search.counting import CountRow, Counts
from search.info import IndexInfo
from search.model import Copy, Hit, Note, SearchResult, Snippet
from search.searcher import Searcher

__all__ = [
    "Concordance",
    "Copy",
    "CountRow",
    "Counts",
    "Hit",
    "IndexInfo",
    "Note",
    "Occurrence",
    "SearchResult",
    "Searcher",
    "Snippet",
    "WensouError",
]
