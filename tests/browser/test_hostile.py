"""Two hundred hostile articles do nothing: no dialog, no request to elsewhere, no error, no markup of theirs."""

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


def check(page, address):
    """Open an address and check that all there is ours; return where links of it lead."""
    page.goto(address)
    assert page.evaluate(THEIRS) == page.evaluate(ASTRAY) == page.evaluate(COMMANDS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return page.evaluate(
        "[...document.links].filter(link => link.origin === origin).map(link => link.pathname + link.search)"
    )


def test_hostile_articles_do_nothing(browser, hostile_origin):
    with visiting(browser, hostile_origin) as page:
        links, shown = [], ""
        for offset in range(0, ARTICLES, 100):
            links += check(page, f"/?q=hostile&limit=100&stories=1&copies=1&offset={offset}")
            shown += page.locator(".hits").inner_text()
        assert {
            attack
            for attack in ATTACKS
            if attack.isascii() and attack.isprintable() and len(attack) < 100 and attack not in shown
        } == set()
        articles = sorted({link for link in links if link.startswith("/articles/")})
        assert len(articles) == ARTICLES
        for address in articles:
            check(page, address)
        for address in sorted({link for link in links if "source" in link})[:20]:
            check(page, address)
