"""What is found for a query, how it is counted, ordered and marked, against plain scans and set algebra."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.analysis.fold import fold_key
from indexer.engines.base import FACETS
from indexer.nodes import SORTS
from indexer.payload import load_text
from search import Searcher
from search.grammar import parse
from search.syntax import (
    Address,
    And,
    Choice,
    Days,
    Everything,
    Exact,
    Fuzzy,
    Must,
    Near,
    Not,
    Or,
    Phrase,
    Scoped,
    Together,
    Wild,
    Words,
    written,
)
from tests.commits import engine_of
from tests.property import algebra
from tests.property.archive import HAN, LATIN, NUMERALS, write_archive
from tests.property.test_grammar import queries as any_text

han = st.sampled_from([*HAN, *HAN.values()])
one_word = han | st.sampled_from([*LATIN, *NUMERALS])
units = one_word | st.tuples(han, one_word.filter(lambda word: not word.isascii())).map("".join)
phrase_texts = st.lists(one_word, min_size=1, max_size=3).map(" ".join) | st.tuples(
    han, st.sampled_from(["", "的", "和", "，"]), one_word.filter(lambda word: not word.isascii())
).map("".join)
near_texts = st.lists(one_word, min_size=1, max_size=3).map(" ".join)
patterns = ["tra*", "*mics", "t?ump", "*a*", "e?onom*", "特朗*", "*国", "*月", "习?平", "中?*", "美?*", "g*", "*19"]
leaves = st.one_of(
    st.lists(units, min_size=1, max_size=3).map(lambda own: Words(tuple(own))),
    phrase_texts.map(Phrase),
    st.builds(Near, near_texts, st.integers(0, 8)),
    st.sampled_from(patterns).map(Wild),
    st.builds(
        Fuzzy,
        st.sampled_from(["tarif", "trump", "tak", "economi", "trad", "of", "a"]),
        st.sampled_from([None, 0, 1, 2]),
    ),
)
days = st.dates(date(2024, 12, 1), date(2026, 3, 1))
facts = st.one_of(
    st.sampled_from(["中國", "Trade talks", "G20", "nothing"]).map(lambda value: Exact("tag", value)),
    st.sampled_from(["BBC", "BBC 中文", "新华网"]).map(lambda value: Exact("source", value)),
    st.sampled_from(["John Smith", "习近平"]).map(lambda value: Exact("author", value)),
    st.sampled_from(["en", "zh", "mixed", "zh-Hant"]).map(lambda value: Choice("lang", value)),
    st.sampled_from(["quote", "body", "table", "boilerplate", "all"]).map(lambda value: Choice("kind", value)),
    st.sampled_from(["2024/", "zhong/1", "2*5", "0"]).map(lambda text: Address("path", text)),
    st.sampled_from(["bbc.com", "example.org/a", "zhong*"]).map(lambda text: Address("url", text)),
    st.tuples(days | st.none(), days | st.none()).filter(any).map(lambda ends: Days(*ends)),
    st.just(Everything()),
)
scoped = st.builds(Scoped, st.sampled_from(["title", "body", "tag", "author", "source"]), leaves)


def composed(inner):
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    fields = st.sampled_from(["title", "body", "tag"])
    return (
        several.map(And)
        | several.map(Or)
        | several.map(Together)
        | inner.map(Not)
        | inner.map(Must)
        | st.builds(Scoped, fields, inner)
    )


trees = st.recursive(leaves | scoped | facts, composed, max_leaves=6)
queries = trees.map(written)


@pytest.fixture(scope="session")
def searcher(tmp_path_factory):
    folder = tmp_path_factory.mktemp("algebra")
    write_archive(folder, folder / "index")
    with Searcher(folder / "index") as opened:
        yield opened


@pytest.fixture(scope="session")
def archive(searcher):
    """All articles with all their passages."""
    engine = engine_of(searcher)
    return algebra.Archive(
        algebra.Article(row, tuple(load_text(one.payload, one.passage_id, row.id) for one in engine.passages(row.id)))
        for row in engine.rows()
    )


def found(searcher, query, **options):
    result = searcher.search(query, limit=1000, copies=True, exact=True, **options)
    return [hit.article_id for hit in result.hits]


def test_the_archive_has_something_of_everything(searcher, archive):
    passages = [passage for article in archive for passage in article.passages]
    assert {passage.kind for passage in passages} >= {"body", "quote", "table", "caption", "teaser", "boilerplate"}
    assert {passage.lang for passage in passages} >= {"zh-Hans", "zh-Hant", "en", "mixed"}
    assert len(passages) > 3 * len(archive) > 100
    assert {article.row.run for article in archive} == {1, 2, 3}


@settings(max_examples=250)
@given(queries)
@example("+(trump AND lang:en)")
@example("lang:zh 特朗普 AND 关税 -kind:quote")
@example('"特朗普 关税"~0')
@example('"关税 trump 经济"~1')
@example("of~2")
@example("a~")
@example('"特朗普 1200万"')
def test_results_totals_and_facets_are_those_of_a_plain_scan(searcher, archive, query):
    expected = algebra.expected(parse(query).tree, archive)
    result = searcher.search(query, limit=1000, copies=True, exact=True, facets=FACETS)
    assert {hit.article_id for hit in result.hits} == {article.row.id for article in expected}
    assert (result.total, len(result.hits), result.total_is_exact) == (len(expected), len(expected), True)
    counted = {name: {one.value: one.count for one in result.facets[name]} for name in FACETS}
    assert counted == algebra.facets(expected)


def has_conditions_on_passages(query):
    """Tell whether a query, or the opposite of it, limits the passages looked at."""
    parts = algebra.conditions(parse(query).tree)
    negated = [own for part in parts if isinstance(part, Not) for own in algebra.conditions(part.node)]
    return any(map(algebra.of_passages, [*parts, *negated]))


of_articles = queries.filter(lambda query: not has_conditions_on_passages(query))


@settings(max_examples=50)
@given(of_articles, of_articles)
@example("特朗普关税 -大豆", "trump")
def test_operators_are_set_algebra(searcher, one, other):
    everything, first, second = (set(found(searcher, query)) for query in ("*", f"+({one})", f"+({other})"))
    assert set(found(searcher, f"NOT ({one})")) == everything - first
    assert set(found(searcher, f"({one}) AND ({other})")) == first & second
    assert set(found(searcher, f"({one}) OR ({other})")) == first | second
    assert set(found(searcher, f"+({one}) -({other})")) == first - second


@settings(max_examples=40)
@given(queries, st.sampled_from(SORTS), st.integers(1, 9), st.booleans())
def test_pages_hold_every_hit_once_in_order(searcher, query, sort, size, by_passage):
    options = {"sort": sort, "passages": by_passage}
    whole = searcher.search(query, 2000, copies=True, exact=True, **options).hits
    pages = [
        searcher.search(query, size, at, copies=True, exact=True, **options).hits
        for at in range(0, len(whole) + 1, size)
    ]
    assert sum(pages, ()) == whole == tuple(searcher.iterate(query, copies=True, exact=True, **options))
    page = searcher.search(query, size, copies=True, exact=True, **options)
    read = page.hits
    while page.cursor:
        page = searcher.search(query, size, copies=True, exact=True, after=page.cursor, **options)
        read += page.hits
    assert read == whole
    assert [hit.article_id for hit in whole] == [hit.article_id for hit in sorted(whole, key=order(sort))]


def order(sort):
    """Return what sorts hits, which are in the order of their ids where they tie, as the order says."""
    return {
        "relevance": lambda hit: -hit.score,
        "date": lambda hit: -hit.published.toordinal() if hit.published else 0,
        "date-asc": lambda hit: hit.published or date.max,
        "title": lambda hit: (not hit.title, fold_key(hit.title)),
    }[sort]


@settings(max_examples=40)
@given(queries)
def test_where_nothing_is_a_copy_leaving_copies_out_leaves_out_nothing(searcher, query):
    result = searcher.search(query, limit=1000, exact=True)
    hits = {hit.article_id for hit in result.hits} | {copy.article_id for hit in result.hits for copy in hit.copies}
    assert hits == set(found(searcher, query))
    assert result.total == len(hits)


@settings(max_examples=60)
@given(queries)
@example("trump OR -特朗普")
@example("经济 OR (NOT tariffs -title:关税)")
def test_highlights_are_what_was_asked_and_nothing_of_what_was_not(searcher, query):
    tree = parse(query).tree
    for hit in searcher.search(query, limit=1000, copies=True, exact=True).hits:
        for field, text, spans in [
            ("title", hit.title, hit.title_spans),
            *(("body", snippet.text, snippet.spans) for snippet in hit.snippets),
        ]:
            asked = algebra.marked(tree, text, field)
            shown = {place for start, end in spans for place in range(start, end)}
            assert {place for place in shown if text[place].isalnum()} <= asked


@settings(max_examples=200)
@given(any_text, st.sampled_from(SORTS), st.lists(st.sampled_from(FACETS)), st.booleans(), st.booleans())
def test_no_query_is_an_error(searcher, query, sort, facets, passages, copies):
    result = searcher.search(query, sort=sort, facets=facets, passages=passages, copies=copies, exact=True)
    assert len(result.hits) <= (result.passages_total if passages else result.total)
    if result.hits:
        searcher.explain(query, result.hits[0], copies=copies)
