"""Dates in text, metadata, addresses and names: what is read, what is a guess, and what is none."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from indexer.numerals import number
from indexer.sources.dates import Moment, find_dates, find_moment, read_moment
from indexer.sources.published import find_published

DAY = date(2026, 2, 5)
EIGHT = "2026-02-05T10:30:00+08:00"

WRITTEN = [
    "2026-02-05",
    "2026/2/5",
    "2026.2.5",
    "２０２６－０２－０５",
    "2026年2月5日",
    "2026 年 2 月 5 日",
    "２０２６年２月５號",
    "二〇二六年二月五日",
    "二零二六年二月五号",
    "民國115年2月5日",
    "民国 一百一十五 年二月五日",
    "中華民國一一五年二月五日",
    "民國115.2.5",
    "Feb 5 2026",
    "Feb. 5, 2026",
    "February 5th, 2026",
    "5 Feb 2026",
    "5th of February 2026",
    "05-Feb-2026",
    "05.02.2026",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_dates_in_text(text):
    for around in ("{}", "上{}下", "on {} at", "({})", "第一行\n{}\n2020-01-01"):
        assert find_moment(around.format(text)) == Moment(DAY)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-02-05T10:30:00+08:00", EIGHT),
        ("2026-02-05 10:30:00 +0800", EIGHT),
        ("2026-02-05 10:30 (北京时间)", EIGHT),
        ("Thu, 05 Feb 2026 10:30:00 +0800", EIGHT),
        ("Thu Feb 05 2026 10:30:00 GMT+0800 (China Standard Time)", EIGHT),
        ("D:20260205103000+08'00'", EIGHT),
        ("20260205T103000Z", "2026-02-05T10:30:00+00:00"),
        ("2026-02-05T10:30:00.25Z", "2026-02-05T10:30:00.250000+00:00"),
        ("2026-02-05T10:30-05:00", "2026-02-05T10:30:00-05:00"),
        ("Thu, 5 Feb 2026 10:30:00 EST", "2026-02-05T10:30:00-05:00"),
        ("Thu Feb  5 10:30:00 2026", "2026-02-05T10:30:00"),
        ("Thu Feb 05 10:30:00 +0000 2026", "2026-02-05T10:30:00"),
        ("Feb. 5, 2026 at 3:04 pm", "2026-02-05T15:04:00"),
        ("Feb. 5, 2026 3 p.m.", "2026-02-05T15:00:00"),
        ("February 5, 2026 12:15 AM", "2026-02-05T00:15:00"),
        ("2026年2月5日10時30分", "2026-02-05T10:30:00"),
        ("2026年2月5日 星期四 下午3：04", "2026-02-05T15:04:00"),
        ("2026-02-05 10:30 CST", "2026-02-05T10:30:00"),
        ("2026-02-05 10:30-12:00", "2026-02-05T10:30:00"),
        ("20260205103000", "2026-02-05T10:30:00"),
        ("1770260400", "2026-02-05T03:00:00+00:00"),
        ("1770260400000", "2026-02-05T03:00:00+00:00"),
        ("2026-02-05T24:30:00Z", ""),
        ("2026-02-05T10:30:00+99:00", ""),
        ("2026-02-05 13:00 pm", ""),
    ],
)
def test_times_and_zones_are_kept_as_they_are_given(text, at):
    if "+0000 2026" in text:
        at += "+00:00"
    assert read_moment(text) == Moment(DAY, at)


@pytest.mark.parametrize(
    "value",
    [20260205, "20260205", 1770260400, 1770260400.0, DAY, datetime(2026, 2, 5), ["", "2026-02-05"], " 2026-02-05\n"],
)
def test_values_of_metadata(value):
    moment = read_moment(value)
    assert moment is not None
    assert moment.day == DAY


def test_a_value_with_a_zone_keeps_it():
    value = datetime(2026, 2, 5, 10, 30, tzinfo=timezone(timedelta(hours=8)))
    assert read_moment(value) == Moment(DAY, EIGHT)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("02/05/2026", Moment(DAY, guessed=True)),
        ("02-05-2026", Moment(DAY, guessed=True)),
        ("02/02/2026", Moment(date(2026, 2, 2))),
        ("02/13/2026", Moment(date(2026, 2, 13))),
        ("13/02/2026", Moment(date(2026, 2, 13))),
    ],
)
def test_a_day_that_could_be_the_month_is_a_guess(text, moment):
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "value",
    ["", None, 0, True, "2月5日", "2026", "2026-02", "13/40/2020", "99999", "no date", "2026-02-30", "2026年2月30日", "1799-12-31",
     "2101-01-01", "民國999年1月1日", "二月三十日", "version 2020.1.1.5", "9999999999", "12026-02-051", "Feb 2026", "去年2月5日", [], {}],
)  # fmt: skip
def test_what_is_no_date(value):
    assert read_moment(value) is None


def test_an_impossible_date_hides_no_other():
    assert find_moment("2026-02-30 或 2026-02-28") == Moment(date(2026, 2, 28))


@pytest.mark.parametrize(
    ("text", "value"),
    [("2026", 2026), ("２０", 20), ("二〇二六", 2026), ("十", 10), ("十二", 12), ("二十", 20), ("廿一", 21), ("卅", 30),
     ("三十一", 31), ("一百一十五", 115), ("一百零五", 105), ("两千零五十", 2050), ("九千九百", 9900), ("元", 1), ("月", 0)],
)  # fmt: skip
def test_numerals(text, value):
    assert number(text) == value


def test_dates_without_a_year_are_told_apart():
    found = find_dates("去年2月5日，今年3月6日，4月7日，Feb 5, march 5, 5 May; 5 July; 30 February, 民國五年2月5日")
    assert [(mention.year, mention.month, mention.day) for mention in found] == [
        (0, 3, 6), (0, 4, 7), (0, 2, 5), (0, 5, 5), (0, 7, 5), (1916, 2, 5)]  # fmt: skip


STATED, GUESSED = Moment(DAY), Moment(DAY, guessed=True)


@pytest.mark.parametrize(
    "head",
    [
        " date 2026-02-05 BEIJING, China, Feb 5 — Leaders talked.",
        "標題\n日期：2026年2月5日\n內文",
        "来源：新华社　发布时间：2026-02-05　编辑：王",
        "Title\nPublished on February 5, 2026",
        "Posted: Thu, 5 Feb 2026",
    ],
)
def test_a_date_that_a_text_states_is_no_guess(head):
    assert find_published(head, "https://a.org/2020/01/01/", "2021-01-01.txt") == STATED


@pytest.mark.parametrize(
    "head",
    [
        "上次更新：2026年2月5日",
        "时间：2026年2月5日 地点：北京",
        "To date 2026-02-05",
        "版本一 2026-02-05\n发布日期：2020-01-01",
    ],
)
def test_what_states_no_publication_is_a_guess(head):
    found = find_published(head, "", "")
    assert found == GUESSED


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.org/2026/02/05/title", "a.md"),
        ("https://a.org/2026/2/5/title", "a.md"),
        ("http://a.cn/2026-02/05/c_1123649999.htm", "a.md"),
        ("http://a.cn/n1/2026/0205/c1001-30377777.html", "a.md"),
        ("http://a.cn/202602/t20260205_123.html", "a.md"),
        ("https://web.archive.org/web/20210712022351/https://a.org/2026/02/05/x", "a.md"),
        ("https://a.org/2026/02/05/about-2020-01-01", "2020-01-01.md"),
        ("https://a.org/16142/", "2026-02-05-title.md"),
        ("https://a.org/a%2020260205", "a.md"),
        ("", "20260205.txt"),
        ("", "2020-01-01/20260205103000.txt"),
        ("", "IMG_20260205_1030.txt"),
        ("", "2026_2_5 報告.txt"),
        ("", "2026年2月5日 標題.txt"),
        ("", "Title_Feb_5_2026.txt"),
        ("", "news/2026/02/05/title.md"),
        ("", "news/2026-02-05/title.md"),
        ("", "all-2020-01-01.jsonl#2026-02-05-7"),
    ],
)
def test_dates_of_addresses_and_names_are_guesses(url, name):
    assert find_published("正文，2019年1月1日。", url, name) == GUESSED


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://web.archive.org/web/20210712022351/https://www.a.com/article/16142/", "003_b4e59136c98cbdd1.txt"),
        ("https://a.org/20189999/", "c20260230.md"),
        ("https://a.org/a%2020181101b", "a.md"),
        ("https://a.org/4602026020512", "abc20260205ff.md"),
        ("", "all-2020-01-01.jsonl#7"),
        ("", "v1.2020.1.1.md"),
    ],
)
def test_other_numbers_of_addresses_and_names_are_no_dates(url, name):
    assert find_published("", url, name) is None


@pytest.mark.parametrize(
    ("head", "url", "name", "day"),
    [
        ("2月5日，兩人通話。2026年1月31日曾通話。", "", "", date(2026, 1, 31)),
        ("新华社北京2月5日电 两人通话。2026年1月31日曾通话。", "", "", DAY),
        ("新华社北京12月31日电 元旦是2026年1月1日。", "", "", date(2025, 12, 31)),
        ("新华社北京2月29日电 会议将在2025年1月1日召开。", "", "", date(2024, 2, 29)),
        ("BEIJING, Feb. 5 (Xinhua) -- In the past year …", "https://a.org/2026/x", "2020/a.txt", DAY),
        ("2月5日，兩人通話。", "", "2026/a.txt", DAY),
        ("2月5日，兩人通話。", "", "年報2026年.txt", DAY),
        ("1998年以來。2月5日，2026年的首次通話。", "", "", DAY),
        ("民國一一五年。2月5日通話。", "", "", None),
        ("On Feb 5 they talked for the first time in 2026.", "", "", DAY),
        ("2月29日在2025年沒有。", "", "", None),
        ("2月5日，兩人通話。", "", "a.txt", None),
        ("2月5日，兩人通話。", "", "12026.txt", None),
    ],
)
def test_a_date_without_a_year_takes_it_from_what_stands_around(head, url, name, day):
    assert find_published(head, url, name) == (Moment(day, guessed=True) if day else None)


def test_only_the_head_of_a_text_is_looked_at():
    assert find_published("字" * 1000 + "2026-02-05", "", "") is None
