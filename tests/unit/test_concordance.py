"""Every occurrence of what a query finds: all of them, in the original's words, in the order asked for; and counted."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from indexer import build
from indexer.analysis.fold import fold_key
from indexer.errors import UsageError
from indexer.payload import load_text
from indexer.show import show
from search import Searcher
from search.concordance import concordance
from search.counting import CountRow, between
from search.grammar import parse
from search.highlight import Highlighter, spans_of
from search.options import limits_of
from search.planner import plan
from search.searcher import _found
from tests.commits import engine_of
from tests.conftest import SEEDS


def squeezed(text):
    return re.sub(r"\s+", " ", text)


def searcher_of(tmp_path, articles):
    """Index articles given as (front matter, text) by name."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, (head, text) in articles.items():
        (folder / name).write_text(f"---\n{head}\n---\n{text}\n", "utf-8")
    build(folder, tmp_path / "index")
    return Searcher(tmp_path / "index")


@pytest.mark.parametrize("word", ["特朗普", "通話", "Trump"])
def test_all_occurrences_are_found_where_they_stand(seeds, seeds_index, word):
    expected = set()
    for path in SEEDS.glob("*.txt"):
        article = show(path.name, seeds_index)
        for kind, start, end in article.blocks:
            if kind != "boilerplate":
                # no fold of these changes a length
                found = re.finditer(rf"(?<![a-z]){fold_key(word)}(?![a-z])", fold_key(article.body[start:end]))
                expected |= {(article.id, start + match.start()) for match in found}
    found = seeds.concordance(word, exact=True)
    assert {(one.article_id, one.start) for one in found.occurrences} == expected
    assert found.total == len(found.occurrences) == len(expected)
    assert found.articles == len({article_id for article_id, _ in expected})


@pytest.mark.parametrize(
    "query",
    [
        "特朗普 通話 Trump", "soybeans", "「相互尊重」 econom* 特朗普", "econom*", "*峰会", "习?平", "tarifs~ 特朗普", "“习近平 通话”~8",
        "特朗普 -北韓", "NOT 特朗普", "(北韓 OR TikTok) 貿易", "title:通話", "body:北韓", "2026年", "2月", "trump lang:en", "特朗普 kind:teaser",
        "date:2018 特朗普", "*", "川普 AND 中", "“同特朗普通电话。习近平表示愿与”",
    ],
)  # fmt: skip
def test_all_that_a_search_would_highlight_in_any_passage_is_found(seeds, query):
    filters, _ = limits_of({}, seeds._current.commit.manifest)
    planned = plan(parse(query), filters, seeds._current.commit.lexicon.analyzer)
    highlighter = Highlighter(planned.sought())
    articles = [hit.article_id for hit in seeds.iterate(query, exact=True)]
    expected = Counter()
    for article_id in articles:
        for one in engine_of(seeds).passages(article_id):
            passage = load_text(one.payload, one.passage_id, article_id)
            is_english, is_teaser = passage.lang in ("en", "mixed"), passage.kind == "teaser"
            if (
                passage.kind != "boilerplate"
                and ("lang:" not in query or is_english)
                and ("kind:" not in query or is_teaser)
            ):
                expected[passage.id] += len(spans_of(highlighter.marks(passage.text)))
    found = seeds.concordance(query, exact=True)
    assert Counter(one.passage_id for one in found.occurrences) == +expected
    assert found.matched == len(articles)


def test_of_words_near_each_other_only_those_that_stand_so_are_found(tmp_path):
    text = "習近平說，習近平通話，通話的習近平。\n\n習近平。\n\nThe US data, the talks, the China–US data."
    with searcher_of(tmp_path, {"a.md": ("title: 習近平通話", text)}) as searcher:
        shown = {
            query: [one.keyword for one in searcher.concordance(query, sort="date").occurrences]
            for query in ('"习近平 通话"~0', '"习近平 通话"~1', '"US China"~0', '"the data"~0', '"the data"~1')
        }
    assert shown == {
        '"习近平 通话"~0': ["習近平", "通話"],
        '"习近平 通话"~1': ["習近平", "通話", "通話", "習近平"],
        '"US China"~0': ["China", "US"],
        '"the data"~0': ["data", "the"],
        '"the data"~1': ["The", "data", "the"],
    }


@pytest.mark.parametrize("context", [0, 1, 30, 2000])
def test_what_stands_around_is_the_article_over_the_borders_of_passages(seeds, seeds_index, context):
    bodies = {path.name: show(path.name, seeds_index).body for path in SEEDS.glob("*.txt")}
    for one in seeds.concordance("特朗普 Trump", context=context).occurrences:
        body = bodies[one.article_id]
        assert body[one.start :].startswith(one.keyword)
        end = one.start + len(one.keyword)
        assert squeezed(body[: one.start]).endswith(squeezed(one.left))
        assert squeezed(body[end:]).startswith(squeezed(one.right))
        # white space between passages, of any length, counts as one character
        assert len(one.left) == context or len(squeezed(body[: one.start])) <= context + 1
        assert len(one.right) == context or len(squeezed(body[end:])) <= context + 1


def test_sorted_by_the_words_to_the_right_whatever_their_script_and_marks(tmp_path):
    text = "鳳凰、東方。\n\n鳳凰 Apple。\n\n凤凰「东北」。\n\n鳳凰 apples。\n\n鳳凰 apple pie。\n\n鳳凰"
    with searcher_of(tmp_path, {"a.md": ("title: x", text)}) as searcher:
        shown = [one.right.split("\n")[0] for one in searcher.concordance("凤凰").occurrences]
    assert shown == ["", " apple pie。", " Apple。", " apples。", "「东北」。", "、東方。"]


def test_sorted_by_the_words_to_the_left_from_the_keyword_on(tmp_path):
    text = "Said Zed, old phoenix.\n\nThe old phoenix.\n\nA bold phoenix.\n\nphoenix"
    with searcher_of(tmp_path, {"a.md": ("title: x", text)}) as searcher:
        shown = [one.left.split("\n")[-1] for one in searcher.concordance("phoenix", sort="left").occurrences]
    assert shown == ["A bold ", "The old ", "Said Zed, old ", ""]


def test_sorted_by_date_or_relevance_as_a_search_does(seeds):
    for sort in ("date", "relevance"):
        found = seeds.concordance("特朗普 通話", sort=sort)
        order = list(dict.fromkeys(one.article_id for one in found.occurrences))
        hits = [hit.article_id for hit in seeds.iterate("特朗普 通話", sort=sort)]
        assert order == hits
        for article_id in order:
            starts = [one.start for one in found.occurrences if one.article_id == article_id]
            assert starts == sorted(starts)


def test_a_limit_keeps_the_first_and_counts_all(seeds):
    every = seeds.concordance("特朗普", sort="left")
    some = seeds.concordance("特朗普", sort="left", limit=5)
    assert some.occurrences == every.occurrences[:5]
    assert (some.total, some.articles) == (every.total, every.articles)
    none = seeds.concordance("特朗普", limit=0)
    assert (none.occurrences, none.total, none.articles) == ((), every.total, every.articles)


def test_filters_choose_as_in_a_search(seeds):
    assert {one.lang for one in seeds.concordance("Trump 特朗普", lang="en").occurrences} <= {"en", "mixed"}
    assert {one.kind for one in seeds.concordance("特朗普").occurrences} >= {"body", "teaser"}
    assert {one.kind for one in seeds.concordance("特朗普", kinds=("teaser",)).occurrences} == {"teaser"}
    assert seeds.concordance("特朗普", since="2100").total == 0
    for wrong in ({"sort": "x"}, {"lang": "x"}, {"kinds": ("x",)}, {"context": -1}, {"limit": -1}, {"since": "x"}):
        with pytest.raises(UsageError):
            seeds.concordance("a", **wrong)
    with pytest.raises(UsageError, match="month, year, day or source"):
        seeds.count("a", by="x")


def test_words_beside_a_phrase_count_where_the_phrase_does_not_stand(seeds):
    assert {one.keyword for one in seeds.concordance("“互利共赢” 特朗普").occurrences} >= {"特朗普"}


def test_titles_count_if_asked_for(tmp_path):
    articles = {"a.md": ("title: 鳳凰與麒麟", "無關。"), "b.md": ("title: 麒麟", "鳳凰。")}
    with searcher_of(tmp_path, articles) as searcher:
        found = searcher.concordance("凤凰")
        assert [(one.article_id, one.kind) for one in found.occurrences] == [("b.md", "body")]
        assert (found.total, found.articles, found.matched) == (1, 1, 2)
        with_titles = searcher.concordance("凤凰", titles=True, sort="date")
        (title, text) = with_titles.occurrences
        assert (title.article_id, title.kind, title.passage_id) == ("a.md", "title", "")
        assert (title.left, title.keyword, title.right, title.start) == ("", "鳳凰", "與麒麟", 0)
        assert (text.article_id, with_titles.total) == ("b.md", 2)
        assert [(row.articles, row.occurrences) for row in searcher.count("凤凰").rows] == [(2, 1)]
        assert searcher.count("凤凰", titles=True).occurrences == 2


def test_a_query_for_titles_finds_occurrences_in_titles_only(seeds):
    assert (seeds.concordance("title:通話").total, seeds.concordance("title:通話").matched) == (0, 1)
    assert {one.kind for one in seeds.concordance("title:通話", titles=True).occurrences} == {"title"}


def test_articles_are_counted_without_words_too(seeds):
    counts = seeds.count("*", by="year")
    assert (counts.articles, counts.occurrences) == (5, 0)
    assert {row.value for row in counts.rows} == {"2018", "2025", "2026", ""}


def test_exact_copies_count_once_by_dates_too(tmp_path):
    text = "鳳凰在天上飛，麒麟在地上走，烏龜在水裡游，這是一篇夠長的文章。" * 5
    articles = {f"{day}.md": (f"title: 同\ndate: 2026-02-0{day}", text) for day in (1, 2, 3)}
    articles["near.md"] = ("title: 異\ndate: 2026-02-04", text + "完。")
    with searcher_of(tmp_path, articles) as searcher:
        assert Counter(one.article_id for one in searcher.concordance("鳳凰").occurrences) == {"1.md": 5, "near.md": 5}
        dated = searcher.concordance("鳳凰", since="2026-02-02")
        assert Counter(one.article_id for one in dated.occurrences) == {"2.md": 5, "near.md": 5}
        dated = searcher.concordance("鳳凰 date:>=2026-02-02")
        assert Counter(one.article_id for one in dated.occurrences) == {"2.md": 5, "near.md": 5}
        assert searcher.count("鳳凰", copies=True).occurrences == 20
        assert searcher.count("鳳凰", copies=True, since="2026-02-02").occurrences == 15


def test_parts_of_guessed_words_where_nothing_else_is_found(tmp_path):
    with searcher_of(tmp_path, {"a.md": ("title: x", "昨日潘淑到場。")}) as searcher:
        assert [one.keyword for one in searcher.concordance("潘淑是").occurrences] == [
            snippet.text[start:end]
            for hit in searcher.search("潘淑是").hits for snippet in hit.snippets for start, end in snippet.spans
        ]  # fmt: skip
        assert "parts" in {note.kind for note in searcher.count("潘淑是").notes}


def test_what_is_read_is_of_one_commit(tmp_path):
    with searcher_of(tmp_path, {"a.md": ("title: x", "鳳凰。" * 300)}) as searcher:
        with searcher._current.held() as commit:
            finding = _found(commit, "鳳凰", {})
            (tmp_path / "articles" / "a.md").write_text("鳳凰", "utf-8")
            build(tmp_path / "articles", tmp_path / "index")
            assert searcher.refresh()
            found = concordance(commit.engine, finding, sort="date", context=900, limit=None, titles=False)
        assert found.total == 300
        assert all(len(one.left) + len(one.right) >= 890 for one in found.occurrences)


@pytest.mark.parametrize("query", ["", "。。。", "xyzzy"])
def test_nothing_is_no_error_and_is_said(seeds, query):
    found = seeds.concordance(query)
    assert (found.occurrences, found.total, found.matched) == ((), 0, 0)
    assert found.notes
    assert seeds.count(query).rows == ()


@pytest.mark.parametrize(
    ("query", "options"),
    [("习进平", {}), ("习进平 特朗普", {}), ("特朗普", {"since": "2030"}), ("特朗普 xyzzy", {})],
)
def test_what_finds_little_is_explained_as_in_a_search(seeds, query, options):
    searched = [(note.kind, note.query) for note in seeds.search(query, exact=True, **options).notes]
    for found in (seeds.concordance(query, exact=True, **options), seeds.count(query, exact=True, **options)):
        assert [(note.kind, note.query) for note in found.notes] == searched
        assert not any("--suggest" in note.text for note in found.notes)


def test_notes_of_counts_are_json_as_those_of_a_search(seeds):
    notes = seeds.count("习进平").to_dict()["notes"]
    assert [note["query"] for note in notes if note["kind"] == "suggestion"] == ["习近平"]
    assert all("query" not in note for note in notes if note["kind"] != "suggestion")


def test_an_occurrence_is_json(seeds):
    (one,) = seeds.concordance("特朗普", limit=1).occurrences
    assert list(json.loads(json.dumps(one.to_dict()))) == [
        "article_id", "title", "published", "published_guessed", "path", "passage_id", "kind", "lang", "left",
        "keyword", "right", "start"]  # fmt: skip


def test_counts_by_time_agree_with_the_occurrences(seeds):
    every = seeds.concordance("特朗普")
    for by, characters in (("year", 4), ("month", 7), ("day", 10)):
        expected = Counter(str(one.published or "")[:characters] for one in every.occurrences)
        counts = seeds.count("特朗普", by=by)
        assert {row.value: row.occurrences for row in counts.rows} == expected
        assert [row.value for row in counts.rows] == sorted(expected, key=lambda value: (not value, value))
        assert (counts.occurrences, counts.articles) == (every.total, seeds.search("特朗普").total)


def test_undated_articles_and_those_without_a_source_have_a_row_of_their_own(tmp_path):
    articles = {
        "a.md": ("title: a\ndate: 2026-02-05\nsource: BBC", "鳳凰"),
        "b.md": ("title: b\ndate: 2025-11-05\nsource: 中央社", "鳳凰，鳳凰"),
        "c.md": ("title: c\nsource: BBC", "鳳凰"),
    }
    with searcher_of(tmp_path, articles) as searcher:
        months = searcher.count("凤凰").rows
        assert months == (CountRow("2025-11", 1, 2), CountRow("2026-02", 1, 1), CountRow("", 1, 1))
        assert searcher.count("凤凰", by="source").rows == (CountRow("BBC", 2, 2), CountRow("中央社", 1, 2))


def test_periods_between_two():
    assert between("2025-11", "2026-02") == ["2025-12", "2026-01"]
    assert between("1999", "2002") == ["2000", "2001"]
    assert between("2024-02-28", "2024-03-01") == ["2024-02-29"]
    assert between("2024-02", "2024-03") == between("2024", "") == []
