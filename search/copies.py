"""An article that is shown -> where its copies are, and how much they are like it."""

from __future__ import annotations

from collections.abc import Iterable
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
    return _copies(engine, shown.article.row, [article.row for article in shown.near])


def copies_in(engine: Engine, row: ArticleRow) -> tuple[Copy, ...]:
    """Return all articles of the group that an article is of, earliest first; none if it is of none."""
    (story,) = engine.labels("story", [row.id])
    others = engine.articles_with("story", [story])[story] if story else ()
    return _copies(engine, row, engine.rows([other for other in others if other != row.id])) if others else ()


def _copies(engine: Engine, original: ArticleRow, near: Iterable[ArticleRow]) -> tuple[Copy, ...]:
    rows = {row.id: row for row in (original, *near)}
    told = {article_id: _told(engine, row) for article_id, row in rows.items()}
    exact = engine.articles_with("sketch", {one.word for one in told.values() if one.word})
    for own in list(told.values()):
        for row in engine.rows([other for other in exact.get(own.word, ()) if other not in rows]):
            rows[row.id], told[row.id] = row, own
    itself = told[original.id]
    others = sorted((row for row in rows.values() if row.id != original.id), key=earliness_of)
    return tuple(_copy(row, _similarity(itself, told[row.id])) for row in others)


def _copy(row: ArticleRow, similarity: float) -> Copy:
    return Copy(row.id, row.title, row.title_lang, row.source, row.path, row.published, similarity)


class _Told(NamedTuple):
    """What an article tells: the word that its exact copies share, and its runs."""

    word: str
    runs: Hashes


def _told(engine: Engine, row: ArticleRow) -> _Told:
    stored = engine.passages(row.id)
    return _Told(*story_of(row, [load_text(one.payload, one.passage_id, row.id) for one in stored]))


def _similarity(one: _Told, other: _Told) -> float:
    return 1.0 if one.word == other.word else round(similarity(one.runs, other.runs), 3)
