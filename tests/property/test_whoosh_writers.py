"""One index, written in turns by wensou and by a Whoosh program: both see what plain evaluation sees."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import index, query

from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.codec import WensouCodec
from indexer.engines.whoosh.rows import plain_row
from indexer.nodes import Every, Phrase, Prefix, Range, Term
from tests.contract.judge import Archive
from tests.contract.test_engine import articles, assert_equal, made, names, requests, row

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

changes = st.dictionaries(names, st.none() | articles, max_size=3)
batches = st.tuples(
    st.sampled_from(["wensou", "whoosh"]),
    st.sampled_from([{}, {"optimize": True}, {"merge": False}]),
    st.none() | st.sampled_from(["a", "c", "中国"]),  # delete the passages that have this term
    st.booleans(),  # whether rows are written
    changes,
)
# What both can be asked.
PAIRS = [
    (Term("zh", "a"), query.Term("zh", "a")),
    (Phrase("text", ("a", "ab")), query.Phrase("text", ["a", "ab"])),
    (Prefix("text", "中"), query.Prefix("text", "中")),
    (Range("published", 737_000, None), query.NumericRange("published", 737_000, None)),
    (Every(), query.Every()),
]


def write_with_whoosh(folder, archive, options, dropped, has_rows, changed):
    writer = index.open_dir(folder).writer(codec=WensouCodec())
    if dropped is not None:
        writer.delete_by_term("text", dropped)
        for article_id, (own, entries) in list(archive.articles.items()):
            kept = [entry for entry in entries if dropped not in entry.terms["text"]]
            archive.articles[article_id] = own, kept
            if not kept:
                del archive.articles[article_id]
    for article_id, parts in changed.items():
        writer.delete_by_term("article", article_id)
        archive.articles.pop(article_id, None)
        if parts is not None:
            own = row(article_id) if has_rows else plain_row(article_id)
            archive.articles[article_id] = own, made(article_id, parts)
            for document in documents(*archive.articles[article_id], has_rows):
                writer.add_document(**document)
    writer.commit(**options)


def documents(own, entries, has_row):
    for number, entry in enumerate(entries):
        yield {
            "article": own.id,
            "passage": entry.id,
            "payload": entry.payload,
            **({"row": json.dumps(asdict(own), default=str)} if has_row and not number else {}),
            **{name: " ".join(stream) for name, stream in entry.terms.items()},
            **{name: ("," if name == "tag" else " ").join(values) for name, values in entry.keywords.items() if values},
            **entry.numbers,
        }


def write_with_wensou(engine, archive, changed):
    with engine.writer() as writer:
        for article_id, parts in changed.items():
            archive.articles.pop(article_id, None)
            if parts is None:
                writer.delete(article_id)
            else:
                archive.articles[article_id] = row(article_id), made(article_id, parts)
                writer.put(*archive.articles[article_id])


@settings(max_examples=40)
@given(st.lists(batches, min_size=1, max_size=5), st.lists(requests, max_size=2), st.sampled_from([0, 2000]))
def test_wensou_and_whoosh_may_write_in_turns(monkeypatch, written, asked, small):
    monkeypatch.setattr("indexer.engines.whoosh.tiers._SMALL", small)  # 0: several segments stay
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine, archive = WhooshEngine(folder, create=True), Archive()
        with engine.writer() as writer:
            writer.change_meta(lambda _: {"roots": ["資料"]})
        for by, options, dropped, has_rows, changed in written:
            if by == "wensou":
                write_with_wensou(engine, archive, changed)
            else:
                write_with_whoosh(folder, archive, options, dropped, has_rows, changed)
                engine.refresh()
            assert_engine_sees(engine, archive, asked)
            assert_whoosh_sees(folder, archive)
        engine.close()


def assert_engine_sees(engine, archive, asked):
    for request in asked:
        assert_equal(engine.search(request), request, archive)
    assert {one.id: one for one in engine.rows()} == {own.id: own for own, _ in archive.articles.values()}
    assert engine.passage_count() == len(archive.entries)
    for article_id, (_, entries) in archive.articles.items():
        found = [(passage.passage_id, passage.payload) for passage in engine.passages(article_id)]
        assert found == [(entry.id, entry.payload) for entry in entries]
    assert sum(file.articles for file in engine.files()) == len(archive.articles)
    assert engine.meta() == {"roots": ["資料"]}


def assert_whoosh_sees(folder, archive):
    expected = {entry.id: entry for entry in archive.entries}
    with index.open_dir(folder).searcher() as searcher:
        assert searcher.reader().doc_count() == len(expected)
        for node, question in PAIRS:
            found = sorted(hit["passage"] for hit in searcher.search(question, limit=None))
            assert found == sorted(name for name, one in expected.items() if archive.score(node, one) is not None)
        stored = {document["passage"]: document for document in searcher.reader().all_stored_fields()}
        assert {name: document["payload"] for name, document in stored.items()} == {
            name: entry.payload for name, entry in expected.items()
        }
        for own, entries in archive.articles.values():
            with_row = [json.loads(stored[entry.id]["row"]) for entry in entries if "row" in stored[entry.id]]
            assert with_row == [json.loads(json.dumps(asdict(own), default=str))]
        by_day = [hit["passage"] for hit in searcher.search(query.Every(), limit=None, sortedby="published")]
        days = [expected[name].numbers.get("published", 0) for name in by_day]
        assert days == sorted(days)
