"""Terms of an index on a cluster, beside those of the judge."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.opensearch import likeness
from indexer.engines.opensearch.dictionary import Dictionary
from tests.contract.judge import Archive, edits
from tests.contract.test_dictionary import check, fits, places
from tests.contract.test_engine import batches, made, row, terms

asked = st.lists(
    st.tuples(
        st.just("") | terms | st.text('abc中国x"@.', max_size=3), places, st.integers(0, 2), st.booleans(),
        st.integers(0, 2), st.integers(0, 2), st.integers(1, 4)
    ), min_size=1, max_size=4,
)  # fmt: skip


def archive_of(*batches):
    archive = Archive()
    for article_id, parts in (change for batch in batches for change in batch):
        archive.articles.pop(article_id, None)
        if parts is not None:
            archive.articles[article_id] = row(article_id), made(article_id, parts)
    return archive


@settings(max_examples=15)
@given(batches=batches, asked=asked)
def test_terms_are_those_of_plain_evaluation(small, batches, asked):
    archive = archive_of(*batches)
    small.fill(archive)
    for one in asked:
        check(Dictionary(small), archive, one)


@pytest.fixture(scope="module")
def words(small):
    """An index of words that are in one passage each, but for some."""
    archive = Archive()
    for number in range(40):
        stream = (f"w{number:02}", f"x{number % 7}", "every", *(["often"] if number % 4 else []))
        parts = [(stream, stream, (), "en", 0, (), "ab" if number < 9 else "abc")] * (1 + number % 2)
        archive.articles[str(number)] = row(str(number)), made(str(number), parts)
    small.fill(archive)
    return Dictionary(small)


@pytest.fixture(params=[1, 3, 10, 50_000])
def width(request):
    """How many terms a shard, or an answer, tells of at most."""
    module = "indexer.engines.opensearch.dictionary"
    with patch(f"{module}._FEWEST", 1), patch(f"{module}._SURPLUS", 1), patch(f"{module}._MOST", request.param):
        yield request.param


def test_the_most_frequent_are_found_however_few_a_shard_tells(words, width):
    assert words.terms("text", "", 2) == [("every", 60), ("often", 50)]
    assert words.terms("text", "w", 1)[0][1] == 2
    assert sorted(count for _, count in words.terms("text", "w", 99)) == [1] * 20 + [2] * 20
    assert len(words.terms_like("zh", ["wx", "0123456789"], 99, is_open=True)) == 47
    assert len(words.terms_near("text", "w00", 99, distance=1, kept=1)) == 1 + 9 + 3
    assert words.frequent_terms("author", ["ab"], 1) == {"ab": 13, "abc": 47}
    assert words.frequent_terms("author", ["ab"], 14) == {"abc": 47}
    assert sorted(words.frequent_terms("text", ["x", "y"], 1)) == [f"x{number}" for number in range(7)]


def test_many_terms_are_counted_in_one_request(words, small, width):
    wanted = [("text", "every"), ("text", "nothing"), ("zh", "w01"), ("author", "ab"), ("text", "w00")] * 3
    with patch.object(small, "search", wraps=small.search) as search:
        assert words.passages_with_each(wanted) == [60, 0, 2, 13, 1] * 3
    assert search.call_count == 1
    assert words.passages_with_each([]) == []


def test_what_is_held_is_told(words):
    assert words.holds("text", "every")
    assert not words.holds("text", "ever")
    assert words.holds("author", "ab")
    assert not words.holds("en", "every")


texts = st.text('ab中𠮷"@.|', max_size=6)


@given(texts, texts, st.integers(0, 3), st.integers(0, 2))
def test_what_is_near_is_within_some_edits(one, other, distance, kept):
    matches = re.fullmatch(likeness.near(one, distance, kept), other, re.DOTALL) is not None
    assert matches == (other.startswith(one[:kept]) and edits(one, other) <= distance)


@given(places, texts, st.integers(0, 2), st.booleans())
def test_what_resembles_places_fits_them(allowed, term, free, is_open):
    pattern = likeness.resembling(allowed, free, is_open=is_open)
    matches = bool(pattern) and re.fullmatch(pattern, term, re.DOTALL) is not None
    assert matches == (fits(term, allowed, free, is_open) and (bool(allowed) or is_open))
