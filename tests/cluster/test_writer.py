"""What a writer does to an index on a cluster."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.entry_columns import columns_of
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.documents import pack
from indexer.engines.opensearch.indices import count_articles, current_index, known_in
from indexer.engines.opensearch.mapping import META
from indexer.engines.opensearch.reading import read_articles
from indexer.engines.opensearch.writer import Plan, writing
from indexer.model import FileState, IndexEntry
from indexer.partition import Partition
from tests.contract.test_engine import articles, made, row
from tests.unit.test_cluster_documents import without_empty

NAMES = ["a", "b", "文章#1", "x" * 500, "~meta"]


def entry(article_id, *words, **keywords):
    return IndexEntry(f"{article_id}@0", {"text": words}, {name: (own,) for name, own in keywords.items()}, {}, b"p")


def written(article_id, modified_ns, *words):
    """Return an article of a file that was modified then."""
    return replace(row(article_id), modified_ns=modified_ns), [entry(article_id, *words)]


def held(connection, names=NAMES):
    """Return what a search sees: the rows and entries by id."""
    found = read_articles(connection, current_index(connection), names)
    return {one.row.id: (one.row, [without_empty(own) for own in one.entries]) for one in found}


def commit_of(connection):
    return connection.ask("GET", f"/{connection.index}/_doc/{META}")["_source"]["row"]["commit"]


names = st.sampled_from(NAMES)
states = st.builds(FileState, st.integers(0, 9), st.integers(-(2**60), 2**62), st.integers(0, 2**64 - 1))
changes = st.one_of(
    st.tuples(st.just("put"), names, articles),
    st.tuples(st.just("delete"), names, st.none()),
    st.tuples(st.just("touch"), names, states),
    st.tuples(st.just("relabel"), names, st.sampled_from(["", "yes", "文"])),
)
batches = st.lists(
    st.tuples(st.sampled_from([0, 3000, 1 << 25]), st.lists(changes, max_size=7)), min_size=1, max_size=3
)


def carry_out(writer, model, added, change):
    """Make a change in an index and in `model`, which has rows and entries by id."""
    what, name, new = change
    if what == "put":
        model[name] = row(name), [without_empty(own) for own in made(name, new)]
        added.add(name)
        writer.put_packed(pack(columns_of([(row(name), made(name, new))])))
    elif what == "delete":
        model.pop(name, None)
        added.discard(name)
        writer.delete(name)
    elif what == "touch":
        if name in model and name not in added:
            model[name] = replace(model[name][0], **new._asdict()), model[name][1]
        writer.touch(name, new)
    else:
        if name in model:
            own, entries = model[name]
            values = {"story": (new,)} if new else {}
            model[name] = (
                own,
                [
                    replace(one, keywords={**{k: v for k, v in one.keywords.items() if k != "story"}, **values})
                    for one in entries
                ],
            )
        writer.relabel(name, {"story": [(new,) if new else ()]})


@settings(max_examples=12)
@given(batches=batches)
def test_an_index_has_what_was_written_last(connection, batches):
    model = {}
    with writing(connection, Plan()) as writer:
        for name in NAMES:
            writer.delete(name)
    for held_bytes, batch in batches:
        with writing(connection, Plan(held_bytes=held_bytes, bulk_bytes=2000)) as writer:
            added = set()
            for change in batch:
                carry_out(writer, model, added, change)
        assert not writer.outcome().rejected
        assert held(connection) == model


def test_a_writer_that_changes_nothing_makes_no_commit(connection):
    with writing(connection, Plan()) as writer:
        writer.put(*written("a", 1, "x"))
    before = commit_of(connection)
    with writing(connection, Plan()) as writer:
        writer.delete("nothing")
        writer.touch("nothing", FileState(1, 2, 3))
        writer.relabel("nothing", {"kind": [("body",)]})
    assert commit_of(connection) == before
    with writing(connection, Plan()) as writer:
        writer.delete("a")
    assert commit_of(connection) != before


def test_what_the_index_knows_is_changed_with_the_articles_and_kept_otherwise(connection):
    with writing(connection, Plan()) as writer:
        writer.change_meta(lambda meta: {**meta, "fingerprint": "f", "one": "資料"})
    with writing(connection, Plan()) as writer:
        writer.put(*written("a", 1, "x"))
    assert known_in(connection, current_index(connection)) == {"fingerprint": "f", "one": "資料"}
    with writing(connection, Plan(replaces_all=True)) as writer:
        writer.change_meta(lambda meta: {**meta, "two": 2})
    index = current_index(connection)
    assert known_in(connection, index) == {"fingerprint": "f", "one": "資料", "two": 2}
    facts = connection.ask("GET", f"/{index}/_mapping")[index]["mappings"]["_meta"]["wensou"]
    assert (facts["fingerprint"], facts["name"]) == ("f", connection.index)


@pytest.mark.parametrize("replaces_all", [False, True])
def test_an_exception_changes_nothing(connection, replaces_all):
    with writing(connection, Plan()) as writer:
        writer.put(*written("a", 1, "x"))
    before, seen = commit_of(connection), held(connection)
    plan = Plan(replaces_all, held_bytes=0 if replaces_all else 1 << 20)
    with pytest.raises(RuntimeError), writing(connection, plan) as writer:
        writer.put(*written("b", 1, "x"))
        writer.delete("a")
        raise RuntimeError
    connection.ask("POST", f"/{connection.index}/_refresh")
    assert (commit_of(connection), held(connection)) == (before, seen)
    assert [*connection.ask("GET", f"/{connection.index}-*")] == [current_index(connection)]


def test_a_run_that_is_broken_off_leaves_whole_articles_and_the_next_one_knows_them(connection):
    with pytest.raises(RuntimeError), writing(connection, Plan(held_bytes=0)) as writer:
        writer.put(*written("a", 1, "x"))
        writer.put(*written("b", 1, "x"))
        raise RuntimeError
    assert held(connection) == {}
    before = commit_of(connection)
    with writing(connection, Plan()):
        assert commit_of(connection) != before  # for whoever compares with what the index has
        assert set(held(connection)) == {"a", "b"}
    after = commit_of(connection)
    with writing(connection, Plan()):
        pass
    assert commit_of(connection) == after


def test_a_rejected_article_is_told_and_the_others_are_there(connection):
    bad = replace(entry("b", "x"), numbers={"run": 1 << 40})
    with writing(connection, Plan()) as writer:
        writer.put(*written("a", 1, "x"))
        writer.put(row("b"), [bad])
    assert set(held(connection)) == {"a"}
    assert [failure.path for failure in writer.outcome().rejected] == ["b"]
    assert "does not take it" in writer.outcome().rejected[0].reason
    assert "run" in writer.outcome().rejected[0].reason


ONE, TWO = Partition(1, 2), Partition(2, 2)


@pytest.mark.parametrize("order", [(5, 9), (9, 5), (5, 5)])
def test_the_newer_version_of_an_article_stays_whatever_comes_first(connection, order):
    for part, modified_ns in zip((ONE, TWO), order, strict=True):
        with writing(connection, Plan(partition=part)) as writer:
            writer.put(*written("a", modified_ns, str(modified_ns)))
    assert held(connection)["a"][0].modified_ns == max(order)
    assert writer.outcome().older == (order == (9, 5))
    assert not writer.outcome().rejected


def test_a_part_removes_articles_of_any_version(connection):
    with writing(connection, Plan(partition=ONE)) as writer:
        writer.put(*written("a", 5, "x"))
        writer.put(*written("b", 1 << 60, "x"))
    with writing(connection, Plan(partition=ONE, held_bytes=0)) as writer:
        writer.put(*written("c", 7, "x"))
        for name in ("a", "b", "c", "nothing"):
            writer.delete(name)
    assert held(connection) == {}
    assert writer.outcome().older == 0


def test_writers_of_two_parts_lose_nothing_of_each_other(connection, connect):
    with writing(connection, Plan(partition=ONE, held_bytes=0)) as first:
        first.put(*written("a", 5, "x"))
        first.change_meta(lambda meta: {**meta, "one": meta.get("one", 0) + 1})
        with writing(connect(), Plan(partition=TWO)) as second:
            second.put(*written("b", 5, "x"))
            second.change_meta(lambda meta: {**meta, "two": 2})
    assert set(held(connection)) == {"a", "b"}
    assert known_in(connection, current_index(connection)) == {"one": 1, "two": 2}


def test_without_parts_the_last_write_wins(connection):
    with writing(connection, Plan(partition=ONE)) as writer:
        writer.put(*written("a", 9, "x"))
    with writing(connection, Plan()) as writer:
        writer.put(*written("a", 5, "older"))
    assert held(connection)["a"][0].modified_ns == 5


def test_labels_and_states_keep_the_version_of_an_article(connection):
    with writing(connection, Plan(partition=ONE)) as writer:
        writer.put(*written("a", 9, "x"))
    with writing(connection, Plan()) as writer:
        writer.relabel("a", {"kind": [("teaser",)]})
    with writing(connection, Plan(partition=ONE)) as writer:
        writer.put(*written("a", 9, "y"))
    assert writer.outcome().older == 0
    with writing(connection, Plan(partition=ONE)) as writer:
        writer.touch("a", FileState(1, 20, 3))
    with writing(connection, Plan(partition=TWO)) as writer:
        writer.put(*written("a", 15, "z"))
    assert writer.outcome().older == 1
    assert held(connection)["a"][0].modified_ns == 20


def refused_bytes(connection):
    """Return how often nodes refused requests since they had too many bytes of others to do."""
    nodes = connection.ask("GET", "/_nodes/stats/indexing_pressure")["nodes"].values()
    total = [node["indexing_pressure"]["memory"]["total"] for node in nodes]
    return sum(one["coordinating_rejections"] + one["primary_rejections"] + one["replica_rejections"] for one in total)


def arriving_together(monkeypatch, requests):
    """Hold back the first bulk requests until there are that many, each with a thread of its own."""
    monkeypatch.setattr("indexer.engines.opensearch.bulk._FLYING", requests)
    send, together, calls = Connection.bulk_lines, Barrier(requests), count()

    def held_back(*args, **keywords):
        if next(calls) < requests:
            together.wait(60)
        return send(*args, **keywords)

    monkeypatch.setattr(Connection, "bulk_lines", held_back)


def test_a_cluster_with_more_to_do_than_it_takes_gets_all_articles_a_little_later(connection, monkeypatch):
    # What a node takes at once is a tenth of its memory, 51 MB: eight requests are more, when they come together.
    arriving_together(monkeypatch, 8)
    payload, before = bytes(7 << 20), refused_bytes(connection)
    with writing(connection, Plan(held_bytes=0, bulk_bytes=1 << 20)) as writer:
        for number in range(8):
            writer.put(row(str(number)), [replace(entry(str(number), "x"), payload=payload)])
    assert refused_bytes(connection) > before
    assert not writer.outcome().rejected
    assert count_articles(connection, current_index(connection)) == 8
