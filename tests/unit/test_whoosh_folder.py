"""The engine's folder: whose it is, what is damaged in it, who may read it."""

from __future__ import annotations

import gc

import pytest

from indexer.engines.whoosh import WhooshEngine
from indexer.errors import IndexDamaged, IndexUnusable
from tests.contract.test_engine import one_entry, row
from tests.contract.test_labels import carry_out, check_labels

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")


@pytest.fixture
def engine(tmp_path):
    with_index = WhooshEngine(tmp_path / "index", create=True)
    yield with_index
    with_index.close()


def test_an_index_of_another_program_is_left_alone(tmp_path):
    (tmp_path / "_MAIN_1.toc").write_bytes(b"cbuiltins\nexec\n")
    with pytest.raises(IndexUnusable, match="not made by wensou"):
        WhooshEngine(tmp_path, create=True)


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Whoosh's, when it cannot read one
@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:40], lambda data: data[:-60] + b"?" * 60])
def test_damage_is_named_with_the_command_that_mends_it(engine, tmp_path, damage):
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    for toc in (tmp_path / "index").glob("_*.toc"):
        toc.write_bytes(damage(toc.read_bytes()))
    with pytest.raises(IndexDamaged, match="--rebuild"):
        WhooshEngine(tmp_path / "index")
    gc.collect()  # while the warning is ignored


def test_index_files_are_their_owners_alone(engine, tmp_path):
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "index").rglob("*")}
    assert set(modes.values()) == {0}, modes
    assert (tmp_path / "index").stat().st_mode & 0o077 == 0


def test_labels_of_segments_that_are_merged_before_the_commit(tmp_path, monkeypatch):
    monkeypatch.setattr("indexer.engines.whoosh.writer._MOST_SPILLED", 3)
    monkeypatch.setattr("indexer.engines.whoosh.commits.MOST_KEPT", 0)
    engine = WhooshEngine(tmp_path, create=True)
    kinds = {}
    with engine.writer(memory_bytes=0) as writer:
        for i in range(10):
            carry_out(writer, kinds, ("put", f"n{i}", [("body",), ("body",)]))
            carry_out(writer, kinds, ("relabel", f"n{i // 2}", [("文",), ("teaser",)]))
    check_labels(engine, kinds)
    with engine.writer() as writer:
        carry_out(writer, kinds, ("relabel all", "n0", ("boilerplate",)))
    check_labels(engine, kinds)
    assert len(list(tmp_path.glob("*.labels*"))) == len(list(tmp_path.glob("*.postings")))
