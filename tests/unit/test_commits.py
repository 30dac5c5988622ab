"""A commit that was replaced stays readable for a while, and then goes with its files."""

from __future__ import annotations

import os
import time

import pytest

from indexer import check
from indexer.engines.base import Request
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.commits import KEPT_S, MOST_KEPT, kept_commits, names_of
from indexer.engines.whoosh.toc import generations, read_commit
from indexer.errors import CommitGone, IndexDamaged
from indexer.model import ArticleRow, FileState, IndexEntry
from indexer.nodes import Term


class Clock:
    """Tells the time, and how much later it is said to be."""

    later = 0.0

    def __call__(self):
        return time.time() + self.later


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def engine(tmp_path, clock, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    engine = WhooshEngine(tmp_path / "index", create=True, clock=clock)
    yield engine
    engine.close()


def put(engine, *article_ids, **named):
    """Put articles in one commit, and return its name."""
    with engine.writer(**named) as writer:
        for article_id in article_ids:
            row = ArticleRow(article_id, article_id, f"/x/{article_id}", "/x", 1, 2, 3, "hash", 1)
            writer.put(row, [IndexEntry(f"{article_id}@0", {"text": ("x", article_id)}, payload=b"p")])
    return engine.generation()


def found(engine):
    return [article.article_id for article in engine.search(Request(Term("text", "x"))).articles]


def in_folder(index):
    return {path.name for path in index.iterdir()} - {"MAIN_WRITELOCK", "wensou.format"}


def test_a_replaced_commit_is_read_by_its_name(engine):
    first = put(engine, "a", "b")
    second = put(engine, "c")
    with engine.writer() as writer:
        writer.delete("a")
        writer.touch("b", FileState(7, 7, 7))
    assert [found(engine.at(name)) for name in (first, second, engine.generation())] == [
        ["a", "b"],
        ["a", "b", "c"],
        ["b", "c"],
    ]
    assert [row.size for row in engine.at(first).rows(["b"])] == [1]
    assert engine.at(first).generation() == first
    assert found(engine) == ["b", "c"]


def test_a_rebuild_leaves_what_it_replaces_readable(engine):
    first = put(engine, "a")
    put(engine, "b", replace_all=True)
    assert found(engine.at(first)) == ["a"]


def test_an_older_engine_reads_a_newer_commit_by_its_name(engine, tmp_path):
    reader = WhooshEngine(tmp_path / "index")
    newer = put(engine, "a")
    assert found(reader.at(newer)) == ["a"]
    assert found(reader) == []


def test_the_next_writer_removes_what_was_replaced_long_enough_ago(engine, tmp_path, clock):
    first = put(engine, "a")
    put(engine, "b", replace_all=True)
    clock.later = KEPT_S + 60
    assert found(engine.at(first)) == ["a"]  # no writer came since
    with engine.writer():
        pass
    with pytest.raises(CommitGone, match="no longer keeps"):
        engine.at(first)
    assert in_folder(tmp_path / "index") == names_of(read_commit(tmp_path / "index"))
    assert found(engine) == ["b"]


def test_a_commit_is_kept_from_when_it_was_replaced(engine, tmp_path, clock):
    first = put(engine, "a")
    os.utime(next((tmp_path / "index").glob("_MAIN_1.toc")), (1, 1))
    put(engine, "b")
    clock.later = KEPT_S / 2
    put(engine, "c")
    assert found(engine.at(first)) == ["a"]


def test_no_more_than_so_many_commits_are_kept_however_fast_they_come(engine, tmp_path):
    names = [put(engine, str(number), replace_all=True) for number in range(6)]
    index = tmp_path / "index"
    assert [engine.at(name).generation() for name in names[-MOST_KEPT - 1 :]] == names[-MOST_KEPT - 1 :]
    for name in names[: -MOST_KEPT - 1]:
        with pytest.raises(CommitGone):
            engine.at(name)
    kept = [read_commit(index), *kept_commits(index, time.time())]
    assert in_folder(index) == set().union(*map(names_of, kept))


def test_a_damaged_old_commit_is_gone_and_disturbs_nobody(engine, tmp_path):
    first = put(engine, "a")
    second = put(engine, "b", replace_all=True)
    index = tmp_path / "index"
    for name in names_of(read_commit(index, 1)):
        (index / name).write_bytes(b"damaged")
    with pytest.raises(CommitGone):
        engine.at(first)
    assert not check(index).problems
    put(engine, "c")
    assert found(engine.at(second)) == ["b"]
    assert generations(index) == [2, 3]


def test_after_an_index_that_cannot_be_read_nothing_of_it_is_kept(engine, tmp_path):
    put(engine, "a")
    put(engine, "b")
    index = tmp_path / "index"
    for path in index.glob("*.postings"):
        path.write_bytes(b"damaged")
    put(WhooshEngine(index, discard_damaged=True), "c", replace_all=True)
    assert generations(index) == [3]
    assert in_folder(index) == names_of(read_commit(index))


def test_a_commit_of_another_index_in_the_same_place_is_another_one(engine, tmp_path):
    first = put(engine, "a")
    for path in (tmp_path / "index").iterdir():
        path.unlink()
    other = WhooshEngine(tmp_path / "index", create=True)
    put(other, "b")
    with pytest.raises(CommitGone):
        other.at(first)
    other.close()


@pytest.mark.parametrize("name", ["", "x", "0", "99", "-1", "1-"])
def test_what_is_no_name_of_a_commit_is_gone(engine, name):
    put(engine, "a")
    with pytest.raises(CommitGone):
        engine.at(name)


def test_a_file_that_was_cut_short_is_told_before_it_is_read(engine):
    put(engine, "a")
    engine.check_readable()
    path = max(engine._folder.glob("MAIN_*.*"), key=lambda path: path.stat().st_size)
    whole = path.read_bytes()
    os.truncate(path, len(whole) // 2)
    with pytest.raises(IndexDamaged, match=f"{path.name}: it has {len(whole) // 2} bytes instead of {len(whole)}"):
        engine.check_readable()
    path.write_bytes(whole)
    engine.check_readable()
