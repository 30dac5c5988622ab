"""Laws of dates: any text can be read, no date is impossible, and each way of writing a date is read back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.dates import FIRST_YEAR, LAST_YEAR, Moment, find_dates, read_moment
from indexer.sources.front_matter import split_front_matter
from indexer.sources.metadata import metadata
from indexer.sources.published import find_published
from tests.texts import mixed_text

# What dates are made of, in any order.
pieces = st.lists(
    st.sampled_from(
        [
            *"0123456789０９-/.:年月日號民國元〇一二十廿卅百 \n,T+Z電—(",
            "2026",
            "Feb",
            "May",
            "th",
            "at",
            "pm",
            "今年",
            "GMT",
        ]
    ),
    max_size=40,
).map("".join)
texts = pieces | mixed_text | st.text()
days = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
DIGITS = "〇一二三四五六七八九"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def small(value):
    """Write a number up to 99 in numerals."""
    tens = "" if value < 10 else "十" if value < 20 else DIGITS[value // 10] + "十"
    return tens + (DIGITS[value % 10] if value % 10 else "")


def positional(value):
    return "".join(DIGITS[int(digit)] for digit in str(value))


FORMS = [
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}.{d.month:02}.{d.day:02}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year} 年 {d.month} 月 {d.day} 號",
    lambda d: d.isoformat().translate({ord(digit): ord("０") + i for i, digit in enumerate("0123456789")}),
    lambda d: f"{positional(d.year)}年{small(d.month)}月{small(d.day)}日",
    lambda d: f"{positional(d.year).replace('〇', '零')}年{small(d.month)}月{small(d.day).replace('二十', '廿').replace('三十', '卅')}日",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{MONTHS[d.month - 1][:3]}. {d.day} {d.year}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.day:02}-{MONTHS[d.month - 1][:3].upper()}-{d.year}",
    lambda d: f"{d.day:02}.{d.month:02}.{d.year}",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(day=days)
def test_each_written_form_is_read_back(form, day):
    assert read_moment(form(day)) == Moment(day)
    (mention,) = find_dates(f"他在{form(day)}，說")
    assert mention.on(0) == day


@given(st.dates(date(1912, 1, 1), date(LAST_YEAR, 12, 31)))
def test_years_of_the_republic_are_read_back(day):
    for year in (str(day.year - 1911), positional(day.year - 1911)):
        assert read_moment(f"民國{year}年{day.month}月{day.day}日") == Moment(day)


@given(days, st.times(), st.none() | st.integers(-12 * 60, 14 * 60))
def test_times_and_zones_are_read_back(day, clock, minutes):
    zone = None if minutes is None else timezone(timedelta(minutes=minutes))
    moment = datetime.combine(day, clock, zone)
    for text in (moment.isoformat(), str(moment), moment.isoformat().replace("+00:00", "Z")):
        assert read_moment(text) == Moment(day, moment.isoformat())
    whole = moment.replace(microsecond=0)
    assert read_moment(format_datetime(whole)) == Moment(day, whole.replace(tzinfo=zone or UTC).isoformat())


@given(st.datetimes(datetime(2002, 1, 1), datetime(LAST_YEAR, 12, 31)))
def test_seconds_since_1970_are_read_back(moment):
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    seconds = int(moment.timestamp())
    for value in (seconds, str(seconds), seconds * 1000):
        assert read_moment(value) == Moment(moment.date(), moment.isoformat())


@given(texts, texts, texts)
def test_no_text_gives_an_impossible_date(head, url, name):
    for mention in find_dates(head):
        assert mention.on(2000)
        assert 0 <= mention.start < mention.end <= len(head)
    for moment in (read_moment(head), find_published(head, url, name)):
        if moment:
            assert FIRST_YEAR <= moment.day.year <= LAST_YEAR
            assert not moment.at or datetime.fromisoformat(moment.at).date() == moment.day


@given(st.dictionaries(st.sampled_from(["date", "title", "author", "url", "tags", "source"]) | texts, texts | st.integers() | st.floats()
    | st.lists(texts) | st.none() | st.dictionaries(texts, texts)))  # fmt: skip
def test_any_values_are_read(values):
    found = metadata(values)
    assert "\n" not in found.title + found.author + found.source + found.url


fields = st.sampled_from(
    ["title: ", "date: ", "tags:\n- ", "x: ", "author = ", "url：", '"', "'", "[", "- ", "\n", "\r\n", "\n\n", "\x00"]
)


@given(st.sampled_from(["---", "+++"]), st.lists(fields | texts).map("".join), st.booleans(), texts)
def test_any_block_is_read_and_costs_at_most_itself(mark, block, closed, rest):
    text = f"{mark}\n{block}\n" + (f"{mark}\n" if closed else "") + rest
    found, end = split_front_matter(text)
    assert 0 <= end <= len(text)
    assert (found is None) == (end == 0)


@given(days.map(date.isoformat), mixed_text)
def test_a_block_ends_where_it_says(day, rest):
    head = f"---\ndate: {day}\n---\n"
    found, end = split_front_matter(head + rest)
    assert found
    assert (found.published, end) == (date.fromisoformat(day), len(head))
