"""Numbers are found, highlighted and counted in whatever writing they were typed."""

from __future__ import annotations

import pytest

from indexer import build
from search import Searcher

TEXTS = {
    "digits": "會議在2026年2月5日開始，約1,200萬人觀看，共三天。",
    "numerals": "會議在二〇二六年二月五日開始，约一千二百万人观看，共3天。",
    "circles": "會議在二○二六年 2 月 5 日開始。",
    "later": "會議在二零二六年十二月二十五日開始，有十五日。",
    "larger": "約三億一千二百萬人，第十九屆。",
    "words": "一些人十分着急，几十万人，三三两两。",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    folder = tmp_path_factory.mktemp("numbers")
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(f"無題\n\n{text}", "utf-8")
    build(folder, folder / "index")
    with Searcher(folder / "index") as opened:
        yield opened


def found(result):
    return {hit.article_id.removesuffix(".txt") for hit in result.hits}


def highlighted(result):
    return {snippet.text[start:end] for hit in result.hits for snippet in hit.snippets for start, end in snippet.spans}


DATE = {"2026年2月5日", "二〇二六年二月五日", "二○二六年 2 月 5 日"}


@pytest.mark.parametrize("query", ["2026年2月5日", "２０２６年２月５日", "二〇二六年二月五日", "二○二六年2月5日"])
@pytest.mark.parametrize("form", ['"{}"', "“{}”", "{}", "+{}", "body:{}"])
def test_a_date_is_found_in_any_writing(searcher, form, query):
    result = searcher.search(form.format(query))
    assert found(result) == {"digits", "numerals", "circles"}
    assert highlighted(result) == DATE


def test_spaces_beside_digits_make_no_difference_to_a_phrase(searcher):
    assert found(searcher.search('"在 2026 年 2 月 5 日"')) == {"digits", "numerals", "circles"}


@pytest.mark.parametrize(
    ("query", "names", "marks"),
    [
        ("2月", {"digits", "numerals", "circles"}, {"2月", "二月", "2 月"}),
        ('"5日"', {"digits", "numerals", "circles"}, {"5日", "五日", "5 日"}),
        ("12月", {"later"}, {"十二月"}),
        ("1200万", {"digits", "numerals"}, {"1,200萬", "一千二百万"}),
        ("一千二百萬", {"digits", "numerals", "larger"}, {"1,200萬", "一千二百万", "一千二百萬"}),
        ("3天", {"digits", "numerals"}, {"三天", "3天"}),
        ('"第19届"', {"larger"}, {"第十九屆"}),
        ("10万人", set(), set()),
        ('"10分着急"', set(), set()),
        ('"开始 3天"~20', {"digits", "numerals"}, {"開始", "三天", "3天"}),
    ],
)
def test_a_number_is_found_whole_and_nothing_else(searcher, query, names, marks):
    result = searcher.search(query)
    assert found(result) == names
    assert highlighted(result) >= marks if '"' in query else highlighted(result) == marks


def test_a_number_is_one_word_in_the_notes(searcher):
    notes = {note.kind: note.text for note in searcher.search("二〇二六年二月五日 1200万 9999年").notes}
    assert notes["unmatched"] == "Found nowhere: 9999年."
    assert notes["all_words"] == "0 of 3 articles have all 3 words."
    assert notes["read"] == "The words were read as: 二零二六年二月五日 · 1200万 · 9999年"


def test_both_writings_rank(searcher):
    for query in ("1200万", "一千二百万"):
        scores = {hit.article_id: hit.score for hit in searcher.search(query).hits}
        assert all(score > 0 for score in scores.values())
