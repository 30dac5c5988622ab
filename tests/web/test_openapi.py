"""The description of the API: valid, of every route and parameter, and what is answered is what it says."""

import json
from urllib.parse import quote

import jsonschema
import pytest
import schemathesis
from starlette.testclient import TestClient

from search import Searcher
from search.web.api import routes
from search.web.app import create_app
from search.web.archive import Archive
from search.web.openapi import description
from search.web.operations import OPERATIONS, ROOT
from search.web.parameters import PARAMETERS
from search.web.settings import WebSettings

DESCRIPTION = json.loads(json.dumps(description()))


def schema_of_answer(path, status="200"):
    """The schema of an answer, with what it refers to."""
    (content,) = DESCRIPTION["paths"][path]["get"]["responses"][status]["content"].values()
    return {**content["schema"], "components": DESCRIPTION["components"]}


def test_it_is_openapi():
    assert DESCRIPTION["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(DESCRIPTION).validate()


def test_it_has_every_route():
    paths = {route.path.replace(":article_id", "") for route in routes()}
    assert paths == DESCRIPTION["paths"].keys() | {f"{ROOT}/openapi.json"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_every_parameter_is_described(operation):
    described = DESCRIPTION["paths"][ROOT + operation.path]["get"]["parameters"]
    assert [one["name"] for one in described if one["in"] == "query"] == [one.name for one in operation.takes]
    assert all(one["description"] for one in described)


def test_bounds_are_described():
    described = {one["name"]: one for one in DESCRIPTION["paths"][f"{ROOT}/search"]["get"]["parameters"]}
    assert described["limit"]["schema"] == {"type": "integer", "minimum": 0, "maximum": 100, "default": 10}
    assert described["passages"]["schema"] == {"type": "boolean", "default": False}
    assert described["sort"]["schema"]["enum"] == ["relevance", "date", "date-asc", "title"]
    assert described["kind"]["explode"] is False
    assert described.keys() == {one.name for one in PARAMETERS}


@pytest.mark.parametrize(
    "asked",
    ["search?q=川普 关税&facets=lang,day&stories=1", "search?q=qqqqq", "search", "facets?q=的", "complete?q=川", "info", "health"],
)  # fmt: skip
def test_an_answer_is_as_described(client, asked):
    response = client.get(f"{ROOT}/{asked}")
    assert response.status_code == 200
    jsonschema.validate(response.json(), schema_of_answer(f"{ROOT}/{asked.partition('?')[0]}"))


def test_an_article_is_as_described(client, seeds):
    for hit in seeds.search("*").hits:
        told = client.get(f"{ROOT}/articles/{quote(hit.article_id, safe='')}?q=川普").json()
        jsonschema.validate(told, schema_of_answer(f"{ROOT}/articles/{{id}}"))


@pytest.mark.parametrize(
    ("asked", "path", "status"), [("search?limit=x", "search", "400"), ("articles/x", "articles/{id}", "404")]
)
def test_a_problem_is_as_described(client, asked, path, status):
    response = client.get(f"{ROOT}/{asked}")
    assert str(response.status_code) == status
    schema = schema_of_answer(f"{ROOT}/{path}", status)
    jsonschema.validate(response.json(), schema)
    assert response.json().keys() <= DESCRIPTION["components"]["schemas"]["Problem"]["properties"].keys()


def test_who_shows_no_token_is_told_as_described(seeds_index):
    application = create_app(Archive(lambda: Searcher(seeds_index)), WebSettings(token="t" * 32))
    with TestClient(application, base_url="http://127.0.0.1") as asking:
        response = asking.get(f"{ROOT}/search?q=a")
        assert response.status_code == 401
        jsonschema.validate(response.json(), schema_of_answer(f"{ROOT}/search", "401"))
        assert asking.get(f"{ROOT}/search?q=a", headers={"Authorization": "Bearer " + "t" * 32}).status_code == 200


def test_it_is_served_and_named(client):
    response = client.get(f"{ROOT}/openapi.json")
    assert response.json() == DESCRIPTION
    again = client.get(f"{ROOT}/openapi.json", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
