"""Entries become columns and come back; a build makes the columns that entries would make."""

from __future__ import annotations

from indexer.analysis.analyzer import default_analyzer
from indexer.analysis.batch import terms_of_parts
from indexer.article_fields import values_of
from indexer.engines.base import KEYWORD_FIELDS, TERM_FIELDS
from indexer.engines.columns import NO_NUMBER, Numbers
from indexer.engines.entry_columns import columns_of, entries_of
from indexer.entries import Instructions, read_batch
from indexer.files import FileTask
from indexer.model import ArticleRow, IndexEntry
from indexer.payload import load_passage
from tests.conftest import SEEDS


def row(name):
    return ArticleRow(name, name, f"/x/{name}", "/x", 1, 1, 1, "hash", 1)


def entry(name, zh, title, **more):
    terms = {**dict.fromkeys(TERM_FIELDS, ()), "zh": zh, "text": zh, "title_zh": title, "title_text": title}
    return IndexEntry(name, terms, {name: ("zh-Hans",) if name == "lang" else () for name in KEYWORD_FIELDS}, **more)


ARTICLES = [
    (row("a"), (entry("a@0", ("一", "二"), ("题",)), entry("a@1", (), ("题",), numbers={"published": 7}))),
    (row("none"), ()),
    (row("b"), (entry("b@0", ("二",), ("x",), payload=b"p"), entry("b@1", ("二",), ()), entry("b@2", ("三",), ()))),
]


def test_entries_come_back_from_their_columns():
    assert list(entries_of(columns_of(ARTICLES))) == ARTICLES


def test_what_all_passages_of_an_article_have_is_kept_once():
    columns = columns_of(ARTICLES)
    assert columns.fields["title_zh"].sizes.tolist() == [2, 1, 2]
    assert columns.fields["zh"].sizes.tolist() == [1] * 5
    assert columns.numbers["published"] == [NO_NUMBER, 7, NO_NUMBER, NO_NUMBER, NO_NUMBER]


def test_streams_are_numbered_as_who_takes_them_has_it():
    numbers = {name: Numbers() for name in (*TERM_FIELDS, *KEYWORD_FIELDS)}
    numbers["zh"]["二"] = 0
    tokens = columns_of(ARTICLES, numbers).fields["zh"]
    assert tokens.terms is None
    assert tokens.numbers.tolist() == [1, 0, 0, 0, 2]
    assert list(numbers["zh"]) == ["二", "一", "三"]


def test_a_build_gives_each_passage_the_terms_of_its_text_and_of_title_and_tags():
    tasks = [FileTask(str(path), str(path), str(SEEDS), path.name) for path in sorted(SEEDS.iterdir())]
    packed = read_batch(tasks, Instructions(run=1), lambda columns: list(entries_of(columns))).packed
    analysis = default_analyzer()
    entries = [(row, entry) for articles in packed for row, own in articles for entry in own]
    assert len(entries) > len(tasks)
    for row, entry in entries:
        passage = load_passage(entry.payload, entry.id, row.id)
        terms = {name: entry.terms[name] for name in ("zh", "en", "text")}
        assert terms == analysis.terms(passage.text)._asdict()
        assert (entry.keywords["lang"], entry.keywords["kind"]) == ((passage.lang,), (passage.kind,))
        own = {**entry.terms, **entry.keywords}
        assert {name: own[name] for name in values_of(row)} == values_of(row)
        heads = [terms_of_parts((title, *row.tags), analysis).text for title in (row.title, "")]
        assert entry.terms["title_text"] in heads
