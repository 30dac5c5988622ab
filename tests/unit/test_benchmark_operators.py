"""Queries for the benchmark of operators are drawn alike for one seed, and read as what they are to measure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from benchmarks.speed.operator_queries import Drawing, operator_queries
from indexer.engines.whoosh.rows import plain_row
from search.grammar import parse

ROWS = [
    replace(
        plain_row(f"folder/{name}.md"), title=title, tags=("贸易 关税",), author="李明", source="A \"B\"",
        url="https://a.org/news", published=date(2020, 1, 2),
    )
    for name, title in (("one", "中美贸易战升级"), ("two", "Chinese leaders discussed tariffs"))
]  # fmt: skip
TEXTS = ["2019年，中华人民共和国主席会见美国总统", "growth in trade slowed"]


@pytest.mark.parametrize(
    ("rows", "texts"), [(ROWS, TEXTS), ([plain_row("a")], [])], ids=["articles", "next to nothing"]
)
def test_every_kind_is_drawn_and_understood(rows, texts):
    queries = operator_queries(Drawing(rows, texts, 1), 20)
    assert queries == operator_queries(Drawing(rows, texts, 1), 20)
    for kind, drawn in queries.items():
        assert drawn, kind
        for query in drawn:
            assert not parse(query).notes, (kind, query)
