"""The command over a bare pipe: nothing but the protocol, in both eras, whatever becomes of the index."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
import time

import pytest
from mcp import Client, StdioServerParameters, stdio_client

from indexer import build
from tests.conftest import SEEDS

ROOT = SEEDS.parent
RUN = "from search.cli import main; main()"
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}


def is_right(answer):
    return not answer["isError"]


class Pipe:
    """A server whose lines are read and written here."""

    def __init__(self, index, before=""):
        self.process = subprocess.Popen(
            [sys.executable, "-W", "always", "-c", before + RUN, "mcp", "--index", str(index)], cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def send(self, message):
        self.process.stdin.write((message if isinstance(message, str) else json.dumps(message)) + "\n")
        self.process.stdin.flush()

    def receive(self):
        return json.loads(self.process.stdout.readline())

    def call(self, number, name, **arguments):
        asked = {"name": name, "arguments": arguments}
        self.send({"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": asked})
        while (answer := self.receive()).get("id") != number:
            pass
        return answer["result"]

    def until(self, condition, name, **arguments):
        """Call a tool again and again until its answer is such; the requirement is two seconds."""
        end = time.monotonic() + 20
        while not condition(answer := self.call(0, name, **arguments)):
            assert time.monotonic() < end, answer
        return answer

    def greet(self):
        self.send(HELLO)
        answer = self.receive()
        self.send(READY)
        return answer

    def end(self):
        """Close its input; return the rest of its output, its messages and its exit code."""
        out, err = self.process.communicate(timeout=20)
        return out, err, self.process.returncode


def test_a_program_that_writes_lines_gets_lines(seeds_index):
    with Pipe(seeds_index) as pipe:
        hello = pipe.greet()
        assert hello["result"]["serverInfo"]["name"] == "wensou"
        assert {"tools", "resources"} <= hello["result"]["capabilities"].keys()
        pipe.send("not JSON")
        pipe.send({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "write", "arguments": {}}})
        while (answer := pipe.receive()).get("id") != 2:
            pass
        assert answer["error"]["code"] == -32602
        assert "search, fetch, facets, info" in answer["error"]["message"]
        pipe.send(
            '{"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "fetch", "arguments": {"id": "\\ud800"}}}'
        )
        pipe.send("[" * 100_000)
        pipe.send('{"jsonrpc": "2.0", "id": 8}')
        found = pipe.call(3, "search", query="川普 关税", limit=1)
        assert (
            found["structuredContent"]["results"][0]["id"]
            == json.loads(found["content"][0]["text"])["results"][0]["id"]
        )
        assert pipe.end() == ("", "", 0)


def test_what_libraries_print_or_warn_of_does_not_reach_the_output(seeds_index):
    noise = (
        "import search.searcher, warnings, os\n"
        "def noisy(self, query, *rest, **options):\n"
        "    print('printed'); warnings.warn('warned'); os.write(1, b'written\\n'); os.system('echo shouted')\n"
        "    return ask(self, query, *rest, **options)\n"
        "ask, search.searcher.Searcher.search = search.searcher.Searcher.search, noisy\n"
    )
    with Pipe(seeds_index, noise) as pipe:
        pipe.greet()
        assert not pipe.call(2, "search", query="川普")["isError"]
        out, err, code = pipe.end()
    assert (out, code) == ("", 0)
    assert all(word in err for word in ("printed", "warned", "written", "shouted"))


def test_what_was_asked_before_the_input_ends_is_answered(seeds_index):
    calls = [
        {
            "jsonrpc": "2.0",
            "id": number,
            "method": "tools/call",
            "params": {"name": "search", "arguments": {"query": query}},
        }
        for number, query in enumerate(["川普 关税", "TikTok", "習近平"], 2)
    ]
    given_up = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 4}}
    with Pipe(seeds_index) as pipe:
        for message in (HELLO, READY, *calls, given_up):
            pipe.send(message)
        out, err, code = pipe.end()
    answers = {one["id"]: one for one in map(json.loads, out.splitlines())}
    assert {2, 3} <= answers.keys()
    assert all(not answers[number]["result"]["isError"] for number in (2, 3))
    assert (err, code) == ("", 0)


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_though_its_input_is_open(seeds_index, number):
    with Pipe(seeds_index) as pipe:
        pipe.greet()
        pipe.process.send_signal(number)
        assert pipe.process.wait(10) == -number
        assert pipe.end()[:2] == ("", "")


def test_a_client_that_closed_its_ends_is_no_error(seeds_index):
    with Pipe(seeds_index) as pipe:
        pipe.greet()
        pipe.process.stdout.close()
        pipe.send({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
        pipe.process.stdin.close()
        assert pipe.process.wait(20) == 0
        assert pipe.process.stderr.read() == ""


def test_a_missing_index_is_said_and_used_as_soon_as_it_is_there(tmp_path):
    with Pipe(tmp_path / "index") as pipe:
        pipe.greet()
        refused = pipe.call(2, "search", query="川普")
        assert refused["isError"]
        assert "No index in" in refused["content"][0]["text"]
        assert "wensou index" in refused["content"][0]["text"]
        build(SEEDS, tmp_path / "index")
        found = pipe.until(is_right, "search", query="川普")
        assert found["structuredContent"]["total"] == 5


def test_a_damaged_index_is_said_and_new_commits_are_seen(tmp_path, archive):
    index = tmp_path / "index"
    build(archive, index)
    with Pipe(index) as pipe:
        pipe.greet()
        assert pipe.call(2, "search", query="獨角獸", exact=True)["structuredContent"]["total"] == 0
        (archive / "new.txt").write_text("獨角獸\n\n一隻獨角獸。", "utf-8")
        build(archive, index)
        found = pipe.until(lambda one: one["structuredContent"]["total"], "search", query="獨角獸", exact=True)
        assert found["structuredContent"]["results"][0]["title"] == "獨角獸"
        shutil.rmtree(index)
        pipe.until(lambda one: one["isError"] and "wensou index" in one["content"][0]["text"], "info")
        build(archive, index)
        assert pipe.until(is_right, "info")["structuredContent"]["articles"] == 6


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_client_of_the_sdk_asks_it(seeds_index, mode):
    server = StdioServerParameters(
        command=sys.executable, args=["-c", RUN, "mcp", "--index", str(seeds_index)], cwd=ROOT
    )

    async def ask():
        async with Client(stdio_client(server), mode=mode) as client:
            return await client.call_tool("fetch", {"id": "003_b4e59136c98cbdd1.txt"})

    assert asyncio.run(ask()).structured_content["id"] == "003_b4e59136c98cbdd1.txt"


def test_without_the_extra_the_command_names_it(seeds_index):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['mcp'] = None\n{RUN}", "mcp", "--index", str(seeds_index)],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'wensou[mcp]'" in done.stderr
