"""What searches know of words: how text is analysed, and the tables in which names and words are looked up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indexer.analysis.analyzer import Analyzer
from indexer.cached import cached_property

if TYPE_CHECKING:
    from indexer.vocabulary.aliases import Aliases
    from indexer.vocabulary.learnt import Learnt, Taught
    from indexer.vocabulary.spotting import Spotter
    from indexer.vocabulary.wordbook import Wordbook


class Lexicon:
    """The analyzer that an index was made with, and tables, each opened when it is first asked for.

    `folder` is where the user's own tables are, and that of the words that were learnt, unless it is not `is_taught`.
    """

    def __init__(self, analyzer: Analyzer, folder: Path, *, is_taught: bool = True) -> None:
        self.analyzer = analyzer
        self.folder = folder
        self.is_taught = is_taught

    @cached_property
    def learnt(self) -> Learnt:
        """Words that were learnt from the archive. Raises SettingsError if they cannot be read."""
        from indexer.vocabulary.alias_lines import LEARNT_FILE
        from indexer.vocabulary.learnt import Learnt

        return Learnt(self.folder / LEARNT_FILE if self.is_taught else None)

    @cached_property
    def translations(self) -> Taught:
        """Chinese and English words for each other: of the dictionary, and of what was learnt."""
        from indexer.vocabulary.learnt import Taught
        from indexer.vocabulary.translations import translations

        return Taught(translations(), self.learnt)

    @cached_property
    def aliases(self) -> Aliases:
        """Names and their other forms. Raises SettingsError if the user's file is wrong."""
        from indexer.vocabulary.alias_lines import LEARNT_FILE
        from indexer.vocabulary.aliases import Aliases
        from indexer.vocabulary.user_aliases import FILE_NAME

        has_learnt = self.is_taught and (self.folder / LEARNT_FILE).is_file()
        return Aliases(self.folder / FILE_NAME, learnt=self.learnt if has_learnt else None)

    @cached_property
    def wordbook(self) -> Wordbook:
        """Words in the other language: of `translations`, and names. Raises SettingsError as `aliases` does."""
        from indexer.vocabulary.wordbook import Wordbook

        return Wordbook(self.translations, self.aliases)

    @cached_property
    def spotter(self) -> Spotter:
        """What finds names in many texts. Raises SettingsError as `aliases` does."""
        from indexer.vocabulary.spotting import Spotter

        return Spotter(self.aliases)
