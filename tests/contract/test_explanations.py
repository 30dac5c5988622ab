"""Explanations: their arithmetic gives the score that a search gave, and every number is what its name says."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from math import prod
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import PREFERENCE, Request
from indexer.engines.bm25 import TIE, idf
from indexer.errors import UsageError
from indexer.model import IndexEntry
from indexer.nodes import (
    AllOf,
    Also,
    AnyOf,
    Boost,
    Every,
    Fuzzy,
    Keyword,
    Not,
    Pattern,
    Phrase,
    Prefix,
    Scaled,
    Synonym,
    Term,
)
from tests.contract.judge import Archive, edits, is_like, lucene_length, starts_of
from tests.contract.test_engine import batches, commit, requests, row

ARITHMETIC = {"sum": sum, "product": prod, "maximum": max}
NUMBERS = ("idf", "saturation", "share", "weight", "factor", "place", "freshness", "preference")


@settings(max_examples=60)
@given(batches=batches, asked=st.lists(requests, min_size=1, max_size=4))
def test_the_arithmetic_gives_the_score_of_the_search(engine_class, batches, asked):
    with tempfile.TemporaryDirectory() as folder:
        engine, archive = engine_class(Path(folder), create=True), Archive(engine_class.precision)
        for batch in batches:
            commit(engine, archive, batch)
        for request in asked:
            request = replace(request, limit=9, offset=0, sort="relevance", after=None, by_passage=False)
            ranking = engine.search(request)
            found = {article.article_id: article for article in ranking.articles}
            for name in archive.articles:
                explanation = engine.explain(request, name)
                assert explanation.article_id == name
                assert bool(explanation.lacking) == (name not in found)
                if name in found:
                    assert_explains(explanation, found[name], request, archive)
                else:
                    assert_keeps_out(explanation, request, archive)
        engine.close()


def assert_explains(explanation, article, request, archive):
    """Everything in an explanation of an article that was found is true."""
    assert explanation.score.value == pytest.approx(article.score, rel=max(1e-6, archive.precision))
    if request.rank != Every():
        assert explanation.passage_id == article.passages[0].passage_id
    (entry,) = [one for one in archive.entries if one.id == explanation.passage_id]
    score = explanation.score
    if request.prefer is not None:
        preferred = article.article_id in archive.matching(request.prefer, request.passages)
        preference, score = score.parts
        assert (preference.name, preference.value) == ("preference", 1 + PREFERENCE * preferred)
        assert (explanation.score.name, explanation.score.operation) == ("article", "product")
        assert explanation.score.value == pytest.approx(preference.value * score.value, rel=1e-6)
    assert score.node == request.rank
    assert_adds_up(score, entry, archive)


def assert_adds_up(part, entry, archive):
    if part.operation == "leaf":
        assert not part.parts
    else:
        made_of = ARITHMETIC[part.operation](inner.value for inner in part.parts)
        assert part.value == pytest.approx(made_of, rel=1e-6, abs=1e-12)
    if isinstance(part.node, Synonym) and part.operation == "sum":
        assert_is_of_forms(part, entry, archive)
    elif part.name not in NUMBERS and part.name != "form":
        assert part.name == type(part.node).__name__.lower()
        score = archive.score(part.node, entry)
        assert part.is_match == (score is not None)
        assert part.value == pytest.approx(score or 0.0, rel=1e-6)
        if part.is_match:
            assert part.found == found_by(part.node, entry)
    for inner in part.parts:
        assert_adds_up(inner, entry, archive)
    if part.is_match and isinstance(part.node, Term | Phrase) and part.name not in ("idf", "form"):
        assert_is_bm25(part, entry, archive)
    if part.is_match and isinstance(part.node, Scaled):
        values = entry.keywords.get(part.node.field, ())
        assert (part.parts[0].name, part.parts[0].found) == ("factor", values)


def assert_is_of_forms(part, entry, archive):
    """Each form that stands there is told of once, the best one first."""
    assert part.value == pytest.approx(archive.score(part.node, entry), rel=1e-6)
    told = {}
    for place, form in enumerate(part.parts):
        weight, share, saturation = form.parts
        assert (weight.name, share.name, saturation.name, form.name) == ("idf", "share", "saturation", "form")
        assert share.value == pytest.approx(share.numbers["weight"] * (TIE if place else 1))
        assert form.found == found_by(form.node, entry)
        told[form.node] = share.numbers["weight"], saturation.value
    expected = {node: (weight, saturation) for node, weight, saturation in archive.forms(part.node, entry)}
    assert told.keys() == expected.keys()
    for node, numbers in told.items():
        assert numbers == pytest.approx(expected[node])


def assert_is_bm25(part, entry, archive):
    """The numbers of a term or phrase are those of the archive."""
    field = part.node.field
    having = [one.terms[field] for one in archive.entries if one.terms.get(field)]
    weight, saturation = part.parts
    assert (weight.name, saturation.name) == ("idf", "saturation")
    for one in [weight] if isinstance(part.node, Term) else weight.parts:
        containing = sum(one.node.term in stream for stream in having)
        assert one.numbers == {"containing": containing, "passages": len(having)}
        assert one.value == (idf(containing, len(having)) if containing else 0)
    if not saturation.numbers:  # of a phrase that is but the beginning of a term, nothing is counted
        assert isinstance(part.node, Phrase)
        assert part.node.prefix
        assert len(part.node.terms) == 1
        assert part.value == 0
        return
    numbers = saturation.numbers
    phrase = Phrase(field, (part.node.term,)) if isinstance(part.node, Term) else part.node.exact
    starts = starts_of(entry.terms[field], phrase)
    assert numbers["frequency"] == len(starts)
    assert numbers["length"] == lucene_length(len(entry.terms[field]))
    assert numbers["average_length"] == pytest.approx(sum(map(len, having)) / len(having))
    norm = numbers["k1"] * (1 - numbers["b"] + numbers["b"] * numbers["length"] / numbers["average_length"])
    assert saturation.value == pytest.approx(numbers["frequency"] / (numbers["frequency"] + norm), rel=1e-6)


def found_by(node, entry):
    """Return the terms of an entry, or its keywords, that a node stands for, in the order of their bytes."""

    def held_in(field):
        return entry.terms.get(field) or entry.keywords.get(field, ())

    match node:
        case Prefix(field, prefix):
            held = [term for term in held_in(field) if term.startswith(prefix)]
        case Pattern(field, pattern):
            held = [term for term in held_in(field) if is_like(term, pattern)]
        case Fuzzy(field, wanted, distance, kept):
            held = [t for t in held_in(field) if t.startswith(wanted[:kept]) and edits(t, wanted) <= distance]
        case _:
            held = []
    return tuple(sorted(set(held), key=str.encode))


def assert_keeps_out(explanation, request, archive):
    """What an article lacks is indeed not there, of a part of the request that is required."""
    name = explanation.article_id
    entries = archive.articles[name][1]
    looked_at = archive.looked_at(entries, request)
    assert (explanation.passage_id != "") == bool(looked_at)
    if not looked_at:
        assert (explanation.lacking, explanation.score.is_match) == ((request.passages,), False)
        return
    for node in explanation.lacking:
        if node == request.passages:
            assert is_left_out(name, request, archive)
        elif request.match is None:
            assert all(archive.score(node, entry) is None for entry in archive.looked_at(entries, request))
        else:
            assert name not in archive.matching(node, request.passages)


def is_left_out(name, request, archive):
    """Tell whether passages that are not looked at match what an article lacks."""
    if request.match is None:
        return any(archive.score(request.rank, entry) is not None for entry in archive.articles[name][1])
    lacked = [node for node in required(request.match) if name not in archive.matching(node, request.passages)]
    return any(name in archive.matching(node, None) for node in lacked)


def required(node):
    return [one for part in node.nodes for one in required(part)] if isinstance(node, AllOf) else [node]


@pytest.fixture
def one(engine):
    """An article of two passages, of which the second says more of x."""
    with engine.writer() as writer:
        entries = [
            IndexEntry("a@0", {"text": ("x", "y")}, {"kind": ("quote",)}),
            IndexEntry("a@1", {"text": ("x", "x", "z")}, {"kind": ("body",)}),
        ]
        writer.put(row("a"), entries)
    return engine


def test_an_unknown_article_is_named(one):
    with pytest.raises(UsageError, match="'nothing'"):
        one.explain(Request(Every()), "nothing")


def test_what_does_not_match_stands_with_nothing(one):
    node = Also(Term("text", "x"), (Boost(Term("text", "nothing"), 2.0),))
    explanation = one.explain(Request(node), "a")
    assert explanation.passage_id == "a@1"
    assert [(part.value > 0, part.is_match) for part in explanation.score.parts] == [(True, True), (False, False)]


def test_every_place_of_a_phrase_counts(engine):
    with engine.writer() as writer:
        writer.put(row("a"), [IndexEntry("a@0", {"text": ("x", "y", "x", "y", "x", "yz")})])
    for phrase, frequency in ((Phrase("text", ("x", "y")), 2), (Phrase("text", ("x", "y"), prefix=True), 3)):
        explanation = engine.explain(Request(phrase), "a")
        assert explanation.score.parts[1].numbers["frequency"] == frequency
        (article,) = engine.search(Request(phrase)).articles
        assert explanation.score.value == pytest.approx(article.score, rel=engine.precision)


def test_the_terms_that_a_beginning_stands_for_are_named(engine):
    with engine.writer() as writer:
        streams = {"text": ("xb", "y", "xa", "xb"), "zh": ("xc", "xa"), "title_en": ("x", "z")}
        writer.put(row("a"), [IndexEntry("a@0", streams), IndexEntry("a@1", {**streams, "text": ("xd",)})])
    for field, terms in (("text", ("xa", "xb")), ("zh", ("xa", "xc")), ("title_en", ("x",))):
        assert engine.explain(Request(Prefix(field, "x")), "a").score.found == terms
    assert engine.explain(Request(Fuzzy("text", "xa", 1, 1)), "a").score.found == ("xa", "xb")


def test_each_part_that_is_required_and_not_there_is_named(one):
    rank = Term("text", "x")
    nothing, dated = Term("text", "nothing"), Keyword("kind", ("table",))
    required = Request(rank, match=AnyOf((nothing, dated)))
    assert one.explain(required, "a").lacking == (required.match,)
    assert one.explain(Request(rank, match=Not(rank)), "a").lacking == (Not(rank),)
    assert one.explain(Request(rank, passages=dated), "a").lacking == (dated,)
    hidden = Request(Term("text", "y"), passages=Keyword("kind", ("body",)))
    assert one.explain(hidden, "a").lacking == (hidden.passages,)
    assert one.explain(replace(hidden, match=AllOf((rank, hidden.rank))), "a").lacking == (hidden.passages,)
    assert one.explain(Request(Scaled(Also(Boost(nothing, 0), (rank,)), "kind", ())), "a").lacking == (nothing,)


def test_an_article_that_only_matches_scores_nothing(one):
    explanation = one.explain(Request(Term("text", "nothing"), match=Every()), "a")
    assert (explanation.lacking, explanation.passage_id, explanation.score.value) == ((), "a@0", 0.0)
