"""Names of an archive that sound like a word."""

from __future__ import annotations

import pytest

from indexer import build
from indexer.analysis.analyzer import default_analyzer
from indexer.engines.whoosh import WhooshEngine
from search.foreign_names import LEAST_SHOWN, in_chinese, in_english
from search.held_names import HeldNames

TEXTS = {
    "nadella": "微软的负责人纳德拉在会上讲话。",
    "nadella-en": "Satya Nadella spoke first. The report quotes Nadella.",
    "kenyatta": "肯雅塔大學在內羅畢。",
    "words": "他坐巴士回家，再看一本书。",
    "bastion": "A bastion of the old town, a castor and a polite guest.",
    "within": "阿拉巴马州的人。",
    "common": "In the marina we met. The marina is new, a marina.",
    "marina": "马里纳是一个名字。",
}


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "docs").mkdir()
    for name, text in TEXTS.items():
        (folder / "docs" / f"{name}.txt").write_text(text, "utf-8")
    build(folder / "docs", folder / "index")
    engine = WhooshEngine(folder / "index")
    yield HeldNames(engine, default_analyzer(), {"巴士"}.__contains__)
    engine.close()


def texts(found):
    return [one.text for one in found]


def test_a_word_finds_the_characters_that_sound_like_it(names):
    assert texts(in_chinese("nadella", names)) == ["纳德拉"]
    assert texts(in_chinese("kenyatta", names)) == ["肯雅塔"]


def test_characters_find_the_word_that_sounds_like_them(names):
    assert texts(in_english("纳德拉", names)) == ["nadella"]


def test_both_ways_fit_equally(names):
    (one,), (other,) = in_chinese("nadella", names), in_english("纳德拉", names)
    assert one[1:] == other[1:]
    assert LEAST_SHOWN < one.certainty < 0 < one.weight < 1


def test_words_of_the_dictionary_are_no_names(names):
    assert in_chinese("bath", names) == []


def test_characters_within_a_longer_word_are_no_name(names):
    assert in_chinese("bama", names) == []


def test_words_without_a_capital_are_no_names(names):
    assert in_chinese("marina", names) == []
    assert in_english("马里纳", names) == []


@pytest.mark.parametrize("word", ["", "led", "a1b2", "l'or", "naïve", "x" * 60])
def test_what_is_no_word_of_letters_finds_nothing(names, word):
    assert in_chinese(word, names) == []


@pytest.mark.parametrize("han", ["", "拉", "我们的", "拉" * 20, "lado"])
def test_what_has_no_name_characters_finds_nothing(names, han):
    assert in_english(han, names) == []
