"""wensou's search: `Searcher` asks an index that `indexer.build` made."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from indexer.errors import WensouError
from search.model import ArticleBlock, ArticleText, Copy, Hit, Note, SearchResult, Snippet, Story
from search.searcher import Searcher

if TYPE_CHECKING:
    from search.concordance import Concordance, Occurrence
    from search.counting import CountRow, Counts
    from search.info import IndexInfo

__all__ = [
    "ArticleBlock",
    "ArticleText",
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
    "Story",
    "WensouError",
]

_MODULES = {"Concordance": "concordance", "Occurrence": "concordance", "CountRow": "counting", "Counts": "counting"}


def __getattr__(name: str) -> Any:
    """Load what a search need not wait for when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"search.{_MODULES.get(name, 'info')}"), name)
