"""`wensou serve` in several processes: one server to whoever asks it, and to whoever ends it."""

import http.client
import os
import signal
import time
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.web.server import serving
from search.web.processes import CAN_FORK

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="processes are forked on Linux only")
TOKEN = "a token of some length"
# Connections, each taken by one of three processes: that none is by one of them is as likely as one in 10^10.
MANY = 60


@pytest.fixture(scope="module")
def server(seeds_index):
    with serving(seeds_index, "--processes", 3, WENSOU_TOKEN=TOKEN) as running:
        yield running


def sockets_of(pid):
    return sum(str(file.readlink()).startswith("socket:") for file in Path(f"/proc/{pid}/fd").iterdir())


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


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


def test_when_one_is_lost_that_is_told_and_the_others_go_on(seeds_index):
    with serving(seeds_index, "--processes", 3) as running:
        _, lost, other = running.pids
        os.kill(lost, signal.SIGKILL)
        until(lambda: not is_running(lost))
        assert {running.get("/api/v1/health")[0] for _ in range(MANY)} == {200}
        assert is_running(other)
    assert running.told.endswith("One of 3 processes has ended, and 2 go on. Start again for all.\n")


def test_there_may_be_one_only(seeds_index):
    with serving(seeds_index, "--processes", 1) as running:
        assert running.pids == [running.process.pid]
