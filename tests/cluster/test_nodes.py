"""The cluster that the tests run on: three nodes, one of which may die and come back."""

from __future__ import annotations

import json
import urllib.request


def ask(address, path, method="GET", body=None):
    """Send one request to a node; return what it says."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as response:
        return json.load(response)


def test_three_nodes_are_one_green_cluster(cluster):
    for address in cluster.addresses:
        health = ask(address, "/_cluster/health")
        assert (health["status"], health["number_of_nodes"]) == ("green", 3)


def test_nodes_listen_on_loopback_only_with_a_bounded_heap_and_no_root(cluster):
    nodes = ask(cluster.addresses[0], "/_nodes/http,transport,jvm,process")["nodes"].values()
    assert len(nodes) == 3
    for node in nodes:
        bound = [*node["http"]["bound_address"], *node["transport"]["bound_address"]]
        assert all(address.startswith("127.0.0.1:") for address in bound)
        assert node["jvm"]["mem"]["heap_max_in_bytes"] == 512 << 20
    assert all((node.folder / "pid").stat().st_uid for node in cluster.nodes.values())  # which each wrote itself


def test_what_was_acknowledged_is_there_after_a_node_died_and_came_back(breakable_cluster):
    cluster = breakable_cluster
    first, second, _ = cluster.addresses
    index = "/nodes-test"
    ask(first, index, "PUT", {"settings": {"number_of_shards": 3, "number_of_replicas": 1}})
    try:
        cluster.wait()
        for number in range(20):
            ask(first, f"{index}/_doc/{number}", "PUT", {"number": number})
        cluster.kill("n1")
        assert cluster.pid("n1") is None
        cluster.wait("yellow", index="nodes-test")
        ask(second, f"{index}/_refresh", "POST")
        assert ask(second, f"{index}/_count")["count"] == 20
        cluster.restart("n1")
        cluster.wait()
        assert ask(first, f"{index}/_count")["count"] == 20
    finally:
        ask(second, index, "DELETE")
