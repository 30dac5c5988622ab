"""What an article says of itself cannot keep others, or itself, from being found and read."""

from functools import partial

import pytest
from mcp import MCPError

from indexer import build
from search import Searcher
from search.mcp.arguments import BUDGET
from tests.mcp.asking import asked, connected, size_of

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


LONG = "關稅" * 40_000


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """Articles of which one thing each is longer than any answer, and one that is as others are."""
    folder = tmp_path_factory.mktemp("long")
    tags = ", ".join(f"標籤{number}{'籤' * 50}" for number in range(1000))
    heads = {
        "title": f"title: {LONG}",
        "author": f"title: 題目\nauthor: {LONG}",
        "source": f"title: 題目\nsource: {LONG}",
        "url": f"title: 題目\nurl: https://example.org/{'x' * 80_000}",
        "tags": f"title: 題目\ntags: [{tags}]",
        "control": 'title: "\\e[2J\\u202e題目"',
        "other": "title: 題目\nauthor: 記者\nsource: 報",
    }
    for name, head in heads.items():
        (folder / f"{name}.md").write_text(f"---\n{head}\n---\n\n{name} 談關稅。", "utf-8")
    (folder / "word.md").write_text(f"---\ntitle: 題目\n---\n\n關稅 {'x' * 20_000} 結尾。", "utf-8")
    build(folder, folder / "index")
    return folder / "index"


@pytest.mark.parametrize("budget", [4500, BUDGET])
def test_what_is_too_long_is_cut_and_said_and_hides_nothing_else(long, budget):
    ids, after = [], None
    while not ids or after is not None:
        asking = {"query": "關稅", "budget": budget, "copies": True, "after": after}
        (result,) = asked(long, ("search", asking))
        assert not result.is_error, result.content[0].text
        assert size_of(result) <= budget
        found, after = result.structured_content, result.structured_content["cursor"]
        ids += [one["id"] for one in found["results"]]
        cut = [one["id"] for one in found["results"] if one["id"] in ("title.md", "author.md", "source.md", "url.md")]
        assert ("too long are cut" in found["left_out"]) == bool(cut)
    assert sorted(ids) == [
        "author.md",
        "control.md",
        "other.md",
        "source.md",
        "tags.md",
        "title.md",
        "url.md",
        "word.md",
    ]


@pytest.mark.parametrize("name", ["title", "author", "source", "url", "tags", "other"])
def test_an_article_is_read_however_long_what_it_says_of_itself_is(long, name):
    (result,) = asked(long, ("fetch", {"id": f"{name}.md"}))
    assert not result.is_error, result.content[0].text
    assert size_of(result) <= BUDGET
    found = result.structured_content
    assert "談關稅" in found["text"]
    assert ("too long are cut" in found["left_out"]) == (name != "other")
    for text in (found["title"], found["metadata"]["author"], found["metadata"]["source"]):
        assert len(text) <= 300
        assert text.endswith("…") == (len(text) == 300)


def test_facets_count_values_that_are_too_long(long):
    (result,) = asked(long, ("facets", {"by": ["author", "source"]}))
    found = result.structured_content["facets"]
    assert {one["value"][-1] for one in found["author"]} == {"…", "者"}
    assert "too long are cut" in result.structured_content["left_out"]


@pytest.mark.parametrize(("budget", "query"), [(3000, ""), (BUDGET, "關稅"), (BUDGET, "xxx* 關稅")])
def test_a_paragraph_that_no_answer_has_room_for_is_read_in_pieces(long, budget, query):
    with Searcher(long) as searcher:
        article = searcher.read("word.md", query)
    stretches = connected(long, partial(all_of, "word.md", budget=budget, query=query))
    text = ""
    for one in stretches:
        text = text.ljust(one["offset"]) + one["text"]
    assert len(stretches) > 2
    for block in article.blocks:
        assert text[block.start : block.start + len(block.text)] == block.text


def test_the_list_of_articles_is_no_longer_than_an_answer_and_commands_no_terminal(long):
    async def ask(client):
        return await client.list_resources()

    listed = connected(long, ask)
    assert len(listed.resources) == 8
    assert size_of(listed) <= BUDGET
    assert not any("\x1b" in one.title or "\u202e" in one.title for one in listed.resources)


@pytest.mark.parametrize("name", ["since", "lang", "like", "after", "sort", "x" * 100_000])
def test_an_error_does_not_repeat_all_that_was_asked(index, name):
    (result,) = asked(index, ("search", {"query": "關稅", name: "z" * 100_000}))
    assert result.is_error
    assert size_of(result) <= 3000


@pytest.mark.parametrize(
    ("address", "end"),
    [
        ("file:///" + "z" * 100_000, "Articles are at wensou://articles/{id}{?offset}."),
        ("wensou://articles/" + "z" * 4000, "as it is."),
    ],
)
def test_an_error_of_a_resource_does_not_repeat_it(index, address, end):
    async def ask(client):
        with pytest.raises(MCPError) as raised:
            await client.read_resource(address)
        return raised.value.message

    message = connected(index, ask)
    assert len(message) <= 1000
    assert message.endswith(end)


async def all_of(article_id, client, **options):
    """Return all stretches of an article."""
    found, offset = [], 0
    while offset is not None:
        result = await client.call_tool("fetch", {"id": article_id, "offset": offset, **options})
        assert not result.is_error, result.content[0].text
        assert size_of(result) <= options["budget"]
        found.append(result.structured_content)
        offset = found[-1]["next_offset"]
    return found
