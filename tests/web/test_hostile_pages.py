"""Whatever stands in an article or an address, the page shows it and does nothing of it."""

import json
import re
from urllib.parse import quote, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from indexer import build
from search import Searcher
from search.web.app import create_app
from search.web.archive import Archive

BAD = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</title><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}", "{0.__class__}", "&lt;b&gt; &amp;", "javascript:alert(1)", "\u202egnp.exe\u2066", "\x1b]0;x\x07",
    "</textarea></select></form>", "\U0001f4f0\U00020bb7", "<!--", "]]>", "\u2028\u2029",
]  # fmt: skip
URLS = [
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "http://[", " https://good.example/a?b=1&c=<i>",
    "vbscript:x", "//evil.example", "https:///nowhere", "file:///etc/passwd", "JaVaScRiPt:alert(1)", "https://ok.example/\"onclick=",
]  # fmt: skip
OURS = re.compile(r"/(?:$|\?|articles/|static/|export\.|feed\.|opensearch\.|#)|#")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Who asks for pages of hostile articles."""
    folder = tmp_path_factory.mktemp("hostile")
    records = [
        {
            "id": f"{i}{bad}", "title": f"hostile {bad}", "text": f"hostile {bad} text\n\n{bad} {bad} hostile end {i}.",
            "author": bad, "source": f"s {bad}", "tags": [bad, f"tag {i}"], "url": URLS[i % len(URLS)], "date": f"2019-03-{i + 1:02}",
        }
        for i, bad in enumerate(BAD)
    ]  # fmt: skip
    archive = folder / "<b>&\"'archive"
    archive.mkdir()
    (archive / "a.jsonl").write_text("\n".join(json.dumps(one) for one in records), "utf-8")
    for i in range(2):
        (archive / f"<img src=x onerror=alert({i})>.txt").write_text("hostile copy of another report, word for word.")
    build(archive, folder / "index")
    with TestClient(create_app(Archive(lambda: Searcher(folder / "index"))), base_url="http://127.0.0.1") as asking:
        yield asking


def check(answer):
    """Check that a page does nothing but what ours do; return it."""
    assert not FORBIDDEN.search(answer.text)
    page = LexborHTMLParser(answer.text)
    assert [node.attributes.get("src", "").partition("?")[0] for node in page.css("script")] == ["/static/script.js"]
    assert not page.css("img, iframe, object, embed, base, style, [style], template, textarea")
    for node in page.css("*"):
        assert not [name for name in node.attributes if name.startswith("on")]
        for name in ("href", "src", "action"):
            address = node.attributes.get(name)
            if address is not None and not OURS.match(address):
                parts = urlsplit(address)
                assert (node.tag, parts.scheme) in (("a", "https"), ("a", "http"))
                assert parts.hostname
    assert len(page.css("main")) == len(page.css("title")) == len(page.css("form")) == 1
    return page


def follow(client, page, selector):
    for node in page.css(selector):
        check(client.get(node.attributes["href"]))


def test_hostile_articles_do_nothing(client):
    answer = client.get("/", params={"q": "hostile", "limit": 100, "stories": 1})
    page = check(answer)
    titles = [node.text() for node in page.css(".hits h2")]
    assert "hostile <script>alert(1)</script>" in titles
    assert "hostile \ufffdgnp.exe\ufffd" in titles
    assert {node.attributes["href"] for node in page.css(".actions a[rel]")} == {
        "https://good.example/a?b=1&c=<i>", 'https://ok.example/"onclick='}  # fmt: skip
    follow(client, page, ".facet a")
    follow(client, page, ".time a")


@pytest.mark.parametrize("bad", BAD + URLS)
def test_a_hostile_address_does_nothing(client, bad):
    check(client.get("/", params={"q": bad}))
    check(client.get("/", params={"q": f'hostile AND source:="{bad}"', "stories": "1"}))
    for name in ("since", "lang", "like", "ui", "sort", "kind", "after", "limit", bad):
        check(client.get("/", params={"q": "hostile", name: bad}))
    check(client.get("/" + quote(bad, safe="")))


def test_the_facet_of_a_hostile_source_finds_its_article(client):
    page = check(client.get("/", params={"q": "hostile", "cross": "off"}))
    for node in page.css(".facet a"):
        if "source" in node.attributes["href"]:
            count = node.css_first(".count").text()
            found = check(client.get(node.attributes["href"]))
            assert found.css_first("h1").text().startswith(f"{count} article")
