"""A query asked again shows what came in since, once."""

from __future__ import annotations

import json
import shutil

import pytest

from indexer import BuildOptions, build
from indexer.errors import UsageError, WensouError
from search import Searcher
from search.saved import SavedQueries
from tests.cli.test_cli import wensou


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "folder").mkdir()
    add(tmp_path / "folder", "a.md")
    build(tmp_path / "folder", tmp_path / "index")
    return tmp_path / "folder"


def add(folder, name):
    (folder / name).write_text(f"# {name}\n\n鳳凰來儀 {name}", "utf-8")


def asked(folder, query="凤凰", **options):
    """Return what a query finds to be new, and the notes that are about that."""
    with (
        Searcher(folder.parent / "index") as searcher,
        SavedQueries(folder.parent / "state", searcher).new(query, **options) as result,
    ):
        notes = [note.text for note in result.notes if note.kind in ("new", "more_new")]
        return {hit.article_id for hit in result.hits}, notes


FIRST = ["Asked with --new for the first time: all that there is is new."]


def test_what_is_new_is_shown_once(folder):
    assert asked(folder) == ({"a.md"}, FIRST)
    assert asked(folder) == (set(), ["Since run 1, when this was last asked."])
    add(folder, "b.md")
    build(folder, folder.parent / "index")
    assert asked(folder) == ({"b.md"}, ["Since run 1, when this was last asked."])
    assert asked(folder) == (set(), ["Since run 2, when this was last asked."])
    build(folder, folder.parent / "index", BuildOptions(rebuild=True))
    assert asked(folder)[0] == set()


def test_each_query_with_its_limits_has_a_mark_of_its_own(folder):
    asked(folder)
    for query, options in (("凤凰 来仪", {}), ("凤凰", {"lang": "zh"}), ("凤凰", {"kinds": ("body", "quote")})):
        assert asked(folder, query, **options) == ({"a.md"}, FIRST)
    for query, options in (
        ("  凤凰\t来仪 ", {}),
        ("凤凰", {"lang": "zh", "limit": 3, "sort": "date", "since": None, "context": 9}),
        ("凤凰", {"kinds": ["quote", "body"]}),
    ):
        assert asked(folder, query, **options)[0] == set()


def test_what_was_not_delivered_stays_new(folder):
    with Searcher(folder.parent / "index") as searcher:
        saved = SavedQueries(folder.parent / "state", searcher)
        with pytest.raises(BrokenPipeError), saved.new("凤凰"):
            raise BrokenPipeError
    assert asked(folder) == ({"a.md"}, FIRST)


def test_what_comes_in_while_an_answer_is_read_is_new_the_next_time(folder):
    with Searcher(folder.parent / "index") as searcher, SavedQueries(folder.parent / "state", searcher).new("凤凰"):
        add(folder, "b.md")
        build(folder, folder.parent / "index")
    assert asked(folder)[0] == {"b.md"}


def test_nothing_new_is_no_filter_to_explain(folder):
    for _ in range(2):
        with (
            Searcher(folder.parent / "index") as searcher,
            SavedQueries(folder.parent / "state", searcher).new("凤凰") as result,
        ):
            assert "filtered" not in {note.kind for note in result.notes}
        asked(folder)


def test_an_index_built_from_scratch_begins_anew_and_says_so(folder):
    asked(folder)
    shutil.rmtree(folder.parent / "index")
    build(folder, folder.parent / "index")
    said = ["The index was built from scratch since this was last asked: all that there is is new."]
    assert asked(folder) == ({"a.md"}, said)
    assert asked(folder)[0] == set()


def test_what_is_left_out_of_the_page_is_said(folder):
    add(folder, "b.md")
    build(folder, folder.parent / "index")
    _, notes = asked(folder, limit=1)
    assert notes == [*FIRST, "There is more, which counts as seen now. To see it, without --new: --offset 1"]
    for name in ("c.md", "d.md"):
        add(folder, name)
    build(folder, folder.parent / "index")
    assert asked(folder, limit=1)[1][1] == (
        "There is more, which counts as seen now. To see it, without --new: --added-since 2 --offset 1"
    )


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"queries": {"a": 1}}', b'{"queries": []}', b"\xff"])
def test_what_cannot_be_read_is_begun_anew_and_said(folder, content):
    asked(folder)
    (file,) = (folder.parent / "state").iterdir()
    file.write_bytes(content)
    assert asked(folder) == ({"a.md"}, ["What was remembered cannot be read: all that there is is new."])
    assert asked(folder)[0] == set()


@pytest.mark.parametrize("options", [{"offset": 10}, {"added_since": 1}, {"added_since": 0}, {"after": "x"}])
def test_options_that_do_not_go_with_it_are_refused(folder, options):
    with pytest.raises(UsageError, match="leave out --offset, --after and --added-since"):
        asked(folder, **options)


def test_a_mark_that_cannot_be_written_is_said(folder):
    (folder.parent / "state").write_text("a file", "utf-8")
    with pytest.raises(WensouError, match="WENSOU_STATE"):
        asked(folder)


def test_the_command_remembers_in_a_folder_of_the_users(folder, tmp_path):
    index, state = tmp_path / "index", tmp_path / "kept"
    command = ["search", "凤凰", "--new", "--index", index]
    assert wensou(*command, WENSOU_STATE=str(state)).returncode == 0
    done = wensou(*command, WENSOU_STATE=str(state))
    assert (done.returncode, done.stdout, "Since run 1" in done.stderr) == (1, "", True)
    (file,) = state.iterdir()
    assert json.loads(file.read_text("utf-8"))["index"] == str(index)
    (tmp_path / "queries").write_text("凤凰\n来仪\n", "utf-8")
    done = wensou("search", "--queries", tmp_path / "queries", "--new", "--index", index, WENSOU_STATE=str(state))
    assert [json.loads(line)["total"] for line in done.stdout.splitlines()] == [0, 1]
    assert wensou("search", "来仪", "--new", "--index", index, WENSOU_STATE=str(state)).returncode == 1
