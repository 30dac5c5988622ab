"""The other language: what translations that are less than sure rank, and where they find something."""

from __future__ import annotations

import json

import pytest

from indexer import build
from indexer.vocabulary.cedict import Entry
from search import Searcher
from tests.dictionary import index_of, translate_by

TEXTS = {
    "defend": "The players defend well, said the coach after the match on Sunday.",
    "defense": "The defense of the bridge took three days, the old soldiers remember.",
    "bridge": "A bridge was painted green by volunteers in the summer, to some surprise.",
    "china": "China opened the fair with a speech on Friday, and the hall was full.",
    "very": "It was very cold, and nobody went out, but for the ducks on the lake.",
    "zh": "士兵們守衛橋樑三天，防禦工事很堅固。",
    "zh2": "防守很好，教練星期天說。",
}
ENTRIES = [
    Entry("防守", "防守", "", ("to defend",)),
    Entry("防禦", "防御", "", ("defense",)),
    Entry("橋樑", "桥梁", "", ("bridge",)),
    Entry("士兵", "士兵", "", ("soldier",)),
    Entry("中", "中", "", ("China",)),
    Entry("什", "什", "", ("very",)),
    Entry("樣", "样", "", ("surprise",)),
    Entry("夏", "夏", "", ("summer",)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return index_of(tmp_path_factory.mktemp("doubtful"), TEXTS)


@pytest.fixture
def searcher(index, monkeypatch):
    translate_by(monkeypatch, ENTRIES)
    with Searcher(index) as searcher:
        yield searcher


def names(searcher, query):
    result = searcher.search(query, cross="only")
    return [hit.article_id.removesuffix(".txt") for hit in result.hits]


def test_words_of_the_family_of_a_translation_rank(searcher):
    assert names(searcher, "防守 桥梁") == ["defense", "defend", "bridge"]
    assert names(searcher, "defense soldier")[0] == "zh"


def test_they_find_nothing_by_themselves(searcher):
    assert names(searcher, "防守") == ["defend"]
    assert names(searcher, "defend") == ["zh2"]


@pytest.mark.parametrize("query", ["防守中", "防守 桥梁中 士兵"])
def test_a_character_that_places_the_word_before_it_is_not_translated(searcher, query):
    assert "china" not in names(searcher, query)


def test_by_itself_it_is_a_word(searcher):
    assert names(searcher, "中") == ["china"]


def test_function_words_inside_a_word_are_left_whole(searcher):
    assert "very" not in names(searcher, "防守是什么样 桥梁 士兵")


def test_a_long_question_finds_what_only_its_doubtful_words_say(searcher):
    assert "bridge" not in names(searcher, "防守 夏天")
    assert names(searcher, "防守 士兵 夏天")[-1] == "bridge"


def test_beside_operators_only_what_is_sure_is_found(searcher):
    assert names(searcher, "防守 AND 桥梁 AND 士兵") == []


def test_a_word_that_most_articles_of_a_language_hold_says_little_though_few_are_in_it(tmp_path, monkeypatch):
    translate_by(monkeypatch, ENTRIES)
    lines = [{"id": f"zh{i}", "text": f"第{i}天，教練說天氣不好。"} for i in range(60)]
    lines += [{"id": f"en{i}", "text": f"A bridge, a bridge, number {i}."} for i in range(5)]
    lines += [{"id": "told", "text": "Number six of the old soldiers crossed a river without one, it was told."}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    build(tmp_path / "a.jsonl", tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        assert names(searcher, "桥梁 士兵")[0] == "a.jsonl#told"
