"""How well names in Han characters fit names in letters."""

from __future__ import annotations

from math import exp, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.vocabulary.foreign_sounds import MOST_LETTERS, ForeignSounds, foreign_sounds, line_of
from search.sounding import LEAST_FIT, fits, in_characters, in_letters

# As `python -m benchmarks.foreign_sounds` prints them.
SCORES = {
    ("奥巴马", "obama"): -0.10,
    ("欧巴马", "obama"): -0.20,
    ("泽连斯基", "zelensky"): -0.43,
    ("碧咸", "beckham"): -0.25,
    ("布殊", "bush"): -0.57,
    ("特朗普", "trump"): -1.30,
    ("普京", "putin"): -0.62,
}
NAMES = st.text(st.sampled_from(sorted(foreign_sounds().characters)), min_size=1, max_size=4)
LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)


@pytest.mark.parametrize("pair", SCORES)
def test_a_name_fits_its_letters(pair):
    assert foreign_sounds().score(*pair) == pytest.approx(SCORES[pair], abs=0.15)


@pytest.mark.parametrize("pair", [("第一", "thursday"), ("足球", "soccer"), ("总统", "president"), ("巴士", "basin")])
def test_a_word_that_is_translated_does_not_fit(pair):
    assert foreign_sounds().score(*pair) < LEAST_FIT


@given(NAMES, LETTERS)
def test_no_fit_is_better_than_certain(han, letters):
    assert foreign_sounds().score(han, letters) <= 0


def test_other_characters_do_not_fit_at_all():
    assert foreign_sounds().score("的巴马", "obama") == -inf


@given(NAMES)
def test_both_directions_know_the_same(han):
    sounds = foreign_sounds()
    for letters, chance in sounds.letters_of(han[0]):
        assert len(letters) <= MOST_LETTERS
        assert (han[0], chance) in sounds.said_by(letters)


def test_letters_of_a_character_are_chances():
    assert sum(exp(said.chance) for said in foreign_sounds().letters_of("巴")) < 1.1


def test_a_line_keeps_chances_to_an_eighth():
    sounds = ForeignSounds(line_of("ba", {"巴": -0.3, "芭": -2.0}) + line_of("", {"斯": -4.0}))
    assert [(said.text, round(said.chance, 2)) for said in sounds.said_by("ba")] == [("巴", -0.25), ("芭", -2.0)]
    assert sounds.letters_of("斯")[0].text == ""
    assert sounds.characters == {"巴", "芭", "斯"}


@pytest.mark.parametrize(("han", "letters"), [("奥巴马", "obama"), ("泽连斯基", "zelensky"), ("克林顿", "clinton")])
def test_what_fits_is_spelled_both_ways(han, letters):
    sounds = foreign_sounds()
    pairs = {han[i : i + 2] for i in range(len(han))}
    assert in_characters(letters, sounds, pairs.__contains__, 10) == [han]
    assert in_letters(han, sounds, letters.startswith, letters.__eq__, 10) == [letters]


@given(NAMES, LETTERS)
def test_only_what_fits_is_spelled(han, letters):
    sounds = foreign_sounds()
    pairs = {han[i : i + 2] for i in range(len(han))}
    assert all(fits(sounds.score(one, letters), one) for one in in_characters(letters, sounds, pairs.__contains__, 5))


def test_two_characters_must_fit_better():
    assert fits(-1.0, "特朗普")
    assert not fits(-1.0, "川普")
