"""Two hundred hostile articles do nothing: no dialog, no request to elsewhere, no error, no markup of theirs."""

import csv
import json
from io import StringIO
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from benchmarks.web.server import serving
from indexer import build
from tests.browser.hostile import ARTICLES, ATTACKS, write_hostile
from tests.browser.visiting import visiting

# What a page of ours does not have: elements that do or load something, and attributes that would.
THEIRS = """[...document.querySelectorAll('*')].filter(one =>
    one.matches("img, iframe, object, embed, base, style, meta[http-equiv], video, math, template, textarea, [style], [srcdoc]")
    || one.matches("script:not([src^='/static/script.js'])") || one.matches("link:not([href^='/'])") || one.matches("form:not([action='/'])")
    || [...one.attributes].some(attribute => attribute.name.startsWith("on"))
    || one.closest("svg") && !one.matches("svg, rect") || one.matches("h1, main, title") && one !== document.querySelector(one.localName)
).map(one => one.outerHTML)"""
# Links that lead elsewhere, and are not of the web or say where they come from.
ASTRAY = """[...document.links].filter(link => link.origin !== location.origin
    && !(["http:", "https:"].includes(link.protocol) && link.relList.contains("noreferrer"))).map(link => link.href)"""
COMMANDS = "[...document.body.innerText].filter(one => /[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]/.test(one))"


@pytest.fixture(scope="module")
def hostile_origin(browser, tmp_path_factory):
    """The address of a server of hostile articles."""
    folder = tmp_path_factory.mktemp("hostile")
    build(write_hostile(folder / "archive"), folder / "index")
    with serving(folder / "index") as running:
        yield f"http://127.0.0.1:{running.port}"


def check(page):
    """Check that all on a page is ours; return where links of it lead."""
    assert page.evaluate(THEIRS) == page.evaluate(ASTRAY) == page.evaluate(COMMANDS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return page.evaluate(
        "[...document.links].filter(link => link.origin === origin).map(link => link.pathname + link.search)"
    )


def test_hostile_articles_do_nothing(browser, hostile_origin):
    with visiting(browser, hostile_origin) as page:
        links, shown = [], ""
        for offset in range(0, ARTICLES, 100):
            page.goto(f"/?q=hostile&limit=100&stories=1&copies=1&offset={offset}")
            links += check(page)
            shown += page.locator(".hits").inner_text()
        assert {
            attack
            for attack in ATTACKS
            if attack.isascii() and attack.isprintable() and len(attack) < 100 and attack not in shown
        } == set()
        articles = sorted({link for link in links if link.startswith("/articles/")})
        assert len(articles) == ARTICLES
        for address in (*articles, *sorted({link for link in links if "source" in link})[:20]):
            page.goto(address)
            check(page)


def test_hostile_completions_do_nothing(browser, hostile_origin):
    with visiting(browser, hostile_origin) as page:
        page.goto("/")
        for begun in ("<script", "<img", "<iframe", "' onmouse", "javascript:", "{{"):
            with page.expect_response("**/complete?*") as asked:
                page.locator("#q").fill(begun)
            options = page.get_by_role("listbox").get_by_role("option")
            if asked.value.json():
                options.first.wait_for()
                page.locator("#q").press("ArrowDown")
            check(page)
        page.locator("#q").fill("hos")
        options.first.wait_for()


def test_exports_of_hostile_articles_are_harmless(browser, hostile_origin):
    with visiting(browser, hostile_origin) as page:
        page.goto("/?q=hostile")
        table, lines, feed = (
            page.request.get(f"/{name}?q=hostile").text() for name in ("export.csv", "export.jsonl", "feed.atom")
        )
    rows = list(csv.reader(StringIO(table.lstrip("\ufeff"))))
    assert len(rows) > ARTICLES
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert json.loads(lines.splitlines()[-1]) == {"end": {"complete": True, "hits": ARTICLES}}
    links = [link.get("href") for link in ElementTree.fromstring(feed).iter("{http://www.w3.org/2005/Atom}link")]
    assert len(links) >= 50
    assert {urlsplit(link).netloc for link in links} <= {urlsplit(hostile_origin).netloc, "ok.example"}
