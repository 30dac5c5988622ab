"""The Atom feed of a search, and what browsers need to search here by themselves."""

import json
import re
from datetime import datetime
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from indexer import build
from search import Searcher
from search.web.app import create_app
from search.web.archive import Archive

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# RFC 3339, which Atom wants: with seconds and an offset.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


def read(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content)


def texts(element, name):
    return [child.text for child in element.findall(ATOM + name)]


def link(element, rel):
    return next(node.get("href") for node in element.findall(f"{ATOM}link") if node.get("rel") == rel)


def check_required(element):
    """Check that a feed or an entry has each once what RFC 4287 requires of both."""
    for name in ("id", "title", "updated"):
        (text,) = texts(element, name)
        assert text.strip()
    assert element.findtext(f"{ATOM}id").startswith("urn:uuid:")
    for moment in (*texts(element, "updated"), *texts(element, "published")):
        assert MOMENT.fullmatch(moment)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Who asks about articles of all kinds of dates, some hostile."""
    folder = tmp_path_factory.mktemp("feed")
    records = [
        {"id": f"{i}/<{i}>", "title": title, "text": f"report {i} ]]> 1 < 2 & \x0b\ufffe end", "date": date, "url": url}
        for i, (title, date, url) in enumerate([
            ("Later", "2020-02-03T23:30:00-05:00", "https://a.example/<?q=北"), ("Earlier", "2020-02-03T10:00", "javascript:x"),
            ("Newest", "2021-01-01", ""), ("", "0001-01-01T00:00:00+08:00", ""), ("Undated", "", ""),
        ])
    ]  # fmt: skip
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    build(folder / "a.jsonl", folder / "index")
    with TestClient(create_app(Archive(lambda: Searcher(folder / "index"))), base_url="http://127.0.0.1") as asking:
        yield asking


def test_a_feed_has_what_is_required(archive):
    feed = read(archive.get("/feed.atom?q=report"))
    assert feed.tag == f"{ATOM}feed"
    check_required(feed)
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    entries = feed.findall(f"{ATOM}entry")
    for entry in entries:
        check_required(entry)
        assert link(entry, "alternate").startswith("http://127.0.0.1/articles/")
    ids = [text for one in (feed, *entries) for text in texts(one, "id")]
    assert len(set(ids)) == len(ids)


def test_the_newest_come_first_and_what_has_no_date_not_at_all(archive):
    entries = read(archive.get("/feed.atom?q=report")).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries][:3] == ["Newest", "Later", "Earlier"]
    assert "Undated" not in [entry.findtext(f"{ATOM}title") for entry in entries]
    assert texts(entries[1], "updated") == ["2020-02-03T23:30:00-05:00"]
    assert texts(entries[2], "updated") == ["2020-02-03T10:00:00+00:00"]


def test_a_feed_is_as_new_as_its_newest_entry(archive):
    assert datetime.fromisoformat(read(archive.get("/feed.atom?q=report")).findtext(f"{ATOM}updated")).year == 2021
    empty = read(archive.get("/feed.atom?q=qqxyz"))
    check_required(empty)
    assert not empty.findall(f"{ATOM}entry")


def test_hostile_text_is_text(archive):
    feed = read(archive.get("/feed.atom", params={"q": "report <x>\x00\ufffe]]>"}))
    assert feed.findtext(f"{ATOM}title") == "report <x>\ufffd\ufffd]]> · wensou"
    entries = read(archive.get("/feed.atom?q=report")).findall(f"{ATOM}entry")
    summaries = [entry.findtext(f"{ATOM}summary") for entry in entries]
    assert all("]]> 1 < 2 &  \ufffd end" in text for text in summaries)
    assert all(node.get("type") in (None, "text") for entry in entries for node in entry.findall(f"{ATOM}summary"))
    vias = [node.get("href") for entry in entries for node in entry.findall(f"{ATOM}link") if node.get("rel") == "via"]
    assert vias == ["https://a.example/%3C?q=%E5%8C%97"]


def test_ids_stay_when_the_search_or_the_address_differ(archive):
    before = read(archive.get("/feed.atom?q=report"))
    after = read(
        archive.get("/feed.atom?q=report&ui=zh-Hans", headers={"host": "localhost:99", "x-forwarded-proto": "https"})
    )
    other = read(archive.get("/feed.atom?q=Newest"))
    assert texts(before, "id") == texts(after, "id") != texts(other, "id")
    (entry,) = other.findall(f"{ATOM}entry")
    assert texts(entry, "id") == texts(before.find(f"{ATOM}entry"), "id")
    assert link(after, "self") == "https://localhost:99/feed.atom?q=report&ui=zh-Hans"
    assert link(after, "alternate") == "https://localhost:99/?q=report&ui=zh-Hans"


def test_an_entry_says_its_languages_and_leads_to_the_article(client, seeds):
    entry = read(client.get("/feed.atom", params={"q": "title:貿易"})).find(f"{ATOM}entry")
    (hit,) = seeds.search("title:貿易").hits
    assert entry.find(f"{ATOM}title").get(LANG) == hit.title_lang
    assert entry.find(f"{ATOM}summary").get(LANG) == hit.lang
    address = urlsplit(link(entry, "alternate"))
    assert client.get(f"{address.path}?{address.query}").status_code == 200
    assert address.fragment.startswith("passage-")


def test_a_feed_that_one_has_is_not_sent_again(client):
    answer = client.get("/feed.atom?q=Trump")
    again = client.get("/feed.atom?q=Trump", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_feed_keeps_the_filters_and_has_an_order_of_its_own(client):
    page = LexborHTMLParser(client.get("/?q=Trump&since=2018&sort=title&limit=1&passages=1").text)
    address = page.css_first("link[rel=alternate]").attributes["href"]
    assert address == "/feed.atom?q=Trump&since=2018"
    assert client.get(address).status_code == 200
    assert page.css_first(".exports a[type]").attributes["href"] == address
    assert client.get("/feed.atom?q=Trump&sort=date").status_code == 400
    assert client.get("/feed.atom?like=nothing").status_code == 400


def test_browsers_are_told_how_to_search_here(client):
    address = LexborHTMLParser(client.get("/").text).css_first("link[rel=search]").attributes["href"]
    answer = client.get(address, headers={"host": "localhost:8765"})
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    description = ElementTree.fromstring(answer.content)
    assert 0 < len(description.findtext(f"{OPENSEARCH}ShortName")) <= 16
    assert 0 < len(description.findtext(f"{OPENSEARCH}Description")) <= 1024
    templates = {node.get("type"): node.get("template") for node in description.findall(f"{OPENSEARCH}Url")}
    assert templates["text/html"] == "http://localhost:8765/?q={searchTerms}"
    for template in templates.values():
        own = template.removeprefix("http://localhost:8765").replace("{searchTerms}", quote("川普 关税"))
        assert client.get(own).status_code == 200
    icon = description.findtext(f"{OPENSEARCH}Image").removeprefix("http://localhost:8765")
    assert client.get(icon).headers["content-type"] == "image/svg+xml"
    assert parse_qs(urlsplit(templates["application/x-suggestions+json"]).query) == {"q": ["{searchTerms}"]}


def test_suggestions_are_the_query_and_what_it_may_become(client, seeds):
    answer = client.get("/suggest", params={"q": "Trump xij"})
    assert answer.headers["content-type"].startswith("application/x-suggestions+json")
    assert answer.json() == ["Trump xij", [one.query for one in seeds.complete("Trump xij", 8)]]
    assert answer.json()[1]
    assert client.get("/suggest?q=").json() == ["", []]
    assert client.get("/suggest?q=a&limit=3").status_code == 400
