"""Bulk requests: their bounds, what is sent again, and what is told of each article."""

from __future__ import annotations

import json
from threading import Event, Lock

import pytest

from indexer.engines.opensearch import bulk
from indexer.engines.opensearch.bulk import Bulk, Operation
from indexer.errors import ClusterRefuses
from indexer.model import Failure

DONE = {"status": 200, "result": "updated"}
BUSY = {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "queue full"}}


class Cluster:
    """Answers bulk requests as `answer` does for each operation: (what, about, source, how often it came) -> item."""

    def __init__(self, answer=lambda *_: DONE):
        self.requests = []  # of each the names of the articles
        self.operations = []
        self.flying = self.most_flying = 0
        self._answer = answer
        self._lock = Lock()

    def bulk_lines(self, lines, *, within_s, filter_path):
        with self._lock:
            self.flying += 1
            self.most_flying = max(self.flying, self.most_flying)
        read = iter([json.loads(line) for line in lines.splitlines()])
        items, names = [], []
        for action in read:
            ((what, about),) = action.items()
            source = next(read) if what == "index" else None
            names.append(about["_id"])
            with self._lock:
                self.operations.append((what, about, source))
                tried = sum(own[1]["_id"] == about["_id"] for own in self.operations)
            items.append({what: self._answer(what, about, source, tried)})
        with self._lock:
            self.requests.append(names)
            self.flying -= 1
        return {"items": items}


def sent(cluster, operations, **named):
    """Send operations and return what came of them."""
    with Bulk(cluster, "index-1", sleep=lambda _: None, **named) as own:
        own.send(operations)
        own.finish()
    return own


def test_puts_and_deletes_reach_the_index_with_their_versions():
    cluster = Cluster(lambda what, *_: DONE if what == "index" else {"status": 200, "result": "deleted"})
    own = sent(cluster, [Operation("文", b'{"a":1}', 7), Operation("b", b"{}"), Operation("c", None)])
    assert cluster.operations == [
        ("index", {"_index": "index-1", "_id": "文", "version": 7, "version_type": "external_gte"}, {"a": 1}),
        ("index", {"_index": "index-1", "_id": "b"}, {}),
        ("delete", {"_index": "index-1", "_id": "c"}, None),
    ]
    assert (own.written, own.deleted, own.older, own.rejected) == (2, 1, 0, [])


def test_a_request_has_no_more_bytes_than_allowed_but_for_one_article():
    cluster = Cluster()
    sent(cluster, [Operation(str(i), b'"' + b"x" * size + b'"') for i, size in enumerate([300] * 6 + [9000, 10])],
         most_bytes=1000)  # fmt: skip
    assert sorted(cluster.requests) == [["0", "1"], ["2", "3"], ["4", "5"], ["6"], ["7"]]
    assert cluster.most_flying <= bulk._FLYING


def test_two_operations_on_one_article_are_never_under_way_together():
    first, second = Event(), []

    def answer(what, about, source, tried):
        if tried == 1:
            first.wait(0.1)
            second.append("first done")
        elif tried == 2:
            second.append("second came")
        return DONE

    with Bulk(Cluster(answer), "index-1") as own:
        own.send([Operation("a", b"1")])
        own.send([Operation("a", b"2")])
        own.finish()
    assert second == ["first done", "second came"]


def test_items_that_a_full_queue_refuses_are_sent_again_and_the_others_are_not():
    cluster = Cluster(lambda what, about, source, tried: BUSY if about["_id"] == "b" and tried < 4 else DONE)
    own = sent(cluster, [Operation(name, b"{}") for name in "abc"])
    assert cluster.requests == [["a", "b", "c"], ["b"], ["b"], ["b"]]
    assert (own.written, own.rejected) == (3, [])


def test_a_cluster_that_is_too_busy_for_long_ends_the_run():
    with pytest.raises(ClusterRefuses, match="put off"):
        sent(Cluster(lambda *_: BUSY), [Operation("a", b"{}")])


def test_a_rejected_article_is_told_with_its_reason_and_the_rest_goes_on():
    error = {"type": "mapper_parsing_exception", "reason": "failed to parse", "caused_by": {"reason": "too deep"}}
    cluster = Cluster(lambda what, about, *_: {"status": 400, "error": error} if about["_id"] == "b" else DONE)
    own = sent(cluster, [Operation(name, b"{}") for name in "abc"])
    assert own.rejected == [Failure("b", "the cluster does not take it: failed to parse; too deep")]
    assert own.written == 2
    assert len(cluster.requests) == 1


@pytest.mark.parametrize(("status", "requests"), [(500, bulk._TRIES), (503, 8)])
def test_a_fault_of_the_cluster_is_tried_again_before_it_counts(status, requests):
    fault = {"status": status, "error": {"type": "x", "reason": "gone"}}
    cluster = Cluster(lambda what, about, source, tried: fault if tried < 8 else DONE)
    own = sent(cluster, [Operation("a", b"{}")])
    assert len(cluster.requests) == requests
    assert len(own.rejected) == (status == 500)


def test_what_is_older_than_the_index_is_counted_and_no_error():
    conflict = {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "newer"}}
    own = sent(Cluster(lambda *_: conflict), [Operation("a", b"{}", 5), Operation("b", None, 5)])
    assert (own.older, own.rejected, own.written, own.deleted) == (2, [], 0, 0)


def test_a_delete_of_what_is_not_there_deletes_nothing():
    own = sent(Cluster(lambda *_: {"status": 404, "result": "not_found"}), [Operation("a", None)])
    assert (own.deleted, own.rejected) == (0, [])


def test_a_request_too_large_for_the_cluster_goes_in_parts():
    class Small(Cluster):
        def bulk_lines(self, lines, **named):
            if len(lines) > 700:
                raise ClusterRefuses("too large", status=413, kind="")
            return super().bulk_lines(lines, **named)

    own = sent(Small(), [Operation(str(i), b'"' + b"x" * size + b'"') for i, size in enumerate([200] * 5 + [900])])
    assert own.written == 5
    assert [failure.path for failure in own.rejected] == ["5"]
    assert "larger than the cluster takes" in own.rejected[0].reason


def test_what_the_connection_raises_ends_the_run():
    class Gone(Cluster):
        def bulk_lines(self, lines, **named):
            raise ClusterRefuses("no", status=403, kind="")

    with pytest.raises(ClusterRefuses, match="no"):
        sent(Gone(), [Operation("a", b"{}")])
