"""Everyone can use each page: axe finds nothing at WCAG 2.2 AA, and nothing scrolls sideways on a small screen."""

from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.visiting import visiting

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},  # AA since 2.2, and off by default
}
PAGES = {
    "start": "/",
    "results": "/?q=川普+OR+tariff+OR+关税",
    "copies, stories and filters": "/?q=tariff+OR+通话&stories=1&since=2017&lang=zh",
    "a month, and a later page": "/?q=关税&since=2018-03&until=2018-03&limit=2&offset=2",
    "nothing found": "/?q=qqqqqqq",
    "a name mistyped": "/?q=习进平",
    "refused": "/?q=tariff&since=x",
    "not there": "/nothing",
    "article": "/articles/made.jsonl%23hans%2F3",
    "article with marks": "/articles/made.jsonl%23long?q=tariff",
    "in Chinese": "/?q=tariff&ui=zh-Hant",
}
STATUS = {"refused": 400, "not there": 404}
SIGHTS = {"light": {}, "dark": {"dark": True}, "small": {"width": 320}}


def check(page, folds="details"):
    """Check a page with its folds open."""
    page.evaluate("folds => document.querySelectorAll(folds).forEach(one => one.open = true)", folds)
    found = Axe().run(page, options=RULES).response["violations"]
    assert not [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("name", PAGES)
def test_everyone_can_use_each_page(visit, name, sight):
    with visit(**SIGHTS[sight]) as page:
        answer = page.goto(quote(PAGES[name], safe="/?&=+%,"))
        assert answer.status == STATUS.get(name, 200)
        check(page)


@pytest.mark.parametrize("sight", SIGHTS)
def test_everyone_can_use_what_opens_and_what_is_new(visit, sight):
    with visit(**SIGHTS[sight]) as page:
        page.goto("/articles/made.jsonl%23long?q=tariff#m2")
        page.locator("mark:target").hover()
        page.locator(".cite summary").first.click()
        page.evaluate("document.getElementById('newer').hidden = false")
        check(page, "main details")
        page.locator("#q").fill("")
        page.locator("#q").press_sequentially("sal")
        page.get_by_role("listbox").get_by_role("option").first.wait_for()
        page.locator("#q").press("ArrowDown")
        check(page, "main details")
        page.locator("#q").blur()
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        check(page, "main details")


@pytest.mark.parametrize("sight", SIGHTS)
def test_everyone_can_log_in(browser, guarded_origin, sight):
    with visiting(browser, guarded_origin, **SIGHTS[sight]) as page:
        page.goto("/?q=tariff")
        check(page)
        page.get_by_role("textbox").fill("wrong")
        page.get_by_role("button").click()
        page.get_by_role("alert").wait_for()
        check(page)
