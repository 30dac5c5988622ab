"""A concordance and counts as people see them: aligned, within the terminal, and nothing that commands it."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from search.columns import beginning, clipped, clipped_before, ending
from search.concordance import Concordance, Occurrence
from search.counting import CountRow, Counts
from search.spreadsheet import as_csv
from search.study_lines import as_lines, as_plot, as_table, summary
from tests.texts import mixed_text

contexts = st.tuples(mixed_text, mixed_text.filter(bool), mixed_text)


def one(left="", keyword="鳳凰", right="", article_id="a.md", published=None, guessed=False, kind="body"):
    return Occurrence(article_id, "題", published, guessed, "/x/a", "a@0", kind, "zh-Hant", left, keyword, right, 0)


def found(*occurrences, total=None, articles=1, matched=1):
    return Concordance("q", occurrences, total or len(occurrences), articles, matched, 1.2)


def counts(*rows, by="month"):
    rows = tuple(CountRow(*row) for row in rows)
    return Counts("q", by, rows, sum(row.articles for row in rows), sum(row.occurrences for row in rows), 1.0)


@given(st.lists(contexts, min_size=1, max_size=4))
@example([("", "特朗普", ""), ("", "特朗普", "川普川普👨\u200d👩\u200d👧")])
@example([("*", "特朗普", "❤\ufe0f")])
def test_keywords_stand_below_each_other(parts):
    lines = list(as_lines(found(*(one(*part) for part in parts)), color=True, width=0, context=12))
    assert {cell_len(line.split("\x1b[1;31m")[0]) for line in lines} == {12}
    plain = [line.replace("\x1b[1;31m", "").replace("\x1b[0m", "") for line in lines]
    assert len({cell_len(line.rpartition("  a.md")[0]) for line in plain}) == 1


@given(contexts, st.integers(40, 120))
def test_lines_fit_the_terminal_unless_the_keyword_is_long(parts, width):
    left, keyword, right = parts
    occurrence = one(left, keyword[:4], right, "很長的資料夾/" * 9 + "a.md", date(2026, 2, 5))
    (line,) = as_lines(found(occurrence), color=False, width=width, context=width)
    assert cell_len(line) <= max(width, 4 + 8 + 16 + 2 + 12 + width // 4)
    assert "a.md" in line


def test_what_is_nearest_to_the_keyword_is_shown():
    (line,) = as_lines(found(one("一二三四五", "鳳凰", "六七八九十")), color=True, width=0, context=5)
    assert line == " 四五\x1b[1;31m鳳凰\x1b[0m六七   a.md"


def test_days_names_and_titles_stand_behind():
    occurrences = one(published=date(2026, 2, 5), guessed=True), one(article_id="b.md"), one(kind="title")
    lines = [line.partition("**  ")[2] for line in as_lines(found(*occurrences), color=False, width=0, context=0)]
    assert lines == ["~2026-02-05 a.md", "            b.md", "            a.md (title)"]
    assert list(as_lines(found(), color=False, width=80, context=10)) == []


def test_no_article_commands_the_terminal():
    line = "".join(as_lines(found(one("a\x1b[2J\n", "b\x07", "\u202ec", "d\x9b")), color=False, width=0, context=9))
    assert line == "   a\ufffd[2J **b\ufffd**\ufffdc         d\ufffd"
    assert not set("\x1b\x07\u202e\x9b\n") & set(line)


def test_the_summary_says_what_is_left_out():
    assert summary(found(one())) == "1 occurrence in 1 article, 1 ms"
    assert (
        summary(found(one(), total=5000, articles=2, matched=3))
        == "5,000 occurrences (1 shown) in 2 of 3 articles, 1 ms"
    )


def test_combining_marks_stay_with_their_letter():
    assert ending("ae\u0301b", 2) == "e\u0301b"
    assert ending("ae\u0301b", 1) == "b"
    assert beginning("e\u0301b", 1) == "e\u0301"


@given(mixed_text, st.integers(1, 30))
def test_a_cut_text_fits(text, columns):
    for cut in (clipped, clipped_before, beginning, ending):
        assert cell_len(cut(text, columns)) <= columns or cell_len(text) <= columns


def test_csv_holds_any_text_and_no_formula():
    cells = {
        "=1+1": "'=1+1",
        "+a": "'+a",
        "-a": "'-a",
        "@a": "'@a",
        "＝1": "'＝1",
        "\u3000=1": "'\u3000=1",
        "\n@a": "' @a",
        'a"b,c\nd': 'a"b,c d',
        "\x1b": "\ufffd",
    }
    lines = list(as_csv({"text": cell, "number": -5, "day": None} for cell in cells))
    assert lines[0] == "text,number,day"
    assert list(csv.reader(lines[1:])) == [[cell, "-5", ""] for cell in cells.values()]
    assert list(as_csv([])) == []


def test_counts_are_a_table_aligned_by_width():
    lines = list(as_table(counts(("中央社", 1000, 2000), ("BBC\x1b", 1, 2), ("", 3, 4), by="source")))
    assert lines == [
        "source     articles  occurrences",
        "中央社        1,000        2,000",
        "BBC\ufffd              1            2",
        "no source         3            4",
    ]
    assert list(as_table(counts())) == []


def test_a_plot_draws_what_is_more_than_nothing_and_periods_without_any():
    shown = counts(("2025-11", 1, 1), ("2026-02", 9, 800), ("", 1, 400))
    assert list(as_plot(shown, width=31, blocks=False)) == [
        "2025-11   1 #",
        "2025-12   0",
        "2026-01   0",
        "2026-02 800 " + "#" * 19,
        "undated 400 " + "#" * 10,
    ]
    assert list(as_plot(shown, width=31, blocks=True))[3:] == [
        "2026-02 800 " + "█" * 19,
        "undated 400 " + "█" * 9 + "▌",
    ]
    assert next(iter(as_plot(shown, width=31, blocks=True))) == "2025-11   1 ▏"
    assert list(as_plot(counts(), width=80, blocks=True)) == []


def test_where_nothing_of_the_text_was_asked_a_plot_is_of_articles():
    assert list(as_plot(counts(("2025", 4, 0), ("2026", 8, 0), by="year"), width=15, blocks=False)) == [
        "2025 4 " + "#" * 5,
        "2026 8 " + "#" * 10,
    ]


def test_long_gaps_are_one_line():
    lines = list(as_plot(counts(("1970", 1, 1), ("2026", 1, 1), by="year"), width=80, blocks=False))
    assert [line[:7] for line in lines] == ["1970 1 ", "... 55 ", "2026 1 "]


@pytest.mark.parametrize("blocks", [True, False])
@given(rows=st.lists(st.tuples(mixed_text, st.just(1), st.integers(0, 10**7)), min_size=1, max_size=4))
def test_plots_fit_the_terminal(blocks, rows):
    for line in as_plot(counts(*rows, by="source"), width=60, blocks=blocks):
        assert cell_len(line) <= 60
