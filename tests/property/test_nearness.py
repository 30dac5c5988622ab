"""What is highlighted of words near each other, against a plain scan of the text."""

from __future__ import annotations

from hypothesis import assume, example, given
from hypothesis import strategies as st

from indexer.analysis.analyzer import default_analyzer
from search.grammar import parse
from search.highlight import Highlighter
from search.planner import Filters, plan
from tests.property.archive import HAN, LATIN, NUMERALS
from tests.property.scans import has_writings_of_one_number, near_in, places_of

vocabulary = st.sampled_from([*HAN, *HAN.values(), *LATIN, *NUMERALS])
# Few enough to meet again.
words = st.sampled_from(["特朗普", "關稅", "关税", "trump", "trade", "2月", "二月", "中国"]) | vocabulary
texts = st.lists(
    st.tuples(words, st.sampled_from([" ", "，", "。", "的", "\n", " a ", " the talks "])), max_size=8
).map(lambda parts: "".join(word + joint for word, joint in parts))


@given(texts, st.lists(words, min_size=1, max_size=3).map(" ".join), st.integers(0, 8))
@example("特朗普，特朗普关税。特朗普的关税", "特朗普 关税", 0)
@example("trade a trump trade", "trump trade", 0)
@example("二月，关税的2月", "2月 关税", 0)
@example("trump trade trump 中国 trade", "trump 中国 trade", 0)
def test_words_near_each_other_are_marked_where_a_plain_scan_finds_them(text, asked, slop):
    assume(not has_writings_of_one_number(asked))
    targets = plan(parse(f'"{asked}"~{slop}'), Filters(), default_analyzer()).sought()
    places = places_of(text)
    expected = {(places[one.first].start, places[one.last - 1].end) for one in near_in(asked, slop, text)}
    assert {(mark.start, mark.end) for mark in Highlighter(targets).marks(text)} == expected
