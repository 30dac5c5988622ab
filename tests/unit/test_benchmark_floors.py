"""Floors: what is too low is named, raising never lowers, lowering wants a name and a reason."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest

from benchmarks import floors
from tests.conftest import SEEDS
from tests.unit.test_evaluation import make, passage, query

NAME = "small queries qrels en->en"


@pytest.fixture
def kept(tmp_path):
    passages = [passage("p", "River ferry river.", "en"), passage("r", "A ferry, and bread from a baker.", "en")]
    queries = [query("a", "river ferry", "en"), query("b", "ferry river", "en")]
    folder = make(tmp_path / "sets" / "small", passages, queries, ["a\tp\t1", "b\tr\t1"])
    path = tmp_path / "floors.toml"
    path.write_text(
        f'tolerance = 0.002\n[corpora]\nsmall = "{floors.checksum(folder)}"\n[runs.alone]\n'
        "[runs.pooled]\npooled = true\nsearch = {copies = true}\nacross = false\n",
        "utf-8",
    )
    return path


def run(kept, *arguments):
    command = [sys.executable, "-m", "benchmarks.floors", kept.parent / "sets", "--floors", kept, *arguments]
    done = subprocess.run(command, cwd=SEEDS.parent, capture_output=True, text=True, encoding="utf-8", check=False)
    return done, tomllib.loads(kept.read_text("utf-8"))


def edited(kept, old, new):
    text = kept.read_text("utf-8")
    assert old in text
    kept.write_text(text.replace(old, new), "utf-8")


def test_floors_are_kept_checked_and_lowered_for_a_reason(kept):
    done, written = run(kept, "--raise")
    assert done.returncode == 0, done.stderr
    assert written["runs"]["alone"] == {"floors": {NAME: 0.75}}
    assert written["runs"]["pooled"] == {
        "pooled": True, "search": {"copies": True}, "across": False, "floors": {NAME: 0.75},
    }  # fmt: skip
    assert run(kept)[0].returncode == 0

    edited(kept, f'"{NAME}" = 0.75', f'"{NAME}" = 0.9')
    done, _ = run(kept, "--run", "alone")
    assert done.returncode == 1
    assert f"alone: {NAME} is 0.7500, floor 0.9000" in done.stdout
    done, written = run(kept, "--raise")
    assert done.returncode == 1
    assert written["runs"]["alone"]["floors"] == {NAME: 0.9}

    assert run(kept, "--lower", f"alone: {NAME}")[0].returncode == 2
    done, written = run(kept, "--lower", f"alone: {NAME}", "--because", "the other half gained more")
    assert done.returncode == 0, done.stderr
    assert written["runs"]["alone"]["floors"] == {NAME: 0.75}
    assert written["runs"]["pooled"]["floors"] == {NAME: 0.9}
    assert written["lowered"] == [
        {"name": f"alone: {NAME}", "before": 0.9, "after": 0.75, "because": "the other half gained more"}
    ]
    again, _ = run(kept, "--lower", f"alone: {NAME}", "--because", "once more")
    assert again.returncode == 1
    assert "is not lower than its floor" in again.stderr


def test_another_set_is_not_measured(kept):
    with (kept.parent / "sets" / "small" / "qrels.tsv").open("a") as file:
        file.write("b\tp\t1\n")
    done, _ = run(kept)
    assert done.returncode == 1
    assert "is not the set that its floors were measured on" in done.stderr


def test_a_fall_within_the_tolerance_is_none():
    how = {"floors": {"a": 0.9, "b": 0.9, "c": 0.9}}
    found = [*floors.problems("run", how, {"a": 0.8985, "b": 0.8975}, tolerance=0.002)]
    assert [text.split(",")[0] for text in found] == ["run: b is 0.8975", "run: c was not measured"]


def test_the_floors_that_are_kept_can_be_written_again():
    text = floors.FLOORS.read_text("utf-8")
    assert floors.as_toml(tomllib.loads(text)) == text
