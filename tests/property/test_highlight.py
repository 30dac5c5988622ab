"""Highlights, found character by character, against the analysis of the whole text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.analysis.analyzer import default_analyzer
from indexer.analysis.fold import fold
from indexer.analysis.latin import stem
from indexer.analysis.scripts import has_gaps, runs
from search.grammar import parse
from search.highlight import Highlighter
from search.phrases import places
from search.planner import Filters, plan
from search.sought import Sought
from tests.texts import LATIN, WORDS, mixed_text

# Few enough to meet again, with all that joins and parts them.
pieces = [
    *"中国美人民月日25", *"aubcs", "中国", "國家", "峰会", "run", "runs", "Running", "dying", "café", "G20", "U.S.", "u.s.a",
    "c++", "C#", "e-mail", "state-run", "China's", "1,200", "1200", "3.14", "Ｇ２０", "国\u200b家", "e\u0301", "か\u3099", "カ",
    "ー", "д", "х", "Д.c", "★", "€", "x" * 20, "x" * 40, "ß", "々", "〇", "豈",
    *"十二五年个万", "十二", "2月", "5日", "二十五日", "二〇二五年",
]  # fmt: skip
joints = [*"，。、 \n,.'-+#/·_", " ", " ", "", "", "", "-\n", " \n", "\r\n", "\n\n", "  ", ".-", "- ", "'s", "\u3000"]
small = st.lists(st.tuples(st.sampled_from(pieces), st.sampled_from(joints)).map("".join), max_size=12).map("".join)
texts = small | mixed_text
queries = small | mixed_text | st.sampled_from(WORDS + LATIN) | texts.map('"{}"'.format)


def sought_by(query):
    return plan(parse(query), Filters(), default_analyzer()).sought()


def marks_of_all(text, sought):
    folded = fold(text)
    return Sought(sought).marks(folded, runs(folded.key))


@settings(max_examples=1500)
@given(texts, queries)
@example("running, dying: runs", "run die")
@example("中 国 人\n民", "中国人民")
@example("state-run 1,200 u.s.a.", "run 200 usa")
@example("x" * 90 + " a-b", '"xxxxxxxxxx a"')
@example("data.д a.bд", "data a ab")
@example("人人人人", "人人人")
@example("2月5日本, G20 峰会上 9月5日。", "2月5日 G20峰会")
@example("出席G20峰会", "出席G20峰会 席G20")
@example("G20" + "。" * 90 + "峰会上", "“G20，峰会”")
@example("a" * 40 + "b", "b")
@example("run++", "runs")
@example("a㈠", "a ㈠")
@example("〆b", "b")
@example("c++ a ++ 2'sc++", "2'sc++")
@example("十二月二月 几十个十个", "2月 10个")
@example("十 二月 十\n二月 十，二月", "2月")
@example("二零二五年十二月五日 二〇二五年二月五日", "2025年2月5日")
def test_highlights_are_those_of_the_whole_analysis(text, query):
    sought = sought_by(query)
    assert Highlighter(sought).marks(text) == marks_of_all(text, sought)


@settings(max_examples=1500)
@given(texts, st.data())
def test_a_part_of_a_text_is_highlighted_as_the_whole_analysis_does(text, data):
    start = data.draw(st.integers(0, len(text)))
    query = text[start : data.draw(st.integers(start, min(start + 12, len(text))))]
    for asked in (query, f'"{query}"'):
        sought = sought_by(asked)
        assert Highlighter(sought).marks(text) == marks_of_all(text, sought)


@given(texts)
def test_the_runs_of_a_key_without_gaps_are_its_characters(text):
    key = fold(text).key
    if not has_gaps(key):
        assert all(run.text == key[run.start : run.end] for run in runs(key))


@given(texts)
def test_the_terms_of_a_phrase_are_those_of_its_parts(text):
    asked = places(text)
    if asked is not None:
        assert asked.parts == tuple(run.text for run in runs(fold(text).key))


@pytest.mark.parametrize("ending", ["", "s", "ies", "ied", "y", "ying", "ing", "ed", "ly", "ation", "bility", "ized"])
def test_a_word_and_its_stem_begin_with_one_letter(ending):
    for word in ("a", "d", "t", "l", "y", "ye", "sk", "id", "gent", "run", "news", "in", "out", "e", "ski", "yield"):
        assert stem(word + ending)[0] == word[0]
