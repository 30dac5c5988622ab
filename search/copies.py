"""An article that is shown -> where its copies are, and how much they are like it."""

from __future__ import annotations

from typing import NamedTuple

from indexer.engines.base import Engine
from indexer.model import ArticleRow
from indexer.payload import load_text
from indexer.stories.evidence import earliness_of, similarity, story_of
from indexer.stories.units import Hashes
from search.folding import Shown
from search.model import Copy


def copies_of(engine: Engine, shown: Shown) -> tuple[Copy, ...]:
    """Return the near copies folded into an article of a group, and exact copies of all of these, earliest first."""
    rows = {article.article_id: article.row for article in (shown.article, *shown.near)}
    told = {article_id: _told(engine, row) for article_id, row in rows.items()}
    exact = engine.articles_with("sketch", {one.word for one in told.values() if one.word})
    for own in list(told.values()):
        for row in engine.rows([other for other in exact.get(own.word, ()) if other not in rows]):
            rows[row.id], told[row.id] = row, own
    original = told[shown.article.article_id]
    others = sorted((row for row in rows.values() if row.id != shown.article.article_id), key=earliness_of)
    return tuple(Copy(row.id, row.path, row.published, _similarity(original, told[row.id])) for row in others)


class _Told(NamedTuple):
    """What an article tells: the word that its exact copies share, and its runs."""

    word: str
    runs: Hashes


def _told(engine: Engine, row: ArticleRow) -> _Told:
    stored = engine.passages(row.id)
    return _Told(*story_of(row, [load_text(one.payload, one.passage_id, row.id) for one in stored]))


def _similarity(one: _Told, other: _Told) -> float:
    return 1.0 if one.word == other.word else round(similarity(one.runs, other.runs), 3)
