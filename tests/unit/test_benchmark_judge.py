"""The judge of the benchmark says what the judge of the contract says, and sees answers that are wrong."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.speed.corpus import StreamBuilder
from benchmarks.speed.judge import Answer, Field, Judge
from indexer.engines.base import Request
from indexer.model import ArticleRow, IndexEntry
from indexer.nodes import (
    AllOf,
    AnyOf,
    Best,
    Boost,
    Fuzzy,
    Keyword,
    Near,
    Not,
    Pattern,
    Phrase,
    Prefix,
    Range,
    Scaled,
    Term,
)
from tests.contract.judge import Archive

FIELDS = ("zh", "text")
TERMS = ["a", "ab", "b", "中", "中国"]
REQUESTS = [
    Request(rank=AnyOf((Term("zh", "a"), Boost(Term("zh", "中国"), 0.5), Term("text", "b")))),
    Request(rank=AllOf((Term("zh", "a"), Term("zh", "b")))),
    Request(rank=Phrase("text", ("a", "中"))),
    Request(rank=Phrase("text", ("a", "b", "中"), True)),
    Request(rank=Prefix("zh", "中")),
    Request(rank=Best((Term("zh", "ab"), Term("text", "ab")))),
    Request(rank=Term("zh", "a"), match=AllOf((Term("zh", "b"), Not(Phrase("text", ("b", "b")))))),
    Request(rank=Term("zh", "a"), prefer=AllOf((Term("zh", "b"), Term("text", "中国")))),
    Request(rank=Term("zh", "unheard of")),
    Request(rank=Scaled(Term("zh", "a"), "kind", (("table", 0.5),)), passages=Not(Keyword("kind", ("teaser",)))),
    Request(rank=Term("zh", "a"), match=Not(Term("zh", "b")), passages=Keyword("kind", ("body",))),
    Request(rank=Phrase("text", ("a", "中"), not_after=("a", "中国"))),
    Request(rank=Near((Term("text", "a"), Phrase("text", ("b", "中")), Prefix("text", "a")), 1)),
    Request(rank=Near((Term("text", "a"), Phrase("text", ("中",), True, ("b",))), 0)),
    Request(rank=Pattern("text", "?b")),
    Request(rank=Pattern("kind", "*t*")),
    Request(rank=Prefix("kind", "t")),
    Request(rank=Fuzzy("zh", "ba", 1)),
    Request(rank=Fuzzy("zh", "aa", 1, 1)),
    Request(rank=Range("published", 3), match=Range("published", None, 8)),
    Request(rank=Term("zh", "a"), sort="date"),
    Request(rank=Term("zh", "a"), match=Term("text", "a"), sort="date-asc"),
]


def make(seed):
    """Return the same random articles for both judges."""
    dice = random.Random(seed)
    archive = Archive()
    builders = {name: StreamBuilder() for name in (*FIELDS, "kind")}
    firsts, size, days = [], 0, []
    for number in range(8):
        entries = []
        firsts.append(size)
        day = dice.randint(0, 9)
        for _ in range(dice.randint(1, 3)):
            terms = {name: tuple(dice.choices(TERMS, k=dice.choice([0, 3, 50]))) for name in FIELDS}
            kind = dice.choice(["body", "table", "teaser"])
            numbers = {"published": day} if day else {}
            entries.append(IndexEntry(f"{number}#{len(entries)}", terms, {"kind": (kind,)}, numbers))
            size += 1
            days.append(day)
            builders["kind"].add([kind])
            for name in FIELDS:
                builders[name].add(terms[name])
        archive.articles[str(number)] = (ArticleRow(str(number), "", "", "", 0, 0, 0, "", 1), entries)
    fields = {name: Field(builder.streams()) for name, builder in builders.items()}
    return archive, Judge(fields, np.array(firsts), size, {"published": np.array(days)})


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request.rank).__name__)
def test_agrees_with_the_judge_of_the_contract(seed, request_):
    archive, judge = make(seed)
    found, total, _ = archive.answer(replace(request_, limit=100))
    answer = Answer(tuple((int(name), score) for name, score, _ in found), total)
    assert judge.articles(request_).fault(answer, 100) == ""


def test_sees_what_is_wrong():
    archive, judge = make(0)
    found, total, _ = archive.answer(Request(rank=Term("zh", "a"), limit=3))
    verdict = judge.articles(Request(rank=Term("zh", "a")))
    right = tuple((int(name), score) for name, score, _ in found)
    wrong = [
        Answer(right, total + 1),
        Answer(right[:2], total),
        Answer((right[1], right[0], right[2]), total),
        Answer((right[0], right[1], right[1]), total),
        Answer(((right[0][0], right[0][1] * 1.0001), *right[1:]), total),
        Answer(right[1:] + right[:1], total),
    ]
    assert verdict.fault(Answer(right, total), 3) == ""
    assert all(verdict.fault(answer, 3) for answer in wrong)
