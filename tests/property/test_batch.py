"""Many texts analysed at once have the terms that each has by itself."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis.analyzer import FIELDS, default_analyzer
from indexer.analysis.batch import term_columns, terms_of_parts
from tests.texts import mixed_text

# Where words, numbers, signs and Han runs end, or do not.
EDGES = [
    "特 朗 普 说", "中國\n人民", "汉 \n字", "汉\t\r\n字", "乾隆皇帝 乾杯", "二〇二五", "苧", "藷", "一", "人", "U.S.-China", "A.B.C.",
    "don't", "O'Brien's", "e-mail-list", "covid-\nnineteen", "word-  \nword", "1,200", "12,34,567", "12,345abc", "1,2", "12",
    "200", "3.14.15", "x" * 41, "9" * 31, "1,234" + "a" * 35, "a", "b", "s", "c++", "C#", "a#", "i++", "c++-x", "★", "…",
    "\u2056", "\u2058", ",", ".", "-", "'", "+", "#", " ", "\n", "\r",
]  # fmt: skip
edges = st.lists(st.sampled_from(EDGES), max_size=12).map("".join)
parts = st.lists(mixed_text | edges, min_size=1, max_size=3).map(tuple)


def streams(column):
    """Return the terms of each text."""
    terms = iter([column.terms[number] for number in column.numbers.tolist()])
    found = [tuple(next(terms) for _ in range(length)) for length in column.lengths.tolist()]
    assert next(terms, None) is None
    assert set(column.numbers.tolist()) == set(range(len(column.terms)))
    return found


@given(st.lists(parts, max_size=5))
@example([])
@example([("",)])
@example([("\ud800中",), ("c++",), ("",), ("标题", "a\u2058", "b")])
def test_texts_analysed_at_once_have_the_terms_of_each(texts):
    columns = term_columns(texts, default_analyzer())
    expected = [terms_of_parts(text, default_analyzer()) for text in texts]
    for name in FIELDS:
        assert streams(columns[name]) == [getattr(terms, name) for terms in expected]


def test_a_long_page_has_the_terms_of_each_text():
    texts = [(edge * 3, other) for edge in EDGES for other in EDGES]
    columns = term_columns(texts, default_analyzer())
    expected = [terms_of_parts(text, default_analyzer()) for text in texts]
    for name in FIELDS:
        assert streams(columns[name]) == [getattr(terms, name) for terms in expected]
