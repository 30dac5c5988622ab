"""Runs: which are remembered, and which one an article came in with."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from indexer import BuildOptions, build, remove
from indexer.engines.base import Request
from indexer.manifest import Manifest
from indexer.nodes import Range
from indexer.pipeline import opened
from indexer.runs import DAYS, NEWEST, Run, last_before, with_run
from tests.documents import zipped

START = datetime(2020, 1, 1, tzinfo=UTC)
FOOTER = "本報訂閱電話與版權聲明，轉載請先取得書面同意，謝謝。"


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def runs_of(index):
    """Return the run of each article."""
    with opened(index) as engine:
        return {row.id: row.run for row in engine.rows()}


def manifest_of(index):
    with opened(index) as engine:
        return Manifest.load(engine.meta())


def at(day):
    return BuildOptions(clock=lambda: START + timedelta(days=day))


def test_an_article_keeps_its_run_until_its_content_changes(folder, index):
    for name in ("a.md", "b.md"):
        (folder / name).write_text(f"鳳凰 {name}", "utf-8")
    assert build(folder, index).run == 1
    (folder / "b.md").write_text("孔雀", "utf-8")
    (folder / "c.md").write_text("麒麟", "utf-8")
    assert build(folder, index).run == 2
    assert runs_of(index) == {"a.md": 1, "b.md": 2, "c.md": 2}
    (folder / "a.md").touch()
    assert build(folder, index, BuildOptions(verify=True)).run == 2
    assert build(folder, index, BuildOptions(rebuild=True)).run == 3
    assert runs_of(index) == {"a.md": 1, "b.md": 2, "c.md": 2}


def test_passages_have_the_run_of_their_article(folder, index):
    (folder / "a.md").write_text("鳳凰", "utf-8")
    build(folder, index)
    (folder / "b.md").write_text("鳳凰來儀。" * 100, "utf-8")
    build(folder, index)
    with opened(index) as engine:
        for low, high, found in (
            (None, None, {"a.md", "b.md"}),
            (2, None, {"b.md"}),
            (None, 1, {"a.md"}),
            (3, 9, set()),
        ):
            ranking = engine.search(Request(Range("run", low, high)))
            assert {article.article_id for article in ranking.articles} == found
            assert ranking.passages_total == sum(len(engine.passages(article_id)) for article_id in found)


def test_an_article_that_moves_within_its_file_keeps_its_run(folder, index):
    lines = [json.dumps({"text": f"第{i}則新聞"}) for i in range(3)]
    (folder / "a.jsonl").write_text("\n".join(lines), "utf-8")
    build(folder, index)
    (folder / "a.jsonl").write_text("\n".join(['{"text": "更新的"}', *lines]), "utf-8")
    build(folder, index)
    build(folder, index, BuildOptions(rebuild=True))
    assert runs_of(index) == {"a.jsonl#1": 2, "a.jsonl#2": 1, "a.jsonl#3": 1, "a.jsonl#4": 1}


def test_members_of_an_archive_have_runs_of_their_own(folder, index):
    (folder / "a.zip").write_bytes(zipped({"a.md": "鳳凰", "b.jsonl": '{"text": "孔雀"}\n'}))
    build(folder, index)
    (folder / "a.zip").write_bytes(zipped({"a.md": "鳳凰", "b.jsonl": '{"text": "孔雀"}\n{"text": "麒麟"}\n'}))
    build(folder, index)
    build(folder, index, BuildOptions(rebuild=True))
    assert runs_of(index) == {"a.zip/a.md": 1, "a.zip/b.jsonl#1": 1, "a.zip/b.jsonl#2": 2}


def test_what_is_read_again_for_what_was_learnt_keeps_its_run(folder, index):
    stories = ["川普談關稅與進口", "北韓問題有新進展", "地震後的重建工作", "股市今天收盤上漲", "新的博物館開幕了"]
    for i in range(5):
        if i == 4:
            assert build(folder, index).run == 1
        (folder / f"{i}.md").write_text(f"# 標題{i}\n\n{stories[i] * (i + 4)}。\n\n{FOOTER}\n", "utf-8")
    assert build(folder, index).run == 2
    assert manifest_of(index).boilerplate
    assert runs_of(index) == {"0.md": 1, "1.md": 1, "2.md": 1, "3.md": 1, "4.md": 2}


def test_articles_of_a_folder_that_moved_keep_their_runs(folder, index, tmp_path):
    (folder / "a.md").write_text("鳳凰", "utf-8")
    build(folder, index)
    moved = shutil.move(folder, tmp_path / "moved")
    (tmp_path / "moved" / "b.md").write_text("孔雀", "utf-8")
    report = build([folder, moved], index, BuildOptions(prune=True))
    assert (report.run, report.added, report.removed) == (2, 2, 1)
    assert runs_of(index) == {"moved:a.md": 1, "moved:b.md": 2}


def test_after_a_rebuild_of_what_cannot_be_read_all_is_new(folder, index):
    (folder / "a.md").write_text("鳳凰", "utf-8")
    build(folder, index)
    before = manifest_of(index)
    next(index.glob("*.documents")).write_bytes(b"damaged")
    build(folder, index, BuildOptions(rebuild=True))
    assert runs_of(index) == {"a.md": 2}
    assert manifest_of(index).identity not in ("", before.identity)


def test_an_index_has_one_identity(folder, index, tmp_path):
    (folder / "a.md").write_text("鳳凰", "utf-8")
    build(folder, index)
    identity = manifest_of(index).identity
    assert len(identity) == 16
    (folder / "b.md").write_text("孔雀", "utf-8")
    build(folder, index)
    build(folder, index, BuildOptions(rebuild=True))
    assert manifest_of(index).identity == identity
    build(folder, tmp_path / "other")
    assert manifest_of(tmp_path / "other").identity != identity


def test_each_run_that_changes_the_index_is_remembered(folder, index):
    (folder / "a.md").write_text("鳳凰", "utf-8")
    build(folder, index, at(0))
    build(folder, index, at(1))
    (folder / "b.md").write_text("孔雀", "utf-8")
    build(folder, index, at(2))
    remove(folder, index, at(3).clock)
    known = manifest_of(index)
    assert (known.run, known.runs) == (
        3,
        (Run(1, "2020-01-01T00:00:00+00:00"), Run(2, "2020-01-03T00:00:00+00:00"), Run(3, "2020-01-04T00:00:00+00:00")),
    )


def test_a_run_that_only_takes_a_folder_in_is_named_as_it_is_stored(folder, index, tmp_path):
    (folder / "a.md").write_text("鳳凰", "utf-8")
    build(folder, index)
    (tmp_path / "empty").mkdir()
    assert build(tmp_path / "empty", index).run == manifest_of(index).run == 2


def test_old_runs_are_thinned_by_day_and_month():
    runs = ()
    for hour in range(24 * 365 * 4):
        runs = with_run(runs, hour + 1, START + timedelta(hours=hour))
    assert len(runs) <= NEWEST + DAYS + 12 * 4 + 1
    assert [run.number for run in runs[-NEWEST:]] == [*range(runs[-1].number - NEWEST + 1, runs[-1].number + 1)]
    assert runs[0].number == 1
    # Whatever is asked for by day, within the days that are kept, begins with the first run of that day.
    for days_ago in range(1, DAYS - NEWEST // 24):
        day = (runs[-1].moment - timedelta(days=days_ago)).replace(hour=0)
        assert last_before(runs, day) == (day - START) // timedelta(hours=1)


def test_moments_before_between_and_after_runs():
    runs = with_run(with_run((), 1, START), 2, START + timedelta(days=1))
    assert last_before(runs, START) == 0
    assert last_before(runs, START + timedelta(hours=1)) == 1
    assert last_before(runs, START + timedelta(days=1)) == 1
    assert last_before(runs, START + timedelta(days=2)) == 2
