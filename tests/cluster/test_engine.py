"""The engine of a cluster, beside what the contract asks of any engine."""

from __future__ import annotations

from contextlib import closing, suppress

import pytest

from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.indices import current_index, known_in
from indexer.engines.opensearch.writer import Plan, writing
from indexer.pipeline import BuildOptions, build
from tests.cluster.test_writer import written


@pytest.fixture
def engine(connection):
    with closing(OpenSearchEngine(connection.location)) as engine:
        yield engine


def test_whoever_writes_compares_with_what_is_there_when_its_turn_comes(connection, engine, monkeypatch):
    entered = writing

    def after_another(*arguments):
        with writing(connection, Plan()) as writer:
            writer.put(*written("a", 1, "x"))
        return entered(*arguments)

    monkeypatch.setattr("indexer.engines.opensearch.writer.writing", after_another)
    assert not [*engine.rows()]
    with engine.writer():
        assert [row.id for row in engine.rows()] == ["a"]


def test_what_a_run_left_that_was_broken_off_is_compared_with(connection, engine):
    with suppress(RuntimeError), writing(connection, Plan(held_bytes=0)) as writer:
        writer.put(*written("a", 1, "x"))
        raise RuntimeError
    engine.refresh()
    assert not [*engine.rows()]
    with engine.writer():
        assert [row.id for row in engine.rows()] == ["a"]


def test_articles_are_sent_before_they_take_more_memory_than_is_granted(connection, engine):
    with engine.writer(memory_bytes=1000) as writer:
        writer.put(*written("a", 1, "x"))
        for _ in range(100):
            if connection.ask("GET", f"/{connection.index}/_doc/a", missing_ok=True):
                break
        else:
            pytest.fail("nothing was sent")
        assert not [*engine.rows()]
    assert [row.id for row in engine.rows()] == ["a"]


def test_a_run_tells_its_number_as_the_index_knows_it(connection, tmp_path, monkeypatch):
    monkeypatch.setenv("WENSOU_DATA", str(tmp_path / "data"))
    (tmp_path / "a.txt").write_text("中国 economy", "utf-8")
    options = BuildOptions(learn=False)
    for number in (1, 1, 2):
        if number == 2:
            (tmp_path / "b.txt").write_text("more", "utf-8")
        report = build(tmp_path, str(connection.location), options)
        assert report.run == number == known_in(connection, current_index(connection))["run"]
