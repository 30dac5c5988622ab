"""A cursor comes back as it was given, or is refused with what to do."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import After
from indexer.errors import ParameterError, UsageError
from search.cursors import Cursor, _head, commit_of, decode, digest_of, encode

numbers = st.floats(allow_nan=False, allow_infinity=False)
keys = st.one_of(st.tuples(numbers), st.tuples(st.integers(0, 10**6), numbers), st.tuples(st.text()))
any_text = st.text(st.characters(codec=None))  # lone surrogates too: names of files have them
cursors = st.builds(
    Cursor, st.just("12-0badcafe"), st.integers(0, 10**9), st.builds(After, keys, any_text, st.integers(0, 99)),
    st.booleans(),
)  # fmt: skip


@given(cursors)
def test_a_cursor_comes_back_as_it_was(cursor):
    text = encode(cursor, "digest")
    assert decode(text, "digest") == decode(f" {text}\n", "digest") == cursor
    assert all(character.isascii() and (character.isalnum() or character in "-_") for character in text)


@given(cursors, st.data())
def test_a_cursor_with_another_character_or_less_of_them_is_refused(cursor, data):
    text = encode(cursor, "digest")
    at = data.draw(st.integers(0, len(text) - 2))  # the last one may have bits that say nothing
    other = data.draw(st.sampled_from("AZaz09-_").filter(lambda character: character != text[at]))
    for wrong in (text[:at] + other + text[at + 1 :], text[:at]):
        with pytest.raises(UsageError, match="begin at the first page"):
            decode(wrong, "digest")


@given(st.one_of(any_text, st.text("AZaz09-_=")))
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(UsageError, match="damaged"):
        decode(text, "digest")


def test_what_is_nested_deeper_than_can_be_read_is_refused():
    content = b"[" * 1400
    with pytest.raises(ParameterError, match="damaged"):
        decode(urlsafe_b64encode(_head(content) + content).decode(), "digest")


@pytest.mark.parametrize(
    "after", [After((None,), "a"), After(("x",), "a", -1), After((1.0,), 7), After((float("nan"),), "a")]
)
def test_values_that_no_answer_has_are_refused(after):
    with pytest.raises(UsageError, match="damaged"):
        decode(encode(Cursor("1-0", 1, after), "digest"), "digest")


def test_a_cursor_belongs_to_what_was_asked():
    text = encode(Cursor("1-0", 10, After((1.5,), "a.md")), digest_of("川普", "date"))
    with pytest.raises(UsageError, match=r"another search.*query .*, the filters and the sort"):
        decode(text, digest_of("川普", "title"))


def test_a_cursor_tells_the_commit_that_it_is_of_whatever_it_is_found_by():
    after = After((1.0,), "a", 0)
    assert [commit_of(encode(Cursor(name, 1, after), "x")) for name in ("7-0badcafe", "0badcafe.point=_.1")] == [
        "7-0badcafe", "0badcafe"]  # fmt: skip
    with pytest.raises(UsageError, match="cursor"):
        commit_of("no cursor")
