"""What ranks, and how much: the order that a user expects of articles that all match."""

from __future__ import annotations

import pytest

from indexer import build
from indexer.errors import UsageError
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


DATED = {
    "full": "---\ndate: 2020-05-01\n---\n# 一\n\n关税，关税，还是关税。",
    "old": "---\ndate: 2024-05-01\n---\n# 二\n\n今天说的是关税。",
    "new": "---\ndate: 2026-05-01\n---\n# 三\n\n各方说的是一些事情，其中有关税，也有别的。",
    "undated": "# 四\n\n今天说的是关税。",
}


def test_what_is_fresh_comes_first_where_that_is_asked_for(found):
    assert found(DATED, "关税")[0] == "full"


@pytest.mark.parametrize("fresh", [365, "365", "12m", "1y"])
def test_a_score_halves_with_each_half_life(tmp_path, fresh):
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in DATED.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    build(folder, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        plain = {hit.article_id: hit.score for hit in searcher.search("关税").hits}
        faded = searcher.search("关税", fresh=fresh).hits
        day = searcher._current.commit.manifest.runs[-1].moment.toordinal()
        for hit in faded:
            age = max(0, day - hit.published.toordinal()) if hit.published else 365
            assert hit.score == pytest.approx(plain[hit.article_id] * 0.5 ** (age / 365), rel=0.01)
            explanation = searcher.explain("关税", hit, fresh=fresh)
            assert sum(leaf.contribution for leaf in explanation.leaves()) == pytest.approx(hit.score)
        assert [hit.article_id for hit in faded] == ["new.md", "undated.md", "old.md", "full.md"]
        pages = [searcher.search("关税", limit=1, offset=i, fresh=fresh).hits[0].article_id for i in range(4)]
        assert pages == [hit.article_id for hit in faded]


@pytest.mark.parametrize("value", ["", "-3", 0, -1, "x", "3 weeks", float("nan"), float("inf"), True])
def test_what_is_no_half_life_is_an_error(found, value):
    with pytest.raises(UsageError, match="half-life"):
        found(DATED, "关税", fresh=value)
