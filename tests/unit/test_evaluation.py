"""`wensou eval`: every figure by hand, on sets of a few queries."""

from __future__ import annotations

import json
from math import log2

import pytest

from search.evaluation.evaluating import EvaluationOptions, evaluate
from search.evaluation.measures import MEASURES, values_of

RIVER = "The ferry crosses the river at dawn, and the river carries it."
RIVER_ZH = "渡轮在黎明时分渡过江面，江水推着它前行。"
RIVER_HANT = "渡輪在黎明時分渡過江面，江水推著它前行。"
BAKER = "A baker in Lyon sells bread to the ferry men, who pay him in fish that they caught."
BAKER_ZH = "里昂的一位面包师把面包卖给渡轮上的船夫。"


def passage(name, text, lang):
    return {"id": name, "title": "", "text": text, "lang": lang}


def query(name, text, lang):
    return {"id": name, "text": text, "lang": lang}


def make(folder, passages, queries, qrels, **others):
    """Write a set; `others` are further files by name, `__` being a dot."""
    folder.mkdir(parents=True)
    files = {"passages.jsonl": passages, "queries.jsonl": queries, "qrels.tsv": qrels}
    for name, rows in {**files, **{name.replace("__", "."): rows for name, rows in others.items()}}.items():
        lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture
def rivers(tmp_path):
    return make(
        tmp_path / "rivers",
        [
            passage("en-river", RIVER, "en"),
            passage("en-baker", BAKER, "en"),
            passage("zh-river", RIVER_ZH, "zh-Hans"),
            passage("zh-baker", BAKER_ZH, "zh-Hans"),
        ],
        [
            query("q1", "river ferry", "en"),
            query("q2", "江水 渡轮", "zh-Hans"),
            query("q3", "ferry river baker", "en"),
            query("q4", "unjudged", "en"),
        ],
        ["q1\ten-river\t1", "q2\tzh-river\t1", "q3\ten-river\t1", "q3\ten-baker\t2", "q4\ten-river\t0"],
        qrels__cross__tsv=["q1\tzh-river\t1", "q2\ten-river\t1"],
    )


def figures(*folders, **options):
    return {one.key[1:]: one for one in evaluate(folders, EvaluationOptions(**options))}


def test_every_measure_by_hand():
    right = {"a": {"p": 1, "r": 2}, "b": {"p": 1}, "c": {"p": 1}, "d": {"p": 1}}
    many = [f"x{i}" for i in range(98)]
    found = {"a": ["q", "p", "r"], "b": [*many, "p"], "c": ["x"] * 3 + ["p"], "d": []}
    values = values_of(right, found)
    ideal = 2 + 1 / log2(3)
    assert values["a"] == pytest.approx(
        {"MRR@10": 1 / 2, "nDCG@10": (1 / log2(3) + 2 / log2(4)) / ideal, "Recall@10": 1, "Recall@100": 1}
    )
    assert values["b"] == {"MRR@10": 0, "nDCG@10": 0, "Recall@10": 0, "Recall@100": 1}
    assert values["c"]["MRR@10"] == 1 / 2  # the same passage again is no further place
    assert values["d"] == dict.fromkeys(MEASURES, 0)


def test_queries_are_asked_and_judged(rivers):
    (own, cross) = evaluate([rivers], EvaluationOptions())
    assert (own.set, own.queries, own.qrels) == ("rivers", "queries", "qrels")
    assert {name: values["MRR@10"] for name, values in own.values.items()} == {"q1": 1, "q2": 1, "q3": 1}
    assert own.values["q3"]["Recall@10"] == 1
    assert own.pairs == {"q1": "en->en", "q2": "zh-Hans->zh-Hans", "q3": "en->en"}
    assert cross.pairs == {"q1": "en->zh-Hans", "q2": "zh-Hans->en"}
    assert {values["Recall@100"] for values in cross.values.values()} == {0}
    shape = own.to_dict()
    assert [*shape] == ["set", "queries", "qrels", "n", *MEASURES, "by_language"]
    assert shape["n"] == 3
    assert [*shape["by_language"]] == ["en->en", "zh-Hans->zh-Hans"]
    assert [*shape["by_language"]["en->en"]] == ["n", *MEASURES]


def test_across_languages_only_passages_in_that_of_the_answers_count(tmp_path):
    text = "Ferry timetable of the lake, with all its piers."
    passages = [passage("p-en", f"{text} {text}", "en"), passage("p-xx", f"{text} And a word more.", "xx")]
    folder = make(
        tmp_path / "set", passages, [query("q", "ferry timetable piers lake", "en")], ["q\tp-xx\t1"],
        qrels__cross__tsv=["q\tp-xx\t1"], qrels__to_xx__tsv=["q\tp-xx\t1"], qrels__both__tsv=["q\tp-xx\t1"],
    )  # fmt: skip
    (folder / "qrels.to_xx.tsv").rename(folder / "qrels.to-xx.tsv")
    found = {qrels: one.values["q"]["MRR@10"] for (_, qrels), one in figures(folder).items()}
    assert found == {"qrels": 1 / 2, "qrels.both": 1 / 2, "qrels.cross": 1, "qrels.to-xx": 1}
