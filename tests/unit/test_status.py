"""What a run of indexing does, as others see it."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from indexer import BuildOptions, build, check
from indexer import status as module
from indexer.errors import IndexLocked, IndexMissing, RootError
from indexer.status import STATUS_FILE, Ending, RunCounts, Status, StatusFile, read_status
from search import Searcher
from tests.cli.test_cli import ROOT, wensou

pytest.importorskip("fcntl", reason="this system puts no file in the place of an open one")

HELD = """
import sys
from indexer import BuildOptions, build
def wait(step, done, total):
    if step == sys.argv[3]:
        print(step, flush=True)
        sys.stdin.readline()
build(sys.argv[1], sys.argv[2], BuildOptions(rebuild=len(sys.argv) > 4), wait)
"""


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


@contextmanager
def held(archive, index, step, *more):
    """Run a build in a process of its own up to a step, where it waits for a line."""
    command = [sys.executable, "-c", HELD, str(archive), str(index), step, *more]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:  # fmt: skip
        try:
            assert process.stdout.readline().strip() == step
            yield process
        finally:
            process.kill()


def go_on(process):
    """Let a build that waits go on to its end."""
    process.stdin.write("\n" * 99)
    process.stdin.close()
    assert process.wait(60) == 0


def said(index):
    return json.loads((index / STATUS_FILE).read_text("utf-8"))


def test_each_step_is_seen_while_the_run_is_in_it(archive, index):
    seen = []
    report = build(archive, index, progress=lambda *told: seen.append((told, read_status(index))))
    steps = ["looking", "reading", "learning", "copies", "writing", "words"]
    assert list(dict.fromkeys(told[0] for told, _ in seen)) == steps
    assert {("reading", 0, 5), ("reading", 5, 5)} <= {told for told, _ in seen}
    assert all((status.state, status.step, status.ended) == ("running", told[0], None) for told, status in seen)
    assert {(status.pid, status.started) for _, status in seen} == {(os.getpid(), seen[0][1].started)}
    after = read_status(index)
    assert after == Status(
        "done", os.getpid(), after.host, seen[0][1].started, after.updated, "words", 0, 0,
        Ending(RunCounts(report.run, 5, 0, 0, 0, 0, report.took_s)),
    )  # fmt: skip


def test_the_json_is_what_the_file_says_and_the_state(archive, index):
    moment = datetime(2026, 2, 5, 12, tzinfo=UTC)
    build(archive, index, BuildOptions(clock=lambda: moment))
    assert read_status(index).to_dict() == {**said(index), "state": "done"}
    assert said(index)["started"] == said(index)["updated"] == "2026-02-05T12:00:00+00:00"


def test_a_run_that_changes_nothing_says_so(archive, index):
    build(archive, index)
    build((), index)
    counts = read_status(index).ended.counts
    assert (counts.run, counts.added, counts.unchanged) == (1, 0, 5)


def test_another_process_sees_a_build_that_runs_and_searches_meanwhile(archive, index):
    build(archive, index)
    with held(archive, index, "reading", "rebuild") as process:
        status = read_status(index)
        assert (status.state, status.pid, status.step, status.ended) == ("running", process.pid, "reading", None)
        assert (status.done, status.total) == (0, 5)
        with Searcher(index) as searcher:
            assert searcher.info().build == status
            assert searcher.search("川普").total
        (line,) = [line for line in wensou("info", "--index", index).stdout.splitlines() if line.startswith("build ")]
        assert line.startswith("build       reading, 0 of 5 files; since 20")
        assert line.endswith(f" UTC, process {process.pid} on {status.host}")
        assert json.loads(wensou("info", "--index", index, "--json").stdout)["build"] == status.to_dict()
        go_on(process)
    assert read_status(index).state == "done"


def test_how_the_last_build_ended_is_told(archive, index):
    build(archive, index)
    assert " UTC: 5 added, 0 replaced, 0 removed, 0 unchanged, 0 not read" in wensou("info", "--index", index).stdout
    (index / STATUS_FILE).unlink()
    assert "build " not in wensou("info", "--index", index).stdout
    assert json.loads(wensou("info", "--index", index, "--json").stdout)["build"] is None


def test_the_first_build_of_an_index_is_told_to_who_wants_to_search_it(archive, index):
    with held(archive, index, "reading") as process:
        with pytest.raises(IndexMissing, match=r"being built for the first time: reading, 0 of 5 files\. Search it"):
            Searcher(index)
        process.kill()
        process.wait()
        with pytest.raises(IndexMissing, match="its first run did not finish"):
            Searcher(index)


def test_a_build_that_was_killed_is_broken_off(archive, index):
    build(archive, index)
    with held(archive, index, "copies") as process:
        assert read_status(index).state == "running"
        process.kill()
        process.wait()
    status = read_status(index)
    assert (status.state, status.pid, status.step, status.ended) == ("broken_off", process.pid, "copies", None)
    assert "its process was ended. Run it again: wensou index" in wensou("info", "--index", index).stdout
    build((), index)
    assert read_status(index).state == "done"


def test_another_process_with_the_number_of_the_one_that_is_gone_does_not_count(archive, index):
    build(archive, index)
    left = {**said(index), "pid": os.getpid(), "ended": None}
    (index / STATUS_FILE).write_text(json.dumps(left), "utf-8")
    assert read_status(index).state == "broken_off"


def test_a_build_that_was_stopped_says_so(archive, index):
    build(archive, index)
    with held(archive, index, "reading") as process:
        process.send_signal(signal.SIGINT)
        process.wait()
    status = read_status(index)
    assert (status.state, status.step) == ("failed", "reading")
    assert status.ended == Ending(reason="It was stopped by Ctrl-C.")
    assert " UTC (reading): It was stopped by Ctrl-C." in wensou("info", "--index", index).stdout


def test_why_a_build_failed_is_told(archive, index, tmp_path):
    build(archive, index)
    archive.rename(tmp_path / "elsewhere")
    with pytest.raises(RootError) as error:
        build((), index)
    status = read_status(index)
    assert (status.state, status.step, status.ended) == ("failed", "looking", Ending(reason=str(error.value)))


def test_an_error_that_nobody_foresaw_is_named(archive, index, monkeypatch):
    build(archive, index)

    def broken(*arguments, **options):
        raise ZeroDivisionError("nothing")

    monkeypatch.setattr("indexer.pipeline.find_changes", broken)
    with pytest.raises(ZeroDivisionError):
        build((), index)
    assert read_status(index).ended.reason == "It failed: ZeroDivisionError: nothing"


def test_a_build_that_is_not_let_in_leaves_the_status_of_the_one_that_runs(archive, index, monkeypatch):
    monkeypatch.setattr("indexer.engines.base.LOCK_WAIT_S", 0)
    with held(archive, index, "reading") as process:
        before = read_status(index)
        with pytest.raises(IndexLocked):
            build((), index)
        assert read_status(index) == before
        go_on(process)
    assert read_status(index).state == "done"


def test_a_build_that_learns_words_keeps_its_status_while_another_one_runs(archive, index):
    with held(archive, index, "words") as process:
        before = read_status(index)
        assert (before.state, before.pid) == ("running", process.pid)
        assert build((), index).unchanged == 5
        assert read_status(index) == before
        go_on(process)
    assert read_status(index).ended.counts.added == 5


def test_a_build_that_goes_on_longer_takes_the_status_over(archive, index):
    whose = {}
    with held(archive, index, "words") as process:

        def progress(step, done, total):
            if step == "copies":
                go_on(process)
            whose[step] = read_status(index).pid == process.pid

        build((), index, progress=progress)
    assert [step for step in whose if whose[step]] == ["looking", "reading", "learning", "copies"]
    assert [step for step in whose if not whose[step]] == ["writing", "words"]
    assert read_status(index).ended.counts.unchanged == 5


@pytest.mark.parametrize("failing", [errno.EROFS, errno.ENOSPC, errno.EACCES])
def test_a_folder_that_takes_no_status_stops_no_build(archive, index, monkeypatch, failing):
    def full(path):
        raise OSError(failing, os.strerror(failing))

    monkeypatch.setattr("indexer.status.create_private", full)
    assert build(archive, index).added == 5
    assert read_status(index) is None
    assert not [path for path in index.iterdir() if path.name.startswith(STATUS_FILE)]


def test_an_end_that_cannot_be_written_leaves_no_status_that_says_it_goes_on(archive, index, monkeypatch):
    def full(path):
        raise OSError(errno.ENOSPC, "full")

    def progress(step, done, total):
        if step == "words":
            assert read_status(index).state == "running"
            monkeypatch.setattr("indexer.status.create_private", full)

    build(archive, index, progress=progress)
    assert read_status(index) is None
    assert not [path for path in index.iterdir() if path.name.startswith(STATUS_FILE)]


@pytest.mark.parametrize("left", [b"", b"{", b"[]", b"3", b'{"ended": null}', b'{"ended": {}, "step": "reading"}'])
def test_a_file_that_is_no_status_is_none(archive, index, left):
    build(archive, index)
    (index / STATUS_FILE).write_bytes(left)
    assert read_status(index) is None
    build((), index)
    assert read_status(index).state == "done"


def test_where_nothing_was_built_nothing_is_known(tmp_path):
    assert read_status(tmp_path / "nowhere") is None


def test_a_status_is_no_part_of_the_index(archive, index):
    build(archive, index)
    assert check(index).problems == ()
    build((), index, BuildOptions(rebuild=True))
    assert (index / STATUS_FILE).exists()
    assert oct((index / STATUS_FILE).stat().st_mode & 0o777) == "0o600"
    (index / STATUS_FILE).write_bytes(b"damaged")
    assert check(index).problems == ()


def test_a_status_that_is_replaced_while_it_is_read_is_read_again(tmp_path, monkeypatch):
    status = StatusFile(tmp_path, lambda: datetime(2026, 2, 5, tzinfo=UTC))
    status("reading", 1, 2)
    own, steps = module._is_held, ["learning", "copies"]

    def meanwhile(file):
        if steps:
            with monkeypatch.context() as undone:
                undone.setattr(module, "_is_held", own)
                status(steps.pop(0), 0, 0)
        return own(file)

    monkeypatch.setattr(module, "_is_held", meanwhile)
    seen = read_status(tmp_path)
    status.end(Ending(reason="enough"))
    assert (seen.state, seen.step) == ("running", "copies")


def test_counts_are_written_twice_a_second_at_most_and_steps_at_once(tmp_path):
    moment = 0.0
    status = StatusFile(tmp_path, lambda: datetime(2026, 2, 5, tzinfo=UTC), lambda: moment)
    seen = []
    for now, step, done in [
        (0, "looking", 0), (0.1, "reading", 1), (0.2, "reading", 2), (0.7, "reading", 3), (1.1, "reading", 4),
        (1.2, "copies", 0),
    ]:  # fmt: skip
        moment = now
        status(step, done, 9)
        seen.append((said(tmp_path)["step"], said(tmp_path)["done"]))
    reading = [("reading", 1), ("reading", 1), ("reading", 3), ("reading", 3)]
    assert seen == [("looking", 0), *reading, ("copies", 0)]
    status.end(Ending(reason="enough"))
    assert [path.name for path in tmp_path.iterdir()] == [STATUS_FILE]


def test_what_a_killed_run_left_of_a_status_goes_with_the_next(archive, index):
    build(archive, index)
    (index / f"{STATUS_FILE}.4711").write_bytes(b"{")
    build((), index)
    assert [path.name for path in index.iterdir() if path.name.startswith(STATUS_FILE)] == [STATUS_FILE]


def test_where_files_cannot_be_replaced_while_they_are_open_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    StatusFile(tmp_path, lambda: datetime(2026, 2, 5, tzinfo=UTC))("reading", 1, 2)
    assert not list(tmp_path.iterdir())
    assert read_status(tmp_path) is None


def test_a_folder_that_vanishes_under_a_run_is_no_error_of_the_status(tmp_path):
    folder = tmp_path / "index"
    folder.mkdir()
    status = StatusFile(folder, lambda: datetime(2026, 2, 5, tzinfo=UTC))
    status("reading", 1, 2)
    folder.rename(tmp_path / "elsewhere")
    folder.touch()
    status("copies", 0, 0)
    status.end(Ending(reason="the folder is gone"))
    assert read_status(folder) is None
    assert read_status(tmp_path / "elsewhere").state == "broken_off"


def test_a_run_that_never_began_leaves_no_status(tmp_path):
    StatusFile(tmp_path, lambda: datetime(2026, 2, 5, tzinfo=UTC)).end(Ending(reason="the folder is locked"))
    assert not list(tmp_path.iterdir())
