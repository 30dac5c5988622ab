"""What is stored of a passage is the passage, whatever it holds."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import example, given
from hypothesis import strategies as st

from indexer.model import Passage, Place
from indexer.payload import dump_passage, load_passage
from tests.texts import mixed_text

numbers = st.integers(0, 300) | st.integers(0, 10**12)
text = st.lists(mixed_text | st.text(), max_size=8).map("".join)


@st.composite
def passages(draw):
    pieces = draw(st.lists(text, max_size=8))
    starts = list(accumulate(map(len, pieces)))
    places = tuple(Place(start, draw(numbers), draw(numbers)) for start in starts)
    body = "".join(pieces) + draw(text)
    start = draw(numbers)
    kind, lang = draw(st.sampled_from(["body", "heading", ""]) | text), draw(st.sampled_from(["zh-Hant", "en", ""]))
    return Passage("a@0", "a", kind, lang, body, start, start + len(body), places)


@given(passages())
@example(Passage("a@0", "a", "", "", "", 0, 0))
@example(Passage("a@0", "a", "body", "en", "\n\nÿ\x80", 0, 4, (Place(0, 0, 0), Place(0, 9, 9), Place(4, 1, 2**70))))
def test_a_stored_passage_comes_back_whole(passage):
    assert load_passage(dump_passage(passage), passage.id, passage.article_id) == passage


@given(st.text(st.characters(categories=["Cs"]) | st.characters(), min_size=1), numbers, numbers)
def test_what_utf_8_cannot_hold_is_stored_as_a_question_mark(text, line, column):
    stored = Passage("a@0", "a", "body", "", text, 0, len(text), (Place(0, line, column), Place(len(text), line, 1)))
    shown = text.encode("utf-8", "replace").decode()
    loaded = load_passage(dump_passage(stored), "a@0", "a")
    assert (loaded.text, loaded.end, loaded.places) == (shown, len(shown), stored.places)
