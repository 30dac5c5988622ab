"""Names that no dictionary has, in searches of the other language."""

from __future__ import annotations

import pytest

from indexer.vocabulary.cedict import Entry
from search import Searcher, foreign_names
from tests.dictionary import index_of, translate_by

TEXTS = {
    "bredoski": "Anna Bredoski opened the conference and spoke of steel.",
    "bredoski-zh": "布雷多斯基，会议的主席，讲了话。",
    "town": "Visitors from Kelmanville saw the old mill and the market.",
    "wang": "Wang Xiaohong was at the meeting, and Zeng Pu wrote about it.",
    "wang-zh": "王小洪出席会议。",
    "steel": "这家工厂生产钢铁。",
}
ENTRIES = [
    Entry("鋼鐵", "钢铁", "", ("steel",)),
    Entry("會議", "会议", "", ("meeting", "conference")),
    Entry("凱爾曼", "凯尔曼", "", ("Kelman (name)",)),
    Entry("曾", "曾", "", ("once", "already")),
    Entry("市場", "市场", "", ("market",)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return index_of(tmp_path_factory.mktemp("across"), TEXTS)


@pytest.fixture
def searcher(index, monkeypatch):
    translate_by(monkeypatch, ENTRIES)
    with Searcher(index) as searcher:
        yield searcher


def found(result):
    return [hit.article_id.removesuffix(".txt") for hit in result.hits]


def highlighted(result):
    return {snippet.text[s:e] for hit in result.hits for snippet in hit.snippets for s, e in snippet.spans}


@pytest.mark.parametrize(
    ("query", "article", "name"),
    [
        ("布雷多斯基", "bredoski", "Bredoski"),
        ("布雷多斯基 鐵路", "bredoski", "Bredoski"),
        ("Bredoski", "bredoski-zh", "布雷多斯基"),
        ("bredoski", "bredoski-zh", "布雷多斯基"),
        ("王小洪", "wang", "Wang Xiaohong"),
        ("Wang Xiaohong", "wang-zh", "王小洪"),
        ("Xiaohong Wang", "wang-zh", "王小洪"),
        ("曾朴先生", "wang", "Zeng Pu"),
    ],
)
def test_a_name_finds_articles_in_the_other_language_and_is_highlighted(searcher, query, article, name):
    result = searcher.search(query, cross="only")
    assert found(result) == [article]
    assert highlighted(result) == {name}
    assert any(name.lower() in note.text.lower() for note in result.notes if note.kind == "cross")


def test_a_name_goes_on_over_one_that_the_dictionary_has(searcher):
    assert found(searcher.search("凯尔曼维尔", cross="only")) == ["town"]


def test_words_of_the_dictionary_are_translated_and_not_compared(searcher):
    assert found(searcher.search("钢铁", cross="only")) == ["bredoski"]


def test_a_name_of_two_characters_needs_a_title(searcher):
    assert found(searcher.search("曾朴", cross="only")) == []


def test_words_as_typed_have_no_other_sound(searcher):
    assert "bredoski-zh" not in found(searcher.search("Bredoski", cross="off"))


@pytest.mark.parametrize(("query", "most"), [("因" * 500, 6), ("布雷多斯基尔曼维因克拉" * 45, 30)])
def test_of_a_long_text_some_names_are_spelled_and_each_once(searcher, monkeypatch, query, most):
    asked = []
    spelled = foreign_names.in_english
    monkeypatch.setattr(foreign_names, "in_english", lambda han, names: asked.append(han) or spelled(han, names))
    searcher.search(query, cross="only")
    assert len(asked) <= 2 * most  # the query is settled in up to two rounds
    assert set(asked)
