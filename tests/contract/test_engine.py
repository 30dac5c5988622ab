"""What any engine must do, judged by plain evaluation. An engine passes by being named in `ENGINES`."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import isclose
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import DEFAULT_MEMORY, FACETS, MOST_EXPANDED, TERM_FIELDS, After, Request
from indexer.engines.entry_columns import columns_of
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import CommitGone, IndexLocked, IndexMissing
from indexer.model import ArticleRow, FileState, IndexEntry
from indexer.nodes import (
    SORTS,
    AllOf,
    Also,
    AnyOf,
    Best,
    Boost,
    Decayed,
    Every,
    Form,
    Fuzzy,
    Keyword,
    Lead,
    Near,
    Not,
    Pattern,
    Phrase,
    Prefix,
    Range,
    Scaled,
    Synonym,
    Term,
)
from tests.contract.judge import Archive


class SmallParts(WhooshEngine):
    """Does with a few articles what otherwise takes many: several segments, blocks, and merges in several steps."""

    @contextmanager
    def writer(self, *arguments, **named):
        package = "indexer.engines.whoosh"
        small = {
            f"{package}.tiers._SMALL": 0,
            f"{package}.postings._AT_ONCE": 5,
            f"{package}.packing.PASSAGES": 40,
            f"{package}.buffer.ROWS": 40,
        }
        with ExitStack() as stack:
            for name, value in small.items():
                stack.enter_context(patch(name, value))
            yield stack.enter_context(super().writer(*arguments, **named))


ENGINES = {"whoosh": WhooshEngine, "whoosh in small parts": SmallParts}

TERMS = ["a", "ab", "b", "ba", "c", "中国", "中", "abc", "国中", "𠮷b"]
terms = st.sampled_from(TERMS)
fields = st.sampled_from(["zh", "text", "title_en", "tag_text"])
keyword_fields = st.sampled_from(["lang", "author", "tag"])
streams = st.lists(terms, max_size=60).map(tuple)
entries = st.builds(
    lambda zh, text, title, lang, day, tags, author: (zh, text, title, lang, day, tags, author),
    streams, streams, st.lists(terms, max_size=3).map(tuple), st.sampled_from(["zh-Hans", "en", ""]),
    st.sampled_from([0, 700_000, 737_000, 738_000]), st.lists(terms, max_size=3, unique=True).map(tuple),
    st.sampled_from(["", "ab", "中国"]),
)  # fmt: skip
KINDS = {"zh-Hans": ("body",), "en": ("body", "heading"), "": ()}
articles = st.lists(entries, min_size=1, max_size=4)
names = st.sampled_from(["a", "b", "c/d.txt", "文章#1"])
changes = st.lists(st.tuples(names, st.none() | articles), max_size=6)
batches = st.lists(changes, min_size=1, max_size=4)
prefixes = st.sampled_from(["a", "b", "中", "x"])
excluded = st.just(()) | st.lists(terms, min_size=1, max_size=2).map(tuple)


def near_in(field):
    """Return things near each other in a field."""
    things = st.one_of(
        st.builds(Term, st.just(field), terms),
        st.builds(Prefix, st.just(field), prefixes),
        st.builds(Phrase, st.just(field), st.lists(terms, min_size=2, max_size=2).map(tuple), st.booleans(), excluded),
    )
    several = st.lists(st.tuples(things, st.booleans()), min_size=1, max_size=3)
    return st.tuples(several, st.integers(0, 6)).map(_near)


def _near(drawn):
    pairs, slop = drawn
    return Near(tuple(node for node, _ in pairs), slop, tuple(node for node, is_wide in pairs if is_wide))


phrases = st.builds(
    Phrase,
    st.sampled_from(["text", "tag_text"]),
    st.lists(terms, min_size=1, max_size=3).map(tuple),
    st.booleans(),
    excluded,
)
forms = st.lists(
    st.builds(Term, fields, terms) | phrases | st.builds(Prefix, fields, prefixes), min_size=1, max_size=6, unique=True
)
weights = st.sampled_from([0.01, 0.3, 0.9, 1.0, 1.0, 2.5])
synonyms = forms.flatmap(lambda own: st.tuples(*(st.builds(Form, st.just(node), weights) for node in own))).map(Synonym)
leaves = st.one_of(
    st.builds(Term, fields, terms),
    phrases,
    synonyms,
    st.builds(Prefix, fields | keyword_fields, prefixes),
    st.sampled_from(["text", "title_en"]).flatmap(near_in),
    st.builds(Pattern, fields | keyword_fields, st.text("ab中𠮷*?", max_size=4)),
    st.builds(Fuzzy, fields, st.text("abc中国𠮷", max_size=4), st.integers(0, 2), st.integers(0, 2)),
    st.builds(
        Keyword, keyword_fields, st.lists(st.sampled_from(["en", "zh-Hans", "ab", "中国"]), min_size=1).map(tuple)
    ),
    st.builds(Range, st.just("published"), st.none() | st.just(737_000), st.none() | st.just(737_500)),
    st.builds(Range, st.just("run"), st.none() | st.just(2), st.none() | st.just(2)),
    st.just(Every()),
)
nodes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Best, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
        st.builds(Also, inner, st.lists(inner, max_size=2).map(tuple)),
        st.builds(Boost, inner, st.sampled_from([0.5, 2.0])),
        st.builds(Lead, inner, st.sampled_from([(), ("body",), ("heading",), ("body", "heading")]), st.just(0.5)),
        st.builds(Decayed, inner, st.just("published"), st.just(737_200), st.just(100.0), st.just(0.5)),
        st.builds(Scaled, inner, st.just("lang"), st.sampled_from([(("en", 0.25),), (("en", 0.0), ("zh-Hans", 0.5))])),
    ),
    max_leaves=6,
)
requests = st.builds(
    Request,
    rank=nodes,
    match=st.none() | nodes,
    passages=st.none() | leaves,
    prefer=st.none() | nodes,
    sort=st.sampled_from(SORTS),
    limit=st.integers(0, 5),
    offset=st.integers(0, 2),
    by_passage=st.booleans(),
    per_article=st.integers(1, 3),
    counts=st.lists(nodes, max_size=2).map(tuple),
    facets=st.lists(st.sampled_from(FACETS), unique=True, max_size=2).map(tuple),
    details=st.lists(synonyms | nodes, max_size=2).map(tuple),
)


def row(article_id):
    path = "/x/y" if article_id in ("a", "b") else "/x/文"  # one file may hold several articles
    return ArticleRow(
        article_id,
        f"title of {article_id}",
        path,
        "/x",
        1,
        2,
        3,
        "hash",
        1,
        "en",
        date(2020, 2, 29),
        "A",
        "B",
        "C",
        ("t", ""),
        "2020-02-29T23:30:00+08:00",
        True,
    )


def made(article_id, parts):
    """Return the entries of an article; its day, title, tags and author are those of its first part."""
    _, _, title, _, day, tags, author = (*parts[0], (), "")[:7]
    return [
        IndexEntry(
            f"{article_id}@{i}",
            {"zh": zh, "text": text, "title_en": title, "tag_text": tags},
            {
                "lang": (lang,) if lang else (),
                "kind": KINDS[lang],
                "tag": tags,
                "author": (author,) if author else (),
                "title": parts[0][2][:1],
            },
            {"published": day, "run": len(parts)} if day else {"run": len(parts)},
            f"payload {i}".encode(),
        )
        for i, (zh, text, _, lang, *_) in enumerate(parts)
    ]


def commit(engine, archive, batch):
    """Put and delete the articles of a batch in one commit, in an engine and in the judge's archive."""
    with engine.writer() as writer:
        for article_id, parts in batch:
            archive.articles.pop(article_id, None)
            if parts is None:
                writer.delete(article_id)
            else:
                archive.articles[article_id] = row(article_id), made(article_id, parts)
                writer.put(*archive.articles[article_id])


@settings(max_examples=120)
@given(batches=batches, asked=st.lists(requests, min_size=1, max_size=4))
def test_answers_are_those_of_plain_evaluation(engine_class, batches, asked):
    with tempfile.TemporaryDirectory() as folder:
        engine, archive = engine_class(Path(folder), create=True), Archive(engine_class.precision)
        for batch in batches:
            commit(engine, archive, batch)
            for request in asked:
                assert_equal(engine.search(request), request, archive)
        assert_same_articles(engine, archive)
        engine.close()


places = st.tuples(
    st.sampled_from([0.0, 0.5, 1.0, 2.0]), st.sampled_from([0, 699_999, 700_000, 738_000]),
    st.sampled_from(["", "a", "aa", *TERMS[2:]]), names | st.sampled_from(["", "aa", "z"]), st.integers(0, 2),
)  # fmt: skip


def after(request, place):
    """Return a request that goes on behind a place."""
    score, day, title, article_id, number = place
    key = {"relevance": (score,), "title": (title,)}.get(request.sort, (day, score))
    return replace(request, after=After(key, article_id, number * request.by_passage))


@settings(max_examples=120)
@given(batches=batches, asked=requests, place=places, simple=st.booleans())
def test_behind_any_place_the_order_goes_on(engine_class, batches, asked, place, simple):
    if simple:
        asked = replace(asked, rank=Every(), match=None, prefer=None)  # all tie
    with tempfile.TemporaryDirectory() as folder:
        engine, archive = filled(engine_class, Path(folder), batches)
        assert_equal(engine.search(after(asked, place)), after(asked, place), archive)
        every = engine.search(replace(asked, limit=99, offset=0)).articles
        for one in every:
            assert_equal(engine.search(replace(asked, after=one.after)), replace(asked, after=one.after), archive)
        if every:
            read, one = [every[0]], every[0]
            while behind := engine.search(replace(asked, after=one.after, limit=1, offset=0)).articles:
                (one,) = behind
                read.append(one)
            assert [passages(one) for one in read] == [passages(one) for one in every]
        engine.close()


@pytest.mark.parametrize("by_passage", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_a_short_page_of_many_articles_is_in_order(engine, sort, by_passage):
    dice, archive = Random(6), Archive(engine.precision)
    for count in (160, 50, 20):  # each too small to be merged with the one before
        with engine.writer() as writer:
            for number in range(count):
                name, title = f"{number}/{count}", dice.choice(["", *map(str, range(30))])
                words, day = ("x", *("y",) * dice.randint(0, 3)), dice.choice([0, *range(700_000, 700_009)])
                parts = [(words, words, (title,) if title else (), "", day)] * dice.randint(1, 2)
                archive.articles[name] = row(name), made(name, parts)
                writer.put(*archive.articles[name])
    for limit, offset in [(1, 0), (3, 2), (5, 20)]:
        request = Request(Term("text", "x"), sort=sort, by_passage=by_passage, limit=limit, offset=offset)
        assert_equal(engine.search(request), request, archive)
        beyond = replace(request, after=engine.search(request).articles[-1].after)
        assert_equal(engine.search(beyond), beyond, archive)


def passages(article):
    return article.article_id, [passage.passage_id for passage in article.passages]


def filled(engine_class, folder, batches):
    """Return an index of what the batches leave, and the same in memory."""
    engine, archive = engine_class(folder, create=True), Archive(engine_class.precision)
    for batch in batches:
        with engine.writer() as writer:
            for article_id, parts in batch:
                archive.articles.pop(article_id, None)
                if parts is None:
                    writer.delete(article_id)
                else:
                    archive.articles[article_id] = row(article_id), made(article_id, parts)
                    writer.put(*archive.articles[article_id])
    return engine, archive


def test_a_replaced_commit_is_read_by_its_name(engine):
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    first = engine.generation()
    with engine.writer(replace_all=True) as writer:
        writer.put(row("b"), one_entry("b", "x"))
    older = engine.at(first)
    assert [one.id for one in older.rows()] == ["a"]
    assert older.generation() == first != engine.generation()
    older.close()
    assert [one.id for one in engine.rows()] == ["b"]
    with pytest.raises(CommitGone):
        engine.at("unheard of")


def assert_equal(ranking, request, archive):
    precision = archive.precision
    page, total, passages_total = archive.answer(request)
    assert [article.article_id for article in ranking.articles] == [name for name, _, _ in page]
    assert [article.row for article in ranking.articles] == [archive.articles[name][0] for name, _, _ in page]
    assert [article.score for article in ranking.articles] == pytest.approx(
        [score for _, score, _ in page], rel=precision
    )
    if request.rank != Every():
        best = [[passage.passage_id for passage in article.passages] for article in ranking.articles]
        scores = [[passage.score for passage in article.passages] for article in ranking.articles]
        for ours, theirs, own in zip(best, (ids for _, _, ids in page), scores, strict=True):
            assert len(ours) == len(theirs)
            assert ours == theirs or any(isclose(*pair, rel_tol=precision) for pair in pairwise(own))
    entries = {entry.id: entry for entry in archive.entries}
    for passage in (passage for article in ranking.articles for passage in article.passages):
        told = [archive.detail(node, entries[passage.passage_id]) for node in request.details]
        assert passage.details == pytest.approx(tuple(told), rel=precision)
    assert (ranking.total, ranking.passages_total) == (total, passages_total)
    assert ranking.counts == tuple(len(archive.matching(node, request.passages)) for node in request.counts)
    assert ranking.facets == {name: archive.facet(name, request) for name in request.facets}
    assert ranking.total_is_exact
    assert not ranking.cut


def test_the_forms_of_a_concept_are_told_as_one_word_of_all_their_frequencies(engine):
    streams = {
        "a": ("x", "y", "z", "z"),
        "b": ("x", "x", "z", "z"),
        "c": ("y", "z", "z", "z"),
        "d": ("z", "z", "z", "z"),
    }
    with engine.writer() as writer:
        for name, stream in streams.items():
            writer.put(row(name), [IndexEntry(f"{name}@0", {"text": stream})])
    either = Synonym((Form(Term("text", "x"), 2), Form(Term("text", "y"), 2)))
    ranking = engine.search(Request(Every(), details=(either, Term("text", "x"), Term("text", "nothing"))))
    first, second, third, last = (article.passages[0].details for article in ranking.articles)
    assert first == pytest.approx(second[:1] + (first[1], 0))  # x and y are worth what x twice is
    assert second[0] > third[0] > last[0] == 0
    assert third[1:] == last[1:] == (0, 0)


def test_forms_that_stand_nowhere_change_nothing(engine):
    with engine.writer() as writer:
        for name, stream in {"a": ("x", "y"), "b": ("y", "y"), "gone": ("nothing",)}.items():
            writer.put(row(name), [IndexEntry(f"{name}@0", {"text": stream})])
    with engine.writer() as writer:
        writer.delete("gone")
    absent = Form(Term("text", "nothing"), 0.5), Form(Phrase("en", ("no", "such")), 1), Form(Prefix("zh", "q"), 1)
    for node in (Synonym((Form(Term("text", "x")), *absent)), Synonym(absent), Synonym(())):
        ranking = engine.search(Request(node, details=(node,)))
        plain = engine.search(Request(Term("text", "x") if len(node.forms) > 3 else AnyOf(())))
        assert [one.score for one in ranking.articles] == pytest.approx([one.score for one in plain.articles])
        for article in ranking.articles:
            assert article.passages[0].details == pytest.approx((article.score,))


@pytest.mark.parametrize("weight", [0, -1.0, float("nan")])
def test_a_form_without_weight_is_a_mistake_of_the_caller(weight):
    with pytest.raises(ValueError, match="weight of a form"):
        Form(Term("zh", "中"), weight)


def assert_same_articles(engine, archive):
    rows = {own.id: own for own, _ in archive.articles.values()}
    assert {one.id: one for one in engine.rows()} == rows
    assert engine.passage_count() == len(archive.entries)
    files = Counter()
    for file in engine.files():
        files[file.path, file.root, file.state] += file.articles
    assert files == Counter((own.path, own.root, own.state) for own in rows.values())
    for paths in (["/x/y"], ["/x/文", "/none"], {own.path for own in rows.values()}):
        assert {one.id: one for one in engine.rows_of(paths)} == {
            name: own for name, own in rows.items() if own.path in paths
        }
    names = sorted(archive.articles)
    together = [[one.payload for one in passages] for passages in engine.passages_of(names)]
    assert together == [[one.payload for one in engine.passages(name)] for name in names]
    for name, (_, entries) in archive.articles.items():
        found = [(one.passage_id, one.article_id, one.score, one.payload) for one in engine.passages(name)]
        assert found == [(entry.id, name, 0.0, entry.payload) for entry in entries]


states = st.builds(FileState, st.integers(0, 9), st.integers(-(2**60), 2**62), st.integers(0, 2**64 - 1))
written = st.one_of(
    st.tuples(names, articles), st.tuples(names, st.none()), st.tuples(st.sampled_from(["/x/y", "/x/文"]), states)
)


@settings(max_examples=120)
@given(
    batches=st.lists(st.tuples(st.booleans(), st.booleans(), st.lists(written, max_size=6)), min_size=1, max_size=5),
    again=st.booleans(),
)
def test_articles_files_and_states_are_those_that_were_written_last(engine_class, batches, again):
    with tempfile.TemporaryDirectory() as folder:
        engine, archive = engine_class(Path(folder), create=True), Archive(engine_class.precision)
        for packed, is_little, batch in batches:
            with engine.writer(memory_bytes=1 if is_little else DEFAULT_MEMORY) as writer:
                write(engine, writer, archive, batch, packed)
            assert_same_articles(engine, archive)
        if again:
            engine.close()
            engine = engine_class(Path(folder))
            assert_same_articles(engine, archive)
        engine.close()


def write(engine, writer, archive, batch, packed):
    """Write a batch, the articles that follow each other packed, or each by itself."""
    waiting, added = [], set()

    def flush():
        if waiting:
            writer.put_packed(engine.pack(columns_of(waiting)))
            waiting.clear()

    for name, change in batch:
        if isinstance(change, list):
            archive.articles.pop(name, None)
            archive.articles[name] = row(name), made(name, change)
            added.add(name)
            if packed:
                waiting.append(archive.articles[name])
            else:
                writer.put(*archive.articles[name])
            continue
        flush()
        if change is None:
            writer.delete(name)
            archive.articles.pop(name, None)
            added.discard(name)
            continue
        for article_id, (own, entries) in archive.articles.items():
            if own.path == name:
                writer.touch(article_id, change)
                if article_id not in added:
                    archive.articles[article_id] = replace(own, **change._asdict()), entries
        writer.touch("unheard of", change)
    flush()


long_streams = st.builds(
    lambda term, times, rest: (term,) * times + rest,
    terms, st.sampled_from([0, 254, 255, 256, 600, 3000]), st.lists(terms, max_size=5).map(tuple),
)  # fmt: skip
simple = st.one_of(
    st.builds(Term, fields, terms),
    st.builds(Phrase, st.just("text"), st.lists(terms, min_size=1, max_size=3).map(tuple), st.booleans(), excluded),
    st.builds(Near, st.tuples(st.builds(Term, st.just("text"), terms)), st.just(0)),
    st.builds(Prefix, fields, prefixes),
)


@settings(max_examples=25)
@given(
    st.lists(st.lists(st.tuples(long_streams, long_streams), min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(simple, min_size=1, max_size=4),
)
def test_long_passages_beside_short_ones_are_answered_alike(engine_class, batches, asked):
    with tempfile.TemporaryDirectory() as folder:
        engine, archive = engine_class(Path(folder), create=True), Archive(engine_class.precision)
        for number, batch in enumerate(batches):
            name = str(number)
            entries = [IndexEntry(f"{name}@{i}", {"zh": zh, "text": text}) for i, (zh, text) in enumerate(batch)]
            archive.articles[name] = row(name), entries
            with engine.writer() as writer:
                writer.put(*archive.articles[name])
        for node in [*asked, AllOf(tuple(asked)), AnyOf(tuple(asked))]:
            request = Request(node, match=asked[0], limit=9)
            assert_equal(engine.search(request), request, archive)
        engine.close()


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.text("abc", max_size=12).map(tuple), min_size=1, max_size=3), min_size=1, max_size=4),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple),
    st.booleans(),
    st.lists(st.sampled_from("abcx"), max_size=3).map(tuple),
    st.lists(st.sampled_from("abcx"), max_size=3).map(tuple),
)
def test_a_phrase_stands_beside_nothing_that_it_may_not(engine_class, streams, asked, prefix, before, behind):
    with tempfile.TemporaryDirectory() as folder:
        engine, archive = engine_class(Path(folder), create=True), Archive(engine_class.precision)
        for number, parts in enumerate(streams):
            name = str(number)
            entries = [IndexEntry(f"{name}@{i}", {"text": own, "title_en": parts[0]}) for i, own in enumerate(parts)]
            archive.articles[name] = row(name), entries
            with engine.writer() as writer:
                writer.put(*archive.articles[name])
        for field in ("text", "title_en"):
            phrase = Phrase(field, asked, prefix, before, behind)
            for node in (phrase, AnyOf((Term("text", "b"), phrase)), Near((phrase, Term(field, "c")), 2)):
                request = Request(node)
                found = {one.article_id: one.score for one in engine.search(request).articles}
                assert found == pytest.approx({name: score for name, score, _ in archive.answer(request)[0]})
        engine.close()


def test_a_pattern_for_too_many_terms_takes_the_most_frequent_and_says_so(engine):
    with engine.writer() as writer:
        for number in range(MOST_EXPANDED + 10):
            pair = f"x{chr(0x4E00 + number // 40)}{chr(0x4E00 + number % 40)}"
            stream = (pair, *(["x一七"] if number % 2 else []))
            writer.put(row(str(number)), [IndexEntry(f"{number}@0", {"text": stream, "zh": stream})])
    for node in (Pattern("text", "x*"), Pattern("zh", "x??"), Fuzzy("text", "x丁丁", 2, 1)):
        ranking = engine.search(Request(node))
        assert ranking.cut == (node,)
        assert MOST_EXPANDED <= ranking.total < MOST_EXPANDED + 10
    assert not engine.search(Request(Pattern("text", "x一*"))).cut
    assert engine.search(Request(Prefix("text", "x"))).total == MOST_EXPANDED + 10  # all, however many


def test_deleted_passages_do_not_tell_which_terms_are_the_most_frequent(engine):
    names = [f"x{number:05}" for number in range(MOST_EXPANDED + 10)]
    with engine.writer() as writer:
        for number in range(3):  # the last ten are the most frequent, until these are deleted
            writer.put(row(f"gone{number}"), [IndexEntry(f"gone{number}@0", {"text": tuple(names[-10:])})])
        for name in names:
            writer.put(row(name), [IndexEntry(f"{name}@0", {"text": (name,)})])
    with engine.writer() as writer:
        for number in range(3):
            writer.delete(f"gone{number}")
    found = engine.search(Request(Pattern("text", "x*"), limit=2 * MOST_EXPANDED)).articles
    assert sorted(article.article_id for article in found) == names[:MOST_EXPANDED]


def test_a_pattern_over_keywords_takes_all_of_them(engine):
    count = MOST_EXPANDED + 10
    with engine.writer() as writer:
        for number in range(count):
            entry = IndexEntry(f"{number}@0", {"text": ("x",)}, {"path": (f"2025/{number % 2}/{number:05}.md",)})
            writer.put(row(str(number)), [entry])
    for pattern, found in (("2025/*", count), ("*/1/*.md", count // 2), ("*/0001?.md", 10), ("2025/?/?????.??", count)):
        ranking = engine.search(Request(Every(), match=Pattern("path", pattern)))
        assert (ranking.total, ranking.cut) == (found, ())


def test_a_limit_by_day_does_not_change_how_rare_a_word_is(engine):
    with engine.writer() as writer:
        for number in range(9):
            entry = IndexEntry(
                f"{number}@0", {"text": ("x", "y") if number < 3 else ("y",)}, {}, {"published": number + 1}
            )
            writer.put(row(str(number)), [entry])
    rare, first = Term("text", "x"), Range("published", None, 1)
    score = engine.search(Request(rare)).articles[0].score
    for request in (Request(rare, passages=first), Request(rare, match=first), Request(AllOf((rare, Boost(first, 0))))):
        assert [one.score for one in engine.search(request).articles] == pytest.approx([score], rel=engine.precision)


def test_what_an_article_says_of_itself_is_true_whichever_of_its_passages_are_looked_at(engine):
    with engine.writer() as writer:
        for name, author in (("a", "John Smith"), ("b", "中央社")):
            keywords = {"author": (author,), "kind": ("body",)}
            parts = [{**keywords, "lang": ("en",)}, {**keywords, "lang": ("zh-Hans",)}]
            terms = {"text": ("x",), "author_text": tuple(author.lower().split())}
            writer.put(row(name), [IndexEntry(f"{name}@{i}", terms, own) for i, own in enumerate(parts)])
        writer.put(row("c"), [IndexEntry("c@0", {"text": ("x",)}, {"lang": ("en",)})])
    chinese = Keyword("lang", ("zh-Hans",))
    smith = (Keyword("author", ("John Smith",)), Phrase("author_text", ("john", "smith")), Pattern("author", "*n S*"))
    for leaf in smith:
        for match, found in ((leaf, ["a"]), (Not(leaf), ["b"]), (AnyOf((leaf, Every())), ["a", "b"])):
            request = Request(Every(), match=match, passages=chinese, counts=(match,), facets=("author", "kind"))
            ranking = engine.search(request)
            assert [one.article_id for one in ranking.articles] == found
            assert ranking.counts == (len(found),)
            assert sum(count for _, count in ranking.facets["author"]) == len(found)
    assert ranking.facets == {"author": (("John Smith", 1), ("中央社", 1)), "kind": (("body", 2),)}


def test_how_many_passages_and_which_articles_have_what_an_article_says(engine):
    for names in (["a", "b"], ["b", "c"]):
        with engine.writer() as writer:
            for name in names:
                entry = IndexEntry("", {}, {"author": ("ab" if name == "a" else "abc",)})
                writer.put(row(name), [replace(entry, id=f"{name}@{i}") for i in range(3)])
    assert engine.frequent_terms("author", ["ab"], 1) == {"ab": 3, "abc": 6}
    assert engine.frequent_terms("author", ["abc", "ab!", "x"], 4) == {"abc": 6}
    assert engine.frequent_terms("author", [], 1) == {}
    assert engine.frequent_terms("author", ["ab"], 1, {"a", "c", "nothing"}) == {"ab": 3, "abc": 3}
    assert engine.frequent_terms("author", ["a"], 1, ()) == {}
    assert engine.articles_with("author", ["ab", "abc", "a"]) == {"ab": ["a"], "abc": ["b", "c"], "a": []}


def one_entry(article_id, *words):
    return [IndexEntry(f"{article_id}@0", {"text": words}, {"kind": ("body",)}, payload=b"p")]


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
        writer.change_meta(lambda known: {**known, "roots": [{"path": "/資料"}]})
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


def test_an_engine_that_gave_back_memory_answers_as_before(engine):
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
        writer.put(row("b"), one_entry("b", "y"))
    request = Request(AnyOf((Term("text", "x"), Term("text", "y"))))
    before = [(article.article_id, article.score) for article in engine.search(request).articles]
    engine.rest()
    assert [(article.article_id, article.score) for article in engine.search(request).articles] == before
    assert len(before) == 2


def test_the_newest_commit_is_opened_beside_the_one_that_is_open(engine, engine_class, tmp_path):
    older = engine_class(tmp_path / "index")
    assert older.newest() is older
    with engine.writer() as writer:
        writer.put(row("a"), one_entry("a", "x"))
    newer = older.newest()
    assert newer.newest() is newer
    assert newer.commit_name() == engine.commit_name() != older.commit_name()
    request = Request(Term("text", "x"))
    assert [one.search(request).total for one in (older, newer)] == [0, 1]
    older.close()
    assert newer.search(request).total == 1
    newer.close()


def test_a_second_writer_is_told_to_wait(engine, engine_class, tmp_path, monkeypatch):
    monkeypatch.setattr("indexer.engines.base.LOCK_WAIT_S", 0.2)
    other = engine_class(tmp_path / "index")
    with engine.writer(), pytest.raises(IndexLocked, match="Another process"), other.writer():
        pass
    other.close()


def test_no_index_is_named_with_the_command_that_makes_one(engine_class, tmp_path):
    with pytest.raises(IndexMissing, match="wensou index"):
        engine_class(tmp_path / "nothing")


def test_an_engine_says_what_it_is(engine_class, tmp_path):
    with closing(engine_class(tmp_path / "index", create=True)) as engine:
        before = engine.facts()
        assert before.terms == dict.fromkeys(TERM_FIELDS, 0)
        with engine.writer() as writer:
            writer.put(row("a"), made("a", [(("中", "国"), ("a", "b", "a"), (), "en", 0)]))
        facts = engine.facts()
        assert facts.name
        assert facts.format > 0
        assert (facts.terms["zh"], facts.terms["text"], facts.terms["en"]) == (2, 2, 0)
        assert facts.segments > before.segments
        assert facts.size_bytes > before.size_bytes
