"""Articles that are read and cut -> columns, with the terms of all fields, as an engine takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.batch import term_columns
from indexer.article_fields import values_of
from indexer.engines.base import KEYWORD_FIELDS
from indexer.engines.columns import NO_NUMBER, Columns, Tokens
from indexer.engines.entry_columns import tokens_of, with_sizes
from indexer.model import ArticleRow
from indexer.payloads import Located, dump_passages


class CutArticle(NamedTuple):
    """An article as it was read and cut, its row, and what is searched as its title: title and tags."""

    row: ArticleRow
    head: tuple[str, ...]
    located: Located
    marks: tuple[str, ...]


def analysed(articles: Sequence[CutArticle], sketches: Sequence[tuple[str, ...]], analysis: Analyzer) -> Columns:
    """Return articles with the terms of their passages and heads, and what each is like; see `stories.evidence`."""
    passages = [passage for article in articles for passage in article.located.passages]
    counts = [len(article.located.passages) for article in articles]
    ones = [1] * len(passages)
    texts = term_columns([(passage.text,) for passage in passages], analysis)
    heads = term_columns([article.head for article in articles], analysis)
    payloads = dump_passages([article.located for article in articles])
    return Columns(
        rows=[article.row for article in articles],
        passages=counts,
        fields={
            **{name: with_sizes(column, ones) for name, column in texts.items()},
            **{f"title_{name}": with_sizes(column, counts) for name, column in heads.items()},
            **{name: _keywords(values) for name, values in _keyword_values(articles, sketches).items()},
            **_of_articles([article.row for article in articles], counts),
        },
        numbers={
            "published": _on_each([_day(article.row) for article in articles], counts),
            "run": _on_each([article.row.run for article in articles], counts),
        },
        records=[*zip((passage.id for passage in passages), payloads, strict=True)],
    )


def _keyword_values(
    articles: Sequence[CutArticle], sketches: Sequence[tuple[str, ...]]
) -> dict[str, list[tuple[str, ...]]]:
    """Return the values of the keyword fields for each passage."""
    passages = [passage for article in articles for passage in article.located.passages]
    none: list[tuple[str, ...]] = [()] * len(passages)
    counts = [len(article.located.passages) for article in articles]
    return {
        **dict.fromkeys(KEYWORD_FIELDS, none),
        "lang": [(passage.lang,) if passage.lang else () for passage in passages],
        "kind": [(passage.kind,) for passage in passages],
        "sketch": _on_first(sketches, counts),
        "marks": _on_first([article.marks for article in articles], counts),
    }


def _of_articles(rows: Sequence[ArticleRow], counts: Sequence[int]) -> dict[str, Tokens]:
    """Return the fields of what rows say; the article of each has so many passages."""
    values = [values_of(row) for row in rows]
    names = values[0] if values else ()
    return {name: tokens_of(zip([own[name] for own in values], counts, strict=True)) for name in names}


def _on_first(values: Sequence[tuple[str, ...]], counts: Sequence[int]) -> list[tuple[str, ...]]:
    """Return for each passage of articles, of which there are so many each, the article's values if it is the first."""
    return [own if i == 0 else () for own, count in zip(values, counts, strict=True) for i in range(count)]


def _on_each(values: Sequence[int], counts: Sequence[int]) -> list[int]:
    """Return for each passage of articles, of which there are so many each, the article's value."""
    return [own for own, count in zip(values, counts, strict=True) for _ in range(count)]


def _keywords(values: Sequence[tuple[str, ...]]) -> Tokens:
    return tokens_of((value, 1) for value in values)


def _day(row: ArticleRow) -> int:
    return row.published.toordinal() if row.published else NO_NUMBER
