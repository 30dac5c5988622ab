"""Points in time of a cluster: opened for each commit, shared by threads, and given back by the last that asks them."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.mapping import FORMAT
from indexer.errors import IndexStale, UsageError
from search import Searcher
from tests.stub_cluster import stub_node

ALL = {"total": 1, "successful": 1, "failed": 0, "skipped": 0}


class Cluster:
    """What a node answers of an index whose commit tests change."""

    def __init__(self):
        self.committed = self.shown = "one"
        self.format = FORMAT
        self.opened, self.points = 0, {}

    def __call__(self, asked):
        path, _, _ = asked.path.partition("?")
        if path == "/_search/point_in_time":
            for point in json.loads(asked.body)["pit_id"]:
                self.points.pop(point, None)
            return 200, {"pits": []}
        if path.endswith("/_search/point_in_time"):
            self.opened += 1
            self.points[f"point{self.opened}"] = self.shown
            return 200, {"pit_id": f"point{self.opened}", "_shards": ALL}
        if path == "/_search":
            return self._found(json.loads(asked.body)["pit"]["id"])
        return 200, {"_source": {"row": self._row(self.committed)}}

    def _found(self, point):
        if point not in self.points:
            return 404, {"error": {"type": "search_context_missing_exception", "reason": "none"}, "status": 404}
        return 200, {"_shards": ALL, "hits": {"hits": [{"_source": {"row": self._row(self.points[point])}}]}}

    def _row(self, commit):
        return {"commit": commit, "format": self.format, "meta": json.dumps({"run": 1, "identity": commit})}

    def commit(self, name):
        self.committed = self.shown = name


@pytest.fixture
def cluster():
    return Cluster()


@pytest.fixture
def location(cluster):
    with stub_node(cluster) as node:
        yield location_of(f"http://127.0.0.1:{node.port}/articles")


def test_the_newest_commit_shares_the_connection_which_the_last_closes(cluster, location):
    engine = OpenSearchEngine(location)
    assert engine.newest() is engine
    cluster.commit("two")
    newer = engine.newest()
    assert (engine.commit_name(), newer.commit_name()) == ("one", "two")
    assert newer.newest() is newer
    engine.close()
    assert list(cluster.points.values()) == ["two"]
    assert newer.newest() is newer
    newer.close()
    assert not cluster.points


def test_a_commit_that_is_not_shown_yet_is_no_newer_one(cluster, location):
    engine = OpenSearchEngine(location)
    cluster.committed = "two"
    assert engine.newest() is engine
    assert len(cluster.points) == 1
    engine.close()


def test_what_cannot_be_opened_leaves_no_point_in_time(cluster, location):
    with Searcher(location) as searcher:
        cluster.commit("two")
        cluster.format = FORMAT + 1
        with pytest.raises(IndexStale):
            searcher.refresh()
        assert list(cluster.points.values()) == ["one"]
        assert (searcher.generation, searcher.identity) == ("one", "one")
        cluster.format = FORMAT
        assert searcher.refresh()
        assert list(cluster.points.values()) == ["two"]
        assert not searcher.refresh()
    assert not cluster.points
    with pytest.raises(UsageError, match="closed"):
        searcher.refresh()


def test_a_point_in_time_is_given_back_when_nobody_asks_it_any_more(cluster, location):
    with Searcher(location) as searcher, searcher._current.held() as older:
        cluster.commit("two")
        assert searcher.refresh()
        searcher.close()
        assert list(cluster.points.values()) == ["one"]
        newest = older.engine.newest()  # the connection is open as long as somebody asks
        newest.close()
    assert not cluster.points


def test_threads_renew_a_point_that_was_lost_only_once(cluster, location):
    engine = OpenSearchEngine(location)
    cluster.points.clear()
    meeting = threading.Barrier(8)

    def ask(_):
        meeting.wait(10)
        return engine._snapshot.search({"size": 1})["hits"]["hits"]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))
    assert list(cluster.points) == ["point2"]
    engine.close()
    assert not cluster.points
