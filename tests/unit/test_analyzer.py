"""Text to terms: golden triples, and the laws that tokens keep."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given

from indexer.analysis.analyzer import FIELDS, Analyzer, default_analyzer
from indexer.analysis.fold import fold_key
from indexer.analysis.latin import stem
from indexer.analysis.scripts import runs
from tests.texts import mixed_text

ANALYZER = default_analyzer()

GOLDEN = [
    # text, zh, en, text
    ("G20峰會", "峰会", "g20", "g20 峰会 会"),
    ("5G网络", "网络", "5g", "5g 网络 络"),
    ("唐纳德 特 朗 普", "唐纳 唐纳德 特朗普", "", "唐纳 纳德 德 特朗 朗普 普"),
    ("特朗\n普", "特朗普", "", "特朗 朗普 普"),
    ("特朗\r\n普", "特朗普", "", "特朗 朗普 普"),
    ("特朗\n\n普", "特朗 普", "", "特朗 朗 普"),
    ("王　毅", "王毅", "", "王毅 毅"),
    ("U.S. soybeans", "", "us soybean", "u s soybeans"),
    ("the U.S.-China", "", "the us china uschina", "the u s china"),
    ("TikTok’s rules", "", "tiktok rule", "tiktok s rules"),
    ("don’t O’Brien", "", "dont obrien", "don t o brien"),
    ("Covid-19", "", "covid 19 covid19", "covid 19"),
    ("e-mail email", "", "e mail email email", "e mail email"),
    ("coop-\neration", "", "cooper", "cooperation"),
    ("C++ C# C++11", "", "c++ c# c++ 11", "c ++ c # c ++ 11"),
    ("1,200 1200 3.14", "", "1200 1200 3 14 3.14", "1200 1200 3 14"),
    ("1,200万", "万", "1200", "1200 万"),
    ("2月5日", "月 日", "2 5", "2 月 5 日"),
    ("running studies", "", "run studi", "running studies"),
    ("Ｃａｆé", "", "cafe", "cafe"),
    ("カナ한국", "", "", "カ ナ 한 국"),
    ("★→€", "", "", "★ → €"),
    ("Россия", "", "россия", "россия"),
    ("𠮷野家", "𠮷 野家", "", "𠮷野 野家 家"),
    ("…——！", "", "", ""),
]


@pytest.mark.parametrize(("text", "zh", "en", "stream"), GOLDEN, ids=[case[0] for case in GOLDEN])
def test_golden_terms(text, zh, en, stream):
    assert ANALYZER.terms(text) == (tuple(zh.split()), tuple(en.split()), tuple(stream.split()))


@given(mixed_text)
def test_the_fast_way_gives_the_terms_of_the_tokens(text):
    analysis = ANALYZER.analyze(text)
    for field, terms in zip(FIELDS, ANALYZER.terms(text), strict=True):
        assert terms == tuple(token.term for token in getattr(analysis, field))


def dropped(text, keep_dots):
    """Drop what the rules of runs drop: white space, hyphens, apostrophes, separators of numbers and initials."""
    marks = "-'," if keep_dots else "-',."
    return "".join(character for character in text if not character.isspace() and character not in marks)


@given(mixed_text)
def test_the_folded_slice_of_a_token_is_its_term(text):
    analysis = ANALYZER.analyze(text)
    for token in (*analysis.zh, *analysis.text):
        key = fold_key(text[token.start : token.end])
        assert token.term in (key, dropped(key, True), dropped(key, False))
    for token in analysis.en:
        key = fold_key(text[token.start : token.end])
        assert token.term in {stem(form) for form in (key, dropped(key, True), dropped(key, False))}


@given(mixed_text)
def test_terms_are_short_and_have_no_white_space(text):
    for terms in ANALYZER.terms(text * 3):
        for term in terms:
            assert term
            assert not any(character.isspace() for character in term)
            assert len(term.encode("utf-16-le")) <= 2 * 255


def test_endless_words_are_cut_not_lost():
    terms = ANALYZER.terms("x" * 1000 + "𐐀" * 300).text
    assert "".join(terms) == "x" * 1000 + fold_key("𐐀" * 300)
    assert max(len(term.encode("utf-16-le")) for term in terms) <= 2 * 255


@given(mixed_text)
def test_nothing_but_punctuation_and_space_is_lost(text):
    key = ANALYZER.analyze(text).folded.key
    covered = {place for run in runs(key) for place in range(run.start, run.end)}
    for place, character in enumerate(key):
        if place in covered:
            continue
        category = unicodedata.category(character)
        possessive = character == "s" and key[place - 1 : place] == "'"
        assert category[0] in "PZC" or (character.isascii() and not character.isalnum()) or possessive, character
        assert category not in ("Co", "Cn")


def test_words_that_are_said_to_be_known_need_no_dictionary_but_the_users_own_is_asked(tmp_path):
    plain = Analyzer()
    assert plain.knows("中国", True)
    assert not plain.knows("中国", False)
    assert "segmenter" not in vars(plain)
    assert plain.knows("中国")
    (tmp_path / "words.txt").write_text("甲壬癸\n", "utf-8")
    assert Analyzer(tmp_path / "words.txt").knows("甲壬癸", False)
