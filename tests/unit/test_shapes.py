"""What programs get: each shape as its readers read it, and clear words where a shape cannot show something."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from indexer.display import as_line, harmless
from indexer.errors import UsageError
from search.hit_fields import HIT_FIELDS
from search.model import Place, Story
from search.present import KNOWN_FIELDS
from search.shapes import CSV_FIELDS, SHAPES, Output
from tests.texts import mixed_text
from tests.unit.test_present import result_of


def written(result, shape, *fields, null=False):
    output = Output(shape, fields, null)
    output.check(explain=False)
    return "".join(output.written(result, {}, color=False, width=0))


def with_hits(*hits):
    return replace(result_of(""), hits=hits)


def cells(result, *fields):
    return list(csv.reader(written(result, "csv", *fields).splitlines()))


def test_json_is_the_answer_and_its_lines_are_the_hits():
    result = result_of("中國特朗普談話", ((2, 5),))
    whole = json.loads(json.dumps(result.to_dict()))
    assert json.loads(written(result, "json")) == whole
    assert list(json.loads(written(result, "json"))["hits"][0]) == list(whole["hits"][0])
    assert [json.loads(line) for line in written(result, "jsonl").splitlines()] == whole["hits"]


@pytest.mark.parametrize("shape", ["json", "jsonl"])
def test_fields_choose_the_keys_of_hits_and_their_order(shape):
    value = json.loads(written(result_of("文"), shape, "snippet", "rank"))
    assert list((value["hits"][0] if shape == "json" else value).items()) == [("snippet", "文"), ("rank", 1)]


def test_a_table_has_a_head_and_a_row_for_each_hit():
    head, row = cells(result_of('甲\n乙, “丙” "丁"', title="題"))
    assert tuple(head) == CSV_FIELDS
    assert row == ["1", "1.0", "", "題", "", "zh-Hant", "", "/x/a", '甲 乙, “丙” "丁"']
    assert cells(with_hits()) == [list(CSV_FIELDS)]


def test_cells_of_a_table_are_the_fields_asked_for():
    result = result_of("文", ((0, 1),))
    assert cells(result, "title_spans", "published_guessed", "snippets", "rank")[1] == [
        "[]", "false", json.dumps(result.to_dict()["hits"][0]["snippets"], ensure_ascii=False), "1"]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u3000＝1", "＋1", "－1", "＠1"]
)
def test_no_cell_begins_a_formula(text):
    ((cell,),) = cells(result_of(text), "snippet")[1:]
    assert cell == "'" + as_line(text)


@given(mixed_text)
def test_a_cell_is_one_line_of_any_text(text):
    ((cell,),) = cells(result_of(text), "snippet")[1:]
    assert cell in (as_line(text), "'" + as_line(text))
    assert harmless(as_line(text)) == harmless(text)


def test_paths_are_one_a_line_and_each_once():
    hit = result_of("文").hits[0]
    names = ["/x/甲\u3000乙 丙", "/x/b", "/x/甲\u3000乙 丙"]
    result = with_hits(*(replace(hit, path=name) for name in names))
    assert written(result, "paths").splitlines() == names[:2]


def test_reports_that_a_hit_stands_for_have_rows_and_paths_of_their_own():
    story = Story("b#1", "另一篇", "en", date(2026, 2, 5), "/x/b", ())
    result = with_hits(replace(result_of("文", title="題").hits[0], stories=(story,)), result_of("文").hits[0])
    assert written(result, "paths").splitlines() == ["/x/a", "/x/b"]
    assert cells(result, "rank", "published", "title", "author", "lang", "path", "snippet", "article_id")[1:3] == [
        ["1", "", "題", "", "zh-Hant", "/x/a", "文", "a"],
        ["1", "2026-02-05", "另一篇", "", "en", "/x/b", "", "b#1"]]  # fmt: skip
    assert [row[0] for row in cells(result, "rank")] == ["rank", "1", "1", "1"]


def test_paths_with_line_breaks_are_whole_before_zero_bytes():
    hit = replace(result_of("文").hits[0], path="/x/a\nb\x1b")
    assert written(with_hits(hit), "paths", null=True) == "/x/a\nb\x1b\0"
    assert written(with_hits(hit), "paths") == "/x/a b\ufffd\n"


def test_vimgrep_keeps_the_spaces_of_paths():
    hit = replace(result_of("文").hits[0], path="/x/甲\u3000乙", find_places=lambda: (Place(3, 7),))
    assert written(with_hits(hit), "vimgrep") == "/x/甲\u3000乙:3:7:文\n"


def test_a_table_shows_the_fields_asked_for():
    result = result_of("第一", title="題")
    assert written(result, "table", "title") == "題\n\n"
    assert written(result, "table", "rank", "lang", "article_id", "score") == "1.\n   zh-Hant · a · score 1.0000\n\n"
    assert written(result, "table", "snippet") == "  第一\n\n"


def test_a_table_can_show_every_field_but_those_that_stand_with_others():
    assert set(HIT_FIELDS) - set(KNOWN_FIELDS) == {"title_spans", "published_guessed"}
    for name in KNOWN_FIELDS:
        assert isinstance(written(result_of("文"), "table", name), str)


@pytest.mark.parametrize(
    ("shape", "fields", "said"),
    [
        ("json", ["titel"], "Did you mean title"),
        ("csv", ["Rank"], "Did you mean rank"),
        ("jsonl", ["xyzzy"], "Known are: rank, "),
        ("table", ["title_spans"], "No field 'title_spans' in a table"),
        ("paths", ["path"], "leave out --fields"),
        ("vimgrep", ["path"], "leave out --fields"),
    ],
)
def test_what_a_shape_cannot_show_is_said(shape, fields, said):
    with pytest.raises(UsageError, match=said):
        written(result_of("文"), shape, *fields)


def test_only_paths_end_with_zero_bytes():
    with pytest.raises(UsageError, match="--format paths"):
        written(result_of("文"), "csv", null=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_explanations_are_of_the_shapes_that_have_room(shape):
    if shape in ("table", "json", "jsonl"):
        Output(shape).check(explain=True)
    else:
        with pytest.raises(UsageError, match="has no room for --explain: use table, json, jsonl"):
            Output(shape).check(explain=True)
