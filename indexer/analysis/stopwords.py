"""Function words, from `data/stopwords.txt`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from indexer.analysis.fold import fold_key


@cache
def stopwords() -> frozenset[str]:
    """Return the keys of words that say nothing by themselves."""
    text = files("indexer.analysis").joinpath("data/stopwords.txt").read_text("utf-8")
    return frozenset(fold_key(word) for line in text.splitlines() if not line.startswith("#") for word in line.split())
