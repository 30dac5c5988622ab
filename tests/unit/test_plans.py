"""How queries are read, and what is asked of an engine for them, against what is kept in tests/golden.

Write it anew, and look at what changed, with: WENSOU_GOLDEN=write python -m pytest tests/unit/test_plans.py
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.analyzer import default_analyzer
from indexer.analysis.fold import to_simplified
from search.grammar import parse
from search.planner import Filters, plan
from search.syntax import written

FOLDER = Path(__file__).parents[1] / "golden"
QUERIES = (FOLDER / "queries.txt").read_text("utf-8").splitlines()
PLANS = FOLDER / "plans.txt"


def planned(query):
    return plan(parse(query), Filters(), default_analyzer())


def short(value):
    """Return a tree or node on one line."""
    if isinstance(value, tuple):
        return ", ".join(map(short, value))
    if is_dataclass(value):
        inner = [short(getattr(value, field.name)) for field in fields(value)]
        return f"{type(value).__name__}({', '.join(filter(None, inner))})"
    return "" if value is None else str(value)


def shown(query) -> Iterator[str]:
    read = parse(query)
    request = planned(query).request(sort="relevance", limit=10, offset=0)
    yield f"> {query}"
    yield f"reads {written(read.tree)}"
    yield from (f"note {note.kind}: {note.text}" for note in read.notes)
    yield f"match {short(request.match)}"
    yield f"passages {short(request.passages)}"
    yield f"rank {short(request.rank)}"
    yield f"sort {request.sort}"
    yield ""


def test_plans_are_those_that_are_kept():
    found = "\n".join(line for query in QUERIES for line in shown(query))
    if os.environ.get("WENSOU_GOLDEN") == "write":
        PLANS.write_text(found, "utf-8")
    assert found == PLANS.read_text("utf-8")


@pytest.mark.parametrize("query", QUERIES)
def test_the_other_script_asks_for_the_same(query):
    one, other = planned(query), planned(to_simplified(query))
    asked = [plan.request(sort="relevance", limit=10, offset=0) for plan in (one, other)]
    assert asked[0] == asked[1]


names = st.sampled_from(["特朗普", "習近平", "臺灣", "關係", "計畫", "北韓", "頭髮", "Trump", "國家發展銀行"])
queries = st.recursive(
    names | names.map('"{}"'.format) | names.map("{}*".format) | names.map("標題：{}".format),
    lambda inner: st.tuples(inner, st.sampled_from([" ", " AND ", " OR ", " -", " NOT "]), inner).map(
        "({0[0]}{0[1]}{0[2]})".format
    ),
    max_leaves=6,
)


@given(queries)
def test_any_query_in_the_other_script_asks_for_the_same(query):
    asked = [planned(text).request(sort="relevance", limit=10, offset=0) for text in (query, to_simplified(query))]
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("query", "read"), [("who won?", "who won"), ("谁赢了？", "谁赢了"), ("t?ump?", "t?ump"), ("econ*？", "econ*")]
)
def test_a_question_mark_behind_a_word_only_asks(query, read):
    assert planned(query).match == planned(read).match
