"""What an answer says that finds little, and what is searched in place of a mistake."""

from __future__ import annotations

import pytest

from indexer import build
from indexer.errors import UsageError
from search import Searcher


def texts(result, kind):
    return [note.text for note in result.notes if note.kind == kind]


def test_a_misspelt_name_is_offered_and_not_searched(seeds):
    result = seeds.search("習进平", exact=True)
    assert (result.total, result.query) == (0, "習进平")
    (note,) = [note for note in result.notes if note.kind == "suggestion"]
    assert note.query == "習近平"
    assert {"kind": "suggestion", "text": note.text, "query": "習近平"} in result.to_dict()["notes"]


def test_suggest_searches_the_best_suggestion_and_says_so(seeds):
    result = seeds.search("习进平", suggest=True)
    assert result.query == "习近平"
    assert [hit.article_id for hit in result.hits] == [hit.article_id for hit in seeds.search("习近平").hits]
    assert texts(result, "suggested") == ["Searched 习近平 instead of 习进平."]


@pytest.mark.parametrize(
    "query", ["习近平 特朗普 通话", "习近平同特朗普通电话", "soybeans", "“相互尊重”", "", "。。。"]
)
def test_what_is_found_or_empty_is_not_questioned(seeds, query):
    assert seeds.search(query, suggest=True).notes == seeds.search(query).notes
    assert not {"suggestion", "read", "found", "filtered"} & {note.kind for note in seeds.search(query).notes}


@pytest.mark.parametrize(
    ("query", "meant"),
    [("习进平同特朗普通电话", "习近平同特朗普通电话"), ("title:特郎普", "title:特朗普"), ("“特郎普”", "“特朗普”"),
     ("特郎普 AND 习近平", "特朗普 AND 习近平")],
)  # fmt: skip
def test_what_is_not_the_mistake_stays_as_it_was_typed(seeds, query, meant):
    assert next(note.query for note in seeds.search(query).notes if note.kind == "suggestion") == meant


def test_parts_are_named_with_what_they_find(seeds):
    result = seeds.search("特朗普 AND 關税战", exact=True)
    assert texts(result, "read") == ["The words were read as: 特朗普 · 关税"]
    assert texts(result, "found") == ["Articles that hold: 特朗普 3."]


@pytest.mark.parametrize("query", ["“特郎普”", "xyzzy", "特朗普 xyzzy", "“not here”"])
def test_what_was_read_as_it_was_typed_is_not_explained(seeds, query):
    assert not texts(seeds.search(query), "read")


def test_the_filter_that_took_the_rest_is_named(seeds):
    (text,) = texts(seeds.search("特朗普", since="2030", exact=True), "filtered")
    assert text.endswith("without date:2030-01-01.. 3.")
    (text,) = texts(seeds.search("川普", since="2030", lang="en", exact=True), "filtered")
    assert text.endswith("without any filter 1.")
    assert not texts(seeds.search("xyzzy", since="2030"), "filtered")


@pytest.mark.parametrize("query", ["author:张", "author:张 特朗普", 'title:"大豆 xyzzy"~500', "tag:xyzzy"])
def test_what_holds_no_other_words_is_not_explained(seeds, query):
    assert not texts(seeds.search(query), "read")


def test_words_near_each_other_are_read_with_their_quotes(seeds):
    assert texts(seeds.search('"關稅 xyzzy"~500'), "read") == ["The words were read as: “关税 xyzzy”~100"]


@pytest.mark.parametrize(
    "query",
    ["source:特郎普", "tag:(特郎普 习进平)", "author:presidnet", "lang:presidnet", "http://example.org/presidnet", "二〇一九",
     "二零一九", "二〇一八年", "一二三四五"],
)  # fmt: skip
def test_values_addresses_and_numbers_are_not_questioned(seeds, query):
    assert not texts(seeds.search(query), "suggestion")


def test_the_same_mistake_below_a_field_stays(seeds):
    result = seeds.search("source:特郎普 OR 特郎普")
    assert next(note.query for note in result.notes if note.kind == "suggestion") == "source:特郎普 OR 特朗普"


@pytest.mark.parametrize("query", ["title:大豆", "title:“大豆”", 'title:"大豆 采购"~90', "title:大豆*", "大豆 lang:en"])
def test_what_stands_elsewhere_is_not_said_to_stand_nowhere(seeds, query):
    (text,) = texts(seeds.search(query), "unmatched")
    assert text.startswith("Not where it was looked for: ")


def test_what_stands_nowhere_and_what_stands_elsewhere_are_told_apart(seeds):
    assert texts(seeds.search("title:大豆 OR title:xyzzy"), "unmatched") == [
        "Found nowhere: xyzzy.",
        "Not where it was looked for: 大豆.",
    ]


def test_passages_of_any_kind_are_spoken_of_where_a_kind_or_language_was_asked_for(seeds):
    said = "in passages of any kind and language"
    assert not any(said in text for text in texts(seeds.search("大豆 -大豆"), "filtered"))
    assert any(said in text for text in texts(seeds.search("大豆", lang="en", cross="off"), "filtered"))


def test_what_is_only_boilerplate_is_said_to_be(tmp_path):
    (tmp_path / "folder").mkdir()
    text = (
        "# Harvest\n\nThe harvest was good this year, said the farmers.\n\nAll rights reserved. Copyright 2024 Xyzzy.\n"
    )
    (tmp_path / "folder" / "a.md").write_text(text, "utf-8")
    build(tmp_path / "folder", tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        result = searcher.search("xyzzy")
        assert searcher.search("xyzzy", kinds=["boilerplate"]).total == 1
    assert texts(result, "filtered") == ["What matches is boilerplate, of 1 article. To see it: --kind boilerplate"]
    assert texts(result, "unmatched") == ["Not where it was looked for: xyzzy."]


def test_that_nothing_came_in_since_is_said_once(seeds):
    result = seeds.search("特朗普", added_since=10**6)
    assert texts(result, "added_since")
    assert not texts(result, "filtered")


def test_words_are_completed_by_their_beginning_and_by_pinyin(seeds):
    for beginning in ("习近", "xij", "xjp"):
        assert "习近平" in [one.query for one in seeds.complete(beginning)]
    (first, *_) = seeds.complete("特朗普 xijinp")
    assert (first.query, first.word) == ("特朗普 习近平", "习近平")
    assert "president" in [one.word for one in seeds.complete("Presi")]


@pytest.mark.parametrize("query", ["", "習 ", "。", "xyzzyx", "🙂"])
def test_what_begins_no_word_is_completed_by_none(seeds, query):
    assert seeds.complete(query) == []


def test_completions_end_at_the_limit_and_come_most_frequent_first(seeds):
    passages = [one.passages for one in seeds.complete("t s", 7) if one.passages]
    assert passages == sorted(passages, reverse=True)
    assert len(passages) == 5
    assert seeds.complete("s", 0) == seeds.complete("特朗普习近平通", 0) == []
    assert len(seeds.complete("特朗普习近平通", 1)) == 1


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("lang:z", ["lang:zh", "lang:zh-Hant", "lang:zh-Hans"]),
        ("特朗普 -語言：ZH-hans", ["特朗普 -語言：zh-Hans"]),
        ("标", ["标题：", "标签："]),
        ("kind:qu", ["kind:quote"]),
        ("sour", ["source:"]),
        ("date:2", []),
        ("path:s", []),
        ("lang:习近", []),
    ],
)
def test_fields_and_their_values_are_completed(seeds, query, offered):
    found = [one.query for one in seeds.complete(query, 20)]
    assert found[: len(offered)] == offered
    assert not offered or seeds.complete(query, 1)[0].query == offered[0]
    assert found == offered or ":" not in query.replace("：", ":")


def test_a_text_field_is_completed_by_words(seeds):
    assert "title:习近平" in [one.query for one in seeds.complete("title:习近")]


def test_completion_is_refused_where_a_search_would_be(seeds_index):
    with Searcher(seeds_index) as searcher, pytest.raises(UsageError):
        searcher.complete("x", -1)
    with pytest.raises(UsageError):
        searcher.complete("x")


def test_titles_that_begin_like_the_query_are_completed_in_either_script(seeds):
    found = [one for one in seeds.complete("特朗普习近平通") if one.is_title]
    assert [one.query[:8] for one in found] == ["特朗普習近平通電"]
    assert not any(one.is_title for one in seeds.complete("特"))
