"""The commands `concordance` and `count` as their users run them."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import subprocess
import sys
from itertools import groupby

import pytest
from rich.cells import cell_len

from indexer.analysis.fold import fold_key
from tests.cli.test_cli import ROOT, wensou


def run(index, *arguments, **environment):
    return wensou(*arguments, "--index", index, **environment)


def on_a_terminal(*arguments, **environment):
    """Return what a command shows on a terminal of 80 columns."""
    code = "import fcntl, struct, sys, termios; fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('4H', 24, 80, 0, 0)); "
    code += "from search.cli import main; main()"
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    ours, theirs = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=theirs, stderr=subprocess.DEVNULL,
        env={**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment}, check=True,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 1 << 16)
        except OSError:
            os.close(ours)
            return shown.decode()


@pytest.mark.parametrize("command", ["concordance", "count"])
def test_found_nothing_and_wrong(seeds_index, command):
    assert run(seeds_index, command, "川普").returncode == 0
    for query in ("xyzzy", "", "。。。"):
        done = run(seeds_index, command, query)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr
    for arguments in (["a", "--lang", "x"], ["a", "--since", "never"], ["a", "--format", "x"], ["a", "--nope"]):
        done = run(seeds_index, command, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
    assert wensou(command, "a", "--index", "/nowhere/at/all").returncode == 2


def test_a_concordance_is_lines_json_or_csv(seeds_index):
    lines = run(seeds_index, "concordance", "川普", "--exact", "--limit", "3", "--context", "10")
    assert "(3 shown) in 1 article" in lines.stderr
    assert [line.index("**川普**") <= 10 for line in lines.stdout.splitlines()] == [True] * 3
    as_json = [
        json.loads(line) for line in run(seeds_index, "concordance", "川普", "--exact", "--json").stdout.splitlines()
    ]
    assert {one["keyword"] for one in as_json} == {"川普"}
    assert max(len(one["left"]) for one in as_json) == 40
    same = run(seeds_index, "concordance", "川普", "--exact", "--format", "json").stdout.splitlines()
    assert list(map(json.loads, same)) == as_json
    table = list(
        csv.DictReader(run(seeds_index, "concordance", "川普", "--exact", "--format", "csv").stdout.splitlines())
    )
    assert [row["start"] for row in table] == [str(one["start"]) for one in as_json]


def test_a_concordance_sorts_and_limits(seeds_index):
    def lefts(*arguments):
        output = run(seeds_index, "concordance", "特朗普", "--exact", "--context", "1", "--json", *arguments).stdout
        return [json.loads(line)["left"] for line in output.splitlines()]

    grouped = [left for left, _ in groupby(map(fold_key, lefts("--sort", "left")))]
    assert len(grouped) < len(list(groupby(map(fold_key, lefts()))))
    assert len(lefts("-n2")) == 2
    counted = run(seeds_index, "concordance", "特朗普", "--exact", "-n", "0")
    assert (counted.returncode, counted.stdout) == (0, "")
    assert "(0 shown) in 3 articles" in counted.stderr
    assert len(lefts("--kind", "teaser")) < len(lefts())
    assert lefts("--since", "2100") == []


def test_counts_are_a_table_csv_json_or_a_plot(seeds_index):
    assert run(seeds_index, "count", "特朗普", "--exact").stdout.splitlines()[1] == "2018-11         1           15"
    assert run(seeds_index, "count", "特朗普", "--exact", "--by", "year", "--format", "csv").stdout.splitlines() == [
        "year,articles,occurrences", "2018,1,15", "2026,1,11", ",1,6"]  # fmt: skip
    counts = json.loads(run(seeds_index, "count", "特朗普", "--exact", "--json").stdout)
    assert list(counts) == ["query", "by", "rows", "articles", "occurrences", "took_ms", "notes"]
    assert counts["rows"][-1] == {"value": "", "articles": 1, "occurrences": 6}
    plot = run(seeds_index, "count", "特朗普", "--exact", "--format", "plot").stdout
    assert "undated  6 ####" in plot
    assert plot.isascii()


def test_a_terminal_gives_colour_and_its_width(seeds_index):
    shown = on_a_terminal("concordance", "特朗普", "--exact", "--index", seeds_index, "--limit", "3")
    assert "\x1b[1;31m特朗普\x1b[0m" in shown
    assert "**" not in shown
    assert (
        max(cell_len(line.strip()) for line in shown.replace("\x1b[1;31m", "").replace("\x1b[0m", "").splitlines())
        <= 80
    )


@pytest.mark.parametrize(("locale", "drawn"), [("C.UTF-8", "█"), ("POSIX", "#")])
def test_bars_are_blocks_where_the_terminal_shows_them(seeds_index, locale, drawn):
    plain = {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    plot = on_a_terminal("count", "Trump", "--format", "plot", "--index", seeds_index, **plain)
    assert drawn in plot
    assert plot.isascii() == (drawn == "#")
    assert max(map(len, plot.splitlines())) == 80


def test_the_output_in_the_documentation_is_what_comes_out(seeds_index):
    page = (ROOT / "docs" / "search.md").read_text("utf-8")
    (block,) = re.findall(r"```console\n(\$ wensou concordance .*?)```", page, re.DOTALL)
    for example in block.split("$ wensou ")[1:]:
        command, _, output = example.partition("\n")
        assert run(seeds_index, *command.split()).stdout == output
