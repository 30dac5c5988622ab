"""A commit is on disk and visible entirely, or not at all, whatever fails; one writer at a time."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from whoosh.index import open_dir

from indexer import BuildOptions, build, check, whole_files
from indexer.engines.base import Request
from indexer.engines.whoosh import WhooshEngine, container, durable, storage, writer
from indexer.engines.whoosh.commits import kept_commits, names_of
from indexer.engines.whoosh.toc import read_commit
from indexer.errors import IndexDamaged, IndexLocked, IndexMissing, IndexUnusable
from indexer.model import ArticleRow, FileState, IndexEntry
from indexer.nodes import Term

ROOT = Path(__file__).parent.parent.parent


def put(writer, *article_ids, words=("x",) * 50):
    for article_id in article_ids:
        row = ArticleRow(article_id, "t", f"/x/{article_id}", "/x", 1, 2, 3, "hash", 1)
        writer.put(row, [IndexEntry(f"{article_id}@0", {"text": (*words, article_id)}, payload=b"p" * 50)])


def change(engine):
    """Make a commit that does everything: adds, deletes, touches, writes a segment and writes one anew."""
    with engine.writer() as writer:
        put(writer, "c", "d")
        writer.delete("b")
        writer.touch("a", FileState(7, 7, 7))


def ids(engine):
    return sorted(row.id for row in engine.rows())


def names(folder):
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setattr("indexer.engines.whoosh.tiers._SMALL", 0)
    engine = WhooshEngine(tmp_path / "index", create=True)
    with engine.writer() as writer:
        put(writer, *(f"n{i}" for i in range(9)))
    with engine.writer() as writer:
        put(writer, "a", "b")
    yield engine
    engine.close()


@pytest.fixture
def index(engine, tmp_path):
    return tmp_path / "index"


class Disk:
    """Notes what reaches the disk, and fails the n-th time; once it is full, writes fail from then on."""

    def __init__(self, monkeypatch, folder, fails_at=0, error=errno.ENOSPC):
        self.events = []
        self._folder, self._fails_at, self._error = folder, fails_at, error
        fsync, replace = os.fsync, os.replace
        disk = self

        class File(io.FileIO):
            def write(self, data):
                disk.step("write", Path(self.name).name)
                return super().write(data)

        def create_private(path):
            return io.BufferedWriter(File(path, "wb"))

        def noted_fsync(descriptor):
            disk.step("sync", disk.name_of(descriptor))
            fsync(descriptor)

        def noted_replace(old, new):
            disk.step("replace", Path(new).name)
            replace(old, new)

        for module in (container, whole_files):
            monkeypatch.setattr(module, "create_private", create_private)
        monkeypatch.setattr(os, "fsync", noted_fsync)
        monkeypatch.setattr(os, "replace", noted_replace)

    def step(self, kind, name):
        self.events.append((kind, name))
        is_full = self._error == errno.ENOSPC and kind == "write" and len(self.events) > self._fails_at > 0
        if len(self.events) == self._fails_at or is_full:
            raise OSError(self._error, os.strerror(self._error), name)

    def name_of(self, descriptor):
        wanted = os.fstat(descriptor).st_ino
        around = [*self._folder.iterdir(), self._folder, *self._folder.parents]
        return next(path.name for path in around if path.exists() and path.stat().st_ino == wanted)


def test_everything_is_on_disk_before_the_table_of_contents_is_replaced(engine, index, monkeypatch):
    before = names(index)
    disk = Disk(monkeypatch, index)
    change(engine)
    renamed = disk.events.index(("replace", "_MAIN_3.toc"))
    new = names(index) - before - {"_MAIN_3.toc"}
    assert len(new) == 4  # one segment: what is new, and smaller ones merged with it
    for name in (*new, f"_MAIN_3.toc.{os.getpid()}"):
        assert disk.events.index(("sync", name)) < renamed
        last_write = max(at for at, event in enumerate(disk.events) if event == ("write", name))
        assert last_write < disk.events.index(("sync", name))
    entries = [at for at, event in enumerate(disk.events) if event == ("sync", "index")]
    last_file = max(disk.events.index(("sync", name)) for name in new)
    assert any(last_file < at < renamed for at in entries)
    assert any(at > renamed for at in entries)
    assert [kind for kind, _ in disk.events].count("replace") == 1


def test_a_new_folder_is_on_disk_too(tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    synced = []
    for module in (storage, whole_files):
        monkeypatch.setattr(module, "sync_folder", lambda folder: synced.append(folder))
    WhooshEngine(tmp_path / "new" / "deep" / "index", create=True).close()
    assert {tmp_path / "new", tmp_path / "new" / "deep", tmp_path / "new" / "deep" / "index"} <= set(synced)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_at_any_step_is_reported_and_changes_nothing(engine, index, tmp_path, error):
    before, generation, files = ids(engine), engine.generation(), names(index)
    visible = 0
    for step in range(1, 1000):
        with pytest.MonkeyPatch.context() as patch:
            disk = Disk(patch, index, step, error)
            try:
                change(engine)
                break
            except IndexUnusable as failure:
                message = str(failure)
        assert os.strerror(error) in message
        assert not check(index).problems
        if "has its new commit" in message:  # only the last step can fail so: the folder's sync after the rename
            assert disk.events[-1] == ("sync", "index")
            visible += 1
            break
        assert "Nothing was changed" in message
        assert names(index) == files, step
        engine.refresh()
        assert (ids(engine), engine.generation()) == (before, generation)
    assert step > 15
    assert visible == 1
    engine.refresh()
    assert ids(engine) == sorted({*before, "c", "d"} - {"b"})
    with engine.writer():
        pass
    assert names(index) == named_by_all(index)


def named_by_commit(index):
    return [name for state in read_commit(index).segments for name in state.names]


def named_by_all(index):
    """Return the files of an index that a commit names which is kept."""
    commits = [read_commit(index), *kept_commits(index, time.time())]
    return {"MAIN_WRITELOCK", "wensou.format"}.union(*map(names_of, commits))


def test_a_disk_that_is_full_from_the_start_is_reported(tmp_path, monkeypatch):
    (tmp_path / "index").mkdir()
    for step in range(1, 7):
        with pytest.MonkeyPatch.context() as patch:
            Disk(patch, tmp_path / "index", step)
            with pytest.raises(IndexUnusable, match="could not be written"):
                WhooshEngine(tmp_path / "index", create=True)
        assert names(tmp_path / "index") <= {"wensou.format", "MAIN_WRITELOCK", "_MAIN_0.toc"}
    WhooshEngine(tmp_path / "index", create=True).close()
    assert check(tmp_path / "index").problems == ()


def test_a_lock_that_cannot_be_signed_holds_nevertheless(engine, monkeypatch):
    monkeypatch.setattr("indexer.engines.base.LOCK_WAIT_S", 0.1)

    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with engine.writer() as writer:
        put(writer, "c")
        with pytest.raises(IndexLocked, match="Another process"), engine.writer():
            pass
    assert "c" in ids(engine)


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
from search.cli import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_file_that_may_not_grow_is_reported_and_changes_nothing(archive, tmp_path):
    index = tmp_path / "index"
    build(archive, index)
    files, report = names(index), check(index)
    for number in range(150):
        (archive / f"n{number}.txt").write_text(f"第{number}號文章，說到鳳凰。" * 20, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, "index", "--index", str(index), "--jobs", "1"], cwd=ROOT, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(r"could not be written: .*File too large.* Nothing was changed", done.stderr), done.stderr
    assert (names(index), check(index)) == (files, report)
    assert build((), index).added == 150


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("place", ["clean", "sync_folder"])
def test_what_ends_a_run_after_its_commit_does_not_undo_it(engine, index, monkeypatch, place, interruption):
    module = writer if place == "clean" else whole_files
    own = getattr(module, place)

    def interrupted(folder, *arguments):
        if (index / "_MAIN_3.toc").exists():
            raise interruption
        own(folder, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, place, interrupted)
        with pytest.raises(interruption):
            change(engine)
    assert not check(index).problems
    engine.refresh()
    assert "c" in ids(engine)
    with engine.writer():
        pass
    assert names(index) == named_by_all(index)


def test_leftovers_are_swept_by_the_next_writer(engine, index):
    before = names(index)
    for name in (
        "_MAIN_7.toc.123",
        "MAIN_0123456789abcdef.postings",
        "MAIN_0123456789abcdef.files2",
        "_MAIN_0.toc",
        "wensou.format.99",
    ):
        (index / name).write_bytes(b"half")
    (index / "notes.txt").write_text("mine", "utf-8")
    with engine.writer():
        pass
    assert names(index) == before | {"notes.txt"}


def test_readers_answer_from_the_commit_they_opened_after_its_files_are_gone(engine, index):
    reader = WhooshEngine(index)
    held = set(named_by_commit(index))
    for _ in range(3):
        change(engine)
        with engine.writer(replace_all=True) as writer:
            put(writer, "z")
    assert not held & names(index)
    assert reader.search(Request(Term("text", "x"))).total == 11
    assert (
        len(reader.files())
        == len(ids(reader))
        == len(list(reader.rows_of({f"/x/{name}" for name in ids(reader)})))
        == 11
    )
    assert reader.passages("a")[0].payload == b"p" * 50
    assert reader.refresh()
    assert ids(reader) == ["z"]
    reader.close()


HOLDING = """
import sys, time
from pathlib import Path
from indexer.engines.whoosh import WhooshEngine
engine = WhooshEngine(Path(sys.argv[1]))
with engine.writer() as writer:
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def held(index, seconds=60):
    """Run a process that holds the lock."""
    command = [sys.executable, "-c", HOLDING, str(index), str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_second_writer_is_told_who_writes_and_how_long_it_waited(engine, index, monkeypatch):
    monkeypatch.setattr("indexer.engines.base.LOCK_WAIT_S", 1.0)
    with held(index) as process:
        started = time.monotonic()
        with pytest.raises(IndexLocked, match=rf"number {process.pid} on .* waited 1 s"), engine.writer():
            pass
        assert time.monotonic() - started >= 1


def test_the_second_writer_goes_on_when_the_first_is_done(engine, index):
    with held(index, 0.3), engine.writer() as writer:
        put(writer, "c")
    assert "c" in ids(engine)


def test_the_lock_of_a_killed_process_is_free_at_once(engine, index, monkeypatch):
    monkeypatch.setattr("indexer.engines.base.LOCK_WAIT_S", 0)
    with held(index) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with engine.writer() as writer:
            put(writer, "c")
    assert "c" in ids(engine)


@pytest.mark.parametrize(("extension", "section"), [("documents", "rows/data"), ("files1", "paths/data")])
def test_a_rebuild_mends_what_only_a_check_sees(archive, tmp_path, extension, section):
    index = tmp_path / "index"
    build(archive, index)
    (path,) = index.glob(f"*.{extension}")
    damage(path, section)
    assert section in check(index).problems[0]
    assert build(archive, index, BuildOptions(rebuild=True)).added == 5
    assert not check(index).problems


def test_a_rebuild_mends_an_index_with_segments_of_another_codec(archive, tmp_path):
    index = tmp_path / "index"
    build(archive, index)
    with open_dir(str(index)).writer() as writer:
        writer.add_document(article="w", passage="w@0", payload=b"")
    with pytest.raises(IndexDamaged, match=r"another program wrote.*--rebuild"):
        WhooshEngine(index)
    assert "another program" in check(index).problems[0]
    assert build(archive, index, BuildOptions(rebuild=True)).added == 5
    assert not check(index).problems


def damage(path, section):
    """Flip bits of a byte in a section of a file."""
    _, start, *_ = container.Container(path)._entries[section]
    data = bytearray(path.read_bytes())
    data[start + 4] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["touch", "delete"])
@pytest.mark.parametrize(
    ("extension", "section"), [("files1", "paths/data"), ("documents", "rows/data"), ("postings", "text/postings")]
)
def test_damage_is_not_written_anew_under_a_right_checksum(engine, index, extension, section, how):
    for path in index.glob(f"*.{extension}"):
        damage(path, section)
    engine.close()
    damaged = WhooshEngine(index)
    with pytest.raises(IndexDamaged, match=f"{extension}: {section} has the checksum"), damaged.writer() as writer:
        if how == "delete" or extension != "files1":
            writer.delete("b")  # so that the segment is merged
        else:
            writer.touch("a", FileState(7, 7, 7))
    assert check(index).problems
    damaged.close()


def test_a_record_that_cannot_be_read_is_damage(engine, index):
    (path, *_) = index.glob("*.documents")
    damage(path, "rows/data")
    damaged = WhooshEngine(index)
    with pytest.raises(IndexDamaged, match=r"rows/data.*--rebuild"):
        list(damaged.rows())
    damaged.close()


def test_an_index_that_is_removed_while_it_is_open_is_named(engine, index):
    for path in index.glob("_*.toc"):
        path.unlink()
    with pytest.raises(IndexMissing, match="wensou index"):
        engine.refresh()
    assert "c" not in ids(engine)


def test_the_mark_is_replaced_whole(tmp_path, monkeypatch):
    storage.prepare(tmp_path)
    Disk(monkeypatch, tmp_path, 1)
    with pytest.raises(OSError, match="No space"):
        storage.prepare(tmp_path)
    assert (tmp_path / storage.MARK).read_text() == f"{container.FORMAT}\n"
    assert names(tmp_path) == {storage.MARK}


def test_what_stands_in_the_table_of_contents_is_what_whoosh_reads(engine, index):
    durable.write_toc(index, 9, [], "{}")
    assert open_dir(str(index)).doc_count() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_writers_killed_at_random_moments_lose_nothing():
    command = [sys.executable, "-m", "benchmarks.durability", "--kills", "10"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "0 violations" in done.stdout) == (0, True), done.stdout + done.stderr
