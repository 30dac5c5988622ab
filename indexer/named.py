"""The id of an article, or the path of its file -> what the index knows of the article."""

from __future__ import annotations

from pathlib import Path

from indexer.display import path_text
from indexer.engines.base import Engine
from indexer.errors import UsageError
from indexer.model import ArticleRow


def row_named(engine: Engine, article: str) -> ArticleRow:
    """Return the row of an article. Raises UsageError if the index has no such article, or more than one."""
    rows = list(engine.rows([article])) or list(engine.rows_of({path_text(Path(article).expanduser().resolve())}))
    if not rows:
        raise UsageError(f"The index has no article {article}. Its name is the article_id of: wensou search … --json")
    if len(rows) > 1:
        some = ", ".join(row.id for row in rows[:5])
        raise UsageError(f"{article} holds {len(rows)} articles: name one of them, such as {some}.")
    return rows[0]
