"""Article rows <-> the JSON that the index stores with an article's first passage."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date

from indexer.model import ArticleRow


def dump_row(row: ArticleRow) -> str:
    """Return a row as JSON."""
    values = asdict(row) | {"published": row.published.isoformat() if row.published else None}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def load_row(text: str) -> ArticleRow:
    """Return the row that `dump_row` wrote."""
    values = json.loads(text)
    published = values["published"]
    values["published"] = date.fromisoformat(published) if published else None
    values["tags"] = tuple(values["tags"])
    return ArticleRow(**values)
