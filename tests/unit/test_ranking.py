"""What ranks, and how much: the order that a user expects of articles that all match."""

from __future__ import annotations

import pytest

from indexer import build
from search import Searcher
from search.function_words import FUNCTION_WORD_WEIGHT, share_of


@pytest.fixture
def found(tmp_path):
    """Return what finds the names of articles, best first, that are given as {name: text}."""

    def find(articles, query, **options):
        folder = tmp_path / "articles"
        folder.mkdir()
        for name, text in articles.items():
            (folder / f"{name}.md").write_text(text, "utf-8")
        build(folder, tmp_path / "index")
        with Searcher(tmp_path / "index") as searcher:
            return [hit.article_id.removesuffix(".md") for hit in searcher.search(query, **options).hits]

    return find


def test_function_words_rank_below_what_is_asked_for(found):
    articles = {
        "asked": "# 一\n\n舍勒发现氧气。",
        "asking": "# 二\n\n如何发现，如何。",
        **{f"other{i}": f"# 三\n\n第{i}种氧气。" for i in range(2)},
        **{f"far{i}": f"# 四\n\n第{i}种氮气。" for i in range(4)},
    }
    assert found(articles, "如何发现氧气", limit=2) == ["asked", "asking"]


@pytest.mark.parametrize(
    ("field", "term", "is_function_word"),
    [
        ("zh", "什么", True),
        ("zh", "关税", False),
        ("text", "的是", True),
        ("text", "的关", False),
        ("title_text", "如何", True),
        ("en", "doe", True),
        ("en", "tariff", False),
        ("title_en", "the", True),
    ],
)
def test_what_has_a_part_of_its_weight(field, term, is_function_word):
    assert share_of(field, term) == (FUNCTION_WORD_WEIGHT if is_function_word else 1.0)


def test_what_an_article_begins_with_counts_more_than_the_same_farther_back(found):
    filling = "这里说的是别的事情。" * 60
    articles = {"back": f"# 一\n\n{filling}\n\n舍勒发现氧气。", "begins": f"# 二\n\n舍勒发现氧气。\n\n{filling}"}
    assert found(articles, "发现氧气") == ["begins", "back"]
