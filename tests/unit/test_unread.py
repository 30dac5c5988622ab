"""What a run does not read: said, counted, never fatal."""

from __future__ import annotations

import json

import pytest

from indexer.errors import UsageError
from indexer.pipeline import BuildOptions, build
from indexer.sources.source import ReadOptions
from tests.cli.test_cli import wensou


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


def test_what_is_no_article_is_counted_by_reason(archive, index):
    for name in ("a.jpg", "b.JPG", "c.exe", "no suffix", "README"):
        (archive / name).write_bytes(b"\xff\xd8")
    (archive / "empty.txt").write_bytes(b" \n")
    (archive / "list.json").write_text("[1, 2]", "utf-8")
    (archive / "loop").symlink_to(archive, target_is_directory=True)
    (archive / "dangling").symlink_to(archive / "nothing")
    report = build(archive, index)
    assert (report.added, report.failed) == (5, ())
    counts = report.skipped_by_reason()
    assert counts["format .jpg is not read"] == counts["a name without a suffix says no format"] == 2
    assert counts["empty"] == counts["format .exe is not read"] == 1
    assert len(counts) == 7
    assert len(report.skipped) == 9


def test_a_file_above_the_limit_is_refused_and_keeps_its_articles(archive, index):
    build(archive, index)
    small = BuildOptions(verify=True, read=ReadOptions(max_bytes=4000))
    report = build(archive, index, small)
    assert (report.removed, report.unchanged) == (0, 1)
    assert len(report.failed) == 4
    assert "--max-size" in report.failed[0].reason


def test_an_article_that_becomes_empty_leaves_the_index(archive, index):
    build(archive, index)
    (archive / "000_205596a8ddddb7dd.txt").write_bytes(b"")
    report = build(archive, index)
    assert (report.removed, report.unchanged) == (1, 4)
    assert report.skipped_by_reason() == {"empty": 1}


def test_the_report_has_a_line_for_each_file(archive, index, tmp_path):
    (archive / "a.jpg").write_bytes(b"\xff")
    (archive / "bad.json").write_text("{", "utf-8")
    path = tmp_path / "report.jsonl"
    build(archive, index, BuildOptions(report=path))
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    by_status = {
        status: [line for line in lines if line["status"] == status] for status in ("read", "skipped", "not read")
    }
    assert [len(group) for group in by_status.values()] == [5, 1, 1]
    read = by_status["read"][0]
    assert (read["articles"], read["encoding"], read["damaged"]) == (1, "utf-8", 0)
    assert "not JSON" in by_status["not read"][0]["reason"]


def test_a_report_that_cannot_be_written_is_said_before_anything_is_done(archive, index, tmp_path):
    with pytest.raises(UsageError, match="report"):
        build(archive, index, BuildOptions(report=tmp_path / "nothing" / "report.jsonl"))
    assert not index.exists()


def test_an_encoding_that_is_not_known_is_refused_at_the_start(archive, index):
    refused = wensou("index", archive, "--index", index, "--encoding", "gkb")
    assert refused.returncode == 2
    assert "Did you mean gbk" in refused.stderr
    assert not index.exists()
