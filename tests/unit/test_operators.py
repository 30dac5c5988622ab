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


@pytest.mark.parametrize("query", ["zz~2", "z~", "z~1"])
def test_a_short_word_is_not_like_any_two_characters(searcher, query):
    assert found(searcher.search(query)) == set()
