"""Without JavaScript everything is there: links and forms alone search, filter, turn pages, read and export."""

import csv
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest


@pytest.fixture
def page(visit):
    with visit(script=False, accept_downloads=True) as opened:
        yield opened


def asked(page):
    return parse_qs(urlsplit(page.url).query)


def test_search_narrow_and_turn_pages(page):
    page.goto("/")
    page.get_by_role("searchbox").fill("tariff OR 关税")
    page.get_by_role("searchbox").press("Enter")
    assert page.title().startswith("tariff OR 关税")
    assert page.locator(".hits mark").count() > 5
    first = page.locator(".hits h2").all_inner_texts()
    page.get_by_role("link", name="Next page").click()
    assert page.locator(".hits h2").count()
    assert set(first).isdisjoint(page.locator(".hits h2").all_inner_texts())
    page.get_by_role("link", name="Previous page").click()
    assert page.locator(".hits h2").all_inner_texts() == first
    page.locator(".facet").get_by_role("link", name="Simplified Chinese").click()
    assert asked(page)["lang"] == ["zh-Hans"]
    page.locator(".time").get_by_role("link", name="2018").click()
    assert (asked(page)["since"], asked(page)["until"]) == (["2018"], ["2018"])
    assert page.locator("h2 + .facts time").all_inner_texts()
    assert all(day.startswith("2018") for day in page.locator("h2 + .facts time").all_inner_texts())
    page.get_by_role("link", name="Remove: Language: Simplified Chinese").click()
    assert "lang" not in asked(page)


def test_the_options_are_a_form(page):
    page.goto("/?q=tariff")
    page.locator(".options summary").click()
    page.get_by_role("combobox", name="Order").select_option("date-asc")
    page.get_by_label("From", exact=True).fill("2019")
    page.get_by_role("button", name="Search").click()
    days = page.locator("h2 + .facts time").all_inner_texts()
    assert days == sorted(days)
    assert days[0] >= "2019"
    assert {name for name, values in asked(page).items() if values != [""]} == {"q", "sort", "since"}
    page.locator(".options summary").click()
    assert page.get_by_label("From", exact=True).input_value() == "2019"


def test_read_from_mark_to_mark_and_back(page):
    page.goto("/?q=tariff+AND+keeper&copies=1&limit=5")
    results = asked(page)
    page.get_by_role("link", name="A long tariff").click()
    assert page.get_by_role("heading", level=1).inner_text() == "A long tariff"
    page.locator(".matches a").first.click()
    assert page.url.endswith("#m1")
    for number in (2, 3):
        page.locator("mark:target").get_by_role("link", name="The next match").click()
        assert page.url.endswith(f"#m{number}")
        assert f"{number} of " in page.locator("mark:target").inner_text()
        assert page.locator("mark:target").is_visible()
    page.locator(".cite summary").first.click()
    assert "“A long tariff" in page.locator(".citation").first.inner_text()
    page.get_by_role("link", name="Back to the results").click()
    assert asked(page) == results


def test_a_snippet_opens_its_passage(page):
    page.goto("/?q=%22day+41%22")
    page.locator("blockquote a").first.click()
    for seen in (page.locator(":target"), page.locator("mark", has_text="day 41")):
        assert 0 <= seen.bounding_box()["y"] < page.viewport_size["height"]


def test_the_whole_result_is_exported(page):
    page.goto("/?q=tariff&limit=5")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(Path(downloading.value.path()).read_text("utf-8-sig").splitlines()))
    assert len(rows) > 20
    with page.expect_download() as downloading:
        page.get_by_role("link", name="JSON Lines").click()
    lines = [json.loads(line) for line in Path(downloading.value.path()).read_text("utf-8").splitlines()]
    assert lines[-1]["end"] == {"complete": True, "hits": len(lines) - 1}


def test_the_interface_changes_its_language(page):
    page.goto("/?q=tariff")
    page.get_by_role("link", name="繁體").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hant"
    assert asked(page) == {"q": ["tariff"], "ui": ["zh-Hant"]}
