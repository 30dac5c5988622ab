"""Article rows <-> what the index stores of them: the row itself, and aside the file that it came from."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date

from indexer.engines.whoosh.container import decoded, encoded
from indexer.model import ArticleRow, FileState

_FIELDS = (
    "id", "title", "content_hash", "run", "title_lang", "author", "source", "url", "published_at", "published_guessed",
)  # fmt: skip


def dump_row(row: ArticleRow) -> bytes:
    """Return a row as JSON, without path, root and state of its file."""
    values = [*(getattr(row, name) for name in _FIELDS), row.published and row.published.isoformat(), row.tags]
    return encoded(json.dumps(values, ensure_ascii=False, separators=(",", ":")))


def load_row(data: bytes, path: str, root: str, state: FileState) -> ArticleRow:
    """Return the row that `dump_row` wrote, with the file it came from."""
    *values, published, tags = json.loads(decoded(data))
    return ArticleRow(
        **dict(zip(_FIELDS, values, strict=True)),
        path=path,
        root=root,
        **state._asdict(),
        published=date.fromisoformat(published) if published else None,
        tags=tuple(tags),
    )


def plain_row(article_id: str) -> ArticleRow:
    """Return the row of an article of which nothing but its id is known."""
    return ArticleRow(article_id, article_id, "", "", 0, 0, 0, "", 0)


def row_text(row: ArticleRow) -> str:
    """Return a whole row as JSON, for other programs."""
    return json.dumps(asdict(row) | {"published": row.published and row.published.isoformat()}, ensure_ascii=False)


def row_from_text(text: str, article_id: str) -> ArticleRow:
    """Return the row that `row_text` wrote, or the plain row of an article if it is none."""
    try:
        values = json.loads(text)
        published = values["published"]
        values |= {"published": date.fromisoformat(published) if published else None, "tags": tuple(values["tags"])}
        return replace(ArticleRow(**values), id=article_id)
    except (ValueError, TypeError, KeyError):
        return plain_row(article_id)
