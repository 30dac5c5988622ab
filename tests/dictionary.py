"""Articles in two languages, and a dictionary of a few entries in place of the installed one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from indexer import build
from indexer.vocabulary import translations as module
from indexer.vocabulary.cedict import Entry
from indexer.vocabulary.tables import Table, packed
from indexer.vocabulary.translations import Translations, table_of


def index_of(folder: Path, texts: Mapping[str, str]) -> Path:
    """Index texts, each in a file of its own; return the index."""
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    build(folder, folder / "index")
    return folder / "index"


def translate_by(monkeypatch: pytest.MonkeyPatch, entries: Sequence[Entry]) -> None:
    """Let searches translate by some entries, and by names."""
    monkeypatch.setattr(module, "translations", lambda: Translations(Table(packed(table_of(entries)))))
