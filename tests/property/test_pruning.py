"""Leaving out what cannot be among the best changes nothing: the answers are the exhaustive ones, bit by bit."""

from __future__ import annotations

import random
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import Request
from indexer.engines.whoosh import WhooshEngine, search, top
from indexer.engines.whoosh.compiler import Compiler
from indexer.engines.whoosh.synonyms import SynonymScorer
from indexer.engines.whoosh.terms import TermScorer
from indexer.model import ArticleRow, IndexEntry
from indexer.nodes import (
    AllOf,
    Also,
    AnyOf,
    Best,
    Boost,
    Every,
    Form,
    Keyword,
    Lead,
    Near,
    Not,
    Phrase,
    Prefix,
    Range,
    Scaled,
    Synonym,
    Term,
)

WORDS = [f"w{rank}" for rank in range(400)]
WEIGHTS = [1 / (rank + 1) for rank in range(400)]  # Zipf
SEARCH = "indexer.engines.whoosh.search"
MATCHING = "indexer.engines.whoosh.matching"


@pytest.fixture(scope="module", params=["one segment", "several segments with deletions", "articles of passages"])
def engine(request, tmp_path_factory):
    """An index of 2,000 passages, nearly all of an article of their own; many of them are alike."""
    dice = random.Random(request.param)
    folder = tmp_path_factory.mktemp("pruned") / "index"
    engine = WhooshEngine(folder, create=True)
    most = 5 if "passages" in request.param else 1
    # Each more than all that come after it, so that all of them stay.
    commits = (1200, 600, 300, 100) if "several" in request.param else (2000 // (most // 2 + 1),)
    with patch("os.fsync"), patch("indexer.engines.whoosh.tiers._SMALL", 0):
        for commit, articles in enumerate(commits):
            with engine.writer() as writer:
                for number in range(articles):
                    name = f"{commit}/{number}"
                    entries = [entry(f"{name}@{i}", dice) for i in range(dice.randint(1, most))]
                    writer.put(ArticleRow(name, name, "", "", 0, 0, 0, "", 1), entries)
                for _ in range(20 * (len(commits) > 1)):
                    writer.delete(f"{dice.randrange(commit + 1)}/{dice.randrange(500)}")
    assert len(list(folder.glob("*.postings"))) == len(commits)
    yield engine
    engine.close()


def entry(name, dice):
    """Return a passage; one in four says the same as others."""
    own = random.Random(dice.randrange(20)) if dice.random() < 0.25 else dice
    texts = [tuple(own.choices(WORDS, WEIGHTS, k=own.choice([3, 8, 20, 45]))) for _ in range(2)]
    return IndexEntry(
        name,
        {"text": texts[0], "zh": texts[0][:20], "title_text": texts[1][:4]},
        {"lang": (lang := own.choice(["en", "zh"]),), "kind": ("body" if lang == "zh" else "heading",)},
        {"published": 730_000 + own.randrange(5)} if own.random() < 0.8 else {},
    )


words = st.integers(0, 40).map(WORDS.__getitem__) | st.sampled_from(WORDS)
terms = st.builds(Term, st.sampled_from(["text", "zh", "title_text"]), words)
forms = st.builds(
    Form,
    st.one_of(
        terms,
        terms,
        st.builds(Phrase, st.just("text"), st.lists(words, min_size=2, max_size=2).map(tuple)),
        st.builds(Prefix, st.just("text"), st.sampled_from(["w1", "w39"])),
    ),
    st.sampled_from([0.1, 0.5, 0.9, 1.0]),
)
synonyms = st.builds(Synonym, st.lists(forms, min_size=1, max_size=8, unique_by=lambda form: form.node).map(tuple))
parts = st.one_of(
    terms,
    synonyms,
    terms,
    st.builds(Boost, terms, st.sampled_from([0.1, 0.5, 3.0, 0.0])),
    st.builds(Phrase, st.just("text"), st.lists(words, min_size=2, max_size=2).map(tuple)),
    st.builds(Prefix, st.just("text"), st.sampled_from(["w1", "w39"])),
    st.builds(Best, st.lists(terms, min_size=1, max_size=3).map(tuple)),
    st.builds(AllOf, st.lists(terms, min_size=1, max_size=2).map(tuple)),
    st.builds(AnyOf, st.lists(terms, min_size=1, max_size=3).map(tuple)),
    st.builds(
        Near, st.lists(words.map(lambda word: Term("text", word)), min_size=2, max_size=2).map(tuple), st.just(3)
    ),
    st.builds(Not, terms),
)
several = st.lists(parts, min_size=1, max_size=6).map(tuple)
conditions = st.one_of(
    terms,
    st.builds(Keyword, st.just("lang"), st.just(("en",))),
    st.builds(Range, st.just("published"), st.just(730_002), st.none()),
    st.builds(Not, terms),
    st.builds(AllOf, st.lists(terms | st.just(Every()), min_size=1, max_size=2).map(tuple)),
    st.builds(AnyOf, st.lists(terms, min_size=1, max_size=3).map(tuple)),
    st.just(Not(Every())),
)
requests = st.builds(
    Request,
    rank=st.one_of(
        several.map(AnyOf),
        st.builds(Also, st.one_of(terms, several.map(AnyOf), st.just(Every())), several),
        st.builds(Also, st.builds(Also, several.map(AnyOf), several), several),
        st.builds(Boost, several.map(AnyOf), st.just(2.0)),
        st.builds(Best, st.tuples(several.map(AnyOf), st.builds(Boost, several.map(AnyOf), st.just(0.1)))),
        st.builds(Lead, several.map(AnyOf), st.just(("heading",)), st.just(0.5)),
        st.builds(
            Scaled,
            st.builds(Lead, several.map(AnyOf), st.just(()), st.just(0.5)),
            st.just("lang"),
            st.just((("en", 0.25),)),
        ),
        st.builds(Scaled, several.map(AnyOf), st.just("lang"), st.just((("en", 0.25),))),
    ),
    match=st.none() | conditions,
    prefer=st.none() | conditions,
    passages=st.none() | st.sampled_from([Keyword("lang", ("zh",)), Not(Term("text", "w0")), Term("zh", "w3")]),
    limit=st.integers(1, 20),
    offset=st.integers(0, 3),
    per_article=st.sampled_from([1, 3]),
)
weighted = terms | synonyms | st.builds(Boost, terms, st.sampled_from([0.1, 3.0]))
sums = st.builds(
    Request,
    rank=st.lists(weighted, min_size=2, max_size=6).map(tuple).map(AnyOf),
    limit=st.integers(1, 20),
    offset=st.integers(0, 3),
    per_article=st.sampled_from([1, 3]),
)


@settings(max_examples=100)
@given(requests | sums, st.sampled_from([0, 500, 10_000]), st.sampled_from([300, 10_000]))
def test_the_best_are_those_of_an_exhaustive_evaluation(engine, asked, few, counted):
    """`few` passages that match are all added up, articles above `counted` are not counted."""
    with (
        patch(f"{SEARCH}._FEW", few),
        patch(f"{SEARCH}._ALL_SCORED", few),
        patch(f"{SEARCH}._ALL_MATCHING", few),
        patch(f"{SEARCH}.MOST_COUNTED", counted),
        patch(f"{MATCHING}.MOST_COUNTED", counted),
        patch(f"{MATCHING}._COUNTED_AT_ONCE", 100),
    ):
        pruned = engine.search(asked)
        with (
            patch(f"{SEARCH}.best_articles", lambda *arguments: None),
            patch.object(TermScorer, "is_positive", False),
            patch.object(SynonymScorer, "is_positive", False),
        ):
            exhaustive = engine.search(asked)
    assert read(pruned) == read(exhaustive)


def read(ranking):
    """Return all that a ranking says."""
    articles = [
        (one.article_id, one.score, [(passage.passage_id, passage.score) for passage in one.passages])
        for one in ranking.articles
    ]
    return articles, ranking.total, ranking.passages_total, ranking.total_is_exact, ranking.counts


@settings(max_examples=100)
@given(
    st.one_of(parts, conditions, several.map(AnyOf), several.map(AllOf), requests.map(lambda asked: asked.rank)),
    st.data(),
)
def test_both_ways_of_a_scorer_agree_and_keep_to_its_bound(engine, node, data):
    snapshot = engine._snapshot
    low = data.draw(st.just(0) | st.integers(0, snapshot.size))
    high = data.draw(st.just(snapshot.size) | st.integers(low, snapshot.size))
    scorer = Compiler(snapshot).scorer(node)
    found = scorer.matches(low, high)
    assert (found.scores <= scorer.bound * (1 + 1e-12)).all()
    assert found.passages.tolist() == scorer.passages(low, high).tolist()
    asked = np.flatnonzero(snapshot.live(low, high)) + low
    with patch("indexer.engines.whoosh.forms._READ", data.draw(st.sampled_from([-(10**9), 1000]))):
        mask, scores = Compiler(snapshot).scorer(node).look(asked)
    assert asked[mask].tolist() == found.passages.tolist()
    assert scores[mask].tolist() == found.scores.tolist()
    assert Compiler(snapshot).scorer(node).scored(found.passages).tolist() == found.scores.tolist()
    assert not scores[~mask].any()


def test_pruning_happens(engine):
    """Else the test above would compare nothing with nothing."""
    rank = AnyOf((Term("text", "w120"), Term("text", "w1"), Boost(Term("text", "w0"), 0.1)))
    looked = []
    original = top._Search.candidates

    def noted(self, given_parts):
        found = original(self, given_parts)
        looked.append(None if found is None else len(found.passages))
        return found

    with patch.object(top._Search, "candidates", noted), patch(f"{SEARCH}._ALL_SCORED", 0):
        ranking = engine.search(Request(rank, limit=3))
    assert looked[0] is not None
    assert looked[0] < ranking.passages_total / 4
    assert search.best_articles is top.best_articles
