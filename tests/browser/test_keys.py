"""What the script adds: completion, keys and their switch, copying, marks one after another, a newer archive."""

import re
import shutil

import pytest

from benchmarks.web.server import serving
from indexer import build
from tests.browser.archives import write_archive
from tests.browser.visiting import visiting


@pytest.fixture
def page(visit):
    with visit(permissions=["clipboard-read", "clipboard-write"]) as opened:
        opened.goto("/?q=tariff&limit=5")
        yield opened


def focused(page):
    return page.evaluate("document.activeElement.textContent")


def test_typing_completes_and_only_enter_searches(page):
    address, field, offered = page.url, page.locator("#q"), page.get_by_role("listbox")
    options = offered.get_by_role("option")
    field.fill("")
    field.press_sequentially("sal", delay=20)
    options.first.wait_for()
    assert page.url == address
    assert (field.get_attribute("role"), field.get_attribute("aria-expanded")) == ("combobox", "true")
    assert field.get_attribute("aria-controls") == offered.get_attribute("id")
    first = options.first.inner_text()
    field.press("ArrowDown")
    assert offered.get_by_role("option", selected=True).get_attribute("id") == field.get_attribute(
        "aria-activedescendant"
    )
    assert field.input_value() == first
    field.press("ArrowUp")
    assert (field.input_value(), field.get_attribute("aria-activedescendant")) == ("sal", None)
    field.press("ArrowDown")
    field.press("Escape")
    assert (field.input_value(), offered.is_visible()) == ("sal", False)
    field.press_sequentially("t")
    options.first.wait_for()
    field.press("ArrowDown")
    chosen = field.input_value()
    assert page.url == address
    field.press("Enter")
    page.wait_for_url(lambda url: url != address)
    assert page.title().startswith(chosen)


def test_completions_are_asked_for_only_when_typing_pauses(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/complete" in request.url else None)
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("saltmout", delay=10)
    page.get_by_role("listbox").get_by_role("option").first.wait_for()
    assert len(asked) < len("saltmout") / 2


def test_keys_lead_through_results(page):
    titles = page.locator(".hits h2 a").all_inner_texts()
    for key, number in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        assert focused(page) == titles[number]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("jn/?")
    assert page.locator("#q").input_value() == "jn/?"
    assert not page.get_by_role("dialog").is_visible()


def test_keys_turn_pages_and_open_articles(page):
    page.keyboard.press("n")
    page.wait_for_url("**after=*")
    page.keyboard.press("p")
    page.wait_for_url(lambda url: "after=" not in url)
    page.keyboard.press("j")
    title = focused(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/**")
    assert page.get_by_role("heading", level=1).inner_text() == title


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_keys_with_others_held_are_the_browsers(page, modifier):
    page.locator("h1").click()
    page.keyboard.press(f"{modifier}+j")
    assert page.evaluate("document.activeElement.closest('.hits')") is None


def test_keys_are_listed_and_can_be_turned_off_for_good(page):
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("?")
        assert page.evaluate("document.activeElement.closest('.hits')") is None
        assert not dialog.is_visible()
        page.reload()
    page.get_by_role("button", name="Keys").click()
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.hits') !== null")


def test_the_reader_steps_through_marks_and_back_leads_to_the_results(page):
    page.goto("/?q=tariff&sort=title&limit=5")
    results = page.url
    page.get_by_role("link", name="A long tariff").click()
    marks = page.locator("mark[id]").count()
    for key, number in (("n", 1), ("n", 2), ("p", 1), ("p", marks)):
        page.keyboard.press(key)
        assert page.url.endswith(f"#m{number}")
        box = page.locator("mark:target").bounding_box()
        assert 0 <= box["y"] < page.viewport_size["height"]
    page.locator("mark:target").get_by_role("link", name="The next match").click()
    assert page.url.endswith("#m1")
    page.go_back()
    page.wait_for_url(results)


def test_back_keeps_what_was_searched_narrowed_and_scrolled_to(page):
    page.locator("#narrow").get_by_role("link", name="2018").click()
    page.wait_for_url("**since=2018*")
    narrowed = page.url
    page.locator(".hits h2 a").last.scroll_into_view_if_needed()
    at = page.evaluate("scrollY")
    page.locator(".hits h2 a").last.click()
    page.wait_for_url("**/articles/**")
    page.go_back()
    page.wait_for_url(narrowed)
    page.wait_for_function("at => Math.abs(scrollY - at) < 5", arg=at)
    page.go_back()
    assert (page.locator("#q").input_value(), "since" in page.url) == ("tariff", False)


def test_links_and_citations_are_copied(page):
    page.goto("/articles/made.jsonl%23en%2F3?q=tariff")
    page.locator(".cite summary").first.click()
    shown = page.locator(".citation").first.inner_text()
    page.get_by_role("button", name="Copy the citation").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == shown
    page.get_by_role("button", name="Copy the link").click()
    page.wait_for_function("document.querySelectorAll('.cite button').length === 2")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.search(r"/articles/made\.jsonl%23en%2F3#passage-\d+$", copied)
    page.goto(copied)
    assert "tariff" in page.locator(":target").inner_text()


def test_a_newer_archive_is_offered_and_nothing_is_swapped(browser, tmp_path):
    archive = write_archive(tmp_path / "archive")
    build(archive, tmp_path / "index")
    with serving(tmp_path / "index") as running, visiting(browser, f"http://127.0.0.1:{running.port}") as page:
        page.goto("/?q=saltmouth&sort=date&limit=3")
        before = page.locator(".hits").inner_text()
        shutil.copy(archive / "made.jsonl", archive / "again.jsonl")
        (archive / "new.txt").write_text("News from Saltmouth, which are very new.", "utf-8")
        build(archive, tmp_path / "index")
        offer = page.get_by_role("link", name="Show it as it is now")
        for _ in range(40):  # the server looks every second; the page is told to look now
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            if offer.is_visible():
                break
            page.wait_for_timeout(250)
        assert page.locator(".hits").inner_text() == before
        offer.click()
        page.wait_for_load_state()
        assert not offer.is_visible()


def test_the_title_is_the_query(page):
    for address, begins in (
        ("/?q=关税+鹽", "关税 鹽"),
        ("/", "wensou"),
        ("/articles/made.jsonl%23en%2F3", "Salt tariff, report 3"),
    ):
        page.goto(address)
        assert page.title().startswith(begins)


def test_printed_a_page_is_its_results_in_black_on_white(visit):
    with visit(dark=True) as page:
        page.goto("/?q=tariff&limit=5")
        page.emulate_media(media="print", color_scheme="dark")
        assert page.locator(".hits h2").count() == 5
        assert page.locator(".hits").is_visible()
        for selector in ("form", "aside", "footer", ".actions"):
            assert not page.locator(selector).first.is_visible()
        style = (
            "[document.body, ...document.querySelectorAll('h1, .hits a, mark')].map(one => getComputedStyle(one).color)"
        )
        assert set(page.evaluate(style)) == {"rgb(0, 0, 0)"}
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.pdf().startswith(b"%PDF")
