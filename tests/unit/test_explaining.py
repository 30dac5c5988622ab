"""Explanations as they are shown: leaves that add up to the score of the hit, and what an article lacks."""

from __future__ import annotations

import re
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import build
from indexer.analysis.analyzer import default_analyzer
from indexer.engines.base import Request
from indexer.engines.explanation import Contribution, Explanation
from indexer.errors import UsageError
from indexer.nodes import (
    AllOf,
    Also,
    AnyOf,
    Best,
    Boost,
    Every,
    Form,
    Fuzzy,
    Keyword,
    Near,
    Not,
    Pattern,
    Phrase,
    Prefix,
    Range,
    Synonym,
    Term,
)
from search import Searcher
from search.descriptions import described
from search.explaining import explained
from search.explanation import ArticleExplanation, Factor, Reason
from search.reason_lines import lines_of
from tests.commits import engine_of

QUERIES = [
    "习近平 特朗普 通話",
    "soybeans",
    '"mutual respect" 中美關係',
    "川普 TikTok tariffs",
    "G20峰會",
    "的",
    "ありがとう 北韓",
    "title:特朗普 OR 北韓",
    "econom* tarifs~",
    '"习近平 通话"~8 -北韓',
    "习?平 -台灣",
    "(北韓 OR TikTok) 貿易",
    "2月5日",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("options", [{}, {"lang": "zh"}, {"kinds": ["quote", "body"]}, {"since": "2018"}])
def test_the_leaves_add_up_to_the_score_of_the_hit(seeds, query, options):
    for hit in seeds.search(query, **options).hits:
        explanation = seeds.explain(query, hit, **options)
        assert not explanation.missing
        assert (explanation.article_id, explanation.score) == (hit.article_id, pytest.approx(hit.score, rel=1e-6))
        assert explanation.passage_id in {snippet.passage_id for snippet in hit.snippets}  # teasers are quoted last
        assert sum(leaf.contribution for leaf in explanation.leaves()) == pytest.approx(hit.score, rel=1e-6)
        for leaf in explanation.leaves():
            assert leaf.contribution == pytest.approx(prod(factor.value for factor in leaf.factors), rel=1e-6)
            assert leaf.term
        contributions = [reason.contribution for reason in explanation.reasons]
        assert contributions == sorted(contributions, reverse=True)
        assert min(contributions) > 0


def test_terms_say_what_was_typed_for_them(seeds):
    leaves = list(seeds.explain("貿易 Soybeans", "001_59998690c84ef40f.txt").leaves())
    (soybean,) = [leaf for leaf in leaves if leaf.field == "en"]
    assert (soybean.kind, soybean.term, soybean.word) == ("term", "soybean", "Soybeans")
    assert [factor.name for factor in soybean.factors] == [
        "idf",
        "saturation",
        "weight",
        "factor",
        "place",
        "preference",
    ]
    han = list(seeds.explain("貿易", "003_b4e59136c98cbdd1.txt").leaves())
    assert {(leaf.field, leaf.term, leaf.word) for leaf in han} >= {("zh", "贸易", "貿易"), ("text", "贸易", "貿易")}


@pytest.mark.parametrize(
    ("query", "options", "missing"),
    [
        ("北韓", {"exact": True}, "北韩"),
        ("北韓 鳳凰", {"exact": True}, "北韩 or 凤凰"),
        ("title:soybeans", {}, "soybean in title"),
        ("body:北韓", {"exact": True}, "北韩 in body"),
        ("soybeans -Taiwan", {}, "not taiwan"),
        ("path:nowhere", {}, "*nowhere* in path"),
        ("「相互尊重、合作共赢」", {}, "“相互尊重 合作共赢”"),
        ("soybeans", {"since": "2018-01-02", "until": "2018"}, "published 2018-01-02..2018-12-31"),
        (
            "soybeans",
            {"lang": "zh"},
            "a passage that holds it and is (lang mixed or zh-Hans or zh-Hant) and not kind boilerplate",
        ),
        ("soybeans", {"kinds": ["table"]}, "a passage that holds it and is kind table"),
        ("。。。", {}, "a word to search for"),
    ],
)
def test_an_article_that_is_not_found_lacks_something(seeds, query, options, missing):
    explanation = seeds.explain(query, "001_59998690c84ef40f.txt", **options)
    assert explanation.missing == (missing,)
    assert (explanation.score, explanation.reasons) == (0.0, ())
    assert list(lines_of(explanation)) == [f"not found; missing: {missing}"]


def test_everything_that_an_article_lacks_is_named(seeds):
    missing = seeds.explain('"no such words" "nor these"', "001_59998690c84ef40f.txt", since="2030").missing
    assert missing == ("“no such words”", "“nor these”", "published 2030-01-01..")


def test_an_exact_copy_says_that_it_is_one(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text("鳳凰飛過。" * 20, "utf-8")
    build(tmp_path, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        (hit,) = searcher.search("鳳凰").hits
        (copy,) = hit.copies
        assert searcher.explain("鳳凰", copy.article_id).missing == ("to be no exact copy of an earlier article",)
        assert searcher.explain("鳳凰", copy.article_id, copies=True).score == pytest.approx(hit.score)


def test_what_is_found_by_parts_of_words_is_explained_by_them(tmp_path):
    (tmp_path / "a.txt").write_text("潘淑，會稽人。", "utf-8")
    build(tmp_path, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        (hit,) = searcher.search("潘淑是哪里人").hits
        explanation = searcher.explain("潘淑是哪里人", hit)
        assert explanation.score == pytest.approx(hit.score, rel=1e-6)
        assert "潘淑" in {leaf.term for leaf in explanation.leaves()}


def test_wrong_questions_are_named(seeds, seeds_index):
    with pytest.raises(UsageError, match="'nothing'"):
        seeds.explain("北韓", "nothing")
    with pytest.raises(UsageError, match="Unknown language"):
        seeds.explain("北韓", "nothing", lang="fr")
    searcher = Searcher(seeds_index)
    searcher.close()
    with pytest.raises(UsageError, match="closed"):
        searcher.explain("北韓", "nothing")


# Trees as any engine may give them

values = st.sampled_from([0.0, 0.5, 1.0, 3.25])
leaves = st.builds(Contribution, values, st.just("leaf"), st.just("prefix"), st.just(Prefix("text", "x")))


def combined(operation, arithmetic, parts):
    return Contribution(arithmetic(part.value for part in parts), operation, "anyof", AnyOf(()), parts=tuple(parts))


def multiplied(weight, inner):
    return combined("product", prod, (Contribution(weight, "leaf", "weight"), inner))


trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(combined, st.just("sum"), st.just(sum), st.lists(inner, min_size=1, max_size=3)),
        st.builds(combined, st.just("maximum"), st.just(max), st.lists(inner, min_size=1, max_size=3)),
        st.builds(multiplied, values, inner),
    ),
    max_leaves=12,
)


def test_forms_of_a_concept_stand_below_it_with_one_idf(seeds):
    forms = Form(Term("zh", "川普"), 2), Form(Term("zh", "nothing"), 1), Form(Prefix("text", "川"), 1)
    request = Request(Boost(Synonym(forms), 0.5))
    article = engine_of(seeds).search(request).articles[0]
    explanation = engine_of(seeds).explain(request, article.article_id)
    score, *forms = lines_of(explained(explanation, request, "川普", default_analyzer()))
    assert score == f"score {article.score:.4f}"
    assert [re.sub(r"[\d.]+", "n", line).strip() for line in forms] == [
        "n  zh 川普: idf n (in n of n) × frequency n (n in n, mean n) × weight n",
        "n  text 川* = 川普: idf n (in n of n) × share n × saturation n × weight n",
    ]


@given(trees)
def test_reasons_of_any_tree_add_up(tree):
    explanation = explained(Explanation("a", "a@0", tree), Request(Every()), "x", default_analyzer())
    assert explanation.score == tree.value
    assert sum(leaf.contribution for leaf in explanation.leaves()) == pytest.approx(tree.value)
    assert sum(reason.contribution for reason in explanation.reasons) == pytest.approx(tree.value)
    assert_ordered(explanation.reasons)


def assert_ordered(reasons):
    for reason in reasons:
        assert reason.contribution > 0
        assert len(reason.reasons) != 1
        assert_ordered(reason.reasons)
    assert list(reasons) == sorted(reasons, key=lambda one: -one.contribution)


def test_an_explanation_is_a_tree_of_lines():
    numbers = {"frequency": 2, "length": 96, "average_length": 88.25, "k1": 0.7, "b": 0.5}
    term = Reason("term", "en", "tariff", 3.0, "Tariffs", (), (
        Factor("idf", 4.0, {"containing": 7, "passages": 2800}), Factor("saturation", 0.75, numbers),
        Factor("weight", 1.0), Factor("factor", 0.9, of="quote"), Factor("preference", 1.1)))  # fmt: skip
    beginning = Reason("prefix", "text", "tar*", 1.0, found=("tar", "tart"), factors=(Factor("constant", 1.0),))
    near = Reason("near", "", "tariff near trade", 3.5, reasons=(term, beginning), left_out=1)
    assert list(lines_of(ArticleExplanation("a", "a@0", 4.5, (near, beginning), 2))) == [
        "score 4.5000",
        "  3.5000  tariff near trade",
        "    3.0000  en tariff (Tariffs): idf 4 (in 7 of 2,800) × frequency 0.75 (2 in 96, mean 88.2) × quote 0.9 × "
        "all words 1.1",
        "    1.0000  text tar* = tar, tart",
        "    1 more part of the query adds nothing",
        "  1.0000  text tar* = tar, tart",
        "  2 more parts of the query add nothing",
    ]


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (Phrase("text", ("g20", "峰会")), "“g20 峰会”"),
        (Phrase("text", ("特朗", "朗普")), "“特朗普”"),
        (Pattern("en", "t?x*"), "t?x*"),
        (Fuzzy("en", "tariff", 2), "tariff~2"),
        (Keyword("kind", ("body", "quote")), "kind body or quote"),
        (Range("published", None, 737_000), "published ..2018-11-02"),
        (Range("size", 3), "size 3.."),
        (Not(Every()), "not anything"),
        (AnyOf((Term("text", "x"), Term("title_text", "x"))), "x"),
        (AllOf((AnyOf((Term("en", "x"), Term("en", "y"))), Prefix("en", "z"))), "(x or y) and z*"),
        (Synonym((Form(Term("zh", "川普")), Form(Term("en", "trump")), Form(Term("text", "trump")))), "川普 or trump"),
        (Best((Also(Boost(Term("en", "x"), 2), ()), Near((Term("en", "y"), Term("en", "z")), 1))), "x or y near z"),
    ],
)
def test_nodes_are_said_in_words(node, text):
    assert described(node) == text
