"""The length of quotations, counted stretch by stretch, against a count word by word."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis.scripts import shape_of
from search.snippets import _costs, _costs_of_pieces, cost
from tests.texts import LATIN, WORDS, mixed_text

pieces = [
    *LATIN,
    *WORDS[:9],
    "a",
    "U.S.-China",
    "it’s",
    "1,200,000",
    "Ｇ２０",
    "ñ",
    "д",
    " ",
    "\u3000",
    "\n",
    ",",
    ". ",
    "-",
    "'",
    "é",
]
texts = st.lists(st.sampled_from(pieces), max_size=12).map("".join) | mixed_text


@given(texts, st.data())
@example("1,200 it’s", None)
def test_stretches_are_as_long_as_their_words_and_signs(text, data):
    inner = data.draw(st.lists(st.integers(0, len(text)))) if data else [2, 9]
    ends = sorted({0, len(text), *inner})
    assert _costs(shape_of(text), ends) == _costs_of_pieces(shape_of(text), ends)


@given(texts)
def test_words_count_three_and_other_characters_one(text):
    plain = "".join(shape_of(text).split())
    assert cost(text) <= 1.5 * len(plain)
    if not any((character.isalnum() and character.isascii()) or character == "L" for character in plain):
        assert cost(text) == len(plain)


def test_white_space_and_printed_apostrophes_count_as_they_are_read():
    assert cost("it’s\u3000a\u2028b c’ 中 国") == 3 + 1 + 1 + 2 + 2
