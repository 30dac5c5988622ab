"""How characters are read: what sounds alike, and what a Latin word spells."""

from __future__ import annotations

import time

import pytest

from indexer.analysis.fold import fold_key
from indexer.vocabulary.sounds import beginning_with, readings, same_sound, syllables


@pytest.mark.parametrize(
    "pair", ["进近", "平萍", "他她", "郎朗", "长常", "长掌", "重冲", "重众", "曾增", "单善", "区欧"]
)
def test_characters_that_share_a_reading_sound_alike(pair):
    one, other = pair
    assert other in same_sound(one)
    assert one in same_sound(other)
    assert one in same_sound(one)


@pytest.mark.parametrize("character", ["a", "々", "。", "𠮷", ""])
def test_what_has_no_reading_sounds_like_nothing(character):
    assert not character or same_sound(character) == ""


def test_characters_are_those_of_search_keys():
    every = set("".join(syllables().values()))
    assert {fold_key(character) for character in every} == every
    assert len(every) > 17_000


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        ("xijinping", [("xi", "jin", "ping")]),
        ("chongqing", [("chong", "qing")]),
        ("xian", [("xian",), ("xi", "an")]),
        ("lvyou", [("lv", "you")]),
        ("luyou", [("lu", "you")]),
        ("female", []),
        ("x", []),
        ("", []),
    ],
)
def test_ways_to_read_a_word(word, ways):
    assert readings(word) == ways


def test_the_last_syllable_may_go_on():
    assert readings("xij", is_open=True) == [("xi", "j")]
    assert ("xi",) in readings("xi", is_open=True)
    assert "平" in beginning_with("pi")
    assert "平" not in beginning_with("b")


def test_u_stands_for_the_sound_that_keyboards_do_not_have():
    assert {"绿", "路"} <= set(syllables()["lu"])
    assert "绿" in syllables()["lv"]


def test_any_word_is_read_at_once():
    started = time.process_time()
    for word in ("gan" * 13, "xian" * 6, "a" * 5000):
        readings(word)
    assert time.process_time() - started < 1
