"""Chinese people's names in English, and back."""

from __future__ import annotations

import pytest

from indexer import build
from indexer.analysis.analyzer import default_analyzer
from indexer.engines.whoosh import WhooshEngine
from indexer.vocabulary.surnames import surname_of, surnames, surnames_read
from indexer.vocabulary.wade_giles import in_pinyin, wade_giles
from search.chinese_names import CERTAINTY, in_chinese, in_english
from search.held_names import HeldNames

TEXTS = {
    "a": "王小洪出席会议。",
    "a-en": "Wang Xiaohong attended the meeting.",
    "b": "蔡應文先生來了。",
    "b-en": "Tsai Ying-wen came. The novelist Zeng Pu wrote this.",
    "c-en": "Foreign Minister Wang Yi spoke. Guofan Zeng was a general; Ouyang Xiu wrote.",
    "d": "曾国藩。歐陽修。李小明和黎晓明。",
    "e-en": "We saw zhang dajia and li yi.",
}


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    (folder / "docs").mkdir()
    for name, text in TEXTS.items():
        (folder / "docs" / f"{name}.txt").write_text(text, "utf-8")
    build(folder / "docs", folder / "index")
    engine = WhooshEngine(folder / "index")
    yield HeldNames(engine, default_analyzer(), lambda word: False)
    engine.close()


def texts(found):
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("han", "english"),
    [
        ("王小洪", "wang xiaohong"),
        ("蔡应文", "tsai ying wen"),
        ("曾国藩", "guofan zeng"),
        ("欧阳修", "ouyang xiu"),
        ("王毅", "wang yi"),
    ],
)
def test_a_name_is_found_as_it_is_written_in_english(names, han, english):
    assert texts(in_english(han, names)) == [english]


@pytest.mark.parametrize("han", ["曾朴", "张大家", "李毅", "小洪", "王", "", "王小洪说", "的小洪"])
def test_what_is_no_sure_name_is_not(names, han):
    assert in_english(han, names) == []


def test_two_characters_are_a_name_with_a_title_in_the_query(names):
    assert texts(in_english("曾朴", names, has_title=True)) == ["zeng pu"]


@pytest.mark.parametrize(
    ("words", "han"),
    [
        ("wang xiaohong", "王小洪"),
        ("xiaohong wang", "王小洪"),
        ("wang xiao hong", "王小洪"),
        ("tsai ying wen", "蔡应文"),
        ("zeng guofan", "曾国藩"),
    ],
)
def test_english_words_find_the_name_that_reads_so(names, words, han):
    assert texts(in_chinese(words.split(), names)) == [han]


def test_names_that_read_alike_are_not_sure(names):
    found = in_chinese(["li", "xiaoming"], names)
    assert sorted(texts(found)) == ["李小明", "黎晓明"]
    assert all(one.certainty < CERTAINTY for one in found)


@pytest.mark.parametrize("words", ["wang", "ceng guofan", "the meeting", "wang xiaohongs", "a b c d e"])
def test_other_words_are_no_name(names, words):
    assert in_chinese(words.split(), names) == []


def test_surnames_are_read_as_surnames():
    assert surnames()["曾"] == (("zeng",),)
    assert surname_of("欧阳修") == "欧阳"
    assert surname_of("欧文") == "欧"
    assert surname_of("的") == ""
    assert set(surnames_read("tsai")) == {"蔡"}
    assert "张" in {*surnames_read("chang")} & {*surnames_read("zhang")}


@pytest.mark.parametrize(
    ("pinyin", "wade"),
    [("cai", "tsai"), ("xiao", "hsiao"), ("zhang", "chang"), ("zhong", "chung"), ("xue", "hsueh"), ("jian", "chien"),
     ("zi", "tzu"), ("guo", "kuo"), ("ge", "ko"), ("lian", "lien"), ("ruo", "jo"), ("wen", "wen"), ("an", "an"),
     ("yong", "yung"), ("xiong", "hsiung"), ("deng", "teng")],
)  # fmt: skip
def test_wade_giles(pinyin, wade):
    assert wade_giles(pinyin) == wade
    assert pinyin in in_pinyin(wade)
