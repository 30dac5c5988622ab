"""Numbers in all their writings: which are equal, and what is no number."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.analysis.fold import fold_key
from search.numbers import MOST_WRITINGS, number_spans, writings
from search.phrases import places
from tests.texts import mixed_text

NUMBERS = st.one_of(
    st.integers(0, 12000).map(str),
    st.integers(0, 9999).map("{:,}".format),
    st.text("零〇一二两三四五六七八九十百千廿卅", min_size=1, max_size=6),
    st.sampled_from(["二〇二六", "２０２６", "二零零零", "两千", "廿五", "一百零五", "1.2", "05", "1"]),
)
UNITS = st.sampled_from([*"年月日号时分万亿个人次国多元点", "世纪", "年代", "小时", "分钟", "", "", " "])
BETWEEN = st.sampled_from([*"第在于几数的 ，、-中人G", "", "", "民国", " 第", "约 "])
dated = st.lists(st.tuples(BETWEEN, NUMBERS, st.sampled_from(["", "", " "]), UNITS).map("".join), max_size=6).map(
    "".join
)
texts = dated | mixed_text | st.tuples(dated, mixed_text).map("".join)


def one_form(text):
    """Return the key of a text without the commas of numbers, and the spaces between them and Han characters."""
    key = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", fold_key(text))
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[0-9零一二两三四五六七八九十百千廿卅])|(?<=[0-9]) (?=[^\x00-\x7f])", "", key)


def without_numbers(text):
    return re.sub("[0-9零一二两三四五六七八九十百千廿卅, ]", "", fold_key(text))


@settings(max_examples=1500)
@given(texts)
@example("于 二〇二六年")
@example("约 1,200 万")
@example("2026年2月5日10时30分")
@example("2000年12月31日10时")
@example("五 2月3个")
@example("二〇〇〇 年")
@example("二〇〇〇，0年")
def test_each_writing_has_the_others(text):
    ways = {one_form(text), *map(one_form, writings(text))}
    for other in writings(text):
        assert {one_form(other), *map(one_form, writings(other))} == ways


@settings(max_examples=1500)
@given(texts)
def test_only_numbers_are_changed_and_only_so_often(text):
    found = writings(text)
    assert len({*found, one_form(text)}) == len(found) + 1 <= MOST_WRITINGS
    assert {without_numbers(other) for other in found} <= {without_numbers(text)}


@settings(max_examples=500)
@given(texts)
def test_only_a_text_with_numbers_has_writings(text):
    spans = number_spans(fold_key(text))
    assert spans or not writings(text)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@settings(max_examples=500)
@given(mixed_text.filter(lambda text: not re.search("[0-9一二两三四五六七八九十零]", fold_key(text))))
def test_what_holds_no_digit_is_written_one_way(text):
    assert writings(text) == ()


@pytest.mark.parametrize(
    ("one", "others"),
    [
        ("２０２６年", ["二零二六年"]),
        ("二〇二六年", ["2026年"]),
        ("2月5日", ["2月五日", "二月5日", "二月五日"]),
        ("25號", ["二十五号", "廿五号"]),
        ("1,200萬", ["一千二百万"]),
        ("二千人", ["2000人", "两千人"]),
        ("第二次", ["第2次"]),
        ("于 2018 年", ["于二零一八年"]),
        ("20国集团", ["二十国集团"]),
        ("20世紀80年代", ["20世纪八十年代", "二十世纪80年代", "二十世纪八十年代"]),
        ("零时", ["0时"]),
        ("2018", ["二零一八"]),
        ("٢٠٢٦", ["二零二六"]),
    ],
)
def test_numbers_are_written_in_other_ways(one, others):
    assert list(writings(one)) == others


@pytest.mark.parametrize(
    "text",
    ["一个", "一些人", "十分重要", "几十人", "數十萬", "七八人", "二三十个", "百万", "三国演义", "1.2亿", "G20", "Covid-19",
     "2018-2019年", "1,234,567人", "05日", "1234", "2:30", "一〇〇人", "四分之三", "3千米", ""],
)  # fmt: skip
def test_what_may_be_no_number_is_left_alone(text):
    assert writings(text) == ()


def test_a_date_is_one_span():
    assert number_spans("于2026年2月5日, 第二次3 个") == [(1, 10), (12, 18)]


def test_writings_are_analysed_as_text_is():
    assert places(writings("于 2018 年")[0]) == places("于二零一八年")
