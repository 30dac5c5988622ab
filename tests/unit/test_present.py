"""What people see: marks, colours, widths, and nothing that commands their terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from indexer.display import as_json, harmless
from search.highlight import Mark, spans_of
from search.model import Copy, FacetValue, Hit, SearchResult, Snippet
from search.present import as_table, as_vimgrep, facet_lines
from search.snippets import LONGEST, choose_window, cost
from tests.texts import mixed_text


def result_of(text, spans=(), title="題", published=None, guessed=False):
    snippet = Snippet("a@0", "body", "zh-Hant", text, spans, 0)
    hit = Hit(1, "a", title, "zh-Hant", (), "/x/a", "", published, "", guessed, "", "", "zh-Hant", 1.0, (snippet,), ())
    return SearchResult("q", (hit,), 1, 1, True, 0.0)


@given(mixed_text)
def test_no_text_commands_a_terminal(text):
    shown = harmless(text)
    assert len(shown) == len(text)
    assert not any(character < " " or "\x7f" <= character < "\xa0" for character in shown)


@given(mixed_text)
def test_lines_fit_the_terminal(text):
    for line in as_table(result_of(text), color=False, width=40):
        assert cell_len(line) <= 40 or not line.startswith("     ")


@pytest.mark.parametrize(("guessed", "shown"), [(False, "   2026-02-05 · zh"), (True, "   ~2026-02-05 · zh")])
def test_a_guessed_date_has_a_tilde(guessed, shown):
    lines = list(as_table(result_of("文", published=date(2026, 2, 5), guessed=guessed), color=False, width=0))
    assert lines[1].startswith(shown)


def test_highlights_are_marked_plainly_or_in_colour():
    text = "中國特朗普談話"
    plain = "\n".join(as_table(result_of(text, ((2, 5),)), color=False, width=0))
    assert "中國**特朗普**談話" in plain
    colored = "\n".join(as_table(result_of(text, ((2, 5),)), color=True, width=0))
    assert "中國\x1b[1;31m特朗普\x1b[0m談話" in colored


def test_copies_of_a_hit_are_one_line():
    hit = result_of("特朗普").hits[0]
    copies = tuple(Copy(name, "", "", "", f"/x/{name}\n", None, 1.0) for name in "bcde")
    shown = ["\n".join(as_table(SearchResult("q", (one,), 1, 1, True, 0.0), color=False, width=0)) for one in (
        hit, replace(hit, copies=copies[:1]), replace(hit, copies=copies))]  # fmt: skip
    assert "+" not in shown[0]
    assert shown[1].splitlines()[-1] == "   + 1 copy: /x/b "
    assert shown[2].splitlines()[-1] == "   + 4 copies: /x/b , /x/c , /x/d , …"


def test_a_highlight_goes_on_over_a_line_end():
    lines = list(as_table(result_of("一二三四五六七八九十" * 3, ((0, 30),)), color=False, width=30))
    assert all(line.strip().startswith("**") and line.endswith("**") for line in lines[2:-1])


def test_json_holds_any_text():
    assert '"text": "a?b\\u009b"' in as_json(result_of("a\ud800b\x9b").to_dict())


def test_vimgrep_is_one_line_a_snippet():
    from dataclasses import replace

    from search.model import Place

    hit = replace(result_of("一\n二").hits[0], find_places=lambda: (Place(3, 7),))
    assert list(as_vimgrep(replace(result_of(""), hits=(hit,)))) == ["/x/a:3:7:一 二"]


@settings(max_examples=400)
@given(mixed_text.map(lambda text: text * 20))
@example("特朗普特朗普 カナ" * 20)
@example("特朗普特朗普 ｶﾞ" * 20)
def test_a_window_is_short_and_whole(text):
    start, end = choose_window(text, [])
    assert 0 <= start <= end <= len(text)
    assert cost(text[start:end]) <= LONGEST or " " not in text[start:end]


@settings(max_examples=200)
@given(mixed_text.map(lambda text: text * 20), st.integers(1, 400))
@example("international relations and 中國特朗普談話 " * 20, 5)
def test_a_window_is_as_long_as_is_asked_for(text, longest):
    start, end = choose_window(text, [], longest)
    window = text[start:end]
    assert cost(window) <= max(longest, 3) or " " not in window
    if cost(text) <= longest:
        assert window == text.strip()


def test_a_word_is_quoted_whole_however_little_is_asked_for():
    text = "The internationalization of trade " * 20
    at = text.index("international")
    start, end = choose_window(text, [Mark(at, at + 20, 0)], 4)
    assert text[start:end] == "internationalization"


@pytest.mark.parametrize(
    ("longest", "quoted"),
    [(0, "這裡提到鳳凰，"), (8, "這裡提到鳳凰，"), (20, "前面的話。這裡提到鳳凰，還有許多話。")],
)
def test_little_context_is_what_stands_around_what_is_found(longest, quoted):
    text = "前面的話。" * 30 + "這裡提到鳳凰，還有許多話。" + "前面的話。" * 30
    at = text.index("鳳凰")
    start, end = choose_window(text, [Mark(at, at + 2, 0)], longest)
    assert text[start:end] == quoted


def test_no_context_is_a_clause_that_is_bounded():
    text = "鳳" * 1000
    start, end = choose_window(text, [Mark(500, 501, 0)], 0)
    assert (end - start <= LONGEST, start <= 500 < end) == (True, True)


@pytest.mark.parametrize(
    ("text", "word", "window"),
    [
        ("前面的句子很长。" * 30 + "這裡提到鳳凰。" + "後面的句子也很長。" * 30, "鳳凰", "這裡提到鳳凰。"),
        (
            "An earlier sentence. " * 30 + "Here is a phoenix, rising. " + "A later one. " * 40,
            "phoenix",
            "Here is a phoenix",
        ),
    ],
)
def test_the_window_holds_what_is_found_and_begins_a_sentence(text, word, window):
    at = text.index(word)
    start, end = choose_window(text, [Mark(at, at + len(word), 0)])
    assert window in text[start:end]
    assert text[start:end][0] in "这這前後后AH"
    assert cost(text[start:end]) <= LONGEST


def test_of_windows_alike_one_that_begins_a_sentence_wins():
    text = "這句話很長很長，" * 14 + "末了才完。" + "鳳凰在此。" + "後面的句子也很長。" * 30
    at = text.index("鳳凰")
    assert choose_window(text, [Mark(at, at + 2, 0)])[0] == at


def test_the_densest_window_wins():
    text = "鳳凰在此。" + "無關的句子很多。" * 30 + "鳳凰與麒麟同在。" + "無關的句子很多。" * 30
    marks = [
        Mark(0, 2, 0),
        Mark(text.rindex("鳳凰"), text.rindex("鳳凰") + 2, 0),
        Mark(text.index("麒麟"), text.index("麒麟") + 2, 1),
    ]
    start, end = choose_window(text, marks)
    assert "鳳凰與麒麟" in text[start:end]


def test_marks_that_overlap_are_one_span():
    assert spans_of([Mark(0, 3, 0), Mark(2, 5, 1), Mark(5, 6, 0)]) == ((0, 5), (5, 6))


def test_a_facet_without_values_has_no_line():
    result = replace(result_of("文"), facets={"year": (), "lang": (FacetValue("en", 1200),)})
    assert list(facet_lines(result)) == ["lang: en 1,200"]
