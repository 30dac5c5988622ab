"""`wensou serve` in several processes: one server to whoever asks it, and to whoever ends it."""

import http.client
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path

import pytest

from benchmarks.web.server import serving
from indexer.errors import UsageError
from search import Searcher
from search.web import running as running_module
from search.web import serving as serving_module
from search.web.processes import CAN_FORK
from search.web.serving import listening
from search.web.settings import WebSettings

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="processes are forked on Linux only")
TOKEN = "a token of some length"
# Connections, each taken by one of three processes: that none is by one of them is as likely as one in 10^10.
MANY = 60


@pytest.fixture(scope="module")
def server(seeds_index):
    with serving(seeds_index, "--processes", 3, WENSOU_TOKEN=TOKEN) as running:
        yield running


def sockets_of(pid):
    found = 0
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found += str(file.readlink()).startswith("socket:")
    return found


def is_running(pid):
    """Tell whether a process has its files still: while one of its threads ends, it has."""
    states = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):  # ended meanwhile
                states.append((task / "stat").read_text().rpartition(") ")[2][0])
    return any(state not in "ZX" for state in states)


def until(condition, seconds=8.0):
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    assert found


def test_all_of_them_answer(server):
    assert len(server.pids) == 3
    before = [sockets_of(pid) for pid in server.pids]
    held = [server.connect(b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n") for _ in range(MANY)]
    for connection in held:
        connection.recv(1)
    after = [sockets_of(pid) for pid in server.pids]
    for connection in held:
        connection.close()
    assert all(now > then for then, now in zip(before, after, strict=True)), (before, after)


def test_a_cookie_of_one_is_good_for_all(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    with closing(connection):
        connection.request("POST", "/login", f"token={TOKEN.replace(' ', '+')}")
        cookie = connection.getresponse().headers["set-cookie"].partition(";")[0]
    assert {server.get("/api/v1/health", cookie=cookie)[0] for _ in range(MANY)} == {200}


def test_an_answer_of_one_is_known_to_all(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    path, shown = "/api/v1/search?q=Trump", {"authorization": f"Bearer {TOKEN}"}
    with closing(connection):
        connection.request("GET", path, headers=shown)
        etag = connection.getresponse().headers["etag"]
    assert {server.get(path, **shown, **{"if-none-match": etag})[0] for _ in range(MANY)} == {304}


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_all_end_with_the_first(seeds_index, sent):
    with serving(seeds_index, "--processes", 3) as running:
        others = running.pids[1:]
        running.process.send_signal(sent)
        assert running.process.wait(10) == (-sent if sent == signal.SIGKILL else 0)
        until(lambda: not any(map(is_running, others)))
    assert running.told.count("\n") == 0


def test_ctrl_c_reaches_all_and_is_told_by_none(seeds_index):
    with serving(seeds_index, "--processes", 3) as running:
        for pid in reversed(running.pids):
            os.kill(pid, signal.SIGINT)
        assert running.process.wait(10) == 0
    assert running.told.count("\n") == 0


def test_a_signal_to_the_whole_group_is_told_by_none(seeds_index):
    with serving(seeds_index, "--processes", 3) as running:
        others = running.pids[1:]
        for pid in others:
            os.kill(pid, signal.SIGTERM)
        until(lambda: not any(map(is_running, others)))
        assert running.get("/api/v1/health")[0] == 200
    assert running.told.count("\n") == 0


def test_when_one_is_lost_that_is_told_and_the_others_go_on(seeds_index):
    with serving(seeds_index, "--processes", 3) as running:
        _, lost, other = running.pids
        os.kill(lost, signal.SIGKILL)
        until(lambda: not is_running(lost))
        assert {running.get("/api/v1/health")[0] for _ in range(MANY)} == {200}
        assert is_running(other)
    assert running.told.endswith("One of 3 processes has ended, and 2 go on. Start again for all.\n")


def test_no_other_server_shares_the_port(seeds_index):
    first = listening("127.0.0.1", 0, 2)
    port = first[0][0].getsockname()[1]
    try:
        for processes in (1, 2):
            with pytest.raises(UsageError, match="is taken"):
                listening("127.0.0.1", port, processes)
    finally:
        for one in chain(*first):
            one.close()


def test_two_that_are_started_at_once_do_not_share_a_port(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    both_are_bound = threading.Barrier(2, timeout=5)
    bind = serving_module._bound

    def bound(*arguments, **options):
        made = bind(*arguments, **options)
        if not options.get("shares"):
            both_are_bound.wait()
        return made

    monkeypatch.setattr(serving_module, "_bound", bound)

    def started(_):
        try:
            return listening("127.0.0.1", port, 2)
        except UsageError:
            return []

    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(started, range(2)))
    for one in chain(*chain(*made)):
        one.close()
    assert sorted(map(len, made)) == [0, 2]


@pytest.mark.parametrize("error", [ValueError("not thought of"), OSError("gone"), ModuleNotFoundError("x", name="x")])
def test_an_index_that_cannot_be_searched_does_not_keep_it_from_starting(error, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(running_module, "Searcher", fail)
    monkeypatch.setattr(running_module.gc, "freeze", lambda: None)
    assert running_module._loaded(tmp_path, learnt=True) == []


def test_the_index_is_opened_once_for_all(seeds_index, monkeypatch):
    opened, archives, sockets = [], [], listening("127.0.0.1", 0, 2)

    class Counted(Searcher):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            opened.append(self)

    monkeypatch.setattr(running_module, "Searcher", Counted)
    monkeypatch.setattr(running_module, "listening", lambda *_: sockets)
    monkeypatch.setattr(running_module, "create_app", lambda archive, *_: archives.append(archive))
    monkeypatch.setattr(running_module, "work_in", lambda *_: None)
    monkeypatch.setattr(running_module.gc, "freeze", lambda: None)
    monkeypatch.setattr(running_module.gc, "set_threshold", lambda _: None)
    running_module.run(seeds_index, WebSettings(processes=2), learnt=True, with_tools=False, tell=print)
    assert len(opened) == 1
    assert archives[0]._open() is opened[0]
    assert archives[0]._open() is opened[1]  # when that is opened anew
    for one in opened:
        one.close()
    for one in chain(*sockets):
        one.close()


def test_where_processes_cannot_be_forked_that_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(running_module, "CAN_FORK", False)
    with pytest.raises(UsageError, match="on Linux only"):
        running_module.run(tmp_path, WebSettings(processes=2), learnt=True, with_tools=False, tell=print)


def test_there_may_be_one_only(seeds_index):
    with serving(seeds_index, "--processes", 1) as running:
        assert running.pids == [running.process.pid]
