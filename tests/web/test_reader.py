"""The reader: a whole article, what is marked in it, and where its links lead."""

import re
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from indexer import build
from search import Searcher
from search.web.app import create_app
from search.web.archive import Archive
from search.web.state import PART_PASSAGES

TRUMP = "003_b4e59136c98cbdd1.txt"


@pytest.fixture(scope="module")
def open_article(client):
    """What opens an article, in English, and reads the page."""

    def opened(article_id, **parameters):
        answer = client.get(f"/articles/{quote(article_id, safe='')}", params=parameters)
        assert answer.status_code == 200, answer.text
        return LexborHTMLParser(answer.text)

    return opened


def own_text(node):
    """Return what a node says, without what only its marks say of themselves."""
    return "".join(
        part.text(deep=False) or own_text(part) for part in node.iter(include_text=True) if "at" not in classes(part)
    )


def classes(node):
    return (node.attributes.get("class") or "").split()


def test_an_article_is_shown_whole(open_article, seeds):
    page, text = open_article(TRUMP), seeds.read(TRUMP)
    shown = re.sub(r"\s", "", "".join(own_text(node) for node in page.css(".paragraph > :first-child")))
    assert shown == re.sub(r"\s", "", "".join(block.text for block in text.blocks))
    assert page.css_first("h1").text() == text.title
    assert page.css_first("h1").attributes["lang"] == "zh-Hant"


def test_marks_are_numbered_and_lead_to_each_other_in_a_ring(open_article, seeds):
    page, text = open_article(TRUMP, q="川普"), seeds.read(TRUMP, "川普")
    marks = page.css(".paragraph mark")
    assert [mark.attributes["id"] for mark in marks] == [f"m{i + 1}" for i in range(text.occurrences)]
    before, behind = marks[0].css("a")
    assert (before.attributes["href"], behind.attributes["href"]) == (f"#m{len(marks)}", "#m2")
    assert f"1 of {len(marks)}" in marks[0].text()
    assert page.css_first(".matches a").attributes["href"] == "#m1"


def test_a_link_of_a_result_leads_to_its_passage(client, open_article, seeds):
    hit = seeds.search("川普").hits[0]
    results = LexborHTMLParser(client.get("/", params={"q": "川普"}).text)
    address = results.css_first("blockquote a").attributes["href"]
    page = LexborHTMLParser(client.get(address.partition("#")[0]).text)
    anchor = address.partition("#")[2]
    named = page.css_first(f"#{anchor}")
    assert own_text(named).strip()[:10] in hit.snippets[0].text or own_text(named).strip()
    assert {node.attributes["id"] for node in page.css("[id^=passage-]")} == {
        f"passage-{block.passage_id.rpartition('@')[2]}" for block in seeds.read(hit.article_id).blocks
    }


def test_each_passage_can_be_cited_and_linked_to(open_article, seeds):
    page, text = open_article(TRUMP), seeds.read(TRUMP)
    cited = [node.text() for node in page.css(".citation")]
    assert len(cited) == text.passages_total
    assert all(f"{TRUMP}@{i}" in citation for i, citation in enumerate(cited))
    assert page.css(".cite a")[2].attributes["href"].endswith("#passage-2")


def test_the_way_back_is_the_search(open_article):
    page = open_article(TRUMP, q="川普", sort="date", limit="3")
    assert page.css_first("a[rel=up]").attributes["href"] == f"/?q={quote('川普')}&sort=date&limit=3"
    assert open_article(TRUMP).css_first("a[rel=up]") is None


@pytest.mark.parametrize("article_id", ["nothing", "../etc/passwd", "%2e%2e", "a/b#c?d"])
def test_an_article_that_is_not_there_is_said_so(client, article_id):
    answer = client.get(f"/articles/{quote(article_id, safe='')}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("article_id", ["a/b#c?d", "//elsewhere.example", "%2e%2e", "目录/一.txt"])
def test_what_goes_wrong_with_an_article_leads_back_to_it(client, article_id):
    own = f"/articles/{quote(article_id, safe='')}"
    page = LexborHTMLParser(client.get(f"{own}?q=Trump&ui=en").text)
    assert page.css_first(".problem .actions a").attributes["href"] == f"{own}?q=Trump&ui=en"
    assert [node.attributes["href"] for node in page.css(".languages a")] == [
        f"{own}?q=Trump&ui={tag}" for tag in ("en", "zh-Hans", "zh-Hant")]  # fmt: skip


def test_an_unknown_parameter_is_refused(client):
    assert client.get(f"/articles/{TRUMP}", params={"nonsense": "1"}).status_code == 400


@pytest.fixture(scope="module")
def long_article(tmp_path_factory):
    """Who asks for an article of more passages than two parts have; its id is long.txt."""
    folder = tmp_path_factory.mktemp("long")
    paragraphs = [f"Paragraph {i}. {'Some words that go on and on. ' * 20}" for i in range(1500)]
    (folder / "long.txt").write_text("\n\n".join(["A long one", *paragraphs, "The hapaxlegomenon ends it."]), "utf-8")
    build(folder / "long.txt", folder / "index")
    with TestClient(create_app(Archive(lambda: Searcher(folder / "index"))), base_url="http://127.0.0.1") as asking:
        yield asking


def test_a_very_long_article_is_read_in_parts(long_article):
    total = long_article.get("/api/v1/search?q=hapaxlegomenon").json()["hits"][0]
    last = int(total["snippets"][0]["passage_id"].partition("@")[2])
    assert last > 2 * PART_PASSAGES
    page, seen = LexborHTMLParser(long_article.get("/articles/long.txt?q=hapaxlegomenon").text), []
    assert "Part 1 of" in page.css_first(".pages").text()
    assert page.css_first("a[rel=prev]") is None
    while True:
        here = [node.attributes["id"] for node in page.css("[id^=passage-]")]
        assert len(here) <= PART_PASSAGES
        seen += here
        following = page.css_first("a[rel=next]")
        if following is None:
            break
        page = LexborHTMLParser(long_article.get(following.attributes["href"]).text)
    assert seen == [f"passage-{i}" for i in range(last + 1)]
    assert len(page.css(".paragraph mark")) == 1
    before = page.css_first("a[rel=prev]").attributes["href"]
    assert f"part={last // PART_PASSAGES}" in before
    assert page.css_first("a[rel=up]").attributes["href"] == "/?q=hapaxlegomenon"
    assert not page.css("form [name=part]")


def test_links_lead_to_the_part_in_which_a_passage_is(long_article):
    results = LexborHTMLParser(long_article.get("/?q=hapaxlegomenon").text)
    address, _, anchor = results.css_first("blockquote a").attributes["href"].partition("#")
    page = LexborHTMLParser(long_article.get(address).text)
    assert page.css_first(f"#{anchor}") is not None
    assert len(page.css(".paragraph mark")) == 1
    own = [node.attributes["href"] for node in page.css(".cite a")]
    assert own
    assert all("part=" in one for one in own)


@pytest.mark.parametrize(("part", "status"), [("1", 200), ("2", 404), ("0", 400), ("x", 400), ("99999999", 400)])
def test_a_part_that_is_not_there_is_said_so(client, part, status):
    assert client.get(f"/articles/{TRUMP}?q=x&part={part}").status_code == status


def test_marks_are_text_in_their_place(open_article):
    page = open_article(TRUMP, q="川普")
    assert not re.search("<mark|&lt;", page.css_first(".reader").text())
