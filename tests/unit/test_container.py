"""A file of the index that is not as it was written says which, what is wrong, and the command that mends it."""

from __future__ import annotations

import struct
from contextlib import suppress
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import Request
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.container import FORMAT, Container, ContainerWriter
from indexer.engines.whoosh.toc import read_commit
from indexer.errors import IndexDamaged, IndexStale, IndexUnusable
from indexer.model import IndexEntry
from indexer.nodes import Term
from tests.contract.test_engine import one_entry, row

KINDS = [".documents", ".postings", ".files1", ".labels1"]


@pytest.fixture
def folder(tmp_path):
    """An index of one article."""
    engine = WhooshEngine(tmp_path / "index", create=True)
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    engine.close()
    return tmp_path / "index"


def only(folder, kind):
    (path,) = folder.glob(f"*{kind}")
    return path


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_an_array_that_is_there_already_takes_no_room(tmp_path):
    numbers = np.arange(1000, dtype="<u4")
    with ContainerWriter(tmp_path / "file") as writer:
        for name in ("a", "b"):
            writer.add_once(name, numbers)
        writer.add_once("c", numbers.view("<i4"))
        writer.add_once("d", numbers + 1)
    container = Container(tmp_path / "file")
    assert [container.array(name).dtype.str for name in "abcd"] == ["<u4", "<u4", "<i4", "<u4"]
    assert [container.array(name).tolist() for name in "abcd"] == [[*range(1000)]] * 3 + [[*range(1, 1001)]]
    assert (tmp_path / "file").stat().st_size < 3 * numbers.nbytes + 1000
    container.verify()


def test_fields_of_articles_say_once_which_passages_are_whose(tmp_path):
    with patch("indexer.engines.whoosh.tiers._SMALL", 0), patch("os.fsync"):
        engine = WhooshEngine(tmp_path, create=True)
        for author in ((), ("ab",)):  # the first segment has no such field
            with engine.writer() as writer:
                for number in range(3):
                    name = f"{number}{author}"
                    writer.put(row(name), [IndexEntry("", {}, {"author": author, "path": (name,)})] * 3)
    (segment,) = engine._snapshot.segments
    author, path = segment.field("author"), segment.field("path")
    assert author.first.tolist() == path.first.tolist() == segment.first_passages.tolist()
    assert author.first.ctypes.data == path.first.ctypes.data


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda data: b"", "has only 0 bytes"),
        (lambda data: data[:20], "has only 20 bytes"),
        (lambda data: data[:-1], r"has (\d+) bytes instead of \d+"),
        (lambda data: data + b"\0", "bytes instead of"),
        (lambda data: flipped(data, 0), "does not begin as one of wensou's files"),
        (lambda data: flipped(data, len(data) - 3), "its directory has the checksum [0-9a-f]{8}, not [0-9a-f]{8}"),
    ],
)
def test_damage_names_file_and_remedy(folder, kind, damage, what):
    path = only(folder, kind)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(IndexDamaged, match=f"{path.name}: .*{what}.*wensou index FOLDER --rebuild --index {folder}"):
        WhooshEngine(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_is_damage(folder, kind, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    path = only(folder, kind)
    path.unlink()
    with pytest.raises(IndexDamaged, match=f"{path.name} is missing.*--rebuild --index {folder}"):
        WhooshEngine(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_another_version_names_both(folder, kind):
    path = only(folder, kind)
    data = path.read_bytes()
    path.write_bytes(data[:8] + struct.pack("<I", 9) + data[12:])
    with pytest.raises(
        IndexStale, match=rf"format 9 \({path.name}\).*reads format {FORMAT}.*--rebuild --index {folder}"
    ):
        WhooshEngine(folder)


def test_another_version_of_the_folder_names_both(folder):
    (folder / "wensou.format").write_text("1\n")
    with pytest.raises(IndexStale, match=rf"format 1 .*reads format {FORMAT}.*--rebuild --index {folder}"):
        WhooshEngine(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_index_can_be_replaced(folder, kind):
    path = only(folder, kind)
    path.write_bytes(path.read_bytes()[:-1])
    engine = WhooshEngine(folder, discard_damaged=True)
    with engine.writer(replace_all=True) as writer:
        writer.put(row("b"), one_entry("b", "x"))
    assert [one.article_id for one in WhooshEngine(folder).search(Request(Term("text", "x"))).articles] == ["b"]
    assert not path.exists()


def test_a_flipped_bit_of_an_array_is_found_by_a_check_and_before_a_merge(folder):
    path = only(folder, ".postings")
    data = path.read_bytes()
    at = data.index(b"x\n")  # the term
    path.write_bytes(flipped(data, at))
    with pytest.raises(
        IndexDamaged, match=f"{path.name}: text/terms has the checksum [0-9a-f]{{8}}, not [0-9a-f]{{8}}"
    ):
        Container(path).verify()
    engine = WhooshEngine(folder)
    with pytest.raises(IndexDamaged, match="text/terms"), engine.writer() as writer:
        writer.put(row("b"), one_entry("b", "x"))
    assert [one.id for one in engine.rows()] == ["a"]
    assert len(list(folder.iterdir())) == 7  # mark, lock, table of contents and four of the segment


def test_any_flipped_bit_of_a_table_of_contents_is_damage(folder):
    path = only(folder, ".toc")
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        with pytest.raises(IndexDamaged, match=f"{path.name}: .*--rebuild --index {folder}"):
            read_commit(folder)
    path.write_bytes(flipped(data, len(data) // 2))
    with pytest.raises(IndexDamaged, match=r"it has the checksum [0-9a-f]{8}, not [0-9a-f]{8}"):
        WhooshEngine(folder)


@given(st.data())
def test_no_table_of_contents_without_a_checksum_does_worse_than_an_error(folder, data):
    """As Whoosh's own writers leave it."""
    path = only(folder, ".toc")
    whole = path.read_bytes()
    written = whole[:-8]
    at = data.draw(st.integers(0, len(written) - 1))
    path.write_bytes(written[:at] + bytes([data.draw(st.integers(0, 255))]) + written[at + 1 :])
    with suppress(IndexUnusable):
        read_commit(folder)
    path.write_bytes(whole)


def test_arrays_come_back_as_they_were_written(tmp_path):
    arrays = {
        "none": np.empty(0, "<u4"), "bytes": np.arange(7, dtype="u1"), "中": np.arange(5, dtype="<u2"),
        "big": np.arange(3).astype(">u4"), "signed": np.array([-1, 1 << 40]), "real": np.array([0.5]),
    }  # fmt: skip
    writer = ContainerWriter(tmp_path / "file")
    for name, array in arrays.items():
        writer.add(name, array)
    writer.close()
    container = Container(tmp_path / "file")
    container.verify()
    assert list(container.names()) == list(arrays)
    for name, array in arrays.items():
        found = container.array(name)
        assert (found.dtype, found.tolist()) == (array.dtype, array.tolist())
        assert not found.flags.writeable
        assert container._entries[name][1] % 8 == 0


def test_an_unfinished_file_is_no_container(tmp_path):
    writer = ContainerWriter(tmp_path / "file")
    writer.add("a", np.arange(99))
    writer.abandon()
    with pytest.raises(IndexDamaged, match="does not begin"):
        Container(tmp_path / "file")


def test_a_name_that_is_too_long_is_refused(tmp_path):
    writer = ContainerWriter(tmp_path / "file")
    with pytest.raises(ValueError, match="too long"):
        writer.add("中" * 27, np.arange(1))
    writer.abandon()
