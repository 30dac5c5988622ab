"""Requests while a node of a real cluster is killed: searches are answered, whole, and what was acknowledged is there."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from indexer import build
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.indices import create, current_index
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.snapshot import Snapshot
from indexer.engines.opensearch.writer import Plan, Shape, writing
from search import Searcher
from tests.cluster.test_writer import written

COUNT = 60
QUERY = {"query": {"nested": {"path": "p", "query": {"term": {"p.text": "term"}}}}, "track_total_hits": True, "size": 5}
OF_SEARCH = {"search_type": "dfs_query_then_fetch", "allow_partial_search_results": False}


@pytest.fixture
def location(breakable_cluster):
    """An index of three shards, each twice, with articles; the address names all nodes."""
    hosts = ",".join(address.removeprefix("http://") for address in breakable_cluster.addresses)
    location = location_of(f"http://{hosts}/wensou-failover-{os.getpid()}")
    connection = Connection(location)
    create(connection, Shape(3, 1))
    with writing(connection, Plan()) as writer:
        for number in range(COUNT):
            writer.put(*written(f"a{number}", 1, "term", f"t{number}"))
    breakable_cluster.wait()
    yield location
    for index in connection.ask("GET", f"/{location.name}*/_alias"):
        connection.ask("DELETE", f"/{index}")
    connection.close()


def test_searches_are_answered_whole_while_a_node_dies(breakable_cluster, location):
    has_begun, has_died = threading.Event(), threading.Event()

    def search_until_it_died():
        connection, totals = Connection(location), []
        index, after = current_index(connection), 0
        while after < 100:
            found = connection.ask("POST", f"/{index}/_search", QUERY, **OF_SEARCH)
            totals.append((found["hits"]["total"]["value"], len(found["hits"]["hits"]), found["_shards"]["successful"]))
            after += has_died.is_set()
            if len(totals) == 30:
                has_begun.set()
        connection.close()
        return totals

    with ThreadPoolExecutor(2) as pool:
        searches = [pool.submit(search_until_it_died) for _ in range(2)]
        has_begun.wait(60)
        breakable_cluster.kill("n2")
        has_died.set()
        assert {answer for search in searches for answer in search.result()} == {(COUNT, 5, 3)}


def test_a_point_in_time_that_a_node_took_with_it_is_opened_anew(breakable_cluster, location):
    connection = Connection(location)
    snapshot = Snapshot.newest(connection)
    body = {"query": QUERY["query"], "track_total_hits": True}
    for name in breakable_cluster.nodes:  # which of them it asks is left to the cluster
        assert snapshot.search(body)["hits"]["total"]["value"] == COUNT
        breakable_cluster.kill(name)
        breakable_cluster.wait("yellow", index=f"{location.name}*")  # the others know
        assert snapshot.search(body)["hits"]["total"]["value"] == COUNT
        breakable_cluster.mend()
    snapshot.close()
    connection.close()


def test_a_searcher_goes_on_when_a_node_dies_after_an_update(breakable_cluster, location, archive):
    address = str(replace(location, name=f"{location.name}-seeds"))
    build(archive, address)
    with Searcher(address) as searcher:
        assert searcher.search("nightingale").total == 0
        (archive / "new.md").write_text("# Nightingale\n\nThe nightingale sang.", "utf-8")
        build(archive, address)
        breakable_cluster.wait()
        found = []
        for name in ("n1", "n2"):  # the third one has no copy of one of the shards
            breakable_cluster.kill(name)
            breakable_cluster.wait("yellow", index=f"{location.name}*")
            found.append(searcher.search("nightingale").total)
            breakable_cluster.mend()
        assert found in ([0, 1], [1, 1])  # its own commit, until a part of that is lost


def test_what_is_written_while_a_node_dies_is_there(breakable_cluster, location):
    connection = Connection(location)
    index = current_index(connection)
    for number in range(COUNT):
        if number == COUNT // 2:
            breakable_cluster.kill("n3")
        article = {"id": f"b{number}", "passages": 1, "p": [{"number": 0, "text": "term"}]}
        connection.ask("PUT", f"/{index}/_doc/b{number}", article, within_s=90)
    connection.ask("POST", f"/{index}/_refresh", within_s=90)
    assert connection.ask("POST", f"/{index}/_search", QUERY, **OF_SEARCH)["hits"]["total"]["value"] == 2 * COUNT
    connection.close()
