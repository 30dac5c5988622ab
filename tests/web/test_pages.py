"""The page: what is asked in its address, what it shows, and where its links lead."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from indexer import build
from indexer.errors import ClusterUnreachable
from indexer.status import Ending, Status
from search import Searcher
from search.web.app import create_app
from search.web.archive import Archive
from search.web.languages import NAMES
from tests.conftest import SEEDS


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


def test_the_page_without_a_question_counts_the_index_once(ask, seeds, monkeypatch):
    ask()
    monkeypatch.setattr("search.info.info_of", None)
    assert texts(ask(), ".start > p") == texts(ask(q="  "), ".start > p")


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
    both = ask(q='特朗普 AND source:="hkcnews.com" AND tag:="特朗普"', lang="zh", fresh="1")
    assert links(both, ".chips .clear") == [{"q": ["特朗普"]}]
    page = ask(q='特朗普 AND source:="hkcnews.com"', since="2018", kind="body,quote", exact="1")
    labels = [node.attributes.get("aria-label") or node.text() for node in page.css(".chips a")]
    chips = dict(zip(labels, links(page, ".chips a"), strict=True))
    assert chips.pop("Remove all") == {"q": ["特朗普"]}
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
        assert client.get(address.partition("?")[0]).headers["cache-control"] == "no-cache"
        assert client.get(address[:-1]).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(("address", "status", "heading", "detail"), [
    ("/?q=Trump&sort=best", 400, "The search cannot be read", "“best” cannot be chosen"),
    ("/?q=Trump&since=spring", 400, "The search cannot be read", "“spring” is no date"),
    ("/?q=%FF", 400, "The search cannot be read", "q is not UTF-8"),
    ("/?q=Trump&after=x", 400, "The search cannot be read", "The cursor is damaged"),
    ("/?like=nothing", 400, "The search cannot be read", "nothing"),
    ("/nothing", 404, "There is nothing here", ""),
])  # fmt: skip
def test_an_error_is_a_page_that_says_what_to_do(client, address, status, heading, detail):
    answer = client.get(address)
    assert answer.status_code == status
    page = LexborHTMLParser(answer.text)
    assert page.css_first("h1").text() == heading
    assert detail in page.css_first(".problem").text()


def test_what_cannot_be_read_stays_in_the_form(client):
    page = LexborHTMLParser(client.get("/?q=Trump&since=spring").text)
    assert page.css_first("input[name=q]").attributes["value"] == "Trump"
    field = page.css_first("input[name=since]")
    assert (field.attributes["value"], field.attributes["aria-invalid"]) == ("spring", "true")
    assert page.css_first(f"#{field.attributes['aria-describedby']}").text().startswith("“spring” is no date")
    assert page.css_first(".problem p").text().startswith("From: “spring” is no date")
    assert "open" in page.css_first(".options").attributes
    assert "open" not in LexborHTMLParser(client.get("/?q=Trump&after=x").text).css_first(".options").attributes


def test_the_page_is_only_read(client):
    answer = client.post("/?q=Trump")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert "This is only for reading" in answer.text


def test_without_an_index_a_page_names_the_command_that_makes_one(tmp_path):
    with TestClient(create_app(Archive(lambda: Searcher(tmp_path))), base_url="http://127.0.0.1") as asking:
        answer = asking.get("/?q=Trump", headers={"Accept-Language": "zh-TW"})
    assert answer.status_code == 503
    page = LexborHTMLParser(answer.text)
    assert page.css_first("h1").text() == "資料庫現在無法回答"
    assert "wensou index" in page.css_first(".problem").text()


def garbled_in_place(monkeypatch):
    """Let every search meet what nobody raises on purpose, as of a file whose bytes changed while its length did not."""

    def search(*asked, **more):
        raise ValueError("buffer is smaller than requested size")

    monkeypatch.setattr(Searcher, "search", search)


def test_what_nobody_expected_names_the_command_that_tells_whether_the_index_is_damaged(seeds_index, monkeypatch):
    garbled_in_place(monkeypatch)
    application = create_app(Archive(lambda: Searcher(seeds_index)))
    with TestClient(application, base_url="http://127.0.0.1", raise_server_exceptions=False) as asking:
        shown = [asking.get("/?q=Trump", headers={"Accept-Language": tag}) for tag in NAMES]
        told = asking.get("/api/v1/search?q=Trump")
    assert {answer.status_code for answer in (*shown, told)} == {500}
    said = [LexborHTMLParser(answer.text).css_first(".problem p").text() for answer in shown]
    assert all("wensou check" in sentence for sentence in (*said, told.json()["detail"]))
    assert len(set(said)) == len(NAMES)
    assert "buffer" not in "".join(answer.text for answer in (*shown, told))


@pytest.mark.parametrize(("asked", "tag", "said"), [
    ("since=spring", "zh-Hans", "起始日期：“spring”不是日期。请写 2026、2026-02 或 2026-02-05。"),
    ("until=spring", "zh-Hant", "截止日期：「spring」不是日期。請寫 2026、2026-02 或 2026-02-05。"),
    ("fresh=<b>", "en", "Newer ones first, half-life: “<b>” is no length of time. Write 30 (days), 6w, 3m or 2y."),
    ("sort=best", "en", "Order: “best” cannot be chosen. Known are: relevance, date, date-asc, title"),
    ("offset=99999", "en", "offset: “99999” is no whole number from 0 to 10,000."),
    (f"q={'x' * 1001}", "en", "Query: At most 1,000 characters."),
])  # fmt: skip
def test_a_wrong_value_is_told_in_the_language_of_the_page(client, asked, tag, said):
    page = LexborHTMLParser(client.get(f"/?{asked}", headers={"Accept-Language": tag}).text)
    assert texts(page, ".problem p")[:-1] == [said]
    assert not page.css(".problem p [lang]")
    if (field := page.css_first(".fields [aria-invalid]")) is not None:
        told = page.css_first(f"#{field.attributes['aria-describedby']}")
        assert said.endswith(told.text())
        assert "lang" not in told.attributes


@pytest.mark.parametrize("address", ["/articles/nothing", "/nothing", "/?q=Trump&sort=best", "/?q=Trump&nonsense=1"])
def test_what_is_wrong_is_said_in_the_language_of_the_page(client, address):
    headings, sentences = set(), set()
    for tag in NAMES:
        page = LexborHTMLParser(client.get(address, headers={"Accept-Language": tag}).text)
        headings.add(page.css_first("h1").text())
        sentences.add(page.css_first(".problem p:not(.actions)").text())
    assert len(headings) == len(sentences) == len(NAMES)


def test_notes_are_sentences_with_their_actions_as_links(ask):
    page = ask(q="川普", language="zh-CN")
    remark = next(node for node in page.css(".remarks li") if "Trump" in node.text())
    assert links(remark, "a") == [{"q": ["川普"], "exact": ["1"]}]
    page = ask(q="习进平")
    remark = next(node for node in page.css(".remarks li") if "习近平" in node.text())
    assert links(remark, "a") == [{"q": ["习近平"]}]


def test_a_newer_archive_is_offered_not_swapped(archive, tmp_path):
    build(archive, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        asked = Archive(lambda: searcher)
        with TestClient(create_app(asked), base_url="http://127.0.0.1") as asking:
            first = LexborHTMLParser(asking.get("/?q=Trump&limit=2").text)
            address = first.css_first("a[rel=next]").attributes["href"]
            before = LexborHTMLParser(asking.get(address).text)
            assert not before.css(".building")
            (archive / "new.txt").write_text("Trump Trump Trump\n\nTrump speaks of Trump.", "utf-8")
            build(archive, tmp_path / "index")
            searcher.refresh()
            after = LexborHTMLParser(asking.get(address).text)
    assert texts(after, ".hits h2") == texts(before, ".hits h2")
    assert links(after, ".building a") == [{"q": ["Trump"], "limit": ["2"]}]


def test_a_page_can_tell_whether_the_archive_has_changed_since(client, ask, seeds, monkeypatch):
    now = client.get("/now?ui=zh-Hans")
    assert (now.json(), now.headers["cache-control"]) == ({"generation": seeds.generation, "building": ""}, "no-store")
    for path in ("/", "/?q=Trump", "/articles/003_b4e59136c98cbdd1.txt"):
        assert ask(path).css_first("body").attributes["data-generation"] == seeds.generation
    status = Status("running", 1, "", "2026-02-05T10:00:00+00:00", "2026-02-05T10:00:01+00:00", "reading", 10, 2000)
    monkeypatch.setattr("search.web.building.read_status", lambda place: status)
    assert client.get("/now?ui=zh-Hans").json()["building"].startswith("正在")


def test_how_a_run_failed_is_not_taken_for_progress(ask, monkeypatch):
    status = Status("running", 1, "", "2026-02-05T10:00:00+00:00", "2026-02-05T10:00:01+00:00", "reading", 10, 2000)
    for state, count in (("running", 1), ("failed", 0)):
        told = replace(status, state=state, ended=Ending(reason="The disk is full."))
        monkeypatch.setattr("search.web.building.read_status", lambda place, told=told: told)
        assert len(ask().css(".progress")) == count


def test_who_has_a_page_of_results_is_not_sent_it_again(client, monkeypatch):
    def again(etag, language="en", address="/?q=Trump"):
        return client.get(address, headers={"If-None-Match": etag, "Accept-Language": language})

    first = client.get("/?q=Trump", headers={"Accept-Language": "en"})
    etag = first.headers["etag"]
    with monkeypatch.context() as without:
        without.setattr(Searcher, "search", None)
        answer = again(etag)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    for name in ("cache-control", "content-language"):
        assert answer.headers[name] == first.headers[name]
    assert "Accept-Language" in answer.headers["vary"]
    assert {again(etag, "zh-TW").status_code, again(etag, address="/?q=Trump&limit=1").status_code} == {200}
    status = Status("running", 1, "", "2026-02-05T10:00:00+00:00", "2026-02-05T10:00:01+00:00", "reading", 10, 2000)
    monkeypatch.setattr("search.web.building.read_status", lambda place: status)
    assert "10 of 2,000 files" in again(etag).text


def test_what_only_the_script_does_is_hidden_without_it(ask):
    page = ask(q="Trump", offset=1)
    assert "hidden" in page.css_first(".keys-opener").attributes
    assert "open" not in page.css_first("dialog").attributes
    assert "hidden" in page.css_first("#newer").attributes
    assert links(page, "#newer a") == [{"q": ["Trump"]}]


def test_a_run_of_indexing_is_shown(client, ask, monkeypatch):
    status = Status("running", 1, "", "2026-02-05T10:00:00+00:00", "2026-02-05T10:00:01+00:00", "reading", 10, 2000)
    monkeypatch.setattr("search.web.building.read_status", lambda place: status)
    said = "The archive is being indexed: reading, 10 of 2,000 files"
    assert texts(ask(q="Trump"), ".building") == texts(ask(), ".building") == [said]
    failed = replace(status, state="failed", ended=Ending(reason="The disk is <full>."))
    monkeypatch.setattr("search.web.building.read_status", lambda place: failed)
    assert texts(ask(), ".building") == ["The last run of indexing failed: The disk is <full>."]
    assert texts(ask(q="Trump"), ".building") == []


def test_copies_and_reports_of_one_event_are_folded_with_their_number(tmp_path):
    folder = tmp_path / "archive"
    for name in ("a", "b", "c"):
        (folder / name).mkdir(parents=True)
        (folder / name / "report.txt").write_text((SEEDS / "004_0371278f8f4e4eea.txt").read_text("utf-8"), "utf-8")
    (folder / "d.txt").write_text((SEEDS / "000_205596a8ddddb7dd.txt").read_text("utf-8"), "utf-8")
    build(folder, tmp_path / "index")
    with TestClient(create_app(Archive(lambda: Searcher(tmp_path / "index"))), base_url="http://127.0.0.1") as asking:
        page = LexborHTMLParser(asking.get("/?q=Xi Jinping Trump&stories=1").text)
        alone = LexborHTMLParser(asking.get("/?q=Xi Jinping Trump&copies=1").text)
    (hit,) = page.css(".hits article")
    assert {node.text().strip() for node in hit.css("summary")} == {"2 copies", "1 more report of this event"}
    addresses = [node.attributes["href"].partition("?")[0] for node in hit.css("details a")]
    assert addresses[:2] == ["/articles/b%2Freport.txt", "/articles/c%2Freport.txt"]
    title = texts(hit, "h2")[0]
    assert texts(hit, "details li a") == [title, title, "习近平同特朗普通电话 呼吁扩大合作"]
    assert texts(hit, "details li a + bdi") == ["b", "c"]
    assert len(alone.css(".hits article")) == 4
    assert not alone.css(".hits summary")


def test_only_what_is_no_main_text_says_its_kind(ask):
    page = ask(q="Trump", lang="en", kind="teaser")
    assert set(texts(page, ".kind")) == {"Teaser"}
    assert texts(ask(q="title:貿易"), ".kind") == []


def test_a_search_that_finds_nothing_says_so(ask):
    page = ask(q="qqqqq <b>")
    assert page.css_first("h1").text() == "Nothing was found for qqqqq <b>"
    assert not page.css("ol.hits, aside")
    assert texts(page, ".remarks li")


def test_behind_the_last_result_a_page_says_that_there_are_none(ask):
    page = ask(q="Trump", offset=1000, limit=2)
    assert texts(page, ".ended") == ["The results end before this page."]
    assert links(page, ".pages a") == [{"q": ["Trump"], "limit": ["2"]}]
    for others in ({"offset": 1}, {"limit": 0, "offset": 1}, {"q": "qqqqq", "offset": 1}, {"limit": 0}):
        assert not ask(**{"q": "Trump", **others}).css(".ended")


def test_another_order_is_a_link(ask):
    page = ask(q="Trump", sort="date", offset=1)
    assert texts(page, ".orders [aria-current]") == ["Newest first"]
    assert dict(zip(texts(page, ".orders a"), links(page, ".orders a"), strict=True)) == {
        "Best first": {"q": ["Trump"]},
        "Oldest first": {"q": ["Trump"], "sort": ["date-asc"]},
        "By title": {"q": ["Trump"], "sort": ["title"]},
    }


def test_the_page_without_a_question_leads_to_years(ask):
    assert {"since": ["2018"], "until": ["2018"]} in links(ask(), ".time a")


def test_the_page_behind_a_suggestion_is_of_what_was_searched(ask):
    page = ask(q="习进平", suggest=1, limit=1)
    assert page.css_first("h1").text().endswith("习近平")
    (after,) = links(page, "a[rel=next]")
    assert (after["q"], after.get("suggest")) == (["习近平"], None)
    assert ask(**{name: value for name, (value,) in after.items()}).css(".hits h2")


def test_a_value_in_force_is_no_link(ask):
    page = ask(q='特朗普 AND source:="hkcnews.com"', lang="zh-Hant")
    assert texts(page, ".chosen bdi") == ["Traditional Chinese", "hkcnews.com"]


def test_a_cluster_that_does_not_say_what_is_built_is_no_error(ask, monkeypatch):
    def unknown(place):
        raise ClusterUnreachable("No node answers.")

    monkeypatch.setattr("search.web.building.read_status", unknown)
    assert texts(ask(), ".building") == []


@pytest.mark.parametrize(("query", "language", "script"), [
    ("川普 关税", "en", "zh-Hans"), ("川普 關稅", "en", "zh-Hant"), ("Trump 關稅", "zh-CN", "zh-Hant"), ("川普", "en", "zh-Hans"),
    ("川普", "zh-TW", "zh-Hant"), ("Trump", "zh-TW", None), ("xijinping", "en", None),
])  # fmt: skip
def test_a_query_is_drawn_in_its_own_script(ask, query, language, script):
    page = ask(q=query, language=language)
    assert page.css_first("input#q").attributes.get("lang") == script
    assert page.css_first("h1 bdi").attributes.get("lang") == script
    assert page.css_first("h1 bdi").text() == query


def test_filters_are_drawn_in_their_script(ask):
    assert ask(q='Trump AND source:="眾新聞"').css_first(".chips bdi").attributes["lang"] == "zh-Hant"
