"""What operators, nearness and likeness mean, each by an example that was read otherwise."""

from __future__ import annotations

import pytest

from indexer import build
from search import Searcher

TEXTS = {
    "call": "特朗普關稅之後是Trump tariffs和貿易。",
    "both": "特朗普在北京。\n\nPresident Trump spoke about the tariffs on trade in the capital.",
    "only": "人民在這裡。",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    folder = tmp_path_factory.mktemp("operators")
    for name, text in TEXTS.items():
        (folder / f"{name}.md").write_text(f"# 無題\n\n{text}\n", "utf-8")
    build(folder, folder / "index")
    with Searcher(folder / "index") as opened:
        yield opened


def found(result):
    return {hit.article_id.removesuffix(".md") for hit in result.hits}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('"特朗普 关税"~0', {"call"}),
        ('"关税 特朗普"~0', {"call"}),
        ('"关税 trump"~2', set()),
        ('"关税 trump"~3', {"call"}),
        ('"trump 贸易"~1', set()),
        ('"trump 贸易"~2', {"call"}),
        ('"特朗普 关税 tariffs"~4', {"call"}),
        ('"特朗普 关税 tariffs"~3', set()),
    ],
)
def test_chinese_words_take_all_their_characters_places(searcher, query, names):
    assert found(searcher.search(query)) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('"the tariffs"~0', {"both"}),
        ('"the trump"~0', set()),
        ('"US China"~0', set()),
        ('"在 特朗普"~0', {"both"}),
        ('"在 人民"~1', {"only"}),
        ('"在 关税"~1', set()),
    ],
)
def test_function_words_too_must_be_near(searcher, query, names):
    assert found(searcher.search(query)) == names


@pytest.mark.parametrize("query", ["zz~2", "z~", "z~1"])
def test_a_short_word_is_not_like_any_two_characters(searcher, query):
    assert found(searcher.search(query)) == set()


@pytest.mark.parametrize(
    "query",
    [
        "lang:en 特朗普 trump", "(lang:en AND (特朗普 OR trump))", "+(lang:en trump)", "lang:en trump AND tariffs",
        "(lang:en tariffs) AND trump", "+(+lang:en +trump)", "-lang:zh trump AND tariffs",
    ],
)  # fmt: skip
def test_a_language_for_the_whole_query_is_that_of_the_passages_wherever_it_stands(searcher, query):
    result = searcher.search(query, facets=["lang"])
    assert found(result) == {"both"}
    assert [value.value for value in result.facets["lang"]] == ["en"]


def test_a_date_in_brackets_is_a_condition_of_the_whole_query(searcher):
    assert "undated" in {note.kind for note in searcher.search("特朗普 AND (date:2025 trump)").notes}
