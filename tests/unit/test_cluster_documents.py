"""Articles as documents of a cluster, and back."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engines.base import KEYWORD_FIELDS, LABEL_FIELDS, NUMBER_FIELDS, TERM_FIELDS
from indexer.engines.entry_columns import columns_of
from indexer.engines.opensearch.documents import document, dumped, entry_of, label_of, pack, row_of
from indexer.engines.opensearch.mapping import LONGEST_TERM, document_id, mappings, settings, token_of
from indexer.model import ArticleRow, IndexEntry
from tests.contract.test_engine import row

any_text = st.text(st.characters(codec=None), max_size=8)  # lone surrogates too
streams = st.lists(any_text | st.sampled_from(["a", "中国", "x" * 300]), max_size=6).map(tuple)
entries = st.builds(
    IndexEntry,
    any_text,
    st.dictionaries(st.sampled_from([*TERM_FIELDS]), streams),
    st.dictionaries(st.sampled_from(KEYWORD_FIELDS), streams),
    st.dictionaries(st.sampled_from(NUMBER_FIELDS), st.integers(0, 800_000)),
    st.binary(max_size=9),
)
days = st.none() | st.dates()
rows = st.builds(ArticleRow, any_text, inode=st.integers(0, 2**64 - 1), published=days, tags=streams)


def without_empty(entry):
    """Return an entry without the fields that say nothing."""
    return IndexEntry(
        entry.id,
        *({name: own for name, own in part.items() if own} for part in (entry.terms, entry.keywords, entry.numbers)),
        entry.payload,
    )


def read(found):
    """Return the row and the entries of a document as it was sent, the passages as the cluster stores them."""
    stored = [(one["id"], b64decode(one["entry"]), b64decode(one["payload"])) for one in found["p"]]
    return row_of(found), [entry_of(*own) for own in stored]


@given(rows, st.lists(entries, max_size=3))
def test_an_article_comes_back_as_it_was_put(row, entries):
    found = json.loads(dumped(row, entries).source)
    assert read(found) == (row, [*map(without_empty, entries)])


@given(st.lists(st.tuples(rows, st.lists(entries, max_size=3)), max_size=3))
def test_columns_make_the_same_documents_as_entries(articles):
    assert [json.loads(one.source) for one in pack(columns_of(articles))] == [
        json.loads(dumped(*own).source) for own in articles
    ]


@given(rows, st.lists(entries, max_size=3))
def test_a_document_has_no_fields_but_those_of_the_index(row, entries):
    fields = mappings()["properties"]
    found = document(row, entries)
    assert found.keys() <= fields.keys()
    for passage in found["p"]:
        assert passage.keys() <= fields["p"]["properties"].keys()


def test_what_a_document_says_of_an_article_and_its_passages():
    kinds = [("body",), ("teaser", "boilerplate"), (), ("body",)]
    numbers = {"published": date(2024, 2, 29).toordinal(), "run": 3}
    parts = [
        IndexEntry(f"a@{i}", {"text": ("x", "y", "x")}, {"kind": own, "title": ("t",)}, numbers)
        for i, own in enumerate(kinds)
    ]
    found = document(row("a"), parts)
    assert (found["id"], found["title"], found["passages"], found["path"]) == ("a", "t", 4, row("a").path)
    assert (found["published"], found["year"], found["month"], found["day"]) == (
        numbers["published"], "2024", "2024-02", "2024-02-29",
    )  # fmt: skip
    first, second, *_, last = found["p"]
    assert (first["text"], first["text_terms"]) == ("x y x", ["x", "y"])
    assert (found["text_passages"], found["text_length"], "zh_length" in found) == (4, 12, False)
    assert (first["before"], first["before_count"]) == ([], 0)
    assert (second["before"], last["before"], last["before_count"]) == (["body"], ["body", "teaser", ""], 3)
    assert [label_of(found, name) for name in LABEL_FIELDS] == ["body", "", ""]
    assert not {"published", "year", "month", "day", "title"} & document(row("a"), [IndexEntry("a@0", {})]).keys()


@pytest.mark.parametrize("term", ["", " ", "a b", "\u3000", "x" * (LONGEST_TERM + 1), "𠮷" * 200, "a\tb"])
def test_every_term_is_one_token_of_its_own(term):
    (one,) = token_of(term).split()
    assert len(one) <= LONGEST_TERM
    assert one != term
    assert token_of(term + "c") != one
    assert document(row("a"), [IndexEntry("a@0", {"text": (term, "c")})])["p"][0]["text"] == f"{one} c"


def test_every_article_has_a_name_of_its_own():
    assert document_id("文章/a.txt") == "文章/a.txt"
    odd = ["", "~meta", "~lock", "\udc80", "x" * 401, "x" * 402, "文" * 134]
    names = [document_id(one) for one in odd]
    assert len({*names}) == len(odd)
    assert all(len(name) < 60 and name not in odd for name in names)


def test_an_index_shows_what_is_written_at_a_commit_unless_told_otherwise():
    assert settings()["index"]["refresh_interval"] == "-1"
    assert settings(refresh_s=5)["index"]["refresh_interval"] == "5s"
