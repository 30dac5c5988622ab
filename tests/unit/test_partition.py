"""Runs over parts of the sources, and the run after them, leave what one run over all of them does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import BuildOptions, build
from indexer.engines.base import LABEL_FIELDS
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import UsageError
from indexer.manifest import Manifest
from indexer.partition import Partition, merged
from indexer.runs import now
from tests.unit.test_learning import FOOTER, story, written


def texts():
    """Stories, some of them twice, that end with the same line."""
    own = {f"s{number}": story(number, foot=FOOTER) for number in range(12)}
    return own | {f"copy{number}": story(number, foot=FOOTER) for number in range(4)}


def told(index):
    """Return what an index knows of its articles, whichever runs they came in."""
    engine = WhooshEngine(index)
    names = sorted(row.id for row in engine.rows())
    labels = {field: engine.labels(field, names) for field in LABEL_FIELDS}
    passages = {name: [(one.passage_id, one.payload) for one in engine.passages(name)] for name in names}
    kinds = engine.articles_with("kind", ["body", "boilerplate"])
    boilerplate = Manifest.load(engine.meta()).boilerplate
    engine.close()
    return names, labels, passages, kinds, boilerplate


def in_parts(folder, index, count):
    return [build(folder, index, BuildOptions(partition=Partition(number + 1, count))) for number in range(count)]


def test_parts_and_the_run_after_them_leave_what_one_run_does(tmp_path):
    folder = written(tmp_path / "in", texts())
    reports = in_parts(folder, tmp_path / "parts", 3)
    assert sum(report.added for report in reports) == len(texts())
    assert all(0 < report.added < len(texts()) for report in reports)
    build(folder, tmp_path / "whole")
    assert told(tmp_path / "parts") != told(tmp_path / "whole")
    build([], tmp_path / "parts")
    assert told(tmp_path / "parts") == told(tmp_path / "whole")
    assert told(tmp_path / "whole")[4]


def test_what_vanished_goes_with_the_run_over_its_part(tmp_path):
    folder = written(tmp_path / "in", texts())
    build(folder, tmp_path / "index")
    (folder / "copy1.txt").unlink()
    (folder / "s2.txt").write_text(story(99, foot=FOOTER), "utf-8")
    part = next(Partition(number, 2) for number in (1, 2) if Partition(number, 2).has("copy1.txt"))
    other = Partition(3 - part.number, 2)
    assert build([], tmp_path / "index", BuildOptions(partition=other)).removed == 0
    assert build([], tmp_path / "index", BuildOptions(partition=part)).removed == 1
    build([], tmp_path / "index")
    build(folder, tmp_path / "whole")
    assert told(tmp_path / "index") == told(tmp_path / "whole")


def test_a_part_that_is_indexed_again_is_unchanged(tmp_path):
    folder = written(tmp_path / "in", texts())
    first, second = in_parts(folder, tmp_path / "index", 2)
    again = in_parts(folder, tmp_path / "index", 2)
    assert [report.unchanged for report in again] == [first.added, second.added]
    assert sum(report.added + report.replaced + report.removed for report in again) == 0


@given(st.text(max_size=20), st.integers(1, 9))
def test_every_file_belongs_to_one_part(name, count):
    assert sum(Partition(number, count).has(name) for number in range(1, count + 1)) == 1


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/0", "a/b", "-1/2", "1/2/3", "1 of 2"])
def test_what_is_no_part_is_named(text):
    with pytest.raises(UsageError, match="--partition"):
        Partition.parse(text)
    assert str(Partition.parse("2/3")) == "2/3"


def test_runs_at_the_same_time_know_what_both_know(tmp_path):
    before, _ = Manifest(run=4).with_root(tmp_path / "a")
    one, _ = before.with_root(tmp_path / "b")
    newest = merged(before, one, 5, ["x"], now())
    both = merged(newest, before, 5, ["y"], now())
    assert (both.run, both.unsettled, both.candidates, both.roots) == (5, (5,), ("x", "y"), one.roots)
    assert [run.number for run in both.runs] == [5]
    other = Manifest(run=4).with_root(tmp_path / "c")[0]
    with pytest.raises(UsageError, match="at the same time"):
        merged(newest, other, 5, [], now())


def test_a_part_is_not_built_anew(tmp_path):
    with pytest.raises(UsageError, match="another place"):
        build(tmp_path, tmp_path / "index", BuildOptions(partition=Partition(1, 2), rebuild=True))
