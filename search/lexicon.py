"""What searches know of words: how text is analysed, and the tables in which names and words are looked up."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer


class Lexicon(NamedTuple):
    """The analyzer that an index was made with, and the folder in which the tables of its user are."""

    analyzer: Analyzer
    folder: Path
