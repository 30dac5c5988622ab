"""The indices behind a name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from indexer.engines.opensearch import writer as writer_module
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.indices import (
    KEPT_S,
    create,
    create_beside,
    current_index,
    remove_leftovers,
    take_place,
)
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.mapping import FORMAT, mappings
from indexer.engines.opensearch.reading import read_articles
from indexer.engines.opensearch.writer import Plan, Shape, writing
from indexer.errors import ClusterRefuses, IndexMissing, IndexStale, IndexUnusable
from indexer.partition import Partition
from tests.cluster.test_writer import held, written


def indices(connection):
    return {*connection.ask("GET", f"/{connection.index}-*/_alias")}


def other(connection, end):
    """Return a connection to another name on the same cluster."""
    return Connection(location_of(str(connection.location) + end))


def test_an_index_that_is_not_there_is_named_with_the_command_that_makes_it(connection):
    missing = other(connection, "-none")
    with pytest.raises(IndexMissing, match="wensou index"), writing(missing, Plan()):
        pass


def test_of_many_that_make_an_index_at_once_one_does(connection):
    own = other(connection, "-new")
    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(lambda _: create(own, Shape(1, 0)), range(4))] == [None] * 4
    assert indices(own) == {current_index(own)}
    create(own, Shape())
    assert indices(own) == {current_index(own)}


def test_shards_and_copies_are_those_asked_for(connection):
    own = other(connection, "-shape")
    create(own, Shape(2, 0))
    with writing(own, Plan(replaces_all=True, shape=Shape(1, 2))):
        pass
    shapes = {
        (one["settings"]["index"]["number_of_shards"], one["settings"]["index"]["number_of_replicas"])
        for one in own.ask("GET", f"/{own.index}-*/_settings").values()
    }
    assert shapes == {("2", "0"), ("1", "2")}


FOREIGN = [
    ("plain", "", {"mappings": {"_meta": {"wensou": {"format": FORMAT}}}}),
    ("aliased", "-0", {}),
    ("aliased", "-0", {"mappings": {"_meta": {"other": {}}}}),
]


@pytest.mark.parametrize(("how", "end", "body"), FOREIGN)
def test_an_index_of_another_program_is_left_alone(connection, how, end, body):
    own = other(connection, "-foreign")
    if how == "aliased":
        body = {**body, "aliases": {own.index: {}}}
    own.ask("PUT", f"/{own.index}{end}", body)
    before = own.ask("GET", f"/{own.index}*")
    for attempt in (lambda: create(own, Shape()), lambda: writing(own, Plan(replaces_all=True)).__enter__()):
        with pytest.raises(IndexUnusable, match="not made by wensou"):
            attempt()
    assert own.ask("GET", f"/{own.index}*") == before


def test_an_index_of_another_format_is_only_replaced(connection):
    with writing(connection, Plan()) as writer:
        writer.put(*written("a", 1, "x"))
    old = mappings()["_meta"]
    old["wensou"] |= {"format": FORMAT + 1, "name": connection.index}
    connection.ask("PUT", f"/{current_index(connection)}/_mapping", {"_meta": old})
    with pytest.raises(IndexStale, match="--rebuild"), writing(connection, Plan()):
        pass
    with writing(connection, Plan(replaces_all=True)) as writer:
        writer.put(*written("b", 1, "x"))
    with writing(connection, Plan()):
        assert {*held(connection)} == {"b"}


def test_searches_see_the_old_index_until_the_new_one_is_whole(connection, connect):
    names = [str(i) for i in range(40)]
    with writing(connection, Plan()) as writer:
        for name in names:
            writer.put(*written(name, 1, "old"))
    searching, done, seen = connect(), Event(), []

    def search():
        while not done.is_set():
            query = {"query": {"exists": {"field": "passages"}}, "size": 100, "_source": ["row.article"]}
            answer = searching.ask("POST", f"/{searching.index}/_search", query, allow_partial_search_results=False)
            seen.append({"2" in hit["_source"]["row"]["article"].split('"size":')[1] for hit in answer["hits"]["hits"]})
            assert len(answer["hits"]["hits"]) == 40

    with ThreadPoolExecutor(1) as pool:
        searches = pool.submit(search)
        with writing(connection, Plan(replaces_all=True, held_bytes=0)) as writer:
            for name in names:
                writer.put(*written(name, 2, "new"))
        count = len(seen)
        while len(seen) < count + 3 and not searches.done():
            pass
        done.set()
        searches.result()
    assert len(seen) > 5


def test_what_was_replaced_is_kept_for_a_while_and_what_died_is_removed(connection):
    with writing(connection, Plan()) as writer:
        writer.put(*written("a", 1, "x"))
    first, dead = current_index(connection), create_beside(connection, Shape())
    with writing(connection, Plan(replaces_all=True)) as writer:
        writer.put(*written("b", 1, "x"))
        assert [*writer.outcome().cleaned] == [dead]
    second = current_index(connection)
    assert indices(connection) == {first, second}
    assert [one.row.id for one in read_articles(connection, first, ["a"])] == ["a"]
    with writing(connection, Plan()) as writer:
        assert not writer.outcome().cleaned
    assert remove_leftovers(connection, second, lambda: 2**40) == (first,)
    assert indices(connection) == {second}
    assert KEPT_S >= 60


def test_an_index_takes_the_place_of_another_once_however_often_that_is_asked(connection):
    first, second = current_index(connection), create_beside(connection, Shape())
    for _ in range(2):
        take_place(connection, first, second)
        assert current_index(connection) == second
    with pytest.raises(ClusterRefuses):
        take_place(connection, first, f"{connection.index}-none")


def test_an_index_whose_name_only_begins_so_is_none_of_the_leftovers(connection):
    own = other(connection, "-2024")
    create(own, Shape(1, 0))
    connection.ask("PUT", f"/{connection.index}-notes", {})
    with writing(connection, Plan()) as writer:
        assert not writer.outcome().cleaned
    assert {current_index(own), f"{connection.index}-notes"} < indices(connection)


def test_a_new_index_without_all_of_its_articles_does_not_take_the_place_of_the_old(connection, monkeypatch):
    with writing(connection, Plan()) as writer:
        writer.put(*written("a", 1, "x"))
    before = current_index(connection)
    monkeypatch.setattr(writer_module, "count_articles", lambda *_: 1)
    with pytest.raises(IndexUnusable, match="1 of 2 articles"), writing(connection, Plan(replaces_all=True)) as writer:
        writer.put(*written("b", 1, "x"))
        writer.put(*written("c", 1, "x"))
    assert current_index(connection) == before
    assert {*held(connection)} == {"a"}
    assert indices(connection) == {before}


def test_a_part_does_not_replace_everything():
    with pytest.raises(ValueError, match="part"):
        Plan(replaces_all=True, partition=Partition(1, 2))
