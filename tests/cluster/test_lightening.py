"""More words than a cluster scores at once: the most telling ones score, and all of them match."""

from __future__ import annotations

import os
from contextlib import closing
from unittest.mock import patch

import pytest

from indexer.engines.base import Request
from indexer.engines.opensearch import lightening
from indexer.engines.opensearch.engine import OpenSearchEngine
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.search import search
from indexer.engines.opensearch.statistics import Statistics
from indexer.errors import UsageError
from indexer.nodes import AllOf, Also, AnyOf, Best, Boost, Every, Form, Lead, Not, Phrase, Scaled, Synonym, Term
from tests.cluster.test_dictionary import archive_of

COMMON, RARE, ABSENT = (Term("text", name) for name in ("common", "rare", "absent"))


@pytest.fixture(scope="module")
def filled(small):
    def article(*words):
        return [(words, words, (), "en", 0, (), "")]

    small.fill(archive_of([("a", article("common", "rare")), ("b", article("common")), ("c", article("other"))]))
    return small


def test_any_number_of_words_is_answered(filled):
    words = tuple(Term("text", f"w{number}") for number in range(3000))
    for rank in (AnyOf((*words, COMMON, RARE)), AnyOf((Also(AnyOf((RARE, *words)), words), COMMON))):
        ranking = search(Statistics(filled), Request(rank))
        assert [one.article_id for one in ranking.articles] == ["a", "b"]
        assert (ranking.total, ranking.passages_total) == (2, 2)


def test_what_has_too_many_conditions_all_the_same_is_told(cluster):
    location = location_of(f"http://{cluster.addresses[0].removeprefix('http://')}/lightening-{os.getpid()}")
    with closing(OpenSearchEngine(location, create=True)) as engine:
        words = tuple(AnyOf((Term("text", f"a{number}"), Phrase("text", ("b", f"c{number}")))) for number in range(600))
        with pytest.raises(UsageError, match="more words than this cluster"):
            engine.search(Request(Every(), match=AllOf(words)))
        engine._connection.ask("DELETE", f"/{location.name}-*")


def test_few_words_score_as_they_are(filled):
    node = AnyOf((COMMON, RARE))
    assert lightening.lightened(node, Statistics(filled)) is node


FORMS = Synonym((Form(RARE), Form(Term("zh", "rare"))))


@pytest.mark.parametrize(
    ("node", "left"),
    [
        (AnyOf((COMMON, RARE, ABSENT)), AnyOf((RARE,))),
        (AllOf((Best((COMMON, RARE)), ABSENT)), AllOf((Best((RARE,)),))),
        (Scaled(Lead(Boost(AnyOf((COMMON, RARE)), 2.0), (), 0.5), "kind", ()), Scaled(Lead(Boost(AnyOf((RARE,)), 2.0), (), 0.5), "kind", ())),
        (Also(COMMON, (RARE, ABSENT)), AnyOf((RARE,))),
        (Also(RARE, (COMMON,)), Also(RARE, ())),
        (AnyOf((COMMON, COMMON)), AnyOf(())),
        (AllOf((Not(COMMON), Phrase("text", ("a", "b")), COMMON, RARE)), AllOf((Not(COMMON), Phrase("text", ("a", "b")), RARE))),
        (AnyOf((Every(), COMMON, RARE)), AnyOf((Every(), RARE))),
        (AnyOf((FORMS, RARE)), AnyOf((RARE,))),
    ],
)  # fmt: skip
def test_the_rarest_words_are_left(filled, node, left):
    with patch.object(lightening, "MOST_SCORED", 1):
        assert lightening.lightened(node, Statistics(filled)) == left
