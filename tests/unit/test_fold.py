"""Folding: the key of a text, and the way back to its characters."""

from __future__ import annotations

import unicodedata
from importlib.machinery import ModuleSpec

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.fold import _dictionary, fold, fold_key, key_of_cut, to_simplified
from indexer.analysis.variants import variants
from tests.conftest import SEEDS
from tests.texts import mixed_text

REFERENCE = opencc.OpenCC("t2s")
TRADITIONAL = sorted({*"".join(_dictionary("TSPhrases.txt")), *"，。 a1的是不"})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("特朗普習近平通電話", "特朗普习近平通电话"),
        ("ＡＢＣ１２３", "abc123"),
        ("①Ⅳ㎡ﬁß", "1ivm2fiss"),
        ("Café naïve cafe\u0301", "cafe naive cafe"),
        ("İstanbul", "istanbul"),
        ("O’Brien", "o'brien"),
        ("特\u200b朗\ufeff普", "特朗普"),
        ("ｶﾞ か\u3099 가 \u1100\u1161", "カ か 가 가"),
        ("豈﨑", "岂﨑"),
        ("a\u00a0b\u3000c", "a b c"),
        ("٣", "3"),
    ],
)
def test_a_key_has_one_width_case_and_script(text, key):
    assert fold_key(text) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("看著", "看着"), ("衞生", "卫生"), ("妳", "你"), ("牠們", "它们"), ("商舖", "商铺"), ("枱", "台"),
        ("計畫", "计划"), ("瞭解", "了解"), ("反覆", "反复"), ("藉口", "借口"), ("甚麼", "什么"), ("乾隆", "乾隆"),
        ("關係", "关係"), ("彷彿", "仿佛"), ("東頭邨", "东头村"), ("憑藉", "凭借"), ("牴觸", "抵触"),
        ("二〇二六", "二零二六"), ("二○二六", "二零二六"), ("٢٠٢٦ २०२६ ２０２６", "2026 2026 2026"),
    ],
)  # fmt: skip
def test_spellings_of_one_word_have_one_key(one, other):
    assert fold_key(one) == fold_key(other)


def test_symbols_that_would_spell_several_tokens_stay_symbols():
    assert fold_key("㈱℃㍿…") == "㈱℃㍿…"


@given(mixed_text)
def test_every_key_character_leads_back_to_the_character_it_came_from(text):
    folded = fold(text)
    place = 0
    for i in range(len(folded.key)):
        start, end = folded.span(i, i + 1)
        assert place <= start < end <= len(text)
        assert folded.key[i] in fold_key(text[start:end])
        place = start


@pytest.mark.parametrize(
    ("text", "places"),
    [("cafe\u0301s", [(0, 1), (1, 2), (2, 3), (3, 5), (5, 6)]), ("a\u200bb", [(0, 1), (2, 3)]), ("㎡", [(0, 1)] * 2),
     ("葛\U000e0100城", [(0, 2), (2, 3)]), ("\u1112\u1161\u11ab国", [(0, 3), (3, 4)])],
)  # fmt: skip
def test_marks_belong_to_their_character(text, places):
    folded = fold(text)
    assert [folded.span(i, i + 1) for i in range(len(folded.key))] == places


@given(mixed_text)
def test_folding_is_done_once(text):
    key = fold_key(text)
    assert fold_key(key) == key


@given(mixed_text, mixed_text)
def test_a_key_does_not_depend_on_what_stands_beside(one, other):
    assert fold_key(one + "\n" + other) == fold_key(one) + "\n" + fold_key(other)


@given(mixed_text)
def test_what_jieba_reads_is_as_long_as_the_key_and_has_its_key(text):
    folded = fold(text)
    assert len(folded.cut) == len(folded.key)
    assert key_of_cut(folded.cut) == folded.key


@settings(max_examples=400)
@given(st.text(st.sampled_from(TRADITIONAL), max_size=40) | mixed_text)
def test_simplifying_equals_opencc(text):
    assert to_simplified(text) == REFERENCE.convert(text)


# Characters of one width, without leftover variants that jieba is spared: there it must read what opencc writes.
PLAIN = [
    character
    for character in TRADITIONAL
    if character == unicodedata.normalize("NFKC", character)
    and not {character, REFERENCE.convert(character)} & variants().rare.keys()
]
PLAIN_PHRASES = [phrase for phrase in sorted(_dictionary("TSPhrases.txt")) if set(phrase) <= set(PLAIN)]


@settings(max_examples=400)
@given(st.lists(st.sampled_from([*PLAIN, *PLAIN_PHRASES]), max_size=20).map("".join))
def test_jieba_reads_what_opencc_writes(text):
    assert fold(text).cut == REFERENCE.convert(text)


@pytest.mark.parametrize("phrase", sorted(_dictionary("TSPhrases.txt")))
def test_simplifying_equals_opencc_where_phrases_overlap(phrase):
    for other in _dictionary("TSPhrases.txt"):
        if phrase[-1] == other[0]:
            text = phrase + other[1:]
            assert to_simplified(text) == REFERENCE.convert(text)


@pytest.mark.parametrize("path", sorted(SEEDS.glob("0*")), ids=lambda path: path.name[:3])
def test_simplifying_the_seeds_equals_opencc(path):
    text = path.read_text("utf-8")
    assert to_simplified(text) == REFERENCE.convert(text)


def test_phrases_and_their_conversion_have_one_key():
    for source, target in _dictionary("TSPhrases.txt").items():
        assert fold_key(source) == fold_key(target)


def test_a_wrong_opencc_is_named(monkeypatch, tmp_path):
    from indexer.analysis import fold as module
    from indexer.errors import DependencyError

    monkeypatch.setattr(module, "find_spec", lambda package: ModuleSpec(package, None, origin=str(tmp_path / "x.py")))
    with pytest.raises(DependencyError, match="opencc-python-reimplemented"):
        module._dictionary("TSCharacters.txt")
