"""`wensou eval`: every figure by hand, on sets of a few queries."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict
from math import log2
from pathlib import Path

import pytest

from indexer.analysis.analyzer import Analyzer
from indexer.errors import DependencyError, UsageError
from search.evaluation.comparing import compared, read_run
from search.evaluation.corpus import Corpus
from search.evaluation.evaluating import EvaluationOptions, evaluate
from search.evaluation.measures import MEASURES, p_value, values_of
from search.grammar import parse
from search.planner import Filters, plan
from tests.cli.test_cli import wensou

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


LONG = (
    "The harbour office published the new timetable of the ferry on Monday. Boats leave the eastern pier at six, at nine "
    "and at noon; on Sundays the first one is left out. Tickets are sold on board, and children under six travel free."
)


def test_a_judged_passage_counts_where_its_copy_stands(tmp_path):
    passages = [passage("a", LONG, "en"), passage("b", LONG, "en"), passage("c", f"{RIVER} Timetable.", "en")]
    folder = make(tmp_path / "set", passages, [query("q", "timetable ferry harbour", "en")], ["q\tb\t1"])
    (one,) = evaluate([folder], EvaluationOptions())
    assert one.values["q"]["MRR@10"] == 1
    (folder / "qrels.tsv").write_text("q\tc\t1\n", "utf-8")
    (one,) = evaluate([folder], EvaluationOptions())
    assert one.values["q"]["MRR@10"] == 1 / 2  # the two copies are one hit


def test_of_two_judged_passages_in_one_hit_the_better_stands_first(tmp_path):
    passages = [passage("a", LONG, "en"), passage("b", LONG, "en")]
    folder = make(tmp_path / "set", passages, [query("q", "timetable", "en")], ["q\ta\t1", "q\tb\t3"])
    (one,) = evaluate([folder], EvaluationOptions())
    assert one.values["q"] == dict.fromkeys(MEASURES, 1)


def test_across_languages_a_copy_of_what_is_in_another_one_is_found(tmp_path):
    passages = [passage("a", LONG, "en"), passage("b", LONG, "xx"), passage("c", f"{RIVER} Timetable.", "xx")]
    folder = make(
        tmp_path / "set", passages, [query("q", "timetable ferry harbour", "en"), query("r", "river", "en")],
        ["q\ta\t1"], qrels__cross__tsv=["q\tb\t1", "r\tc\t1"],
    )  # fmt: skip
    assert figures(folder)["queries", "qrels.cross"].values["q"]["MRR@10"] == 1


def test_pooled_sets_stand_beside_each_and_their_names_are_their_own(rivers, tmp_path):
    other = make(
        tmp_path / "more",
        [passage("en-river", "River ferry. River ferry.", "en"), passage("zh", "江水 渡轮", "zh-Hans")],
        [query("q1", "bread", "en")],
        ["q1\ten-river\t1"],
    )
    alone = figures(rivers)
    pooled = figures(rivers, pools=[other, rivers])
    assert alone["queries", "qrels"].values["q1"]["MRR@10"] == 1
    assert pooled["queries", "qrels"].values["q1"]["MRR@10"] == 1 / 2  # it is not the other set's en-river
    assert pooled["queries", "qrels"].values["q2"]["MRR@10"] == 1 / 2
    both = [one.set for one in evaluate([rivers, other], EvaluationOptions(pools=[rivers, other]))]
    assert both == ["rivers", "rivers", "more"]


def test_across_languages_the_passages_of_pooled_sets_are_distractors_too(tmp_path):
    judged = make(
        tmp_path / "judged", [passage("p", RIVER, "en"), passage("z", RIVER_ZH, "zh-Hans")],
        [query("q", "Lyon river ferry", "zh-Hans")], ["q\tz\t1"], qrels__cross__tsv=["q\tp\t1"],
    )  # fmt: skip
    other = make(
        tmp_path / "other", [passage("x", "Lyon river ferry", "en"), passage("y", "Lyon river ferry", "fr")],
        [query("q", "a", "en")], ["q\tx\t1"],
    )  # fmt: skip
    assert figures(judged)["queries", "qrels.cross"].values["q"]["MRR@10"] == 1
    assert figures(judged, pools=[other])["queries", "qrels.cross"].values["q"]["MRR@10"] == 1 / 2


def test_sets_of_one_name_are_told_apart(rivers, tmp_path):
    same = make(
        tmp_path / "b" / "rivers", [passage("en-river", "River ferry. River ferry.", "en")], [query("q", "x", "en")],
        ["q\ten-river\t1"],
    )  # fmt: skip
    assert figures(rivers, pools=[same])["queries", "qrels"].values["q1"]["MRR@10"] == 1 / 2


@pytest.mark.parametrize(
    "text",
    [
        "river ferry",
        'a "river OR',
        "(river",
        "river)) ferry",
        "river | ferry -bread",
        "“river ferry” \\",
        "NOT",
        "a AND b OR c",
    ],
)
def test_a_query_means_the_same_within_some_languages(text):
    analyzer, filters = Analyzer(), Filters(copies=True)
    corpus = Corpus(Path(), {}, {"en": "passages-in-0", "xx": "passages-in-1"}, 0)
    own = plan(parse(text), filters, analyzer)
    within = plan(parse(corpus.within(text, ["en", "xx"])), filters, analyzer)
    assert (within.text, within.rank, within.passages) == (own.text, own.rank, own.passages)
    assert len(within.filters) == len(own.filters) + 1


def test_files_take_the_place_of_those_of_the_set(rivers, tmp_path):
    asked = tmp_path / "asked.jsonl"
    asked.write_text(json.dumps(query("q1", "江水", "zh-Hans")) + "\n", "utf-8")
    (one,) = evaluate([rivers], EvaluationOptions(queries=asked, qrels=Path("qrels.cross.tsv")))
    assert (one.queries, one.qrels) == ("asked", "qrels.cross")
    assert one.values == {"q1": dict.fromkeys(MEASURES, 1)}


def test_a_sample_is_spread_over_the_queries(rivers):
    assert [*figures(rivers, sample=2)["queries", "qrels"].values] == ["q1", "q3"]
    assert [*figures(rivers, sample=1)["queries", "qrels"].values] == ["q1"]
    assert len(figures(rivers, sample=9)["queries", "qrels"].values) == 3


def test_several_processes_find_the_same(rivers):
    assert figures(rivers, jobs=2) == figures(rivers)


def test_an_index_that_is_kept_is_brought_up_to_date(rivers, tmp_path):
    keep = tmp_path / "kept"
    assert figures(rivers, keep=keep) == figures(rivers)
    with (rivers / "passages.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(passage("new", "River ferry. River ferry.", "en")) + "\n")
    assert figures(rivers, keep=keep)["queries", "qrels"].values["q1"]["MRR@10"] == 1 / 2
    assert len([*keep.iterdir()]) == 1


@pytest.mark.parametrize(
    ("name", "lines", "message"),
    [
        ("passages.jsonl", ["{"], "passages.jsonl, line 1: not JSON"),
        ("passages.jsonl", ["[1]"], "line 1: not an object"),
        ("passages.jsonl", ['{"id": "a"}'], 'line 1: there is no "text"'),
        ("passages.jsonl", ['{"text": "a"}'], 'line 1: there is no "id"'),
        ("passages.jsonl", ['{"id": "a", "text": "b"}'] * 2, "line 2: there is another passage a"),
        ("passages.jsonl", [""], "holds no passages"),
        ("queries.jsonl", ['{"id": "q1"}'], 'queries.jsonl, line 1: there is no "text"'),
        ("queries.jsonl", ['{"id": "q1", "text": "b"}'] * 2, "line 2: there is another query q1"),
        ("qrels.tsv", ["q1 en-river 1"], "qrels.tsv, line 1: a judgement is query, passage and grade"),
        ("qrels.tsv", ["q1\ten-river\t1", "q1\ten-river\tgood"], "qrels.tsv, line 2"),
        ("qrels.tsv", ["q1\tnowhere\t1"], "names nowhere for q1"),
        ("qrels.tsv", ["q1\ten-river\t0"], "No query of"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(rivers, name, lines, message):
    (rivers / name).write_text("\n".join(lines), "utf-8")
    with pytest.raises(UsageError, match=re.escape(message)):
        figures(rivers)


def test_what_cannot_be_measured_is_said(rivers, tmp_path, monkeypatch):
    with pytest.raises(UsageError, match=r"nowhere.*cannot be read.*A set has passages.jsonl"):
        figures(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no option 'colour'"):
        figures(rivers, search={"colour": "red"})
    with pytest.raises(UsageError, match="name only one"):
        figures(rivers, rivers, queries=Path("queries.jsonl"))
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(DependencyError, match=r"pip install 'wensou\[eval\]'"):
        figures(rivers)


def test_ids_are_those_of_the_hits(seeds):
    for options in ({}, {"copies": True}, {"lang": "en"}):
        hits = seeds.search("特朗普 Trump", limit=5, **options).hits
        ranked = seeds.ranked("特朗普 Trump", limit=5, **options)
        assert ranked == tuple((hit.article_id, *(copy.article_id for copy in hit.copies)) for hit in hits)
        assert ranked


def test_a_difference_is_tested_over_the_same_queries(rivers, tmp_path):
    one = figures(rivers)["queries", "qrels"]
    kept = tmp_path / "run.json"
    shape = one.to_dict(per_query=True)
    shape["per_query"]["q2"]["MRR@10"] = 0.5
    del shape["per_query"]["q3"]
    kept.write_text(json.dumps({"sets": [shape]}), "utf-8")
    found = compared(read_run(kept)[one.key], one)
    assert found.n == 2
    assert asdict(found.whole["MRR@10"]) == {"before": 0.75, "after": 1, "difference": 0.25, "p": pytest.approx(0.5)}
    assert found.whole["Recall@10"].p == 1
    assert found.by_language["zh-Hans->zh-Hans"]["MRR@10"].p == 0  # of one query there is no chance to speak of


def test_the_paired_test_by_hand():
    before, after = [0.1, 0.2, 0.3, 0.4], [0.3, 0.3, 0.6, 0.6]  # differences .2 .1 .3 .2: t = .2 / (.0816 / 2) = 4.9
    assert p_value(before, after) == pytest.approx(0.01628, abs=1e-4)
    assert p_value(before, before) == 1


def test_a_run_without_values_is_no_run_to_compare_with(tmp_path):
    for text in ("{}", "[", '{"sets": [{"set": "a", "queries": "q", "qrels": "r"}]}'):
        (tmp_path / "run.json").write_text(text, "utf-8")
        with pytest.raises(UsageError, match="--json --per-query"):
            read_run(tmp_path / "run.json")
    with pytest.raises(UsageError, match="cannot be read"):
        read_run(tmp_path / "none.json")


def test_the_command_prints_json_and_tables(rivers, tmp_path):
    done = wensou("eval", rivers, "--json", "--per-query")
    (own, cross) = json.loads(done.stdout)["sets"]
    assert (own["qrels"], cross["qrels"], own["MRR@10"], cross["MRR@10"]) == ("qrels", "qrels.cross", 1, 0)
    assert own["per_query"]["q1"]["language"] == "en->en"
    assert "per_query" not in json.loads(wensou("eval", rivers, "--json").stdout)["sets"][0]
    (tmp_path / "before.json").write_text(done.stdout, "utf-8")
    table = wensou("eval", rivers, "--compare", tmp_path / "before.json").stdout
    assert re.search(r"rivers queries qrels +n= +3 +MRR@10 1.0000", table)
    assert re.search(r"MRR@10 +1.0000 -> 1.0000 +\+0.0000 +p 1", table)
    failed = wensou("eval", rivers, "--qrels", "none.tsv")
    assert failed.returncode == 2
    assert "none.tsv cannot be read" in failed.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        "a b --pool c d",
        "a b --pool c --pool d",
        "--json --pool c --pool=d a b",
        "--queries x a b --pool c d --json",
        "--pool c a b --pool d",
    ],
)
def test_pools_are_named_as_a_list_or_one_by_one(arguments):
    from search.eval_command import evaluate as command

    found = command.make_context("eval", arguments.split()).params
    assert (found["sets"], found["pools"]) == ((Path("a"), Path("b")), (Path("c"), Path("d")))
