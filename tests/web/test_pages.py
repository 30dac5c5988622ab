"""The page: what is asked in its address, what it shows, and where its links lead."""

from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from search import Searcher
from search.web.app import create_app
from search.web.archive import Archive


@pytest.fixture(scope="module")
def client(seeds_index):
    """Who asks for pages of the seeds."""
    with TestClient(create_app(Archive(lambda: Searcher(seeds_index))), base_url="http://127.0.0.1") as asking:
        yield asking


@pytest.fixture(scope="module")
def ask(client):
    """What asks for a page, in English unless it names a language, and reads it."""

    def asked(path="/", language="en", **parameters):
        answer = client.get(path, params=parameters, headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return LexborHTMLParser(answer.text)

    return asked


def texts(page, selector):
    return [node.text(strip=False).strip() for node in page.css(selector)]


def links(page, selector):
    """Return the parameters that each link leads to."""
    return [parse_qs(urlsplit(node.attributes["href"]).query) for node in page.css(selector)]


def test_a_page_shows_the_hits_of_a_search(ask, seeds):
    page = ask(q="川普 关税")
    found = seeds.search("川普 关税")
    assert texts(page, ".hits h2") == [hit.title for hit in found.hits]
    assert texts(page, "blockquote a") == [
        snippet.text.replace("\n", " ").strip() for hit in found.hits for snippet in hit.snippets
    ]
    marked = [hit.title[start:end] for hit in found.hits for start, end in hit.title_spans]
    assert texts(page, ".hits h2 mark") == marked
    assert page.css_first("title").text().startswith("川普 关税")
    assert page.css_first("input#q").attributes["value"] == "川普 关税"


def test_a_result_says_its_source_and_day(ask):
    page = ask(q="title:貿易")
    assert texts(page, ".facts span") == ["hkcnews.com", "2018-11-01", "眾新聞記者"]
    guessed = ask(q="TikTok since:2025-09 until:2025-09")
    assert guessed.css_first(".facts abbr").text() == "~"
    assert guessed.css_first(".facts time").attributes["datetime"] == "2025-09-19"


def test_texts_say_their_language(ask, seeds):
    page = ask(q="Trump")
    hits = {hit.article_id: hit for hit in seeds.search("Trump").hits}
    for article in page.css(".hits article"):
        link = article.css_first("h2 a")
        hit = next(hit for hit in hits.values() if hit.title == link.text())
        assert link.attributes["lang"] == hit.title_lang
        langs = [node.attributes.get("lang", "mixed") for node in article.css("blockquote")]
        assert langs == [snippet.lang for snippet in hit.snippets]


def test_a_link_leads_to_the_passage(ask):
    page = ask(q="title:貿易 北韓")
    address = page.css_first("blockquote a").attributes["href"]
    assert address.startswith("/articles/003_b4e59136c98cbdd1.txt?q=")
    assert "#passage-" in address


def test_without_a_question_a_page_says_what_there_is(ask):
    page = ask()
    assert "5 articles" in page.css_first(".start").text()
    for parameters in links(page, ".examples a"):
        assert texts(ask(**{name: value for name, (value,) in parameters.items()}), ".hits h2")


def test_empty_fields_of_a_form_are_left_out_of_the_address(client):
    answer = client.get("/?q=%E5%B7%9D%E6%99%AE&since=&lang=&exact=1", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?q=%E5%B7%9D%E6%99%AE&exact=1")


def test_pages_lead_to_each_other(ask):
    first = ask(q="Trump", limit=2)
    assert not first.css("a[rel=prev]")
    (after,) = links(first, "a[rel=next]")
    second = ask(**{name: value for name, (value,) in after.items()})
    assert texts(first, ".hits h2") + texts(second, ".hits h2") == texts(ask(q="Trump", limit=4), ".hits h2")
    assert second.css_first("ol.hits").attributes["start"] == "3"
    (before,) = links(second, "a[rel=prev]")
    assert before == {"q": ["Trump"], "limit": ["2"]}


def test_a_facet_leads_to_as_many_articles_as_it_says(ask):
    page = ask(q="Trump OR 习近平", cross="off")
    choices = [node for node in page.css(".facet li a") if "source" in node.attributes["href"]]
    assert choices
    for choice in choices:
        count = int(choice.css_first(".count").text())
        asked = parse_qs(urlsplit(choice.attributes["href"]).query)
        narrowed = ask(**{name: value for name, (value,) in asked.items()})
        assert narrowed.css_first("h1").text().startswith(f"{count} article")


def test_filters_in_force_can_be_taken_away(ask):
    page = ask(q='特朗普 AND source:="hkcnews.com"', since="2018", kind="body,quote", exact="1")
    chips = dict(zip(texts(page, ".chips a"), links(page, ".chips a"), strict=True))
    everything = {"q": ['特朗普 AND source:="hkcnews.com"'], "since": ["2018"], "kind": ["body,quote"], "exact": ["1"]}
    assert chips == {
        "Remove: Source: hkcnews.com": {**everything, "q": ["特朗普"]},
        "Remove: From: 2018": {name: value for name, value in everything.items() if name != "since"},
        "Remove: Words as typed only": {name: value for name, value in everything.items() if name != "exact"},
        "Remove: Kind of text: Main text": {**everything, "kind": ["quote"]},
        "Remove: Kind of text: Quotation": {**everything, "kind": ["body"]},
    }


def test_the_histogram_leads_from_years_to_days(ask):
    page = ask(q="特朗普")
    assert texts(page, ".time th[scope=row]") == [str(year) for year in range(2018, 2027)]
    assert [int(text) for text in texts(page, ".time td.count")] == [1, 0, 0, 0, 0, 0, 0, 1, 2]
    assert links(page, ".time a")[0] == {"q": ["特朗普"], "since": ["2018"], "until": ["2018"]}
    months = ask(q="特朗普", since="2018", until="2018")
    assert len(texts(months, ".time th[scope=row]")) == 12
    days = ask(q="特朗普", since="2018-11", until="2018-11")
    assert texts(days, ".time tr:not(.none) th[scope=row]") == ["2018-11-01"]
    assert links(days, ".time p a") == [{"q": ["特朗普"], "since": ["2018"], "until": ["2018"]}]


@pytest.mark.parametrize(("accepted", "language", "word"), [
    ("de, zh-TW;q=0.9, en;q=0.8", "zh-Hant", "搜尋"), ("zh-CN,zh;q=0.9", "zh-Hans", "搜索"),
    ("fr", "en", "Search"), ("", "en", "Search"), ("en;q=x, zh", "zh-Hans", "搜索"),
])  # fmt: skip
def test_the_page_speaks_the_reader_s_language(ask, accepted, language, word):
    page = ask(language=accepted)
    assert page.css_first("html").attributes["lang"] == language
    assert page.css_first("button").text() == word


def test_another_language_is_a_link_and_stays(ask):
    page = ask(q="Trump", limit=2)
    chinese = next(node for node in page.css(".languages a") if node.attributes["hreflang"] == "zh-Hant")
    asked = parse_qs(urlsplit(chinese.attributes["href"]).query)
    assert asked == {"q": ["Trump"], "limit": ["2"], "ui": ["zh-Hant"]}
    page = ask(q="Trump", limit=2, ui="zh-Hant")
    assert page.css_first("html").attributes["lang"] == "zh-Hant"
    inner = [node.attributes["href"] for node in page.css("main a")]
    assert all("ui=zh-Hant" in address for address in inner if address.startswith("/"))
    assert ("ui", "zh-Hant") in [(node.attributes["name"], node.attributes["value"]) for node in page.css("form input")]


def test_the_files_of_the_page_may_be_kept_for_good(ask, client):
    page = ask()
    for address in (page.css_first("link").attributes["href"], page.css_first("script").attributes["src"]):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
