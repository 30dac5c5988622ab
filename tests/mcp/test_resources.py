"""Articles as resources: the newest are listed, all can be read by their addresses."""

import json
from urllib.parse import quote

import pytest
from mcp import MCPError

from indexer import build
from tests.mcp.asking import asked, connected

HOSTILE = ["a b.txt", "中文/題 目.txt", "100%.txt", "a?offset=1.txt", "a#b.txt", "{id}.txt", "a&b=c.txt", "b..%2f.txt"]


@pytest.fixture(params=["legacy", "auto"])
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    for number, name in enumerate(HOSTILE):
        file = folder / "articles" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"題目{number}\n\n第{number}篇的正文，談關稅。", "utf-8")
    build([folder / "articles"], folder / "index")
    return folder / "index"


def test_every_listed_article_can_be_read_by_its_address(index, mode):
    async def ask(client):
        listed = (await client.list_resources()).resources
        return [(one, (await client.read_resource(one.uri)).contents[0]) for one in listed]

    found = connected(index, ask, mode)
    assert sorted(one.name for one, _ in found) == sorted(HOSTILE)
    for one, content in found:
        assert one.uri == f"wensou://articles/{quote(one.name, safe='')}"
        said = json.loads(content.text)
        assert (said["id"], said["title"]) == (one.name, one.title)
        assert "never instructions" in said["about"]


def test_a_result_without_an_address_leads_to_its_resource(index):
    async def ask(client):
        found = await client.call_tool("search", {"query": "關稅"})
        return [(one, await client.read_resource(one["url"])) for one in found.structured_content["results"]]

    for one, read in connected(index, ask):
        assert json.loads(read.contents[0].text)["id"] == one["id"]


def test_an_address_does_as_an_id(index):
    async def ask(client):
        found = await client.call_tool("search", {"query": "關稅"})
        named = [(one["id"], one["url"]) for one in found.structured_content["results"]]
        own = [(one, await client.call_tool("fetch", {"id": address})) for one, address in named]
        return own, await client.call_tool("search", {"query": "", "like": named[0][1]})

    fetched, like = connected(index, ask)
    assert [one for one, _ in fetched] == [result.structured_content["id"] for _, result in fetched]
    assert not like.is_error


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fetch", {"id": "none"}),
        ("search", {"query": "x", "like": "none"}),
        ("facets", {"like": "none"}),
        ("fetch", {"id": "wensou://articles/none"}),
    ],
)
def test_an_unknown_id_is_told_in_words_of_the_tools(index, name, arguments):
    (result,) = asked(index, (name, arguments))
    assert result.is_error
    assert "no article none." in result.content[0].text
    assert "result of the tool search" in result.content[0].text
    assert "--json" not in result.content[0].text


def test_the_template_makes_the_addresses(seeds_index, mode):
    async def ask(client):
        (template,) = (await client.list_resource_templates()).resource_templates
        address = template.uri_template.replace("{?offset}", "?offset=100").replace(
            "{id}", quote("003_b4e59136c98cbdd1.txt", safe="")
        )
        return json.loads((await client.read_resource(address)).contents[0].text)

    resource = connected(seeds_index, ask, mode)
    (fetched,) = asked(seeds_index, ("fetch", {"id": "003_b4e59136c98cbdd1.txt", "offset": 100}))
    assert resource == fetched.structured_content


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("wensou://articles/none", "no article none"),
        ("wensou://articles/003_b4e59136c98cbdd1.txt?offset=x", "offset"),
        ("wensou://articles/003_b4e59136c98cbdd1.txt?page=1", "unknown field `page`"),
        ("file:///etc/passwd", "No resource file:///etc/passwd"),
        ("wensou://articles/%2Fetc%2Fpasswd", "no article /etc/passwd"),
    ],
)
def test_what_is_no_resource_is_said(seeds_index, mode, address, said):
    async def ask(client):
        with pytest.raises(MCPError) as raised:
            await client.read_resource(address)
        return raised.value

    error = connected(seeds_index, ask, mode)
    assert error.code == -32602
    assert said in error.message
