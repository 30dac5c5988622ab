"""JSON Schemas of answers: what an index answers is what they say."""

import json
from dataclasses import replace

import jsonschema
import pytest

from indexer.engines.base import ClusterFacts
from search.info import IndexInfo
from search.model import Hit, SearchResult
from search.schemas import schema_of, schemas_of


@pytest.mark.parametrize("query", ["川普 关税", "习近平 Trump", "qqqq", "习进平", "("])
def test_an_answer_is_as_its_schema_says(seeds, query):
    answer = seeds.search(query, facets=("lang", "year"), stories=True).to_dict()
    jsonschema.validate(answer, schema_of(SearchResult))


def test_every_field_of_an_answer_is_in_the_schema(seeds):
    schema = schema_of(SearchResult)
    answer = seeds.search("川普", facets=("lang",)).to_dict()
    assert answer.keys() == schema["$defs"]["SearchResult"]["properties"].keys()
    assert answer["hits"][0].keys() == schema["$defs"]["Hit"]["properties"].keys()


def test_what_an_index_holds_is_as_its_schema_says(seeds):
    found = seeds.info()
    schema = schema_of(IndexInfo)
    assert found.to_dict().keys() == schema["$defs"]["IndexInfo"]["properties"].keys()
    cluster = ClusterFacts("archive", "3.1.0", "green", 3, 2, 1, (10, 20), 60)
    for info in (found, replace(found, cluster=cluster)):
        jsonschema.validate(info.to_dict(), schema)
        assert json.loads(json.dumps(info.to_dict())) == info.to_dict()
    assert schema["$defs"]["Run"]["required"] == ["number", "time"]


def test_a_schema_refers_to_others_where_it_is_told():
    (hit,), needed = schemas_of([Hit], "#/components/schemas/{name}")
    assert hit == {"$ref": "#/components/schemas/Hit"}
    assert {"Hit", "Snippet", "Copy", "Story"} == needed.keys()
    assert needed["Hit"]["properties"]["snippets"]["items"] == {"$ref": "#/components/schemas/Snippet"}
    assert "find_places" not in needed["Hit"]["properties"]


def test_what_only_hidden_fields_hold_is_not_in_the_schema():
    needed = schema_of(SearchResult)["$defs"]
    assert [*needed["Note"]["properties"]] == needed["Note"]["required"] + ["query"] == ["kind", "text", "query"]
    assert {"Wording", "Action"}.isdisjoint(needed)
