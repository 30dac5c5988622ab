"""An address in place of a folder: the commands and the library on a real cluster, and what is kept beside an index."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest

from indexer import build, check, remove
from indexer.engines.opening import beside, place_of
from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.mapping import FORMAT
from indexer.errors import PartMissing
from indexer.vocabulary.learnt import Learnt
from search import Searcher
from tests.cli.test_cli import wensou
from tests.cluster.test_health import lacking  # noqa: F401
from tests.conftest import SEEDS


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def place(cluster, data):
    """The address, of all nodes, of an index of the seeds that the command has made."""
    hosts = ",".join(address.removeprefix("http://") for address in cluster.addresses)
    place = f"http://{hosts}/wensou-place-{os.getpid()}"
    done = wensou("index", SEEDS, "--index", place, "--shards", 2, "--replicas", 0, "--json", WENSOU_DATA=str(data))
    report = json.loads(done.stdout)
    assert (done.returncode, report["run"], report["added"]) == (0, 1, 5)
    yield place
    connection = Connection(place_of(place))
    for index in connection.ask("GET", f"/{connection.index}*/_alias"):
        connection.ask("DELETE", f"/{index}")
    connection.close()


def test_a_search_finds_what_it_finds_in_a_folder(place, data, monkeypatch, seeds):
    monkeypatch.setenv("WENSOU_DATA", str(data))
    with Searcher(place) as searcher:
        for query in ("川普", "关税 贸易", '"中美关系"', "Taiwan", "特朗*"):
            ours, theirs = searcher.search(query), seeds.search(query)
            assert [hit.article_id for hit in ours.hits] == [hit.article_id for hit in theirs.hits]
            assert ours.notes == theirs.notes


def test_the_commands_take_an_address(place, data):
    done = wensou("search", "川普", "--index", place, "--json", WENSOU_DATA=str(data))
    assert (done.returncode, json.loads(done.stdout)["total"]) == (0, 5)
    found = json.loads(wensou("info", "--json", "--index", place).stdout)
    assert (found["index"], found["engine"], found["articles"]) == (place, "opensearch", 5)
    assert (found["cluster"]["shards"], found["cluster"]["replicas"], found["cluster"]["health"]) == (2, 0, "green")
    assert found["size_bytes"] == sum(found["cluster"]["shard_bytes"]) == found["cluster"]["stored_bytes"] > 10_000
    done = wensou("check", "--index", place)
    assert (done.returncode, "nothing is damaged" in done.stdout) == (0, True)


def test_what_was_learnt_is_in_a_folder_of_the_users_own(place, data):
    own = beside(place_of(place), {"WENSOU_DATA": str(data)})
    assert (own / "learnt.tsv").is_file()
    listed = wensou("vocabulary", "list", "--index", place, "--json", WENSOU_DATA=str(data))
    assert json.loads(listed.stdout.splitlines()[0])


def test_an_archive_is_brought_up_to_date_and_forgotten(place, data, archive, monkeypatch):
    monkeypatch.setenv("WENSOU_DATA", str(data))
    other = f"{place}-other"
    assert (build(archive, other).run, build((), other).run) == (1, 1)
    next(archive.glob("000*")).unlink()
    done = build((), other)
    assert (done.run, done.removed, check(other).articles) == (2, 1, 4)
    assert remove(archive, other).run == 3
    assert check(other).articles == 0


def test_what_a_run_left_that_was_broken_off_is_learnt_from_by_the_next(place, data, tmp_path, monkeypatch):
    monkeypatch.setenv("WENSOU_DATA", str(data))
    monkeypatch.setattr("indexer.engines.opensearch.writer.HELD_BYTES", 0)
    other, folder = f"{place}-broken", tmp_path / "articles"
    folder.mkdir()

    def write(name, text):
        (folder / f"{name}.md").write_text(f"# {name}\n\n{text}", "utf-8")

    def broken(*arguments):
        raise RuntimeError

    write("a", "他住在卢布林（Lublin）。")
    build(folder, other)
    write("b", "主角为大卫·尼文（David Niven）。")
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr("indexer.pipeline._Run._learn", broken)
        build((), other)
    write("c", "无关的文章。")
    report = build((), other)
    assert (report.added, report.unchanged) == (1, 2)
    learnt = Learnt(beside(place_of(other), {"WENSOU_DATA": str(data)}) / "learnt.tsv")
    assert {(pair.word, pair.seen) for pair in learnt.pairs()} == {("卢布林", 1), ("大卫尼文", 1)}


def test_a_missing_part_is_an_error_or_a_note(lacking):  # noqa: F811
    less, number = lacking
    part = f"shard {number} of 4 of {less.index}"
    with pytest.raises(PartMissing, match=f"without {part}: "):
        Searcher(less.location)
    meta = {"commit": "c", "format": FORMAT, "meta": json.dumps({"fingerprint": ""})}
    lenient = replace(less.location, settings=replace(less.settings, timeout_s=30))
    put = less.ask("GET", f"/{less.index}-0/_search_shards", routing="~meta")["shards"][0]
    if not put:
        with pytest.raises(PartMissing, match=f"without {part}, also with --partial"):
            Searcher(lenient, partial=True)
        return
    less.ask("PUT", f"/{less.index}/_doc/~meta", {"row": meta}, refresh="true", within_s=30)
    with Searcher(lenient, partial=True) as searcher:
        (note,) = [note for note in searcher.search("x").notes if note.kind == "partial"]
    assert note.text == f"This is without {part}: no node that runs has a copy of it."
