"""Names and their other forms in searches, from the user's own file, so that no table changes what is asserted."""

from __future__ import annotations

import pytest

from indexer import build
from search import Searcher

ARTICLES = {
    "jia": "记者从现场获悉，甲乙丙昨天抵达本市。",
    "ding": "記者從現場獲悉，丁戊己昨天抵達本市。",
    "latin": "Reporters at the scene say that Kamakawa Bing arrived yesterday.",
    "speech": "他说一口丁戊，四川人都听得懂。",
    "short": "庚丁戊辛都是天干，并不是名字。",
    "plain": "今天天气很好，没有什么新闻。",
}
TERMS = {
    "word": "记者从现场获悉，甲壬癸昨天又涨了。",
    "one": "A single blue widget stood in the window of the shop.",
    "many": "Prices of blue widgets rose again, dealers in the city say.",
    "gadgets": "Two gadgets were sold yesterday.",
}
ALIASES = """
[[group]]
names = ["甲乙丙", "丁戊己", "丁戊?(四川|方言)", "Kamakawa Bing"]
kind = "person"
"""


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    (folder / "articles").mkdir()
    for name, text in ARTICLES.items():
        (folder / "articles" / f"{name}.txt").write_text(text, "utf-8")
    build(folder / "articles", folder / "index")
    (folder / "index" / "aliases.toml").write_text(ALIASES, "utf-8")
    with Searcher(folder / "index") as searcher:
        yield searcher


def found(searcher, query, **options):
    return [hit.article_id.removesuffix(".txt") for hit in searcher.search(query, **options).hits]


def notes(searcher, query, **options):
    return [note.text for note in searcher.search(query, **options).notes if note.kind == "aliases"]


@pytest.mark.parametrize("query", ["甲乙丙", "丁戊己", "Kamakawa Bing"])
def test_each_form_finds_the_others_and_what_was_typed_is_first(searcher, query):
    assert {"jia", "ding", "latin"} <= set(found(searcher, query))
    assert found(searcher, query)[0] == found(searcher, query, exact=True)[0]


def test_the_other_writing_comes_last(searcher):
    own = found(searcher, "甲乙丙")
    assert own.index("ding") < own.index("latin")


def test_what_is_found_through_another_form_is_highlighted(searcher):
    hits = {hit.article_id: hit for hit in searcher.search("甲乙丙").hits}
    (snippet,) = hits["ding.txt"].snippets
    assert [snippet.text[start:end] for start, end in snippet.spans] == ["丁戊己"]


def test_the_note_says_what_was_searched_and_why(searcher):
    (note,) = notes(searcher, "甲乙丙")
    assert "丁戊己" in note
    assert "Kamakawa Bing" in note
    assert "(甲乙丙, the same person)" in note
    assert "--exact" in note


@pytest.mark.parametrize("query", ["甲乙丙 -抵达 -天干 -yesterday", "甲乙丙 since:2026", "甲乙丙 AND 無此"])
def test_the_note_stands_only_where_something_is_found(searcher, query):
    assert found(searcher, query) == []
    assert notes(searcher, query) == []


def test_what_is_left_out_of_the_users_file_is_said_and_the_rest_holds(searcher, tmp_path):
    build(searcher.folder.parent / "articles", tmp_path / "index")
    added = '[[group]]\nnames = ["壬癸"]\nadds_to = "無此名"\n'
    (tmp_path / "index" / "aliases.toml").write_text(f"{added}{ALIASES}", "utf-8")
    with Searcher(tmp_path / "index") as own:
        (said,) = [note.text for note in own.search("甲乙丙").notes if note.kind == "aliases_file"]
        assert "group 1" in said
        assert "無此名" in said
        assert set(found(own, "甲乙丙")) >= {"jia", "ding"}
        assert not own.search("甲乙丙", exact=True).notes


@pytest.fixture(scope="module")
def terms(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terms")
    (folder / "articles").mkdir()
    for name, text in TERMS.items():
        (folder / "articles" / f"{name}.txt").write_text(text, "utf-8")
    build(folder / "articles", folder / "index")
    own = '[[group]]\nnames = ["甲壬癸", "blue widget"]\n[[group]]\nnames = ["甲壬癸", "gadget"]\n'
    (folder / "index" / "aliases.toml").write_text(own, "utf-8")
    with Searcher(folder / "index") as searcher:
        yield searcher


@pytest.mark.parametrize("query", ["甲壬癸", "blue widget", "blue widgets"])
def test_each_number_of_an_english_term_finds_the_others_and_is_found(terms, query):
    assert {"word", "one", "many"} <= set(found(terms, query, cross="off"))
    (note,) = notes(terms, query, cross="off")
    others = "blue widget, gadget" if query == "甲壬癸" else "甲壬癸"
    assert note.startswith(f"Also searched: {others} ({query}, ")


def test_a_term_is_highlighted_in_both_numbers(terms):
    quoted = {
        snippet.text[start:end]
        for hit in terms.search("甲壬癸", cross="off").hits
        for snippet in hit.snippets
        for start, end in snippet.spans
    }
    assert quoted == {"甲壬癸", "blue widget", "blue widgets", "gadgets"}


def test_exact_finds_the_words_as_typed(searcher):
    assert found(searcher, "甲乙丙", exact=True) == ["jia"]
    assert notes(searcher, "甲乙丙", exact=True) == []


def test_only_the_literal_word_is_left_out(searcher):
    assert set(found(searcher, "抵达 -甲乙丙", cross="off")) == {"ding"}


def test_a_form_that_means_something_else_in_the_article_is_no_match(searcher):
    assert "speech" not in found(searcher, "甲乙丙")
    assert "speech" in found(searcher, "丁戊")


def test_a_query_that_speaks_of_something_else_is_not_expanded(searcher):
    assert notes(searcher, "丁戊 四川") == []
    assert notes(searcher, "丁戊 抵达")


def test_names_stand_in_phrases_but_ambiguous_ones_do_not(searcher):
    assert set(found(searcher, '"获悉，甲乙丙"')) == {"jia", "ding"}
    assert found(searcher, '"丁戊昨天"') == []


def test_operators_mean_the_name(searcher):
    assert set(found(searcher, "甲乙丙 AND 抵达", cross="off")) == {"jia", "ding"}
    assert "latin" in found(searcher, "甲乙丙 AND NOT 抵达", cross="off")


def test_scores_of_names_are_explained(searcher):
    for hit in searcher.search("甲乙丙").hits:
        assert searcher.explain("甲乙丙", hit).score == pytest.approx(hit.score)


def test_all_words_as_typed_are_preferred_not_those_of_other_forms(searcher):
    for article, factor in (("jia.txt", 1.1), ("ding.txt", None)):
        assert preference(searcher.explain("甲乙丙 抵达", article)) == factor


def preference(explanation):
    leaves = list(explanation.reasons)
    for reason in leaves:
        leaves += reason.reasons
        for factor in reason.factors:
            if factor.name == "preference":
                return pytest.approx(factor.value) if factor.value != 1 else None
    return None
