"""Texts translated as arrays, against `str.translate`."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis.characters import CharacterTable

# Among them halves of pairs, and what two units of UTF-16 stand for.
characters = st.sampled_from("\0a中，…\ud83d\ude00\U0001f600\U00020000\uffff") | st.characters()
ASTRAL = {"a": "\U00020000", "中": "国", "…": "\0", "，": "\ud83d", "\U00020000": "b"}


@given(st.lists(st.text(characters, max_size=80), min_size=1, max_size=3))
@example(["\ud83d\ude00" * 40])
@example(["中" * 40 + "\ud83d", "\ude00" + "中" * 40, "中" * 60])
def test_a_text_is_translated_character_by_character(texts):
    table = CharacterTable(lambda character: ASTRAL.get(character, character.lower()[0]))
    for text in texts:
        assert table.translate(text) == "".join(ASTRAL.get(one, one.lower()[0]) for one in text)
        assert table.translate(text) == text.translate(table)


def test_each_character_is_asked_for_once():
    asked = []
    table = CharacterTable(lambda character: asked.append(character) or character)
    for length in (1, 100, 1000):
        assert table.translate("中文" * length) == "中文" * length
    assert asked == ["中", "文"]
