"""What searches know of words: how text is analysed, and the tables in which names and words are looked up."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.analysis.analyzer import Analyzer

if TYPE_CHECKING:
    from indexer.vocabulary.aliases import Aliases


class Lexicon:
    """The analyzer that an index was made with, and tables, each opened when it is first asked for.

    `folder` is where the user's own tables are.
    """

    def __init__(self, analyzer: Analyzer, folder: Path) -> None:
        self.analyzer = analyzer
        self.folder = folder

    @cached_property
    def aliases(self) -> Aliases:
        """Names and their other forms. Raises SettingsError if the user's file is wrong."""
        from indexer.vocabulary.aliases import Aliases
        from indexer.vocabulary.user_aliases import FILE_NAME

        return Aliases(self.folder / FILE_NAME)
