"""Searches for what came in since a run or a moment."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from indexer import BuildOptions, build
from indexer.errors import UsageError
from search import Searcher

START = datetime(2026, 2, 5, 12, tzinfo=UTC)
EVERYTHING, LATER, NOTHING = {"1.md", "2.md", "3.md"}, {"2.md", "3.md"}, set()


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    """An index whose articles came in one a day, in runs 1 to 3."""
    scratch = tmp_path_factory.mktemp("added")
    folder = scratch / "folder"
    folder.mkdir()
    for run in (1, 2, 3):
        (folder / f"{run}.md").write_text(f"# 標題{run}\n\n鳳凰來儀{run}", "utf-8")
        moment = START + timedelta(days=run - 1)
        build(folder, scratch / "index", BuildOptions(clock=lambda moment=moment: moment))
    with Searcher(scratch / "index") as searcher:
        yield searcher


def found(searcher, value, **options):
    result = searcher.search("凤凰", added_since=value, **options)
    return {hit.article_id for hit in result.hits}, [note.text for note in result.notes if note.kind == "added_since"]


@pytest.mark.parametrize("value", [1, "1", " 1 ", "2026-02-05T12:00:01Z", "2026-02-06 20:00+08:00",
    "2026-02-06T12:00:00+00:00", START + timedelta(hours=1)])  # fmt: skip
def test_what_came_in_after_a_run_or_from_a_moment_on(searcher, value):
    assert found(searcher, value) == (LATER, [])


@pytest.mark.parametrize(("value", "said"), [
    (0, "There was no run 0: every article came in since. The first run was run 1, 2026-02-05 12:00 UTC."),
    ("2026-02-05T12:00Z", "Every article came in since. The first run was run 1, 2026-02-05 12:00 UTC."),
    ("2026-01", "Every article came in since. The first run was run 1, 2026-02-05 12:00 UTC."),
    (date(2025, 1, 1), "Every article came in since. The first run was run 1, 2026-02-05 12:00 UTC."),
])  # fmt: skip
def test_before_the_first_run_is_everything_with_a_note(searcher, value, said):
    assert found(searcher, value) == (EVERYTHING, [said])


@pytest.mark.parametrize(("value", "said"), [
    (3, "Nothing came in since. The last run was run 3, 2026-02-07 12:00 UTC."),
    ("2027-01", "Nothing came in since. The last run was run 3, 2026-02-07 12:00 UTC."),
    ("2026", "There was no run 2026 yet. The last run was run 3, 2026-02-07 12:00 UTC. "
     "A date is written 2026-02 or 2026-02-05."),
    (10**30, f"There was no run {10**30} yet. The last run was run 3, 2026-02-07 12:00 UTC. "
     "A date is written 2026-02 or 2026-02-05."),
])  # fmt: skip
def test_after_the_last_run_is_nothing_with_a_note(searcher, value, said):
    assert found(searcher, value) == (NOTHING, [said])


@pytest.mark.parametrize("value", [-1, "-1", "", "yesterday", "2026-02-30", "2026-02-05T25:00", "run 3"])
def test_nonsense_is_refused(searcher, value):
    with pytest.raises(UsageError):
        searcher.search("凤凰", added_since=value)


def test_a_moment_without_a_zone_is_local(searcher):
    local = (START + timedelta(hours=1)).astimezone().replace(tzinfo=None)
    assert found(searcher, local) == found(searcher, local.isoformat(" ")) == (LATER, [])


def test_it_goes_with_other_limits(searcher):
    assert found(searcher, 1, since="2026")[0] == set()  # none has a date
    assert found(searcher, 1, lang="zh", limit=1)[0] < LATER
    assert {hit.article_id for hit in searcher.iterate("凤凰", added_since=2)} == {"3.md"}


def test_a_new_copy_of_an_old_report_is_found_with_the_old_one(tmp_path):
    folder, index = tmp_path / "folder", tmp_path / "index"
    folder.mkdir()
    report = "# 標題\n\n" + "".join(f"第{number}段說明關稅談判的進展。" for number in range(20))
    (folder / "a.md").write_text(report, "utf-8")
    build(folder, index)
    (folder / "b.md").write_text(report, "utf-8")
    (folder / "c.md").write_text(report, "utf-8")
    build(folder, index)
    with Searcher(index) as searcher:
        (hit,) = searcher.search("关税", added_since=1).hits
        assert (hit.article_id, [copy.article_id for copy in hit.copies]) == ("b.md", ["a.md", "c.md"])
        assert len(searcher.search("关税").hits) == 1


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be set here")
def test_a_moment_before_the_calendar_is_nonsense(searcher, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Hong_Kong")
    time.tzset()
    try:
        with pytest.raises(UsageError, match="is no moment"):
            found(searcher, "0001-01-01")
    finally:
        monkeypatch.undo()
        time.tzset()
