"""An article's run is that in which its file came to hold what it says, after any updates and rebuilds."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import BuildOptions, build
from indexer.pipeline import opened
from tests.property.test_updates import TEXTS, names, write

SAID = [text for text in TEXTS if text and "\n" not in text]
texts = st.lists(st.sampled_from(SAID), min_size=1, max_size=3)
steps = st.tuples(st.lists(st.tuples(names, st.none() | texts), max_size=4), st.booleans())


def contents(folder):
    """Return what each article says, by its id, with the file that it is in."""
    found = {}
    for path in folder.rglob("*.*"):
        name, text = path.relative_to(folder).as_posix(), path.read_text("utf-8")
        lines = [(f"{name}#{i}", line) for i, line in enumerate(text.splitlines(), 1)]
        found.update({own: (name, said) for own, said in (lines if path.suffix == ".jsonl" else [(name, text)])})
    return found


def runs(index):
    with opened(index) as engine:
        return {row.id: row.run for row in engine.rows()}


@settings(max_examples=25)
@given(st.lists(steps, min_size=1, max_size=5))
def test_a_run_is_that_in_which_the_content_came(sequence):
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch) / "folder", Path(scratch) / "index"
        folder.mkdir()
        said, came = {}, {}
        for changes, rebuild in sequence:
            for name, own in changes:
                write(folder / name, own)
            report = build(folder, index, BuildOptions(prune=True, verify=True, rebuild=rebuild))
            before = {key: min(came[one] for one in came if said[one] == key) for key in {said[one] for one in came}}
            said = contents(folder)
            came = {name: before.get(own, report.run) for name, own in said.items()}
            assert runs(index) == came
