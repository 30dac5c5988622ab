"""What a reader may do about a note: asking again with its changes does what its link says."""

import pytest

from indexer import build
from search import Searcher
from search.web.parameters import read
from search.wording import said


def searcher_of(folder, texts):
    for name, text in texts.items():
        (folder / "archive").mkdir(exist_ok=True)
        (folder / "archive" / name).write_text(text, "utf-8")
    build(folder / "archive", folder / "index")
    return Searcher(folder / "index")


def changed(asked, action):
    """Return what is asked with the changes of an action; both are parameters as in an address."""
    return {name: value for name, value in {**asked, **action.changes}.items() if value}


def answer(searcher, asked):
    question = read([*asked.items()])
    return searcher.search(question.query, **question.arguments)


def noted(searcher, kind, **asked):
    """Return the one note of a kind that an answer has."""
    (note,) = [note for note in answer(searcher, asked).notes if note.kind == kind]
    return note


def test_names_are_searched_as_typed(seeds):
    asked = {"q": "川普"}
    (action,) = noted(seeds, "aliases", **asked).actions
    assert action.changes == {"exact": "1"}
    assert not [note for note in answer(seeds, changed(asked, action)).notes if note.kind == "aliases"]


def test_pinyin_is_searched_as_typed(seeds):
    asked = {"q": "xijinping"}
    (action,) = noted(seeds, "pinyin", **asked).actions
    assert not [note for note in answer(seeds, changed(asked, action)).notes if note.kind == "pinyin"]


def test_a_suggestion_is_searched_and_taken_back(seeds):
    asked = {"q": "习进平"}
    (action,) = noted(seeds, "suggestion", **asked).actions
    assert (action.changes, answer(seeds, changed(asked, action)).query) == ({"q": "习近平"}, "习近平")
    (back,) = noted(seeds, "suggested", suggest="1", **asked).actions
    assert answer(seeds, changed({**asked, "suggest": "1"}, back)).query == "习进平"


@pytest.mark.parametrize(
    ("asked", "changes"),
    [
        ({"q": "特朗普", "since": "2030"}, [{"since": "", "until": ""}]),
        ({"q": "特朗普 since:2030"}, [{"q": "特朗普"}]),
        ({"q": "+特朗普 AND (通话 AND author:张三)"}, [{"q": "+特朗普 AND 通话"}]),
        ({"q": "since:2030", "since": "2030"}, [{"since": "", "until": "", "q": "*"}]),
        ({"since": "2030"}, [{"since": "", "until": "", "q": "*"}]),
        ({"q": "特朗普 tag:qqq", "added-since": "0"}, [{"q": "特朗普"}]),
        ({"q": "soybeans", "lang": "zh"}, [{"lang": "", "kind": ""}]),
        ({"q": "soybeans lang:zh"}, [{"lang": "", "kind": "", "q": "soybeans"}]),
        (
            {"q": "特朗普 author:张三", "since": "2030"},
            [{"since": "", "until": "", "lang": "", "kind": "", "q": "特朗普"}],
        ),
    ],
)
def test_without_a_filter_as_many_are_found_as_is_said(seeds, asked, changes):
    asked = {"cross": "off", **asked}
    note = noted(seeds, "filtered", **asked)
    assert [action.changes for action in note.actions] == changes
    counts = dict.fromkeys(part.values["count"] for part in note.values["parts"])
    assert [answer(seeds, changed(asked, action)).total for action in note.actions] == list(counts)


def test_without_likeness_and_runs_as_many_are_found_as_is_said(tmp_path):
    old = "The harvest of plums in the valley was good. The growers of the valley sold plums to nine towns."
    new = "Rain fell upon fields, and snow upon hills behind."
    with searcher_of(tmp_path, {"old.md": old}) as searcher:
        (tmp_path / "archive" / "new.md").write_text(new, "utf-8")
        build(tmp_path / "archive", tmp_path / "index")
        searcher.refresh()
        for asked, link in (
            ({"q": "snow", "like": "old.md"}, "Not only like old.md"),
            ({"q": "harvest", "added-since": "1"}, "Not only added since run 1"),
        ):
            note = noted(searcher, "filtered", **asked)
            (action,) = note.actions
            assert said(action, "en") == link
            assert note.text == f"The filters leave no article. There are, without --{' '.join([*asked.items()][1])} 1."
            assert answer(searcher, changed(asked, action)).total == 1


def test_reports_of_one_event_are_shown_each_by_itself(seeds):
    asked = {"q": "特朗普 习近平", "stories": "1"}
    (action,) = noted(seeds, "stories", **asked).actions
    assert len(answer(seeds, asked).hits) == 4
    assert len(answer(seeds, changed(asked, action)).hits) == 5


def test_copies_are_shown_as_hits(tmp_path):
    story = "Ministers of nine states met in the old harbour to agree on who may fish where, and for how long. " * 4
    with searcher_of(tmp_path, {"a.md": story, "b.md": f"{story}Our correspondent was there."}) as searcher:
        asked = {"q": "harbour"}
        (action,) = noted(searcher, "copies", **asked).actions
        assert [len(answer(searcher, one).hits) for one in (asked, changed(asked, action))] == [1, 2]


@pytest.mark.parametrize("asked", [{"q": "xyzzy"}, {"q": "xyzzy", "lang": "zh"}, {"q": "xyzzy lang:zh"}])
def test_boilerplate_is_shown(tmp_path, asked):
    text = "# Harvest\n\nThe harvest was good this year.\n\nAll rights reserved. Copyright 2024 Xyzzy.\n"
    with searcher_of(tmp_path, {"a.md": text}) as searcher:
        (action,) = noted(searcher, "filtered", **asked).actions
        assert [answer(searcher, one).total for one in (asked, changed(asked, action))] == [0, 1]


def test_the_other_language_is_not_searched_alone(seeds):
    asked = {"q": "关税", "cross": "only"}
    (action,) = noted(seeds, "cross", **asked).actions
    assert changed(asked, action) == {"q": "关税"}
