"""The usual recipe: files as they are, opencc's `convert`, stock Whoosh with jieba's ChineseAnalyzer, one process."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import jieba
import opencc
from jieba.analyse import ChineseAnalyzer
from whoosh import fields
from whoosh.index import create_in, open_dir
from whoosh.qparser import MultifieldParser, OrGroup

from benchmarks.speed.corpus import files_of

jieba.setLogLevel(logging.ERROR)


def build_recipe(source: Path, index: Path) -> float:
    """Index a folder; return the seconds it took."""
    started = time.perf_counter()
    index.mkdir()
    analyzer = ChineseAnalyzer()
    schema = fields.Schema(
        path=fields.ID(stored=True),
        title=fields.TEXT(stored=True, analyzer=analyzer),
        content=fields.TEXT(stored=True, analyzer=analyzer),
    )
    converter = opencc.OpenCC("t2s")
    writer = create_in(index, schema).writer()
    for path in files_of(source):
        with path.open(encoding="utf-8", errors="replace") as file:
            content = converter.convert(file.read())
        writer.add_document(path=str(path), title=converter.convert(path.stem), content=content)
    writer.commit()
    return time.perf_counter() - started


class RecipeSearcher:
    """Searches title and content for any of the words, and has Whoosh highlight the ten best."""

    def __init__(self, index: Path) -> None:
        opened = open_dir(index)
        self._searcher = opened.searcher()
        self._parser = MultifieldParser(["title", "content"], opened.schema, group=OrGroup)
        self._converter = opencc.OpenCC("t2s")

    def search(self, query: str) -> list[tuple[str, str]]:
        """Return path and quotation of the ten best files."""
        hits: Any = self._searcher.search(self._parser.parse(self._converter.convert(query)), limit=10)
        return [(hit["path"], hit.highlights("content")) for hit in hits]
