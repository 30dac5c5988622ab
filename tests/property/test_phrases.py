"""The rule of phrases, against a plain scan of the places of a text."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.analysis.analyzer import default_analyzer
from indexer.analysis.fold import fold
from indexer.analysis.scripts import runs
from search.highlight import Highlighter
from search.phrases import places
from search.sought import Target
from tests.texts import LATIN, WORDS, mixed_text

small = st.lists(
    st.sampled_from([*"中国美人民月日2", "G20", "峰会", "，", " ", "\n", "A", "b", "、", "。", "5", "ー", "カ"]),
    max_size=14,
).map("".join)


def units(text):
    """Return the characters and words of a text, with a mark wherever something separates two of them.

    Between two Han characters nothing or something stands; beside a word or another character that makes no difference.
    """
    listed = []
    for run in runs(fold(text).key):
        if listed and listed[-1][0] == run.kind == "han":
            listed.append(("mark", "|"))
        listed += [("han", character) for character in run.text] if run.kind == "han" else [(run.kind, run.text)]
    return listed


def without_marks(text):
    """Return the units without the marks between them: white space may stand for one."""
    return [unit for unit in units(text) if unit[0] != "mark"]


def scan(text, phrase):
    """Tell whether the units of a phrase stand in a text side by side."""
    whole, part = units(text), units(phrase)
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))


def found_in_stream(text, phrase):
    sought = places(phrase)
    terms = default_analyzer().terms(text).text
    exact = sought.terms[: len(sought.terms) - sought.prefix]

    def stands(start):
        if terms[start : start + len(exact)] != exact:
            return False
        return not sought.prefix or terms[start + len(exact)].startswith(sought.terms[-1])

    return any(stands(start) for start in range(len(terms) - len(sought.terms) + 1))


@settings(max_examples=1500)
@given(small | mixed_text, small)
@example("中国农业银行", "农业银行")
@example("出席G20峰会", "G20峰会")
@example("2月5日本", "2月5日")
@example("中国，人", "国人")
def test_a_phrase_is_found_exactly_where_a_scan_finds_it(text, phrase):
    if places(phrase) is not None:
        assert found_in_stream(text, phrase) == scan(text, phrase)


@given(mixed_text, st.sampled_from(WORDS + LATIN), mixed_text)
def test_what_is_highlighted_folds_to_what_was_asked(before, phrase, after):
    text = f"{before}。{phrase}。{after}"
    marks = Highlighter([Target(places(phrase))]).marks(text)
    assert marks
    for start, end, _ in marks:
        assert units(text[start:end]) == units(phrase)


@settings(max_examples=1000)
@given(small, small)
@example("中国人", "中")
@example("2月5日本", "2月5日")
@example("葛\U000e0100城", "葛")
def test_highlights_are_where_the_index_finds_the_phrase(text, phrase):
    if places(phrase) is not None:
        marks = Highlighter([Target(places(phrase))]).marks(text)
        assert bool(marks) == found_in_stream(text, phrase)
        for start, end, _ in marks:
            assert without_marks(text[start:end]) == without_marks(phrase)
