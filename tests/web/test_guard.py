"""Who may ask, by which name, and what browsers are told to keep safe."""

import json

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from search import Searcher
from search.web.access import _TRIES, _TRIES_S, Access
from search.web.app import create_app
from search.web.archive import Archive
from search.web.settings import WebSettings

TOKEN = "correct horse battery staple"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client(seeds_index, monkeypatch):
    """Return a client of a server with such settings; it has a page, and one that fails."""

    def fail(request):
        raise RuntimeError("a secret of the server")

    routes = [
        Route("/", lambda request: PlainTextResponse("the page " * 100)),
        Route("/api/v1/fails", fail),
        Route("/api/v1/x", lambda request: PlainTextResponse("answer")),
    ]
    monkeypatch.setattr("search.web.pages.routes", lambda: routes)

    def opened(base="http://localhost:8765", **settings):
        archive = Archive(lambda: Searcher(seeds_index))
        return TestClient(create_app(archive, WebSettings(**settings)), base, raise_server_exceptions=False)

    return opened


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8765", "LOCALHOST:9000", "127.0.0.1:8765", "[::1]:8765", "news.example.org"]
)
def test_it_answers_by_its_own_names(client, host):
    answer = client(hosts=("News.example.org",)).get("/", headers={"host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "localhost.evil.example", "localhost@evil.example", "", "a b", "[::2]"],
)
@pytest.mark.parametrize("path", ["/", "/api/v1/x", "/login", "/static/x", "/nothing"])
def test_it_does_not_answer_by_a_name_that_is_made_to_mean_it(client, host, path):
    answer = client(token=TOKEN).get(path, headers={"host": host, **BEARER})
    assert answer.status_code == 421
    assert "--allow-host" in answer.text


def test_it_answers_by_the_address_that_was_asked(client):
    assert client("http://192.168.1.5:8765").get("/").status_code == 200


def test_two_hosts_are_refused(client):
    with client() as opened:
        answer = opened.get("/", headers=[("host", "localhost"), ("host", "evil.example")])
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/v1/x", "/api/v1/fails", "/api/v1/nothing"])
@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_tells_browsers_to_be_careful(client, path, host):
    headers = client().get(path, headers={"host": host}).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == policy["style-src"] == policy["script-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
    assert not [name for name in headers if name.startswith("access-control")]


def test_a_failure_tells_nothing_of_the_server(client):
    answer = client().get("/api/v1/fails")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


def test_an_address_that_is_too_long_is_refused(client):
    assert client().get("/?q=" + "a" * 60_000).status_code == 414


def test_headers_that_are_too_long_are_refused(client):
    assert client().get("/", headers={"x-long": "a" * 70_000}).status_code == 431


@pytest.mark.parametrize(
    "path", ["/static%3F/../api/v1/x", "/static/%2e%2e/api/v1/x", "/login%3Fx", "//static/x", "/api/v1/x%3F/static/"]
)
def test_no_spelling_of_a_path_passes_by_the_token(client, path):
    answer = client(token=TOKEN).get(path)
    assert answer.status_code in (401, 404)
    assert "answer" not in answer.text


def test_long_answers_are_packed(client):
    assert client().get("/").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client().get("/api/v1/x").headers


@pytest.mark.parametrize("path", ["/", "/?q=川普", "/api/v1/x", "/nothing", "/mcp"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_without_the_token_nothing_is_answered(client, path, method):
    answer = client(token=TOKEN).request(method, path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "answer" not in answer.text


@pytest.mark.parametrize("shown", ["wrong", "", TOKEN[:-1], TOKEN + "x", "ü", "Bearer"])
def test_a_wrong_token_is_told_to_programs_as_a_problem(client, shown):
    answer = client(token=TOKEN).get("/api/v1/x", headers={"authorization": f"Bearer {shown}".encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.text)["status"] == 401


def test_with_the_token_everything_is_answered(client):
    opened = client(token=TOKEN)
    assert opened.get("/", headers=BEARER).status_code == 200
    assert opened.get("/api/v1/x", headers={"authorization": f"bearer {TOKEN}"}).text == "answer"


def test_the_token_is_exchanged_for_a_cookie(client):
    opened = client(token=TOKEN)
    page = opened.get("/?q=%E5%B7%9D%E6%99%AE&x=%22%3E")
    assert page.status_code == 401
    assert 'value="/?q=%E5%B7%9D%E6%99%AE&amp;x=%22%3E"' in page.text
    answer = opened.post("/login", data={"token": TOKEN, "next": "/?q=a"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?q=a")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert TOKEN not in cookie
    assert opened.get("/").status_code == 200


def test_behind_https_the_cookie_stays_there(client):
    answer = client(token=TOKEN).post(
        "/login", data={"token": TOKEN}, headers={"x-forwarded-proto": "https"}, follow_redirects=False
    )
    assert "Secure" in answer.headers["set-cookie"]


def test_a_login_goes_on_at_the_very_address_that_was_asked(client):
    page = client(token=TOKEN).get("/articles/a%2Fb%3F?q=%E5%B7%9D")
    assert 'value="/articles/a%2Fb%3F?q=%E5%B7%9D"' in page.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nx: y", "x"])
def test_a_login_leads_nowhere_else(client, target):
    answer = client(token=TOKEN).post("/login", data={"token": TOKEN, "next": target}, follow_redirects=False)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("value", ["", "1", ".", "9999999999", "9999999999.00", "²." + "0" * 64, "9" * 5000])
def test_a_cookie_that_was_made_up_is_worth_nothing(client, value):
    answer = client(token=TOKEN).get("/", headers={"cookie": f"wensou-8765={value}".encode()})
    assert answer.status_code == 401


def test_a_cookie_ends():
    now = [1000.0]
    access = Access(TOKEN, 8765, lambda: now[0])
    cookie = access._signed(2000)

    class Request:
        cookies = {"wensou-8765": cookie}

    assert access._has_cookie(Request)
    now[0] = 2001.0
    assert not access._has_cookie(Request)


def test_after_some_wrong_tokens_even_the_right_one_has_to_wait(client, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("search.web.app.Access", lambda token, port: Access(token, port, lambda: now[0]))
    opened = client(token=TOKEN)
    for _ in range(_TRIES // 2):
        assert opened.get("/api/v1/x", headers={"authorization": "Bearer wrong"}).status_code == 401
        assert opened.post("/login", data={"token": "wrong"}).status_code == 401
    answer = opened.get("/api/v1/x", headers=BEARER)
    assert answer.status_code == 429
    assert answer.headers["retry-after"]
    assert opened.post("/login", data={"token": TOKEN}).status_code == 429
    now[0] += _TRIES_S
    assert opened.get("/api/v1/x", headers=BEARER).status_code == 200


def test_tokens_are_compared_in_constant_time(client, monkeypatch):
    compared = []
    monkeypatch.setattr("search.web.access.hmac.compare_digest", lambda a, b: compared.append((a, b)) or a == b)
    client(token=TOKEN).get("/", headers={"authorization": "Bearer wrong"})
    ((shown, own),) = compared
    assert len(shown) == len(own) == 32
