"""The API: what it answers is what the searcher answers, and what is wrong is a problem that says what is right."""

import json
from base64 import urlsafe_b64decode
from urllib.parse import quote, urlencode

import pytest
from starlette.testclient import TestClient

from indexer import build
from indexer.display import as_json
from indexer.engines.base import FACETS, After
from indexer.errors import Busy, IndexDamaged, IndexMissing, TookTooLong
from search import Searcher
from search.cursors import Cursor, encode
from search.web.app import create_app
from search.web.archive import Archive
from search.web.problems import KINDS

API = "/api/v1"
QUESTIONS = [
    ("川普 关税", {}),
    ("川普 关税", {"limit": 2, "offset": 1}),
    ("习近平 Trump", {"facets": ("lang", "year", "source"), "sort": "date"}),
    ("习近平 Trump", {"passages": True, "context": 0}),
    ("习近平 Trump", {"stories": True, "copies": True, "sort": "title"}),
    ("习进平", {"suggest": True}),
    ("习进平", {"suggest": False}),
    ("川普", {"exact": True}),
    ("川普", {"cross": "only"}),
    ("trump", {"cross": "mixed", "lang": "zh"}),
    ("川普", {"since": "2018", "until": "2026-02-05"}),
    ("川普", {"kinds": ("body", "quote"), "fresh": "6w"}),
    ("", {"added_since": "0"}),
    ("", {"since": "2018"}),
    ("", {}),
    ("title:川普 OR (", {}),
    ("a&b=c+d%#?/\\\0 😀\u202e", {}),
]  # fmt: skip


def sent(arguments):
    """Arguments of the searcher as parameters of a URL."""
    names = {"kinds": "kind", "added_since": "added-since"}
    texts = {True: "1", False: "0"}
    return {
        names.get(name, name): ",".join(value)
        if isinstance(value, tuple)
        else texts.get(value, value)
        if value is True or value is False
        else value
        for name, value in arguments.items()
    }


def without_time(answer):
    return {name: value for name, value in answer.items() if name != "took_ms"}


def is_problem(response, status, kind):
    """Check a problem's form; return it."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    told = response.json()
    assert told["status"] == status
    assert told["type"] == f"/problems/{kind}"
    assert told["title"]
    assert told["detail"]
    assert kind in {one.name for one in KINDS}
    return told


def served(opener, **options):
    """A client of another archive; what it raises by accident is answered."""
    app = create_app(Archive(opener, **options))
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


@pytest.mark.parametrize(("query", "arguments"), QUESTIONS)
def test_an_answer_is_that_of_the_searcher(client, seeds, query, arguments):
    response = client.get(f"{API}/search", params={"q": query, **sent(arguments)})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert without_time(response.json()) == without_time(seeds.search(query, **arguments).to_dict())


def test_an_answer_is_written_as_the_command_writes_it(client):
    body = client.get(f"{API}/search", params={"q": "川普"}).content
    assert "川普".encode() in body
    assert body.decode() == as_json(json.loads(body))


def test_pages_follow_each_other_by_their_cursor(client, seeds):
    whole = [hit["article_id"] for hit in client.get(f"{API}/search?q=的&limit=5").json()["hits"]]
    found, after = [], {}
    while True:
        page = client.get(f"{API}/search", params={"q": "的", "limit": 1, **after}).json()
        found += [hit["article_id"] for hit in page["hits"]]
        if page["cursor"] is None:
            break
        after = {"after": page["cursor"]}
    assert found == whole
    assert len(found) > 1


def test_a_cursor_of_another_question_is_refused(client):
    cursor = client.get(f"{API}/search?q=的&limit=1").json()["cursor"]
    for asked in ({"q": "了"}, {"q": "的", "sort": "date"}, {"q": "的", "offset": 1}):
        told = is_problem(client.get(f"{API}/search", params={**asked, "after": cursor}), 400, "bad-parameter")
        assert told["parameter"] in ("after", "offset")
    assert is_problem(client.get(f"{API}/search?after=x"), 400, "bad-parameter")["parameter"] == "after"


@pytest.mark.parametrize("generation", ["9" * 1000 + "-0", "9" * 18 + "-0", "../../../etc/passwd", "\0", "٣-0", ""])
def test_a_cursor_of_a_commit_that_never_was_goes_on_in_the_newest(client, seeds, generation):
    cursor = seeds.search("的", limit=1).cursor
    digest, _, offset, after, is_behind = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[5:])
    forged = encode(Cursor(generation, offset, After(tuple(after[0]), *after[1:]), is_behind), digest)
    answer = client.get(f"{API}/search", params={"q": "的", "limit": 1, "after": forged}).json()
    assert "moved" in {note["kind"] for note in answer["notes"]}
    assert [hit["rank"] for hit in answer["hits"]] == [2]


def test_facets_are_those_of_the_searcher_without_hits(client, seeds):
    told = client.get(f"{API}/facets", params={"q": "川普"}).json()
    assert without_time(told) == without_time(seeds.search("川普", limit=0, facets=FACETS).to_dict())
    assert told["hits"] == []
    some = client.get(f"{API}/facets", params={"q": "川普", "facets": "lang", "since": "2018"}).json()
    assert some["facets"] == seeds.search("川普", facets=("lang",), since="2018").to_dict()["facets"]


def test_words_are_completed(client, seeds):
    told = client.get(f"{API}/complete", params={"q": "川", "limit": 3}).json()
    assert [one["query"] for one in told] == [one.query for one in seeds.complete("川", 3)]
    assert told


def test_info_is_that_of_the_searcher(client, seeds):
    assert client.get(f"{API}/info").json() == seeds.info().to_dict()


def test_health_names_the_commit(client, seeds):
    response = client.get(f"{API}/health")
    assert response.json() == {"status": "ok", "generation": seeds.generation}
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("safe", ["", "/"])
def test_an_article_is_found_by_its_id(client, seeds, safe):
    for hit in seeds.search("*", limit=10).hits:
        told = client.get(f"{API}/articles/{quote(hit.article_id, safe=safe)}", params={"q": "川普 Trump"}).json()
        assert told == seeds.read(hit.article_id, "川普 Trump").to_dict()
        plain = client.get(f"{API}/articles/{quote(hit.article_id, safe=safe)}", params={"q": "川普", "exact": "1"})
        assert plain.json() == seeds.read(hit.article_id, "川普", exact=True).to_dict()
        part = client.get(f"{API}/articles/{quote(hit.article_id, safe=safe)}?offset=1&limit=2").json()
        assert part == seeds.read(hit.article_id, offset=1, limit=2).to_dict()


NAMES = ["a#b.txt", "a?b.txt", "100%.txt", "100%25.txt", "a b+c.txt", "目录/文章 一.txt", "a../b..txt", "%2e%2e.txt", "l\nn.txt", "&q=1;.txt", "n\n"]  # fmt: skip


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A client of articles with odd names, and their ids by what stands in them."""
    folder = tmp_path_factory.mktemp("odd")
    for number, name in enumerate(NAMES):
        path = folder / "articles" / (name if name.endswith(".txt") else f"{name}.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"odd{number} 文章", "utf-8")
    build([folder / "articles"], folder / "index")
    with served(lambda: Searcher(folder / "index")) as client:
        yield client


def test_ids_of_any_characters_are_addresses(odd):
    hits = odd.get(f"{API}/search?q=文章&limit=100&copies=1").json()["hits"]
    assert len(hits) == len(NAMES)
    for hit in hits:
        told = odd.get(f"{API}/articles/{quote(hit['article_id'], safe='')}").json()
        assert told["article_id"] == hit["article_id"]
        assert told["title"] == hit["title"]


@pytest.mark.parametrize(
    "path",
    ["x", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/etc/passwd", "%00", "%ff", "~root", "%0A", "a" * 3000, "%F0%9F%98%80"],
)
def test_an_unknown_article_is_told(client, path):
    is_problem(client.get(f"{API}/articles/{path}"), 404, "unknown-article")


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ("search?limit=-1", "limit"),
        ("search?qq=a", "qq"),
        ("search?q=a&q=b", "q"),
        ("search?q=%ff", "q"),
        ("search?stories=1&passages=1", "stories"),
        ("search?like=nothing", "like"),
        ("search?like=%00", "like"),
        ("search?like=~nobody-of-this-name", "like"),
        ("facets?limit=1", "limit"),
        ("facets?like=nothing", "like"),
        ("complete?sort=date", "sort"),
        ("info?q=a", "q"),
        ("health?q=a", "q"),
        ("articles/x?since=2018", "since"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_named(client, asked, parameter):
    assert is_problem(client.get(f"{API}/{asked}"), 400, "bad-parameter")["parameter"] == parameter


def test_what_is_not_there_is_a_problem_too(client):
    for path in ("", "/nothing", "/v1", "/v2/search", "/v1/searches"):
        is_problem(client.get(f"/api{path}"), 404, "not-found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["search", "articles/a%2Fb", "health", "info", "facets", "complete"])
def test_nothing_is_written(client, method, path):
    response = client.request(method, f"{API}/{path}")
    is_problem(response, 405, "wrong-method")
    assert response.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["search?q=川普", "health", "info", "facets", "complete?q=a", "articles/x", "nothing"])
def test_head_is_get_without_its_body(client, path):
    got, head = client.get(f"{API}/{path}"), client.head(f"{API}/{path}")
    assert head.status_code == got.status_code
    assert head.headers.get("etag") == got.headers.get("etag")
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.content == b""


def test_who_has_the_answer_is_not_answered_again(client, monkeypatch):
    path = f"{API}/search?{urlencode({'q': '川普'})}"
    first = client.get(path)
    etag = first.headers["etag"]
    assert etag.startswith('W/"')
    assert first.headers["cache-control"] == "private, no-cache"
    assert "Accept-Encoding" in first.headers["vary"]
    monkeypatch.setattr(Searcher, "search", None)
    for held in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        again = client.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
        assert again.headers["cache-control"] == "private, no-cache"


def test_what_is_not_of_a_commit_is_not_kept(client):
    for path in ("info", "health"):
        response = client.get(f"{API}/{path}")
        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers


def test_another_question_has_another_name(client):
    asked = ["search?q=a", "search?q=b", "search?q=a&limit=1", "facets?q=a", "search?q=a&", "openapi.json"]
    assert len({client.get(f"{API}/{one}").headers["etag"] for one in asked}) == len(asked)
    held = client.get(f"{API}/search?q=a").headers["etag"]
    assert client.get(f"{API}/search?q=b", headers={"If-None-Match": held}).status_code == 200


def test_a_new_commit_has_new_answers(tmp_path):
    (tmp_path / "one.txt").write_text("川普", "utf-8")
    build([tmp_path / "one.txt"], tmp_path / "index")
    searcher = Searcher(tmp_path / "index")
    with served(lambda: searcher) as client:
        held = client.get(f"{API}/search?q=川普").headers["etag"]
        (tmp_path / "one.txt").write_text("川普 川普 关税", "utf-8")
        build([tmp_path / "one.txt"], tmp_path / "index")
        searcher.refresh()
        assert client.get(f"{API}/search?q=川普", headers={"If-None-Match": held}).status_code == 200


def test_long_answers_are_compressed(client):
    response = client.get(f"{API}/search?q=川普", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.json()["total"]


def raising(error):
    def opener():
        raise error

    return opener


@pytest.mark.parametrize("path", ["search?q=a", "health", "info", "articles/x"])
@pytest.mark.parametrize("error", [IndexMissing("None. Create it with: wensou index x"), IndexDamaged("Mend it so."), OSError("disk")])  # fmt: skip
def test_an_index_that_is_not_there_is_told_with_what_mends_it(path, error):
    with served(raising(error)) as client:
        assert is_problem(client.get(f"{API}/{path}"), 503, "no-index")["detail"] == str(error)


@pytest.mark.parametrize(("error", "kind"), [(Busy("Later."), "busy"), (TookTooLong("Less."), "too-slow")])
def test_who_comes_too_late_is_told_when_to_come_again(seeds_index, monkeypatch, error, kind):
    monkeypatch.setattr(Searcher, "search", lambda *_, **__: raising(error)())
    with served(lambda: Searcher(seeds_index)) as client:
        response = client.get(f"{API}/search?q=a")
        is_problem(response, 503, kind)
        assert int(response.headers["retry-after"]) > 0


def test_an_accident_is_a_problem_that_tells_no_secrets(seeds_index, monkeypatch):
    monkeypatch.setattr(Searcher, "search", lambda *_, **__: raising(RuntimeError("secret"))())
    with served(lambda: Searcher(seeds_index)) as client:
        response = client.get(f"{API}/search?q=a")
        is_problem(response, 500, "unexpected")
        assert "secret" not in response.text
        assert "Traceback" not in response.text
