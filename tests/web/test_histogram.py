"""The histogram: gaps stay, sums agree, and each bar leads into its period."""

import pytest

from search.model import FacetValue
from search.web.histogram import histogram, unit_of
from search.web.state import State


def state(**pairs):
    return State(tuple(pairs.items()))


def values(**counts):
    return [FacetValue(value.replace("_", "-").strip("y"), count) for value, count in counts.items()]


@pytest.mark.parametrize(("dates", "unit"), [
    ({}, ("year", "")), ({"since": "2019"}, ("year", "")), ({"since": "2018", "until": "2019"}, ("year", "")),
    ({"since": "2019", "until": "2019"}, ("month", "2019")), ({"since": "2019-03", "until": "2019-04"}, ("month", "2019")),
    ({"since": "2019-03", "until": "2019-03"}, ("day", "2019-03")), ({"since": "2019-03-04", "until": "2019-03-04"}, ("day", "2019-03")),
    ({"since": "2019-04", "until": "2019-03"}, ("year", "")), ({"since": "2019年3月", "until": "2019年3月"}, ("day", "2019-03")),
])  # fmt: skip
def test_what_is_counted_by_follows_from_the_dates(dates, unit):
    assert unit_of(state(**dates)) == unit


def test_years_without_articles_are_there():
    bars = histogram(values(y2021=5, y2018=10), state(q="a")).bars
    assert [(bar.label, bar.articles, bar.percent) for bar in bars] == [
        ("2018", 10, 100), ("2019", 0, 0), ("2020", 0, 0), ("2021", 5, 50)]  # fmt: skip
    assert bars[0].address == "/?q=a&since=2018&until=2018"


def test_a_single_article_is_seen_beside_many():
    assert min(bar.percent for bar in histogram(values(y2018=100_000, y2019=1), state()).bars) == 1


def test_a_leap_year_s_february_has_29_days():
    found = histogram(values(y2024_02_29=1), state(since="2024-02", until="2024-02"))
    assert [bar.label for bar in found.bars] == [f"2024-02-{day:02}" for day in range(1, 30)]
    assert found.up == "/?since=2024&until=2024"


def test_years_long_ago_are_one_bar():
    found = histogram(values(y0001=2, y1900=3, y2026=1), state())
    assert len(found.bars) == 101
    assert (found.bars[0].label, found.bars[0].articles, found.bars[0].address) == ("≤ 1926", 5, "/?until=1926")
    assert sum(bar.articles for bar in found.bars) == 6


def test_nothing_has_no_bars():
    assert histogram([], state()).bars == ()
