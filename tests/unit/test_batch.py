"""Many queries in one process: a line of JSON for each line, in order."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from indexer.errors import UsageError
from search.batch import answers, asking
from tests.cli.test_cli import ROOT, wensou


def answered(seeds, *lines, **defaults):
    return list(
        answers(asking(seeds), [line if isinstance(line, bytes) else line.encode() for line in lines], defaults)
    )


def timeless(answer):
    return {**answer, "took_ms": 0}


def test_each_line_has_the_answer_that_it_has_alone(seeds):
    queries = ["川普 关税", "「相互尊重」", "xyzzy", "特朗普"]
    expected = [timeless(seeds.search(query).to_dict()) for query in queries]
    assert [timeless(answer) for answer in answered(seeds, *(f"{query}\n" for query in queries))] == expected


def test_an_object_has_options_that_win_over_the_defaults(seeds):
    line = json.dumps({"query": "特朗普", "limit": 1, "kinds": ["body"], "since": None, "added_since": 0})
    own, other = answered(seeds, line, "特朗普", limit=2, since="2026")
    assert timeless(own) == timeless(seeds.search("特朗普", limit=1, kinds=["body"], added_since=0).to_dict())
    assert timeless(other) == timeless(seeds.search("特朗普", limit=2, since="2026").to_dict())


def test_a_blank_line_is_a_query_that_asks_nothing(seeds):
    found = answered(seeds, "\n", "川普\r\n", "  ")
    assert [[note["kind"] for note in answer["notes"]] for answer in found] == [["empty"], ["aliases"], ["empty"]]
    assert found[1]["query"] == "川普"


def test_an_article_to_be_like_needs_no_query(seeds):
    article = seeds.search("特朗普").hits[0].article_id
    (answer,) = answered(seeds, json.dumps({"like": article}))
    assert timeless(answer) == timeless(seeds.search("", like=article).to_dict())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"facets": "lang"}, "facets is a list of names, not str: 'lang'"),
        ({"kinds": "body"}, "kinds is a list of names, not str: 'body'"),
        ({"kinds": 3}, "kinds is a list of names, not int: 3"),
        ({"since": 2025}, "2025 is no date but int"),
        ({"until": 2025.5}, "no date but float"),
    ],
)
def test_an_option_of_another_type_is_named(seeds, options, said):
    with pytest.raises(UsageError, match=said):
        seeds.search("a", **options)


def test_a_byte_order_mark_is_no_text(seeds):
    assert [answer["query"] for answer in answered(seeds, b"\xef\xbb\xbf" + "川普".encode())] == ["川普"]


@pytest.mark.parametrize(("line", "said"), [
    (b"\xff\xfe", "The line is not UTF-8: invalid start byte at byte 1."),
    ('{"query": "a"', "The line begins with { and is not JSON: Expecting ',' delimiter: line 1 column 14 (char 13)."),
    ('{"limit": 3}', 'The line needs a "query", a text, or "like", an article.'),
    ('{"query": 3, "like": "a"}', 'The line needs a "query", a text, or "like", an article.'),
    ('{"like": 3}', "like cannot be 3."),
    ('{"query": "a", "limit": true}', "limit cannot be true."),
    ('{"query": "a", "limit": null}', "limit cannot be null."),
    ('{"query": "a", "limit": -1}', "limit, offset and context cannot be negative."),
    ('{"query": "a", "kinds": "body"}', 'kinds cannot be "body".'),
    ('{"query": "a", "kinds": [1]}', "kinds cannot be [1]."),
    ('{"query": "a", "since": 2026}', "since cannot be 2026."),
    ('{"query": "a", "since": "never"}', "'never' is no date"),
    ("{" * 10_000, "The line begins with { and is not JSON"),
    ('{"query": "a", "x": ' + "[" * 200_000, "The line begins with { and is not JSON"),
])  # fmt: skip
def test_a_wrong_line_is_answered_in_its_place(seeds, line, said):
    first, wrong, last = answered(seeds, "川普", line, "特朗普")
    assert (first["query"], wrong["line"], last["query"]) == ("川普", 2, "特朗普")
    assert wrong["error"].startswith(said)


def test_an_unknown_option_is_named_with_those_that_there_are(seeds):
    (wrong,) = answered(seeds, '{"query": "a", "limits": 3}')
    assert wrong["error"].startswith("Unknown option 'limits'. Known are: limit, offset, sort, ")


def test_the_command_answers_a_file_with_its_options_for_all_lines(seeds_index, tmp_path):
    file = tmp_path / "queries.txt"
    file.write_text("特朗普\nxyzzy\n", "utf-8")
    done = wensou("search", "--queries", file, "--index", seeds_index, "-n", "1")
    assert [len(json.loads(line)["hits"]) for line in done.stdout.splitlines()] == [1, 0]
    assert (done.returncode, done.stderr) == (0, "")
    file.write_text("xyzzy\n", "utf-8")
    assert wensou("search", "--queries", file, "--index", seeds_index).returncode == 1
    file.write_text("川普\n{\n", "utf-8")
    done = wensou("search", "--queries", file, "--index", seeds_index)
    assert (done.returncode, "error" in json.loads(done.stdout.splitlines()[1])) == (2, True)
    for more in ("川普", "--explain"):
        assert wensou("search", more, "--queries", file, "--index", seeds_index).returncode == 2
    for name in ("none", "."):
        done = wensou("search", "--queries", tmp_path / name, "--index", seeds_index)
        assert (done.returncode, "cannot be read" in done.stderr, "Errno" in done.stderr) == (2, True, False)


def test_an_answer_is_there_before_the_next_line_is(seeds_index):
    command = [sys.executable, "-c", "from search.cli import main; main()"]
    with subprocess.Popen(
        [*command, "search", "--queries", "-", "--index", str(seeds_index)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        for query in ("川普", "特朗普"):
            process.stdin.write(f"{query}\n".encode())
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["query"] == query
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.wait() == 0
