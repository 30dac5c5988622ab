"""`wensou serve`: it starts, says where, lets in who may, waits for no client for long, and ends when it is told to."""

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest

from benchmarks.web.clients import load
from benchmarks.web.committing import ARTICLES, WORD, Writer, mixed
from benchmarks.web.server import COMMAND, environment, serving
from indexer import build
from tests.conftest import SEEDS


def command(*arguments, cwd):
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, "serve", *map(str, arguments)], cwd=cwd, env=environment(), capture_output=True, text=True,
        encoding="utf-8", timeout=60,
    )  # fmt: skip


@pytest.fixture(scope="module")
def server(seeds_index):
    with serving(seeds_index) as running:
        yield running


def test_it_says_where_it_is(server, seeds_index):
    assert server.told == f"Serving {seeds_index} at http://127.0.0.1:{server.port}/"
    assert server.get("/nothing/there")[0] == 404


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to(seeds_index, sent):
    with serving(seeds_index) as running:
        waiting = running.connect(b"GET / HTTP/1.1\r\n")
        running.process.send_signal(sent)
        assert running.process.wait(10) == 0
        waiting.close()
    assert running.told.count("\n") == 0


def test_a_port_that_is_taken_is_told(server, seeds_index, tmp_path):
    done = command("--index", seeds_index, "--port", server.port, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"wensou: Port {server.port} of 127.0.0.1 is taken. Choose another one with --port.\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_others_are_not_served_without_a_token(seeds_index, tmp_path, host):
    done = command("--index", seeds_index, "--host", host, "--port", 0, cwd=tmp_path)
    assert done.returncode == 2
    assert "WENSOU_TOKEN" in done.stderr
    assert "--token-file" in done.stderr


def test_a_token_is_read_from_a_file_or_the_environment_and_never_told(seeds_index, tmp_path):
    (tmp_path / "token").write_text("a token of a file\n")
    with serving(seeds_index, "--token-file", tmp_path / "token", WENSOU_TOKEN="another token") as running:
        assert running.get("/nothing")[0] == 401
        assert running.get("/nothing", authorization="Bearer another token")[0] == 401
        assert running.get("/nothing", authorization="Bearer a token of a file")[0] == 404
    assert "token of" not in running.told
    with serving(seeds_index, "--host", "0.0.0.0", WENSOU_TOKEN="another") as running:
        assert running.get("/nothing", authorization="Bearer another")[0] == 404
    assert "The token is short" in running.told


def test_a_file_without_a_token_is_told(seeds_index, tmp_path):
    (tmp_path / "empty").touch()
    for name, said in (("empty", "is empty"), ("missing", "cannot be read")):
        done = command("--index", seeds_index, "--token-file", tmp_path / name, cwd=tmp_path)
        assert done.returncode == 2
        assert said in done.stderr


@pytest.mark.parametrize(("library", "arguments", "extra"), [("uvicorn", [], "web"), ("mcp", ["--mcp"], "mcp")])
def test_without_an_extra_the_command_names_it(library, arguments, extra):
    hidden = f"import sys; sys.modules[{library!r}] = None; from search.cli import main; main()"
    command = [sys.executable, "-c", hidden, "serve", "--port", "0", *arguments]
    done = subprocess.run(command, cwd=SEEDS.parent, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert f"pip install 'wensou[{extra}]'" in done.stderr


def test_no_other_command_loads_the_extra():
    asked = "import sys, search.cli; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", asked], cwd=SEEDS.parent, capture_output=True, text=True, check=True)
    assert {"starlette", "uvicorn", "h11", "anyio", "jinja2", "msgspec", "asyncio"}.isdisjoint(done.stdout.split())


HALF_SENT = {
    "nothing": b"",
    "a line": b"GET / HTTP/1.1\r\n",
    "half the head": b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: ",
    "half the body": b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ntoken=",
    "half of a body in parts": b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nab",
    "a second one": b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\nGET /nothing",
}


def _seconds_open(connection):
    """Return how long a connection stays open whose client reads all that it gets."""
    began = time.monotonic()
    with connection, suppress(ConnectionResetError, TimeoutError):
        while connection.recv(65536):
            pass
    return time.monotonic() - began


def test_a_request_that_is_sent_in_half_is_closed_within_ten_seconds(seeds_index):
    with serving(seeds_index, WENSOU_TOKEN="a token of some length") as running:
        connections = {name: running.connect(data) for name, data in HALF_SENT.items()}
        trickling = running.connect(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        with ThreadPoolExecutor(len(connections) + 1) as threads:
            trickled = threads.submit(_trickle, trickling)
            took = dict(zip(connections, threads.map(_seconds_open, connections.values()), strict=True))
            took["a byte a second"] = trickled.result()
        assert running.get("/nothing", authorization="Bearer a token of some length")[0] == 404
    assert max(took.values()) < 10, took
    assert running.told.count("\n") == 0  # and nothing is said of it


def _trickle(connection):
    began = time.monotonic()
    with connection, suppress(OSError):
        while time.monotonic() < began + 15:
            connection.sendall(b"a")
            time.sleep(0.5)
    return time.monotonic() - began


def test_a_head_has_a_bound(server):
    for head in (b"X: " + b"a" * 1_000_000, b"".join(b"X%d: a\r\n" % i for i in range(100_000))):
        connection = server.connect()
        try:
            connection.sendall(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n\r\n")
            assert not connection.recv(100).startswith(b"HTTP/1.1 404")
        except (ConnectionResetError, BrokenPipeError):
            pass
        connection.close()
    assert server.get("/nothing")[0] == 404


def test_many_half_open_connections_keep_nobody_out(seeds_index):
    with serving(seeds_index, "--processes", 1) as running:  # more than its bound
        held = [running.connect(b"GET / HTTP/1.1\r\n") for _ in range(600)]
        assert [running.get("/nothing")[0] for _ in range(20)] == [404] * 20
        for connection in held:
            connection.close()


def test_a_missing_index_does_not_keep_it_from_starting(tmp_path, seeds_index):
    with serving(tmp_path / "later") as running:
        assert running.get("/nothing")[0] == 404
        shutil.copytree(seeds_index, tmp_path / "later")
    assert running.told.count("\n") == 0


def _total(running):
    """Return how many articles are found, or why none is."""
    status, body = running.get("/api/v1/search?q=%E5%B7%9D%E6%99%AE&limit=0")
    return json.loads(body)["total"] if status == 200 else json.loads(body)["detail"]


def _until(found, wanted, seconds=5.0):
    end = time.monotonic() + seconds
    while not wanted(last := found()) and time.monotonic() < end:
        time.sleep(0.05)
    assert wanted(last), last


def test_it_says_what_is_wrong_with_the_index_and_goes_on_when_that_is_mended(tmp_path, seeds_index):
    index, kept = tmp_path / "index", tmp_path / "kept"
    shutil.copytree(seeds_index, index)
    with serving(index, "--processes", 1) as running:  # each sees it in its own time
        total = _total(running)
        assert total > 0
        index.rename(kept)
        _until(
            lambda: _total(running),
            lambda said: said == f"No index in {index}. Create it with: wensou index FOLDER --index {index}",
        )
        assert running.get("/api/v1/health")[0] == 503
        assert running.get("/", **{"accept-language": "en"})[0] == 503
        kept.rename(index)
        _until(lambda: _total(running), lambda found: found == total)
        for pattern in ("_MAIN_*.toc", "MAIN_*.postings"):
            (path,) = index.glob(pattern)
            whole = path.read_bytes()
            path.write_bytes(whole[:100])
            _until(lambda: _total(running), lambda said: "wensou index FOLDER --rebuild" in str(said))
            path.write_bytes(whole)
            _until(lambda: _total(running), lambda found: found == total)
    assert running.told.count("\n") == 0


def test_what_another_process_indexes_is_found_within_two_seconds(tmp_path, archive):
    build(archive, tmp_path / "index")
    with serving(tmp_path / "index") as running:
        before = _total(running)
        (archive / "one_more.md").write_text("# 又一篇\n\n川普再談關稅。", "utf-8")
        build(archive, tmp_path / "index")
        _until(lambda: _total(running), lambda found: found == before + 1, 2.0)


def test_no_answer_fails_or_is_of_two_commits_while_another_process_commits(tmp_path, seeds_index):
    index = tmp_path / "index"
    shutil.copytree(seeds_index, index)
    with Writer(index, tmp_path / "changing", every_s=0.1, seed=1) as writer, serving(index) as running:
        paths = [
            f"/api/v1/search?q={WORD}&limit={ARTICLES}&copies=1&exact=1&cross=off",
            "/api/v1/search?q=%E5%B7%9D%E6%99%AE",
        ]
        found = load(running.port, paths, 4, seconds=6, look=mixed)
    assert not found.failures
    assert not writer.failures
    assert writer.commits > 2
    assert len(found.took_ms) > 20


def test_an_answer_of_two_commits_would_be_seen():
    def answer(*numbers, total=ARTICLES):
        hits = [{"article_id": f"{i}", "title": f"第{number}次提交"} for i, number in enumerate(numbers)]
        return json.dumps({"query": WORD, "total": total, "hits": hits}).encode()

    assert not mixed(answer(*[3] * ARTICLES))
    assert not mixed(json.dumps({"query": "another", "total": 1, "hits": []}).encode())
    for wrong in (answer(*[3] * (ARTICLES - 1), 4), answer(*[3] * (ARTICLES - 1)), answer(*[3] * ARTICLES, total=21)):
        assert "mixed" in mixed(wrong)


def _call(running, **headers):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}})
    accepted = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    with closing(connection):
        connection.request("POST", "/mcp", body, {**accepted, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_assistants_call_tools_over_http(seeds_index):
    with serving(seeds_index, "--mcp", "--allow-host", "archive.example.org") as running:
        status, told = _call(running)
        assert status == 200, told
        assert {tool["name"] for tool in json.loads(told)["result"]["tools"]} >= {"search", "fetch"}
        assert _call(running, host="archive.example.org")[0] == 200
        assert _call(running, host="evil.example")[0] == 421
        assert _call(running, origin="http://evil.example")[0] == 403
        assert _call(running, origin=f"http://localhost:{running.port}")[0] == 200
        assert running.get("/api/v1/health")[0] == 200
    with serving(seeds_index, "--mcp", WENSOU_TOKEN="a token of some length") as running:
        assert _call(running)[0] == 401
        assert _call(running, authorization="Bearer a token of some length")[0] == 200


def test_it_listens_to_ipv6(seeds_index):
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with serving(seeds_index, "--host", "::1") as running:
        assert running.told.endswith(f"http://[::1]:{running.port}/")
        connection = socket.create_connection(("::1", running.port), 5)
        connection.sendall(b"GET /nothing HTTP/1.0\r\nHost: [::1]\r\n\r\n")
        assert b" 404 " in connection.recv(100)
        connection.close()
