"""The id of an article, or the path of its file -> what the index knows of the article."""

from __future__ import annotations

from pathlib import Path

from indexer.display import path_text
from indexer.engines.base import Engine
from indexer.errors import ArticleUnknown, UsageError
from indexer.model import ArticleRow


def row_named(engine: Engine, article: str) -> ArticleRow:
    """Return the row of an article. Raises ArticleUnknown if the index has none, UsageError if more than one."""
    rows = list(engine.rows([article])) or list(engine.rows_of(_paths(article)))
    if not rows:
        raise unknown(article)
    if len(rows) > 1:
        some = ", ".join(row.id for row in rows[:5])
        raise UsageError(f"{article} holds {len(rows)} articles: name one of them, such as {some}.")
    return rows[0]


def _paths(text: str) -> set[str]:
    """Return the path that a text is; none for what cannot be one: with a zero byte, or of the home of nobody."""
    try:
        return {path_text(Path(text).expanduser().resolve())}
    except (ValueError, RuntimeError, OSError):
        return set()


def row_of(engine: Engine, article_id: str) -> ArticleRow:
    """Return the row of an article, by its id only. Raises ArticleUnknown."""
    for row in engine.rows([article_id]):
        return row
    raise unknown(article_id)


def unknown(article: str) -> ArticleUnknown:
    """Return the error that there is no such article."""
    return ArticleUnknown(f"The index has no article {article}. Its name is the article_id of: wensou search … --json")
