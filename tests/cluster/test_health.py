"""What is said of an index on a real cluster: its shards, sizes and health, and what is missing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.engines.base import TERM_FIELDS
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.health import check, facts
from indexer.engines.opensearch.indices import count_articles, current_index
from indexer.engines.opensearch.mapping import PASSAGES, mappings, settings
from indexer.engines.opensearch.settings import ClusterSettings
from indexer.engines.opensearch.writer import Plan, writing
from indexer.errors import IndexMissing, PartMissing
from tests.cluster.test_writer import written

COUNT = 30


@pytest.fixture
def filled(connection):
    """An index of three shards, without replicas, with articles in each of them."""
    with writing(connection, Plan()) as writer:
        for number in range(COUNT):
            writer.put(*written(f"a{number}", 1, "term", f"t{number}"))
    index = current_index(connection)
    connection.ask("PUT", f"/{index}/_settings", {"index": {"number_of_replicas": 0}})
    return connection


@pytest.fixture
def lacking(connection):
    """An index of four shards that may have only one on each of three nodes, with an article in each that there is."""
    own = replace(connection.location, name=f"{connection.index}-less")
    less = Connection(replace(own, settings=ClusterSettings(timeout_s=1)))
    made, fields = settings(4, 0), mappings()
    made["index"]["routing.allocation.total_shards_per_node"] = 1
    body = {"settings": made, "mappings": fields, "aliases": {less.index: {}}}
    less.ask("PUT", f"/{less.index}-0", body, wait_for_active_shards=0, within_s=30)
    less.ask("GET", f"/_cluster/health/{less.index}", wait_for_active_shards=3, timeout="20s", within_s=30)
    missing = int(less.missing_parts()[0].split()[1])
    passage = {"number": 0, "text": "x"}
    for number in {0, 1, 2, 3} - {missing}:
        name = next(name for name in map(str, range(1000)) if shard_of(less, name) == number)
        article = {"id": name, "passages": 1, PASSAGES: [passage]}
        less.ask("PUT", f"/{less.index}/_doc/{name}", article, refresh="true", within_s=30)
    yield less, missing
    less.close()


def opened(connection, **settings):
    return Connection(replace(connection.location, settings=replace(connection.settings, **settings)))


def shard_of(connection, name):
    """Return the number of the shard that has a document; None if there is no copy of it."""
    index = current_index(connection)
    found = connection.ask("GET", f"/{index}/_search_shards", routing=name)
    return next((copy["shard"] for copies in found["shards"] for copy in copies), None)


def test_the_facts_are_those_of_the_cluster(filled):
    found = facts(filled)
    assert (found.name, found.segments > 0, found.size_bytes > 0) == ("opensearch", True, True)
    assert found.terms == {**dict.fromkeys(TERM_FIELDS, 0), "text": COUNT + 1}
    cluster = found.cluster
    assert (cluster.health, cluster.nodes, cluster.shards, cluster.replicas) == ("green", 3, 3, 0)
    assert len(cluster.shard_bytes) == 3
    assert sum(cluster.shard_bytes) == found.size_bytes == cluster.stored_bytes


def test_a_whole_index_has_no_problems(filled):
    report = check(filled.location)
    assert (report.articles, report.passages, report.problems) == (COUNT, COUNT, ())
    assert report.segments > 0


def test_no_index_is_no_report(filled):
    with pytest.raises(IndexMissing, match="No index at http"):
        check(replace(filled.location, name="s8l-nothing"))


def test_a_missing_shard_is_reported_and_the_rest_counted(lacking):
    less, number = lacking
    report = check(less.location)
    assert report.problems[0] == f"shard {number} of 4 of {less.index}: no node that runs has a copy of it"
    assert (report.articles, report.passages) == (3, 3)
    found = facts(opened(less, partial=True)).cluster
    assert (found.health, found.shards, found.shard_bytes[number]) == ("red", 4, 0)


def test_nothing_is_counted_or_searched_without_a_shard_unless_it_is_allowed(lacking):
    less, number = lacking
    index = current_index(less)
    for ask in (
        lambda: count_articles(less, index),
        lambda: less.ask("POST", f"/{index}/_search", {}, allow_partial_search_results=False),
        lambda: less.ask("POST", f"/{index}/_search", {}),
        lambda: less.ask("POST", f"/{index}/_search/point_in_time", keep_alive="1m"),
    ):
        with pytest.raises(PartMissing, match=f"without shard {number} of 4 of {less.index}: "):
            ask()
    lenient = opened(less, partial=True)
    assert count_articles(lenient, index) == 3
    assert lenient.unsearched == (f"shard {number} of 4 of {less.index}",)


def test_articles_without_their_passages_are_reported(filled):
    index = current_index(filled)
    filled.ask("PUT", f"/{index}/_doc/odd", {"id": "odd", "passages": 2}, refresh="true")
    assert check(filled.location).problems == (f"{index}: its articles note {COUNT + 2} passages, it has {COUNT}",)
