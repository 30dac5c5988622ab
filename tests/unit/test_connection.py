"""Requests to a cluster: what is repeated on which node, for how long, and what a user is told in the end."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.settings import ClusterSettings
from indexer.errors import AccessDenied, ClusterRefuses, ClusterUnreachable, PartMissing, SettingsError, WensouError
from tests.stub_cluster import stub_node

pytest.importorskip("opensearchpy")
ROOT = Path(__file__).parent.parent.parent

GONE = {
    "error": {
        "root_cause": [{"type": "node_disconnected_exception", "reason": "[n2][127.0.0.1:9302] disconnected"}],
        "type": "search_phase_execution_exception",
        "reason": "Partial shards failure",
        "failed_shards": [{"shard": 0, "reason": {"type": "node_disconnected_exception", "reason": "disconnected"}}],
    },
    "status": 500,
}
LEFT = {
    "error": {
        "root_cause": [{"type": "illegal_state_exception", "reason": "no node found for id: 53bYVoj2QXWWor"}],
        "type": "search_phase_execution_exception",
        "reason": "Partial shards failure",
    },
    "status": 500,
}
MISSING = {
    "error": {
        "root_cause": [],
        "type": "search_phase_execution_exception",
        "reason": "",
        "caused_by": {
            "type": "search_phase_execution_exception",
            "reason": "Search rejected due to missing shards [[x-1][0], [x-1][2]]. Consider using "
            "`allow_partial_search_results` setting to bypass this error.",
        },
    },
    "status": 503,
}
OWN_FAULT = {"error": {"root_cause": [], "type": "search_phase_execution_exception", "reason": "too many clauses"}}


class Clock:
    """Time that passes only while somebody sleeps, and a little with each look."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 0.001
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def cluster():
    """Nodes that answer one after the other as they are told, the last answer again and again."""
    with ExitStack() as stack:

        def made(*nodes, environment=None):
            stubs = []
            for answers in nodes:
                rest = list(answers)
                answer = lambda asked, rest=rest: rest.pop(0) if len(rest) > 1 else rest[0]  # noqa: E731
                stubs.append(stack.enter_context(stub_node(answer)))
            hosts = ",".join(f"127.0.0.1:{stub.port}" for stub in stubs)
            clock = Clock()
            connection = Connection(location_of(f"http://{hosts}/x"), environment or {}, clock, clock.sleep)
            stack.callback(connection.close)
            return connection, stubs, clock

        yield made


def unused_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


FOUND = (200, {"found": True, "_shards": {"total": 2, "successful": 2}})


def asked(stubs):
    return sum(len(stub.asked) for stub in stubs)


def test_a_request_is_sent_as_json_and_its_answer_read(cluster):
    connection, (stub,), _ = cluster([FOUND])
    asked = {"allow_partial_search_results": False, "size": 3}
    assert connection.ask("POST", "/x/_search", {"query": "文"}, **asked) == FOUND[1]
    (request,) = stub.asked
    assert (request.method, request.path) == ("POST", "/x/_search?allow_partial_search_results=false&size=3")
    assert json.loads(request.body) == {"query": "文"}
    assert "authorization" not in request.headers


def test_an_answer_that_is_cut_down_still_says_of_how_many_parts_it_is(cluster):
    connection, (stub,), _ = cluster([FOUND])
    connection.ask("POST", "/x/_search", {}, filter_path="found")
    assert stub.asked[0].path == "/x/_search?filter_path=found%2C_shards"
    connection.ask("DELETE", "/_search/point_in_time", {}, filter_path="found")
    assert stub.asked[1].path == "/_search/point_in_time?filter_path=found"


def test_lines_are_sent_as_they_are(cluster):
    connection, (stub,), _ = cluster([(200, {"errors": False})])
    assert connection.bulk_lines(b'{"index":{}}\n{"a":1}\n') == {"errors": False}
    assert (stub.asked[0].body, stub.asked[0].path) == (b'{"index":{}}\n{"a":1}\n', "/_bulk")
    assert stub.asked[0].headers["content-type"] == "application/x-ndjson"


def test_half_a_surrogate_pair_can_be_asked_for(cluster):
    connection, (stub,), _ = cluster([FOUND])
    connection.ask("POST", "/x/_search", {"path": "a\udcff"})
    assert json.loads(stub.asked[0].body) == {"path": "a\udcff"}


def test_what_is_missing_may_be_none(cluster):
    connection, _, _ = cluster([(404, {"error": {"type": "index_not_found_exception", "reason": "no such index [x]"}})])
    assert connection.ask("GET", "/x", missing_ok=True) is None
    with pytest.raises(ClusterRefuses, match="index_not_found_exception: no such index") as caught:
        connection.ask("GET", "/x")
    assert (caught.value.status, caught.value.kind) == (404, "index_not_found_exception")


@pytest.mark.parametrize("failure", [(502, "bad"), (503, {}), (504, {}), (429, {}), (500, GONE), None])
def test_a_search_goes_on_on_another_node(cluster, failure):
    connection, stubs, _ = cluster([failure, FOUND], [failure, FOUND])
    assert connection.ask("POST", "/x/_search", {}) == FOUND[1]
    assert asked(stubs) > 1


@pytest.mark.parametrize("failure", [(503, {}), (500, GONE), None])
def test_what_is_not_safe_to_repeat_is_sent_once(cluster, failure):
    connection, stubs, _ = cluster([failure, FOUND], [failure, FOUND])
    with pytest.raises(WensouError):
        connection.ask("POST", "/x/_doc", {}, repeat=False)
    assert asked(stubs) == 1


def test_what_never_arrived_is_sent_again_in_any_case(cluster):
    connection, stubs, _ = cluster([(429, {}), FOUND])
    assert connection.ask("POST", "/x/_doc", {}, repeat=False) == FOUND[1]
    location = location_of(f"http://127.0.0.1:{unused_port()},127.0.0.1:{stubs[0].port}/x")
    for _ in range(4):
        assert Connection(location, {}).ask("POST", "/x/_doc", {}, repeat=False) == FOUND[1]


@pytest.mark.parametrize(
    "failure", [(500, OWN_FAULT), (400, {"error": {"type": "parsing_exception", "reason": "no [a]"}})]
)
def test_a_request_that_is_wrong_is_sent_once(cluster, failure):
    connection, stubs, _ = cluster([failure], [failure])
    with pytest.raises(ClusterRefuses, match=r"too many clauses|parsing_exception: no \[a\]"):
        connection.ask("POST", "/x/_search", {})
    assert asked(stubs) == 1


def test_a_proxy_that_answers_in_its_own_way_is_passed_over(cluster):
    text = (502, '"bad gateway"', "application/json")
    connection, _, _ = cluster([text, FOUND], [text, FOUND])
    assert connection.ask("GET", "/x") == FOUND[1]
    connection, _, _ = cluster([(200, "<html>", "application/json")])
    with pytest.raises(ClusterRefuses, match="no OpenSearch"):
        connection.ask("GET", "/x")


def test_the_version_is_that_of_an_opensearch(cluster):
    connection, (stub,), _ = cluster([(200, {"version": {"distribution": "opensearch", "number": "2.19.0-SNAPSHOT"}})])
    assert connection.version == (2, 19, 0)
    assert connection.version >= (2,)
    assert len(stub.asked) == 1
    other, _, _ = cluster([(200, {"version": {"number": "8.1.0"}, "tagline": "You Know, for Search"})])
    with pytest.raises(ClusterRefuses, match="is no OpenSearch"):
        other.version  # noqa: B018


def test_a_full_queue_is_waited_for_and_then_said(cluster):
    connection, stubs, clock = cluster([(429, {"error": {"type": "rejected_execution_exception", "reason": "full"}})])
    with pytest.raises(ClusterRefuses, match=r"more to do than it can take, for [23].* s now") as caught:
        connection.ask("POST", "/x/_search", {})
    assert caught.value.status == 429
    assert 20 < clock.now <= 30
    assert 15 < asked(stubs) < 60


def test_a_cluster_that_does_not_answer_is_given_up_within_the_time(cluster):
    connection, stubs, clock = cluster([None], [None])
    with pytest.raises(ClusterUnreachable) as caught:
        connection.ask("GET", "/x/_search")
    assert all(f"127.0.0.1:{stub.port}" in str(caught.value) for stub in stubs)
    assert 20 < clock.now <= 30


def test_nothing_listens_is_said_sooner(cluster):
    clock = Clock()
    connection = Connection(location_of(f"http://127.0.0.1:{unused_port()}/x"), {}, clock, clock.sleep)
    with pytest.raises(ClusterUnreachable, match="https"):
        connection.ask("GET", "/x/_search")
    assert clock.now <= 5


def test_a_node_that_hangs_is_left_for_another(cluster):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        _, (stub,), _ = cluster([FOUND])
        location = location_of(f"http://127.0.0.1:{silent.getsockname()[1]},127.0.0.1:{stub.port}/x")
        connection = Connection(location, {})
        assert [connection.ask("GET", "/x", within_s=3) for _ in range(3)] == [FOUND[1]] * 3


def test_a_part_without_a_copy_is_named(cluster):
    health = {
        "indices": {
            "x-1": {"shards": {"0": {"active_shards": 0}, "1": {"active_shards": 2}, "2": {"active_shards": 0}}}
        }
    }
    connection, _, clock = cluster([(503, MISSING)])
    with pytest.raises(PartMissing, match=r"shard 0 of x-1, shard 2 of x-1.*--partial"):
        connection.ask("POST", "/x/_search", {})
    assert clock.now <= 30
    answers = lambda asked: (200, health) if "_cluster/health" in asked.path else (503, MISSING)  # noqa: E731
    with stub_node(answers) as stub:
        clock = Clock()
        connection = Connection(location_of(f"http://127.0.0.1:{stub.port}/x"), {}, clock, clock.sleep)
        with pytest.raises(PartMissing, match="without shard 0 of 3 of x, shard 2 of 3 of x: "):
            connection.ask("POST", "/x/_search", {})
        assert clock.now <= 11  # ten seconds, and what the last request takes


SHARDS = {"total": 4, "successful": 3, "skipped": 0, "failed": 0}
LACKING = {"indices": {"x-1": {"shards": {str(number): {"active_shards": int(number < 3)} for number in range(4)}}}}


@pytest.mark.parametrize("path", ["/x/_count", "/_search", "/x/_search/point_in_time"])
def test_an_answer_without_a_part_is_none(path):
    found = {"count": 3, "_shards": SHARDS}
    answers = lambda asked: (200, LACKING if "_cluster/health" in asked.path else found)  # noqa: E731
    with stub_node(answers) as stub:
        clock = Clock()
        connection = Connection(location_of(f"http://127.0.0.1:{stub.port}/x"), {}, clock, clock.sleep)
        with pytest.raises(PartMissing, match="without shard 3 of 4 of x: "):
            connection.ask("POST", path, {})
        assert clock.now <= 11  # ten seconds, and what the last request takes
        assert connection.ask("PUT", "/x/_doc/1", {}) == found  # of which these are the copies


def test_an_answer_without_a_part_is_noted_where_it_is_allowed():
    whole = {"total": 4, "successful": 4, "skipped": 0, "failed": 0}
    shards = [SHARDS, whole, whole]

    def answers(asked):
        return 200, LACKING if "_cluster/health" in asked.path else {"_shards": shards.pop(0)}

    with stub_node(answers) as stub:
        location = location_of(f"http://127.0.0.1:{stub.port}/x", ClusterSettings(partial=True))
        connection = Connection(location, {})
        connection.ask("POST", "/x/_search/point_in_time")
        assert connection.unsearched == ("shard 3 of 4 of x",)
        connection.ask("POST", "/_search", {})
        assert connection.unsearched == ("shard 3 of 4 of x",)
        connection.ask("POST", "/x/_search/point_in_time")
        assert connection.unsearched == ()


def test_a_point_in_time_of_a_node_that_has_left_is_lost_and_not_asked_for_again(cluster):
    connection, (stub,), _ = cluster([(500, LEFT)])
    with pytest.raises(ClusterRefuses, match="no node found") as caught:
        connection.ask("POST", "/_search", {})
    assert (caught.value.status, caught.value.kind) == (404, "search_context_missing_exception")
    assert len(stub.asked) == 1


def test_who_asks_is_told_by_the_environment_or_a_file(cluster, tmp_path):
    file = tmp_path / "credentials.toml"
    file.write_text('user = "anna"\npassword = "密码:"\n', "utf-8")
    for environment, expected in [
        ({"WENSOU_USER": "anna", "WENSOU_PASSWORD": "密码:"}, "Basic YW5uYTrlr4bnoIE6"),
        ({"WENSOU_CREDENTIALS": str(file)}, "Basic YW5uYTrlr4bnoIE6"),
        ({"WENSOU_TOKEN": "t0ken\n", "WENSOU_CREDENTIALS": str(file)}, "Bearer t0ken"),
    ]:
        connection, (stub,), _ = cluster([FOUND], environment=environment)
        connection.ask("GET", "/")
        assert stub.asked[0].headers["authorization"] == expected


SECRET = {"WENSOU_USER": "anna", "WENSOU_PASSWORD": "Secr3t"}


@pytest.mark.parametrize(
    ("environment", "status", "message"),
    [
        (SECRET, 401, "does not accept the user and password, or token, of the environment"),
        ({"WENSOU_TOKEN": "Secr3t"}, 401, "does not accept"),
        ({}, 401, "asks who you are.*WENSOU_USER"),
        (SECRET, 403, "does not allow this user"),
    ],
)
def test_a_refused_user_is_told_so_at_once_without_the_password(cluster, caplog, environment, status, message):
    caplog.set_level(logging.DEBUG)
    connection, stubs, _ = cluster([(status, "Unauthorized")], [(status, "Unauthorized")], environment=environment)
    with pytest.raises(AccessDenied, match=message) as caught:
        connection.ask("GET", "/x")
    assert asked(stubs) == 1
    for text in (str(caught.value), repr(caught.value), repr(connection), repr(vars(connection)), caplog.text):
        assert "Secr3t" not in text
        assert "YW5uYTpTZWNyM3Q=" not in text


@pytest.mark.parametrize(
    ("environment", "text", "message"),
    [
        ({"WENSOU_USER": "anna"}, "", "no WENSOU_PASSWORD"),
        ({"WENSOU_PASSWORD": "Secr3t"}, "", "no WENSOU_USER"),
        ({"WENSOU_TOKEN": "Secr3t", **SECRET}, "", "both WENSOU_TOKEN and WENSOU_USER"),
        ({"WENSOU_TOKEN": "Secr3t\nx: y"}, "", "WENSOU_TOKEN of the environment is no token"),
        ({"WENSOU_CREDENTIALS": "nowhere.toml"}, "", "nowhere.toml, which WENSOU_CREDENTIALS names, cannot be read"),
        ({}, "password = Secr3t", "is no TOML"),
        ({}, 'passwort = "Secr3t"', "may have user, password, token"),
        ({}, "", "has neither"),
        ({}, 'user = "anna"', "has no password"),
    ],
)
def test_wrong_credentials_are_named_and_not_quoted(tmp_path, environment, text, message):
    (tmp_path / "file.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=message) as caught:
        Connection(
            location_of("http://127.0.0.1/x"), {"WENSOU_CREDENTIALS": str(tmp_path / "file.toml"), **environment}
        )
    assert "Secr3t" not in str(caught.value)


def test_without_the_library_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "opensearchpy", None)
    with pytest.raises(WensouError, match=r"wensou\[opensearch\]"):
        Connection(location_of("http://127.0.0.1/x"), {})


def test_the_library_is_loaded_when_a_cluster_is_opened():
    code = "import sys, indexer.engines.opensearch.connection; print('opensearchpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
