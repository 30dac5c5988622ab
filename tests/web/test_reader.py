"""The reader: a whole article, what is marked in it, and where its links lead."""

import re
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

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


def test_an_unknown_parameter_is_refused(client):
    assert client.get(f"/articles/{TRUMP}", params={"nonsense": "1"}).status_code == 400
