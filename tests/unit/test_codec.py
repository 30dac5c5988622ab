"""The index as other Whoosh programs meet it, and what wensou says of what they leave there."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from whoosh import fields, index, query
from whoosh.analysis import SpaceSeparatedTokenizer, StopFilter
from whoosh.writing import LockError

from indexer.engines.base import Request
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.codec import WensouCodec
from indexer.errors import IndexLocked, IndexUnusable
from indexer.nodes import AllOf, AnyOf, Every, Keyword, Not, Pattern, Phrase, Prefix, Range, Term
from tests.contract.judge import Archive
from tests.contract.test_engine import made, row

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")

ROOT = Path(__file__).parent.parent.parent
TERMS = ["a", "ab", "b", "ba", "c", "中", "中国"]


def parts(dice):
    """Return the parts of an article."""
    day = dice.choice([0, 700_000, 737_000, 738_000])
    return [
        (*(tuple(dice.choices(TERMS, k=dice.choice([0, 2, 9, 40]))) for _ in range(3)), dice.choice(["en", "zh-Hans"]), day)
        for _ in range(dice.randint(1, 3))
    ]  # fmt: skip


@pytest.fixture
def many(tmp_path, monkeypatch):
    """An index in several segments, with deletions in them, and what it holds."""
    monkeypatch.setattr("indexer.engines.whoosh.tiers._SMALL", 0)
    dice = random.Random(7)
    engine, archive = WhooshEngine(tmp_path / "index", create=True), Archive()
    for names in (range(60), range(3, 6), range(60, 80), range(0), range(80, 84)):
        with engine.writer() as writer:
            for name in map(str, names):
                archive.articles[name] = row(name), made(name, parts(dice))
                writer.put(*archive.articles[name])
            gone = dice.choice(sorted(archive.articles))
            del archive.articles[gone]
            writer.delete(gone)
    states = [segment.state for segment in engine._snapshot.segments]
    assert len(states) > 1
    assert any(len(state.deleted) for state in states)
    engine.close()
    return tmp_path / "index", archive


# As wensou asks and as Whoosh asks.
QUESTIONS = [
    (Term("text", "ab"), "Term('text', 'ab')"),
    (Term("zh", "中国"), "Term('zh', '中国')"),
    (AllOf((Term("text", "a"), Term("zh", "b"))), "And([Term('text', 'a'), Term('zh', 'b')])"),
    (AnyOf((Term("text", "a"), Term("en", "b"))), "Or([Term('text', 'a'), Term('en', 'b')])"),
    (AllOf((Term("text", "a"), Not(Term("zh", "c")))), "And([Term('text', 'a'), Not(Term('zh', 'c'))])"),
    (Phrase("text", ("a", "中")), "Phrase('text', ['a', '中'])"),
    (Phrase("title_en", ("b", "ba", "c")), "Phrase('title_en', ['b', 'ba', 'c'])"),
    (Prefix("text", "中"), "Prefix('text', '中')"),
    (Pattern("zh", "*b*"), "Wildcard('zh', '*b*')"),
    (Keyword("lang", ("en",)), "Term('lang', 'en')"),
    (Range("published", 700_001, 737_000), "NumericRange('published', 700001, 737000)"),
    (Range("published", 700_001, None), "NumericRange('published', 700001, None)"),
    (Every(), "Every()"),
]
PROGRAM = """
import json, sys
from whoosh import index
from whoosh.query import *
assert not any(name.startswith("indexer") for name in sys.modules)
found = {}
with index.open_dir(sys.argv[1]).searcher() as searcher:
    reader = searcher.reader()
    for question in json.loads(sys.argv[2]):
        found[question] = [hit["passage"] for hit in searcher.search(eval(question), limit=None)]
    found["by day"] = [hit["passage"] for hit in searcher.search(Every(), limit=None, sortedby="published")]
    found["count"] = reader.doc_count()
    found["terms"] = sorted({(name, text.decode("utf-8", "replace")) for name, text in reader.all_terms()})
    found["length"] = reader.field_length("text")
    found["lengths"] = [reader.doc_field_length(number, "text") for number in range(reader.doc_count_all())]
    found["stored"] = [[number, fields | {"payload": fields["payload"].decode()}] for number, fields in reader.iter_docs()]
print(json.dumps(found))
"""


def test_a_program_that_knows_only_whoosh_reads_the_index(many):
    folder, archive = many
    questions = json.dumps([question for _, question in QUESTIONS])
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), questions],
        capture_output=True, text=True, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )  # fmt: skip
    found = json.loads(told.stdout)
    entries = {entry.id: entry for entry in archive.entries}
    for node, question in QUESTIONS:
        expected = [entry.id for entry in archive.entries if archive.score(node, entry) is not None]
        assert sorted(found[question]) == sorted(expected), question
    days = [entries[name].numbers.get("published", 0) for name in found["by day"]]
    assert days == sorted(days)
    assert found["count"] == len(entries)
    terms = {(name, term) for entry in entries.values() for name, stream in entry.terms.items() for term in stream}
    assert terms <= set(map(tuple, found["terms"]))
    assert found["length"] == sum(found["lengths"])
    stored = {one["passage"]: (number, one) for number, one in found["stored"]}
    assert stored.keys() == entries.keys()
    for own, passages in archive.articles.values():
        for place, entry in enumerate(passages):
            number, one = stored[entry.id]
            assert (one["article"], one["payload"]) == (own.id, entry.payload.decode())
            assert ("row" in one) == (place == 0)
            assert found["lengths"][number] == len(entry.terms["text"])
        first = json.loads(stored[passages[0].id][1]["row"])
        assert (first["id"], first["title"], first["tags"]) == (own.id, own.title, list(own.tags))


DAY = datetime(2020, 2, 28)


def foreign_schema():
    return fields.Schema(
        key=fields.ID(stored=True, unique=True),
        passage=fields.NUMERIC(int, stored=True),  # a name of ours with another meaning
        title=fields.TEXT(stored=True, sortable=True),
        body=fields.TEXT(analyzer=SpaceSeparatedTokenizer() | StopFilter(["x"], minsize=1), field_boost=3.0),
        tags=fields.KEYWORD(stored=True, commas=True, scorable=True),
        count=fields.NUMERIC(int, sortable=True),
        price=fields.NUMERIC(float, stored=True),
        when=fields.DATETIME(stored=True, sortable=True),
        good=fields.BOOLEAN(stored=True),
        more=fields.STORED,
    )


def foreign_document(number):
    body = " ".join(random.Random(number).choices(["a", "b", "x", "中"], k=number % 20))
    document = {
        "key": str(number), "passage": number, "title": f"t{number % 7} u", "body": body, "tags": "p,q r" if number % 2 else "s",
        "count": [number - 20, 5], "price": number / 3, "when": DAY + timedelta(days=number % 9), "good": number % 3 == 0,
        "more": {"any": [number]},
    }  # fmt: skip
    return {name: value for place, (name, value) in enumerate(document.items()) if not place or (number + place) % 5}


FOREIGN = [
    query.Term("body", "a"), query.Phrase("body", ["a", "b"]), query.Phrase("body", ["a", "b"], 2), query.Prefix("title", "t"),
    query.Wildcard("tags", "?*"), query.Term("tags", "q r"), query.NumericRange("count", -15, -3),
    query.NumericRange("price", 1.5, None), query.DateRange("when", DAY + timedelta(days=1), DAY + timedelta(days=4)),
    query.Term("good", True), query.Every("title"), query.Or([query.Term("body", "中"), query.Term("title", "u")]),
]  # fmt: skip


def foreign(folder, batches, **options):
    """Return an index written in batches of documents to put and keys to delete."""
    folder.mkdir()
    found = index.create_in(folder, foreign_schema())
    for put, delete, how in batches:
        writer = found.writer(**options)
        for key in delete:
            writer.delete_by_term("key", key)
        for number in put:
            writer.update_document(**foreign_document(number))
        writer.commit(**how)
    return found


KEPT = {"merge": False}
BATCHES = [
    (range(30), [], KEPT),
    (range(30, 45), ["3", "4"], KEPT),
    (range(5, 8), ["40"], {}),
    ([], [str(number) for number in range(30, 35)], KEPT),
    (range(50, 53), [], {}),
]


@pytest.mark.parametrize("last", [[], [([], [], {"optimize": True})]])
def test_an_index_of_another_schema_keeps_everything_through_merges(tmp_path, last):
    ours = foreign(tmp_path / "ours", BATCHES + last, codec=WensouCodec())
    stock = foreign(tmp_path / "stock", BATCHES + last)
    with ours.searcher() as own, stock.searcher() as other:
        for question in FOREIGN:
            for by in (None, "title", "when"):
                assert keys(own, question, by) == keys(other, question, by)
        assert list(own.reader().all_stored_fields()) == list(other.reader().all_stored_fields())
        assert list(own.reader().all_terms()) == list(other.reader().all_terms())


def keys(searcher, question, by):
    """Return what is found: in order, if `by` a column."""
    found = [hit["key"] for hit in searcher.search(question, limit=None, sortedby=by)]
    return found if by else sorted(found)


def test_whoosh_finds_the_best_first_where_a_field_weighs_more(tmp_path):
    analyzer = SpaceSeparatedTokenizer()
    schema = fields.Schema(plain=fields.TEXT(analyzer), heavy=fields.TEXT(analyzer, field_boost=9.0))
    found = index.create_in(tmp_path, schema)
    writer = found.writer(codec=WensouCodec())
    for text in (*["a b b b"] * 5, *["a a b b"] * 30, "a a a b"):  # the first five make Whoosh set its threshold
        writer.add_document(plain=text)
    for _ in range(36):
        writer.add_document(heavy="a b b b")
    writer.commit()
    with found.searcher() as searcher:
        best = searcher.search(query.Or([query.Term("plain", "a"), query.Term("heavy", "a")]), limit=5)
        assert [hit.docnum for hit in best] == [36, 37, 38, 39, 40]


def test_an_article_that_lost_its_first_passage_keeps_its_row_and_the_others(tmp_path):
    engine = WhooshEngine(tmp_path / "index", create=True)
    with engine.writer() as writer:
        for name in ("a", "b"):
            writer.put(
                row(name), made(name, [((word,), (word,), (), "en", 0) for word in (f"{name}0", f"{name}1", "x")])
            )
    writer = index.open_dir(tmp_path / "index").writer(codec=WensouCodec())
    writer.delete_by_term("text", "b0")
    writer.commit(merge=False)
    for name in ("c", "d"):
        engine.refresh()
        assert engine.search(Request(Term("text", "b0"))).total == 0
        assert [passage.passage_id for passage in engine.passages("a")] == ["a@0", "a@1", "a@2"]
        assert [passage.passage_id for passage in engine.passages("b")] == ["b@1", "b@2"]
        assert list(engine.rows(["a", "b"])) == [row("a"), row("b")]
        with engine.writer() as writer:  # merges
            writer.put(row(name), made(name, [(("x",), ("x",), (), "en", 0)]))


def test_an_index_of_which_everything_is_deleted_stays_an_index(tmp_path):
    folder = tmp_path / "index"
    with WhooshEngine(folder, create=True).writer() as writer:
        writer.put(row("a"), made("a", [(("x",), ("x",), (), "en", 0)]))
    for how in ({"merge": False}, {"optimize": True}, {}):
        writer = index.open_dir(folder).writer(codec=WensouCodec())
        writer.delete_by_term("article", "a")
        writer.commit(**how)
        with index.open_dir(folder).searcher() as searcher:
            assert searcher.doc_count() == 0
            assert not len(searcher.search(query.Or([query.Every(), query.Term("text", "x")])))
        engine = WhooshEngine(folder)
        assert engine.search(Request(Every(), facets=("lang", "year"))).total == 0
        assert (list(engine.rows()), list(engine.files()), engine.passage_count()) == ([], [], 0)
    with engine.writer() as writer:
        writer.put(row("b"), made("b", [(("x",), ("x",), (), "en", 0)]))
    assert engine.search(Request(Term("zh", "x"))).total == 1


def test_a_segment_of_another_codec_is_named_with_the_way_out(tmp_path):
    folder = tmp_path / "index"
    WhooshEngine(folder, create=True).close()
    writer = index.open_dir(folder).writer()
    writer.add_document(article="a", text="x")
    writer.commit()
    with pytest.raises(IndexUnusable, match=r"whoosh\.codec\.whoosh3\.W3Segment .*codec=WensouCodec\(\).*--rebuild"):
        WhooshEngine(folder)


class Bomb:
    def __init__(self, path):
        self._path = path

    def __reduce__(self):
        return Path.touch, (self._path,)


@pytest.mark.parametrize("place", ["schema", "segments"])
def test_nothing_of_another_programs_index_is_run(tmp_path, place):
    folder, went_off = tmp_path / "index", tmp_path / "went off"
    folder.mkdir()
    found = index.create_in(folder, fields.Schema(a=fields.TEXT))
    toc = index.TOC.read(found.storage, "MAIN")
    setattr(toc, place, [Bomb(went_off)] if place == "segments" else WithBomb.of(went_off))
    (folder / "_MAIN_0.toc").unlink()
    toc.write(found.storage, "MAIN")
    for mark in (None, "1\n", "2\n"):
        if mark:
            (folder / "wensou.format").write_text(mark)
        with pytest.raises(IndexUnusable, match="--index"):
            WhooshEngine(folder, create=True)
        assert not went_off.exists()
    pickle.loads(pickle.dumps(getattr(toc, place)))
    assert went_off.exists()  # so the pickle was one that would have


class WithBomb(fields.Schema):
    """A schema that runs something as soon as it is unpickled."""

    @classmethod
    def of(cls, path):
        schema = cls(a=fields.STORED)
        schema["a"].bomb = Bomb(path)
        return schema


def test_whoosh_and_wensou_wait_for_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr("indexer.engines.base.LOCK_WAIT_S", 0.05)
    engine = WhooshEngine(tmp_path / "index", create=True)
    writer = index.open_dir(tmp_path / "index").writer(codec=WensouCodec())
    with pytest.raises(IndexLocked), engine.writer():
        pass
    writer.cancel()
    with engine.writer(), pytest.raises(LockError):
        index.open_dir(tmp_path / "index").writer(codec=WensouCodec())


def test_what_the_codec_cannot_keep_is_named(tmp_path):
    found = index.create_in(tmp_path, fields.Schema(a=fields.TEXT(chars=True)))
    writer = found.writer(codec=WensouCodec())
    writer.add_document(a="any word")
    with pytest.raises(ValueError, match=r"a keeps Characters.*chars=True"):
        writer.commit()


LONG = ["x" * 255, "𠮷" * 127 + "x", "𠮷" * 127 + "y", "中" * 255]
# Terms, frequencies and lengths beyond what one byte or one slot holds.
EXTREMES = [
    [((*LONG, "a"), LONG, (), "en", 0)],
    [(("a",) * 300, ("a",) * 254, ("b",) * 255, "en", 0)],
    [(("a",) * 255, ("a", "b") * 600, (), "en", 0), (("b",), ("a", "b"), ("b",), "en", 0)],
    [((), (), (), "", 0)],
    [(("a",) * 70_000, ("b",) * 3000 + ("a",), ("a",), "en", 0)],
    *([((), ("a", "b"), (), "", 0)] for _ in range(30)),
]


@pytest.mark.parametrize("by", ["wensou", "whoosh"])
def test_the_very_long_is_found_as_the_short(tmp_path, by):
    folder = tmp_path / "index"
    engine, archive = WhooshEngine(folder, create=True), Archive()
    for number, own in enumerate(EXTREMES):
        archive.articles[str(number)] = row(str(number)), made(str(number), own)
    for half in (list(archive.articles)[:3], list(archive.articles)[3:]):
        if by == "wensou":
            with engine.writer() as writer:
                for name in half:
                    writer.put(*archive.articles[name])
        else:
            writer = index.open_dir(folder).writer(codec=WensouCodec())
            for name in half:
                own, entries = archive.articles[name]
                for entry in entries:
                    streams = {name: " ".join(stream) for name, stream in entry.terms.items()}
                    writer.add_document(article=own.id, passage=entry.id, payload=entry.payload, **streams)
            writer.commit()
            engine.refresh()
    pairs = [(Term(name, term), query.Term(name, term)) for name in ("zh", "text") for term in ["a", "b", *LONG]]
    pairs += [
        (Phrase("text", two), query.Phrase("text", list(two)))
        for two in [("a", "b"), ("b", "a"), ("b", "b"), tuple(LONG)]
    ]
    pairs += [
        (Prefix("text", "𠮷" * 127), query.Prefix("text", "𠮷" * 127)),
        (Pattern("zh", "?" * 128), query.Wildcard("zh", "?" * 128)),
    ]
    with index.open_dir(folder).searcher() as searcher:
        for node, question in pairs:
            expected = sorted(entry.id for entry in archive.entries if archive.score(node, entry) is not None)
            assert sorted(hit["passage"] for hit in searcher.search(question, limit=None)) == expected
            page, total, passages = archive.answer(Request(node, limit=99))
            found = engine.search(Request(node, limit=99))
            assert (found.total, found.passages_total) == (total, passages)
            assert {one.article_id: one.score for one in found.articles} == pytest.approx(
                {name: score for name, score, _ in page}, rel=1e-6
            )
        frequent = searcher.postings("text", "a")
        told = [len(positions) for _, positions in frequent.items_as("positions")]
        assert sorted(told) == sorted(n for entry in archive.entries if (n := entry.terms["text"].count("a")))


def test_every_pickle_of_an_index_can_be_read_again():
    from indexer.engines.whoosh.codec import WensouSegment
    from indexer.engines.whoosh.segment import SegmentState

    segment = WensouSegment.of(SegmentState("ab", 9))
    for number in (3, 7, 3):
        segment.delete_document(number)
    again = pickle.loads(pickle.dumps(segment))
    assert (again.segment_id(), again.doc_count(), list(again.deleted_docs())) == ("MAIN_ab", 7, [3, 7])
    again.delete_document(7, delete=False)
    assert [again.is_deleted(number) for number in range(9)] == [number == 3 for number in range(9)]
