"""Function words, from `data/stopwords.txt`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from indexer.analysis.fold import fold_key

_FILE = Path(__file__).with_name("data") / "stopwords.txt"


@cache
def stopwords() -> frozenset[str]:
    """Return the keys of words that say nothing by themselves."""
    text = _FILE.read_text("utf-8")
    return frozenset(fold_key(word) for line in text.splitlines() if not line.startswith("#") for word in line.split())
