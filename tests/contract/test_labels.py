"""Labels: keywords that a writer changes without new analysis, and the articles that have them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Request
from indexer.model import IndexEntry
from indexer.nodes import Every, Keyword
from tests.contract.test_engine import row

VALUES = ["body", "teaser", "boilerplate", "文"]
values = st.lists(st.sampled_from(VALUES), max_size=2, unique=True).map(tuple)
names = st.sampled_from(["a", "b", "c/d.txt", "文章#1"])
changes = st.one_of(
    st.tuples(st.just("put"), names, st.lists(values, min_size=1, max_size=3)),
    st.tuples(st.just("relabel"), names, st.lists(values, min_size=3, max_size=3)),
    st.tuples(st.just("relabel all"), names, values),
    st.tuples(st.just("delete"), names, st.none()),
)


def carry_out(writer, kinds, change):
    """Make a change in an index and in `kinds`, which has the values of each passage by article."""
    what, name, new = change
    if what == "put":
        kinds[name] = new
        entries = [IndexEntry(f"{name}@{i}", {"zh": ("a",)}, {"kind": own}) for i, own in enumerate(new)]
        writer.put(row(name), entries)
    elif what == "delete":
        kinds.pop(name, None)
        writer.delete(name)
    else:
        old = kinds.get(name, [])
        kinds.update({name: [new] * len(old) if what == "relabel all" else new[: len(old)]} if old else {})
        writer.relabel(name, {"kind": [new] if what == "relabel all" else new[: len(old)]})


def check_labels(engine, kinds):
    """Check that an index answers as `kinds` has it."""
    found = engine.articles_with("kind", VALUES)
    for value in VALUES:
        having = sorted(name for name, own in kinds.items() if any(value in one for one in own))
        assert found[value] == having
        passages = sum(value in one for own in kinds.values() for one in own)
        ranking = engine.search(Request(Every(), passages=Keyword("kind", (value,)), limit=10))
        assert (ranking.total, ranking.passages_total) == (len(having), passages)
        for one in ranking.articles:
            assert one.label("kind") in (kinds[one.article_id][0] or ("",))
        for at_least in (1, 2):
            assert engine.frequent_terms("kind", [value], at_least) == (
                {value: passages} if passages >= at_least else {}
            )
    for name, own in kinds.items():
        assert engine.labels("kind", [name, "nothing"]) in [[value, ""] for value in own[0] or ("",)]


@given(batches=st.lists(st.lists(changes, max_size=5), min_size=1, max_size=4))
def test_labels_are_those_of_the_last_change(engine_class, batches):
    with tempfile.TemporaryDirectory() as folder:
        engine = engine_class(Path(folder), create=True)
        kinds = {}
        for batch in batches:
            with engine.writer() as writer:
                for change in batch:
                    carry_out(writer, kinds, change)
            check_labels(engine, kinds)
        assert not engine.check(Path(folder)).problems
        engine.close()
