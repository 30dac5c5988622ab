"""What an article says of itself cannot keep others, or itself, from being found and read."""

import pytest

from indexer import build
from tests.mcp.asking import asked, connected

ADDRESSES = ["http://[::1]/a", "http://[x", "https://example.org/a", "javascript:alert(1)", "//x", "http:", "HTTP://x/"]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("addresses")
    for number, address in enumerate(ADDRESSES):
        text = f'---\ntitle: 題目{number}\nurl: "{address}"\n---\n\n第{number}篇的正文，談關稅。'
        (folder / f"{number}.md").write_text(text, "utf-8")
    build(folder, folder / "index")
    return folder / "index"


def test_whatever_stands_as_address_an_article_is_found_and_read(index):
    async def ask(client):
        found = await client.call_tool("search", {"query": "關稅", "copies": True})
        listed = (await client.list_resources()).resources
        return found.structured_content["results"], [await client.read_resource(one.uri) for one in listed]

    results, read = connected(index, ask)
    assert len(results) == len(read) == len(ADDRESSES)
    for one in results:
        (article,) = asked(index, ("fetch", {"id": one["id"]}))
        assert article.structured_content["url"] == one["url"]
        assert one["url"].lower().startswith(("http://", "https://", "wensou://articles/"))
