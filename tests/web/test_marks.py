"""Marked text: nothing of an article does anything on the page, and marks stand where the spans are."""

import html
import re
import sys

from hypothesis import given
from hypothesis import strategies as st

from indexer.display import as_line
from search.web.marks import marked, shown

texts = st.text(
    st.sampled_from("ab<>&\"'/\u4e2d\U00020bb7\U0001f600\u202e\u2066\x00\x1b\n\u2028\ud800 \u3000"), max_size=12
)


def test_what_is_shown_is_harmless_character_for_character():
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [shown(character) for character in every if as_line(character) != character] == [
        as_line(character) for character in every if as_line(character) != character
    ]
    assert shown("習近平\u3000特朗普") == "習近平\u3000特朗普"
    assert shown("a\u202eb\x1bc\nd\ud800") == "a\ufffdb\ufffdc d\ufffd"


@given(texts, st.lists(st.tuples(st.integers(-1, 13), st.integers(-1, 13)), max_size=4))
def test_marks_are_where_spans_are_and_nothing_else_is_markup(text, spans):
    written = str(marked(text, spans))
    assert set(re.findall("<[^>]*>", written)) <= {"<mark>", "</mark>"}
    assert html.unescape(re.sub("</?mark>", "", written)) == shown(text)
    wanted = {i for start, end in spans for i in range(max(0, start), min(end, len(text)))}
    found, at, is_marked = set(), 0, False
    for piece in re.findall("</?mark>|&[^;]*;|.", written, re.DOTALL):
        if piece.endswith("mark>"):
            is_marked = piece == "<mark>"
        else:
            found |= {at} if is_marked else set()
            at += 1
    assert found == wanted


def test_spans_that_touch_or_overlap_are_one():
    assert marked("abcdef", [(3, 5), (0, 2), (2, 4)]) == "<mark>abcde</mark>f"
    assert marked("\U00020bb7野家", [(0, 1)]) == "<mark>\U00020bb7</mark>野家"
