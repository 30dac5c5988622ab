"""Decoding never fails but on purpose, and what is written in an encoding is read in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import SourceError
from indexer.sources.encoding import decode
from tests.texts import WORDS, mixed_text

ENCODINGS = ["utf-8", "utf-16", "utf-16-le", "gb18030", "gbk", "big5", "cp950", "big5hkscs", "cp1252", "hz"]

# Whole sentences: every character frequent, each word of either script.
SENTENCE = "这是一篇关于搜索的文章，用来说明怎样读出不同的编码。這是另一篇文章，說明如何讀出不同的編碼。"


def is_read(data, encoding=""):
    """Tell whether bytes are read at all; anything but a SourceError fails the test."""
    try:
        decoded = decode(data, encoding)
    except SourceError:
        return False
    assert decoded.damaged <= decoded.text.count("\ufffd")
    return True


@given(st.binary(max_size=300), st.sampled_from(["", *ENCODINGS]))
def test_bytes_are_read_or_refused(data, encoding):
    is_read(data, encoding)


@given(mixed_text, st.sampled_from(ENCODINGS), st.binary(max_size=2), st.integers(0, 100))
def test_damaged_text_is_read_or_refused(text, encoding, damage, place):
    data = text.encode(encoding, "ignore")
    is_read(data[:place] + damage + data[place:])


@given(mixed_text.filter(lambda text: "\0" not in text))
def test_utf8_is_read_as_it_is(text):
    assert decode(text.encode()).text == text.removeprefix("\ufeff")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "gb18030"])
@given(words=st.lists(st.sampled_from(WORDS), max_size=30))
def test_texts_of_a_hundred_characters_are_read_back(encoding, words):
    text = SENTENCE * 2 + "".join(words)
    assert decode(text.encode(encoding)).text == text
