"""What any engine must do, judged by plain evaluation. An engine passes by being named in `ENGINES`."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import Request
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import IndexDamaged, IndexLocked, IndexMissing, IndexUnusable
from indexer.model import ArticleRow, IndexEntry
from indexer.nodes import AllOf, AnyOf, Best, Boost, Every, Keyword, Not, Phrase, Prefix, Range, Term
from tests.contract.judge import Archive

ENGINES = {"whoosh": WhooshEngine}

TERMS = ["a", "ab", "b", "ba", "c", "中国", "中"]
terms = st.sampled_from(TERMS)
fields = st.sampled_from(["zh", "text", "title_en"])
streams = st.lists(terms, max_size=60).map(tuple)
entries = st.builds(
    lambda zh, text, title, lang, day: (zh, text, title, lang, day),
    streams, streams, st.lists(terms, max_size=3).map(tuple), st.sampled_from(["zh-Hans", "en", ""]),
    st.sampled_from([0, 700_000, 737_000, 738_000]),
)  # fmt: skip
articles = st.lists(entries, min_size=1, max_size=4)
names = st.sampled_from(["a", "b", "c/d.txt", "文章#1"])
changes = st.lists(st.tuples(names, st.none() | articles), max_size=6)
batches = st.lists(changes, min_size=1, max_size=4)
leaves = st.one_of(
    st.builds(Term, fields, terms),
    st.builds(Phrase, st.just("text"), st.lists(terms, min_size=2, max_size=3).map(tuple), st.booleans()),
    st.builds(Prefix, fields, st.sampled_from(["a", "b", "中", "x"])),
    st.builds(Keyword, st.just("lang"), st.lists(st.sampled_from(["en", "zh-Hans"]), min_size=1).map(tuple)),
    st.builds(Range, st.just("published"), st.none() | st.just(737_000), st.none() | st.just(737_500)),
    st.just(Every()),
)
nodes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Best, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
        st.builds(Boost, inner, st.sampled_from([0.5, 2.0])),
    ),
    max_leaves=6,
)
requests = st.builds(
    Request,
    rank=nodes,
    match=st.none() | nodes,
    passages=st.none() | leaves,
    prefer=st.none() | nodes,
    sort=st.sampled_from(["relevance", "date"]),
    limit=st.integers(0, 5),
    offset=st.integers(0, 2),
    per_article=st.integers(1, 3),
    counts=st.lists(nodes, max_size=2).map(tuple),
)


def row(article_id):
    return ArticleRow(article_id, f"title of {article_id}", "/x", "/", 1, 2, 3, "hash", 1, tags=("t",))


def made(article_id, parts):
    """Return the entries of an article; its day is that of its first part, as a date belongs to an article."""
    day = parts[0][4]
    return [
        IndexEntry(
            f"{article_id}@{i}",
            {"zh": zh, "text": text, "title_en": title},
            {"lang": (lang,) if lang else ()},
            {"published": day} if day else {},
            f"payload {i}".encode(),
        )
        for i, (zh, text, title, lang, _) in enumerate(parts)
    ]


@pytest.fixture(params=ENGINES)
def engine_class(request):
    return ENGINES[request.param]


@pytest.fixture
def engine(engine_class, tmp_path):
    with_index = engine_class(tmp_path / "index", create=True)
    yield with_index
    with_index.close()


@settings(max_examples=120)
@given(batches=batches, asked=st.lists(requests, min_size=1, max_size=4))
def test_answers_are_those_of_plain_evaluation(engine_class, batches, asked):
    with tempfile.TemporaryDirectory() as folder:
        engine, archive = engine_class(Path(folder), create=True), Archive()
        for batch in batches:
            with engine.writer() as writer:
                for article_id, parts in batch:
                    archive.articles.pop(article_id, None)
                    if parts is None:
                        writer.delete(article_id)
                    else:
                        archive.articles[article_id] = row(article_id), made(article_id, parts)
                        writer.put(*archive.articles[article_id])
            for request in asked:
                assert_equal(engine.search(request), request, archive)
        assert sorted(one.id for one in engine.rows()) == sorted(archive.articles)
        assert engine.passage_count() == len(archive.entries)
        engine.close()


def assert_equal(ranking, request, archive):
    page, total, passages_total = archive.answer(request)
    assert [article.article_id for article in ranking.articles] == [name for name, _, _ in page]
    assert [article.row for article in ranking.articles] == [archive.articles[name][0] for name, _, _ in page]
    assert [article.score for article in ranking.articles] == pytest.approx([score for _, score, _ in page], rel=1e-4)
    if request.rank != Every():
        best = [[passage.passage_id for passage in article.passages] for article in ranking.articles]
        scores = [[passage.score for passage in article.passages] for article in ranking.articles]
        for ours, theirs, own in zip(best, (ids for _, _, ids in page), scores, strict=True):
            assert len(ours) == len(theirs)
            assert ours == theirs or len({round(score, 9) for score in own}) < len(own)
    assert (ranking.total, ranking.passages_total) == (total, passages_total)
    assert ranking.counts == tuple(len(archive.matching(node, request.passages)) for node in request.counts)


def one_entry(article_id, *words):
    return [IndexEntry(f"{article_id}@0", {"text": words}, payload=b"p")]


def test_an_exception_changes_nothing(engine):
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    generation = engine.generation()
    with pytest.raises(RuntimeError), engine.writer() as writer:
        writer.put(row("b"), one_entry("b", "x"))
        writer.delete("a")
        raise RuntimeError
    engine.refresh()
    assert [one.id for one in engine.rows()] == ["a"]
    assert engine.generation() == generation


def test_a_writer_that_changes_nothing_makes_no_commit(engine):
    generation = engine.generation()
    with engine.writer() as writer:
        writer.delete("nothing")
    assert engine.generation() == generation


def test_replace_all_begins_with_nothing(engine):
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    with engine.writer(replace_all=True) as writer:
        writer.put(row("b"), one_entry("b", "x"))
    assert [one.id for one in engine.rows()] == ["b"]


def test_meta_and_rows_come_back_as_they_were_put(engine):
    with engine.writer() as writer:
        writer.put(row("文章"), one_entry("文章", "x"))
        writer.set_meta({"roots": [{"path": "/資料"}]})
    assert engine.meta() == {"roots": [{"path": "/資料"}]}
    assert list(engine.rows(["nothing", "文章"])) == [row("文章")]
    assert [passage.payload for passage in engine.passages("文章")] == [b"p"]


def test_an_open_engine_keeps_its_commit_until_refreshed(engine, engine_class, tmp_path):
    reader = engine_class(tmp_path / "index")
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    request = Request(Term("text", "x"))
    assert reader.search(request).total == 0
    assert reader.refresh()
    assert reader.search(request).total == 1
    assert not reader.refresh()
    reader.close()


def test_a_second_writer_is_told_to_wait(engine, engine_class, tmp_path, monkeypatch):
    monkeypatch.setattr("indexer.engines.whoosh.engine.LOCK_WAIT_S", 0.2)
    other = engine_class(tmp_path / "index")
    with engine.writer(), pytest.raises(IndexLocked, match="Another process"), other.writer():
        pass
    other.close()


def test_no_index_is_named_with_the_command_that_makes_one(engine_class, tmp_path):
    with pytest.raises(IndexMissing, match="wensou index"):
        engine_class(tmp_path / "nothing")


def test_an_index_of_another_program_is_left_alone(engine_class, tmp_path):
    (tmp_path / "_MAIN_1.toc").write_bytes(b"cbuiltins\nexec\n")
    with pytest.raises(IndexUnusable, match="not made by wensou"):
        engine_class(tmp_path, create=True)


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Whoosh's, when it cannot read one
@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:40], lambda data: data[:-60] + b"?" * 60])
def test_damage_is_named_with_the_command_that_mends_it(engine, engine_class, tmp_path, damage):
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    for toc in (tmp_path / "index").glob("_*.toc"):
        toc.write_bytes(damage(toc.read_bytes()))
    with pytest.raises(IndexDamaged, match="--rebuild"):
        engine_class(tmp_path / "index")
    gc.collect()  # while the warning is ignored


def test_index_files_are_their_owners_alone(engine, tmp_path):
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "index").rglob("*")}
    assert set(modes.values()) == {0}, modes
    assert (tmp_path / "index").stat().st_mode & 0o077 == 0
