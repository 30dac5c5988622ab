"""The nodes of `make cluster`, with a small program in place of OpenSearch: found, killed, and never left behind."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("fcntl", reason="the cluster's processes need POSIX")
from benchmarks.cluster import Cluster, ClusterFailed, ClusterUnavailable, borrowed, distribution, nodes, start
from benchmarks.cluster.__main__ import main
from benchmarks.cluster.running import down, running, state_file, up

ROOT = Path(__file__).parent.parent.parent
# Answers on its port as the health API does: done if it is to be green, else not in time.
PROGRAM = """\
#!{python}
import http.server, os, pathlib, signal, sys
config = pathlib.Path(os.environ["OPENSEARCH_PATH_CONF"])
settings = dict(line.split(": ", 1) for line in (config / "opensearch.yml").read_text().splitlines())
data = pathlib.Path(settings["path.data"]) / "starts"
data.write_text(data.read_text() + "x" if data.exists() else "x")
if {mode!r} in ("broken", settings["node.name"]):
    sys.exit("no such setting: " + settings["node.name"])
if {mode!r} == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(408 if {mode!r} == "waiting" else 200)
        self.end_headers()
        self.wfile.write(b'{{"timed_out": false}}')
http.server.HTTPServer((settings["network.host"], int(settings["http.port"])), Handler).serve_forever()
"""
STARTER = """\
import sys
from pathlib import Path
from benchmarks.cluster import __main__, cluster, distribution, nodes
nodes.ordinary_user = dict
found = distribution.Distribution(Path("java"), Path(sys.argv.pop(1)))
cluster.find = lambda: found
sys.exit(__main__.main())
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Have all folders made in the test's own, and the program run by whoever runs the tests, who can read it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(nodes, "ordinary_user", dict)


@pytest.fixture
def state(tmp_path):
    path = tmp_path / "state.json"
    yield path
    down(path)


def archive(folder, mode="well"):
    """Make the zip of a distribution that holds the small program."""
    path = folder / f"{mode}.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("opensearch-0/bin/opensearch", PROGRAM.format(python=sys.executable, mode=mode))
        file.writestr("opensearch-0/config/jvm.options", "9-:-Xlog:gc*:file=logs/gc.log:utctime\n")
    return path


def starting(folder, mode="well"):
    return lambda: start(distribution.Distribution(Path("java"), archive(folder, mode)))


def pids(cluster):
    return [node.pid for node in cluster.nodes.values()]


def eventually(condition):
    """Wait until something that other processes do has come about."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def folders(tmp_path):
    return list(tmp_path.glob("wensou-cluster-*"))


def test_up_starts_three_nodes_and_says_where_they_are(tmp_path, state):
    cluster = up(state, starting(tmp_path))
    assert len(set(pids(cluster)) - {None}) == 3
    assert json.loads(state.read_text())["addresses"] == cluster.addresses
    assert len({*cluster.addresses, *(node.transport_port for node in cluster.nodes.values())}) == 6


def test_a_second_up_finds_the_running_nodes(tmp_path, state):
    first = up(state, starting(tmp_path))
    second = up(state, lambda: pytest.fail("started again"))
    assert (second.addresses, pids(second)) == (first.addresses, pids(first))


def test_up_starts_a_dead_node_again_on_its_port_and_data(tmp_path, state):
    before = up(state, starting(tmp_path))
    before.kill("n2")
    assert before.pid("n2") is None
    after = up(state, lambda: pytest.fail("started all again"))
    assert after.addresses == before.addresses
    assert after.pid("n1") == before.pid("n1")
    assert (after.nodes["n2"].folder / "data" / "starts").read_text() == "xx"
    before.stop()


def test_down_ends_the_nodes_and_removes_their_folder(tmp_path, state):
    cluster = up(state, starting(tmp_path))
    assert down(state)
    assert pids(cluster) == [None] * 3
    assert not state.exists()
    assert not folders(tmp_path)
    assert not down(state)


def test_nodes_that_died_are_no_cluster(tmp_path, state):
    old = up(state, starting(tmp_path))
    for name in old.nodes:
        old.kill(name)
    assert running(state) is None
    new = up(state, starting(tmp_path))
    assert folders(tmp_path) == [new.folder]


def test_another_program_with_the_id_of_a_node_is_left_alone(tmp_path, state):
    cluster = up(state, starting(tmp_path))
    for name in cluster.nodes:
        cluster.kill(name)
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as other:
        (cluster.folder / "n1" / "pid").write_text(f"{other.pid}\n")
        assert running(state) is None
        down(state)
        assert other.poll() is None
        other.kill()


@pytest.mark.parametrize("said", ["", "{", "[]", "{}", '{"folder": "/", "java_home": "", "nodes": [1]}'])
def test_a_file_that_says_no_cluster_is_replaced(said, tmp_path, state):
    state.write_text(said)
    assert running(state) is None
    assert len(up(state, starting(tmp_path)).nodes) == 3


def test_no_folder_is_removed_that_is_not_of_a_cluster(tmp_path, state):
    (tmp_path / "mine").mkdir()
    state.write_text(json.dumps({"folder": str(tmp_path / "mine"), "java_home": "", "nodes": []}))
    down(state)
    assert (tmp_path / "mine").exists()


def test_a_running_cluster_is_lent_and_left_running(tmp_path, state):
    cluster = up(state, starting(tmp_path))
    cluster.kill("n3")
    with borrowed(state) as lent:
        assert lent.addresses == cluster.addresses
        assert None not in pids(lent)
    assert None not in pids(lent)
    lent.stop()


def test_without_one_a_cluster_is_lent_that_ends(tmp_path, state):
    with borrowed(state, starting(tmp_path)) as lent:
        assert None not in pids(lent)
        assert not state.exists()
    assert pids(lent) == [None] * 3
    assert not folders(tmp_path)


def test_a_node_that_does_not_end_when_asked_is_killed(tmp_path):
    cluster = starting(tmp_path, "stubborn")()
    nodes.stop(list(cluster.nodes.values()), within_s=0.1)
    assert pids(cluster) == [None] * 3
    cluster.stop()


@pytest.mark.parametrize("mode", ["broken", "n1", "n3"])
def test_a_node_that_does_not_come_up_is_reported_with_its_log(mode, tmp_path):
    with pytest.raises(ClusterFailed, match=r"(?s)n. has ended.*no such setting: n"):
        starting(tmp_path, mode)()
    assert not folders(tmp_path)


def test_a_node_that_died_by_itself_is_not_waited_around(tmp_path):
    cluster = starting(tmp_path)()
    os.kill(cluster.pid("n2"), signal.SIGKILL)
    eventually(lambda: cluster.pid("n2") is None)
    with pytest.raises(ClusterFailed, match="n2 has ended"):
        cluster.wait()
    cluster.stop()


def test_a_cluster_that_is_not_green_in_time_is_reported(tmp_path, monkeypatch):
    wait = Cluster.wait
    monkeypatch.setattr(Cluster, "wait", lambda self: wait(self, within_s=0.3))
    with pytest.raises(ClusterFailed, match=r"n1 is not green in 0\.3 s"):
        starting(tmp_path, "waiting")()
    assert not folders(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stop_in_the_middle_leaves_no_process_behind(number, tmp_path, state):
    command = [sys.executable, "-c", STARTER, archive(tmp_path, "waiting"), "up", "--state", state]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}) as starter:
        eventually(lambda: len(list(tmp_path.glob("wensou-cluster-*/n?/data/starts"))) == 3)
        ids = [int(path.read_text()) for path in tmp_path.glob("wensou-cluster-*/n?/pid")]
        starter.send_signal(number)
    eventually(lambda: not folders(tmp_path))
    assert [nodes._command_line(pid) for pid in ids] == [""] * 3
    assert not state.exists()


def test_commands_kill_a_node_and_start_it_again(tmp_path, state, monkeypatch, capsys):
    cluster = up(state, starting(tmp_path))

    def run(*words):
        monkeypatch.setattr("sys.argv", ["cluster", *words, "--state", str(state)])
        return main()

    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert run("kill", "n2") == 0
    assert run("status") == 0
    assert [line.split("\t")[2] == "dead" for line in capsys.readouterr().out.splitlines()] == [False, True, False]
    assert run("up") == 0
    assert capsys.readouterr().out.split() == cluster.addresses
    assert run("kill", "n9") == 2
    assert run("down") == 0
    assert run("status") == 1
    assert "make cluster" in capsys.readouterr().err


def java(folder, version):
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch(mode=0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="someone"\nJAVA_VERSION="{version}"\n')
    return folder


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without any program."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(distribution, "JAVA_FOLDERS", (tmp_path / "jvm",))


def test_a_machine_without_java_is_told_so(bare):
    with pytest.raises(ClusterUnavailable, match="No Java 21 or newer"):
        distribution.find_java()


def test_a_java_that_is_too_old_is_passed_over(bare, tmp_path, monkeypatch):
    java(tmp_path / "jvm" / "a", "22.0.1")
    newest = java(tmp_path / "jvm" / "b", "25.0.3")
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path / "old", "17.0.15")))
    assert distribution.find_java() == newest
    monkeypatch.setenv("PATH", str(java(tmp_path / "own", "21") / "bin"))
    assert distribution.find_java() == tmp_path / "own"


@pytest.fixture
def maven(bare, tmp_path, monkeypatch):
    """Return a function that puts a Maven on the path: a shell script, told in which folder to leave the zip."""

    def put(script):
        path = tmp_path / "bin" / "mvn"
        path.parent.mkdir()
        path.write_text('#!/bin/sh\nfor word; do folder="${word#-DoutputDirectory=}"; done\n' + textwrap.dedent(script))
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(path.parent))

    return put


def test_a_machine_without_maven_is_told_so(bare, tmp_path):
    with pytest.raises(ClusterUnavailable, match="No Maven"):
        distribution.fetch(tmp_path / "cache" / "a.zip")


def test_what_maven_says_is_told(maven, tmp_path):
    maven("echo no such host; exit 1")
    with pytest.raises(ClusterUnavailable, match="no such host"):
        distribution.fetch(tmp_path / "cache" / "a.zip")
    assert not list((tmp_path / "cache").iterdir())


def test_another_file_than_the_published_is_refused_and_not_kept(maven, tmp_path):
    maven('echo other >"$folder/opensearch.zip"')
    with pytest.raises(ClusterFailed, match="SHA-256"):
        distribution.fetch(tmp_path / "cache" / "a.zip")
    assert not list((tmp_path / "cache").iterdir())


def test_a_file_that_was_changed_since_is_refused(tmp_path):
    (tmp_path / "a.zip").write_text("other")
    with pytest.raises(ClusterFailed, match=r"SHA-256.*Remove .*a\.zip"):
        distribution.fetch(tmp_path / "a.zip")


def test_what_was_downloaded_is_kept_for_the_next_time(maven, tmp_path, monkeypatch):
    monkeypatch.setattr(distribution, "SHA256", hashlib.sha256(b"right\n").hexdigest())
    maven('echo right >"$folder/opensearch.zip"')
    path = distribution.fetch(tmp_path / "cache" / "a.zip")
    monkeypatch.setenv("PATH", "")
    assert distribution.fetch(path).read_text() == "right\n"


@pytest.mark.parametrize("required", [False, True])
def test_tests_without_a_cluster_are_skipped_visibly_or_fail_where_it_is_required(required, tmp_path):
    environment = {
        **os.environ, "PATH": "", "XDG_CACHE_HOME": str(tmp_path), "WENSOU_CLUSTER": str(tmp_path / "none"),
        "REQUIRE_CLUSTER": "1" if required else "",
    }  # fmt: skip
    command = [sys.executable, "-m", "pytest", "tests/cluster/test_nodes.py", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) is required
    if required:
        assert "REQUIRE_CLUSTER=1, but No " in done.stdout
    else:
        assert "3 tests skipped without a cluster: No " in done.stdout


def test_the_variable_names_the_file_of_the_running_cluster(monkeypatch, tmp_path):
    monkeypatch.delenv("WENSOU_CLUSTER", raising=False)
    assert state_file().parent == ROOT
    monkeypatch.setenv("WENSOU_CLUSTER", str(tmp_path / "c.json"))
    assert state_file() == tmp_path / "c.json"
