"""An article's id -> the article as it is read from its file, with its blocks and their kinds."""

from __future__ import annotations

from pathlib import Path

from indexer.cleaning import clean, label_learnt
from indexer.engines.opening import Place, place_of
from indexer.errors import SourceError
from indexer.manifest import Manifest
from indexer.model import Article
from indexer.named import row_named
from indexer.pipeline import opened
from indexer.sources import read_articles
from indexer.sources.source import ReadOptions, SourceFile


def show(article: str, index: str | Place = "index_data", options: ReadOptions | None = None) -> Article:
    """Read an article that the index has, by its id or the path of its file, anew from there.

    Raises UsageError if the index has no such article, or more than one; SourceError if its file cannot be read.
    """
    with opened(place_of(index)) as engine:
        manifest = Manifest.load(engine.meta())
        row = row_named(engine, article)
    root = next(root for root in manifest.roots if root.path == row.root)
    try:
        file = SourceFile(
            Path(row.path).read_bytes(), root.article_id(Path(row.path)), row.path, options or ReadOptions()
        )
    except OSError as error:
        reason = f"{row.path} cannot be read: {error.strerror}. Bring the index up to date with: wensou index"
        raise SourceError(reason) from error
    for reading in read_articles(file):
        if not isinstance(reading, SourceError) and reading.article.id == row.id:
            return label_learnt(clean(reading.article), manifest.boilerplate)
    raise SourceError(f"{row.path} has no article {row.id} any more. Bring the index up to date with: wensou index")
