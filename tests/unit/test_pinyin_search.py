"""Words of letters that spell words of the index."""

from __future__ import annotations

import pytest

from indexer import build
from search import Searcher


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pinyin")
    (folder / "docs").mkdir()
    texts = {
        "a": "重庆的火锅很有名，重庆人爱吃辣。",
        "b": "Chongqing is a city. 重慶是一座城市。",
        "c": "我们在北京。",
        **{f"w{i}": f"Women work here, number {i}." for i in range(6)},
        "l": "习近平讲话。",
    }
    for name, text in texts.items():
        (folder / "docs" / f"{name}.txt").write_text(text, "utf-8")
    build(folder / "docs", folder / "index")
    with Searcher(folder / "index") as searcher:
        yield searcher


def found(result):
    return [hit.article_id[:-4] for hit in result.hits]


def test_a_word_finds_what_it_spells_under_what_holds_it(archive):
    result = archive.search("chongqing")
    assert found(result) == ["b", "a"]
    assert "Searched as pinyin too: chongqing = 重庆. In quotes it is not." in [note.text for note in result.notes]
    texts = {snippet.text[start:end] for hit in result.hits for snippet in hit.snippets for start, end in snippet.spans}
    assert texts == {"重庆", "重慶", "Chongqing"}


@pytest.mark.parametrize("query", ["xijinping", "xi jinping", "XiJinping", "xjp"])
def test_syllables_may_be_apart_and_initials_do(archive, query):
    assert found(archive.search(query)) == ["l"]


def test_operators_take_pinyin_too_but_for_what_is_left_out(archive):
    assert found(archive.search("chongqing AND huoguo")) == ["a"]
    assert found(archive.search("城市 -chongqing")) == []
    assert set(found(archive.search("火锅 -chongqing"))) == {"a"}


def test_in_quotes_nothing_is_pinyin(archive):
    assert found(archive.search('"chongqing"', exact=True)) == ["b"]
    assert found(archive.search('"xijinping"', cross="off")) == []


def test_a_short_word_that_the_index_holds_is_one_of_its_own_language(archive):
    result = archive.search("women")
    assert "c" not in found(result)
    assert "pinyin" not in {note.kind for note in result.notes}
