"""Exports: all that a search finds, as files; and how one says that it is not all."""

import asyncio
import csv
import io
import json
import threading
import time
from dataclasses import replace
from itertools import count

import pytest
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from indexer import build
from indexer.errors import IndexDamaged
from search import Searcher
from search.hit_fields import JSON_FIELDS, values_of
from search.shapes import CSV_FIELDS
from search.web.app import create_app
from search.web.archive import Archive
from search.web.settings import DEFAULTS, WebSettings

QUERY = {"q": "Trump OR 习近平"}


class Endless:
    """A searcher that finds the same hit again and again; what is to be raised comes after so many."""

    generation = "endless"

    def __init__(self, hit, raised=None, after=0):
        self.hit, self.raised, self.after = hit, raised, after
        self.given = 0
        self.is_closed = threading.Event()

    def iterate(self, query, **arguments):
        try:
            for rank in count(1):
                if self.raised and rank > self.after:
                    raise self.raised
                self.given = rank
                yield replace(self.hit, rank=rank)
        finally:
            self.is_closed.set()

    def refresh(self):
        return False

    def close(self):
        pass


@pytest.fixture
def hit(seeds):
    return seeds.search("Trump").hits[0]


def asked(searcher, address, settings=DEFAULTS, **headers):
    with TestClient(create_app(Archive(lambda: searcher), settings), base_url="http://127.0.0.1") as client:
        return client.get(address, headers=headers)


def rows(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_json_lines_are_the_hits_of_the_search_and_a_last_one_says_that_these_are_all(client, seeds):
    answer = client.get("/export.jsonl", params={**QUERY, "sort": "date"})
    *lines, last = map(json.loads, answer.text.splitlines())
    assert lines == json.loads(json.dumps([values_of(one, JSON_FIELDS) for one in seeds.iterate(QUERY["q"], sort="date")]))  # fmt: skip
    assert last == {"end": {"complete": True, "hits": len(lines)}}
    assert answer.headers["content-type"] == "application/jsonl"


def test_csv_is_a_table_that_excel_reads(client, seeds):
    answer = client.get("/export.csv", params=QUERY)
    assert answer.content.startswith("\ufeffrank,".encode())
    names, *found = rows(answer)
    assert tuple(names) == CSV_FIELDS
    assert [row[names.index("title")] for row in found] == [one.title for one in seeds.iterate(QUERY["q"])]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


def test_a_cell_never_is_a_formula(tmp_path):
    (tmp_path / "archive").mkdir()
    for i, sign in enumerate("=+-@"):
        (tmp_path / "archive" / f"{i}.txt").write_text(f"{sign}cmd formula {i}\n\n{sign}formula one.", "utf-8")
    build(tmp_path / "archive", tmp_path / "index")
    found = rows(asked(Searcher(tmp_path / "index"), "/export.csv?q=formula"))[1:]
    assert len(found) == 4
    assert not [cell for row in found for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_nothing_found_is_an_export_without_hits(client):
    assert len(rows(client.get("/export.csv", params={"q": "qqqqxyz"}))) == 1
    nothing = client.get("/export.jsonl", params={"q": "qqqqxyz"}).text.splitlines()
    assert [json.loads(line) for line in nothing] == [{"end": {"complete": True, "hits": 0}}]


@pytest.mark.parametrize(("language", "said"), [("en", "Stopped after 1,000 hits"), ("zh-CN", "共 1,000 条")])
def test_a_cut_is_said_in_the_last_line(hit, language, said):
    settings = WebSettings(export_most=1000)
    *found, last = rows(asked(Endless(hit), "/export.csv?q=x", settings, **{"Accept-Language": language}))
    assert len(found) == 1001
    assert said in last[0]
    assert len(last) == len(found[0])
    lines = asked(Endless(hit), "/export.jsonl?q=x", settings, **{"Accept-Language": language}).text.splitlines()
    end = json.loads(lines[-1])["end"]
    assert (len(lines), end["complete"], end["hits"]) == (1001, False, 1000)
    assert said in end["reason"]


def test_as_many_hits_as_an_export_may_have_are_not_cut(client, seeds):
    found = len(list(seeds.iterate(QUERY["q"])))
    settings = WebSettings(export_most=found)
    answer = asked(Searcher(seeds.place), f"/export.jsonl?q={QUERY['q']}", settings)
    assert json.loads(answer.text.splitlines()[-1]) == {"end": {"complete": True, "hits": found}}


@pytest.mark.parametrize(("raised", "said"), [
    (IndexDamaged("The index is damaged. Build it."), "Broken off, hits are missing: The index is damaged. Build it."),
    (ZeroDivisionError("secret"), "Something went wrong"),
])  # fmt: skip
def test_an_error_midway_is_said_in_the_last_line(hit, raised, said):
    lines = asked(Endless(hit, raised, 500), "/export.jsonl?q=x").text.splitlines()
    assert len(lines) == 501
    assert json.loads(lines[-1]) == {"end": {"complete": False, "hits": 500, "reason": said}}
    last = rows(asked(Endless(hit, raised, 500), "/export.csv?q=x"))[-1]
    assert last[0] == said


def test_an_error_before_the_first_hit_has_its_status(hit, client):
    assert asked(Endless(hit, IndexDamaged("It is damaged.")), "/export.csv?q=x").status_code == 503
    for wrong in ("limit=10", "sort=best", "like=nothing", "since=spring", "stories=1&passages=1"):
        answer = client.get(f"/export.csv?q=Trump&{wrong}")
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), wrong


@pytest.mark.parametrize("path", ["/export.csv", "/export.jsonl", "/feed.atom"])
def test_what_is_wrong_is_a_page_for_people_and_a_problem_for_programs(client, path):
    for accepted, told in (("text/html,*/*;q=0.8", "text/html; charset=utf-8"), ("*/*", "application/problem+json")):
        answer = client.get(f"{path}?q=Trump&since=spring", headers={"Accept": accepted})
        assert (answer.status_code, answer.headers["content-type"]) == (400, told)


@pytest.mark.parametrize(("query", "plain", "encoded"), [
    ("Trump", "Trump", "Trump"), ("川普 关税", "wensou", "%E5%B7%9D%E6%99%AE%20%E5%85%B3%E7%A8%8E"), ("", "wensou", "wensou"),
    ('title:"a/b\\c" \r\nX: y', "title a b c X y", "title%20a%20b%20c%20X%20y"), ("../..", "wensou", "wensou"),
    (".hidden;=", "hidden;=", "hidden%3B%3D"), ("長" * 100, "wensou", "%E9%95%B7" * 60),
])  # fmt: skip
def test_a_file_is_named_after_its_query(client, query, plain, encoded):
    answer = client.get("/export.csv", params={"q": query, "since": "2018"})
    expected = f"attachment; filename=\"{plain}.csv\"; filename*=UTF-8''{encoded}.csv"
    assert answer.headers["content-disposition"] == expected


def test_an_export_is_not_worked_out_for_its_head(hit):
    searcher = Endless(hit)
    with TestClient(create_app(Archive(lambda: searcher)), base_url="http://127.0.0.1") as client:
        assert client.head("/export.csv?q=x").status_code == 200
        assert searcher.is_closed.wait(2)
    assert searcher.given < 1000


def test_a_client_that_goes_away_ends_the_work(hit):
    searcher = Endless(hit)
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": "/export.jsonl", "raw_path": b"/export.jsonl", "query_string": b"q=x",
        "root_path": "", "headers": [(b"host", b"127.0.0.1")], "server": ("127.0.0.1", 80), "client": None,
    }  # fmt: skip

    async def leave():
        archive = Archive(lambda: searcher, exports=1)
        app = create_app(archive, WebSettings(export_most=10**9))
        has_part = asyncio.Event()

        async def receive():
            await has_part.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if message.get("body"):
                has_part.set()
                await asyncio.sleep(0)

        async with archive:
            await asyncio.wait_for(app(scope, receive, send), 5)
            end = time.monotonic() + 2
            while not searcher.is_closed.is_set() and time.monotonic() < end:
                await asyncio.sleep(0.01)
            given = searcher.given
            again = [part async for part in archive.stream(lambda _: iter([b"next"]))]
            return given, again

    given, again = asyncio.run(leave())
    assert searcher.is_closed.is_set()
    assert searcher.given == given
    assert again == [b"next"]


def test_a_page_of_results_links_to_the_exports_of_all_it_found(client, seeds):
    page = LexborHTMLParser(client.get("/", params={**QUERY, "limit": 2, "offset": 1, "since": "2018"}).text)
    addresses = [node.attributes["href"] for node in page.css(".exports a:not([type])")]
    assert [address.partition("?")[0] for address in addresses] == ["/export.csv", "/export.jsonl"]
    last = json.loads(client.get(addresses[1]).text.splitlines()[-1])
    assert last["end"] == {"complete": True, "hits": len(list(seeds.iterate(QUERY["q"], since="2018")))}
