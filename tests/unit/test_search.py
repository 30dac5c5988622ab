"""What a search of the seeds must find, in which order, quoted how."""

from __future__ import annotations

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import build
from indexer.analysis.fold import fold_key
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import CommitGone, UsageError
from search import Searcher
from search.snippets import LONGEST, cost
from tests.commits import ask_another, engine_of
from tests.texts import mixed_text


class Slow:
    """An engine that answers when it is told to."""

    is_remote = False

    def __init__(self, engine):
        self.engine, self.asked, self.go_on = engine, threading.Event(), threading.Event()
        self.is_closed = False

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def search(self, request):
        self.asked.set()
        assert self.go_on.wait(10)
        return self.engine.search(request)

    def close(self):
        self.is_closed = True
        self.engine.close()


def ids(result):
    return [hit.article_id[:3] for hit in result.hits]


def highlighted(hit):
    return {snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.spans}


def kinds(result):
    return {note.kind for note in result.notes}


@pytest.mark.parametrize("query", ["习近平 特朗普 通话", "習近平 特朗普 通話", "习近平同特朗普通电话"])
def test_either_script_and_unspaced_words_find_the_same_articles(seeds, query):
    result = seeds.search(query, exact=True)
    assert set(ids(result)) == {"000", "001", "002", "003"}
    hit = next(hit for hit in result.hits if hit.article_id.startswith("003"))
    assert {"特朗普", "習近平"} <= highlighted(hit)
    assert {hit.title[start:end] for start, end in hit.title_spans} >= {"特朗普", "習近平"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("北韓", ["003"]),
        ("北韩", ["003"]),
        ("当劳侵", ["003"]),  # stands only in a tag
        ("soybean", ["001", "000"]),
        ("soybeans", ["001", "000"]),
        ('"mutual respect"', ["004"]),
        ("「相互尊重、合作共赢」", ["003"]),
        ("“G20峰会”", ["003"]),
        ("2025年9月19日", ["002"]),
        ("“二十国集团”", ["000"]),
    ],
)
def test_what_is_found(seeds, query, expected):
    assert ids(seeds.search(query, exact=True)) == expected


def test_the_article_with_every_word_comes_first(seeds):
    result = seeds.search("川普 TikTok")
    assert ids(result)[0] == "002"
    assert highlighted(result.hits[0]) == {"川普", "TikTok"}


def test_every_word_counts_for_the_article_also_in_passages_apart(tmp_path):
    from indexer import build

    filler = "這裡說的是別的事情，沒有什麼要緊。" * 30
    (tmp_path / "a.txt").write_text(f"無題\n\n鳳凰出現。{filler}", "utf-8")
    (tmp_path / "b.txt").write_text(f"無題\n\n鳳凰出現。{filler}\n\n麒麟出現。{filler}", "utf-8")
    build(tmp_path, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        assert [hit.article_id for hit in searcher.search("凤凰 麒麟").hits] == ["b.txt", "a.txt"]


@pytest.mark.parametrize("query", ["G20峰会", "G20", "峰會", '"G20峰会"', "Ｇ２０峰會"])
def test_mixed_words_are_found_from_either_part_and_as_one(seeds, query):
    assert "003" in ids(seeds.search(query))


def test_any_whoosh_program_can_open_the_index(seeds_index, seeds):
    import whoosh.index
    from whoosh.query import Phrase, Term

    index = whoosh.index.open_dir(str(seeds_index))
    assert {"zh", "en", "text", "title_zh", "title_en", "title_text"} <= set(index.schema.names())
    assert index.doc_count() == engine_of(seeds).passage_count()
    with index.searcher() as searcher:
        assert len(searcher.search(Term("zh", "特朗普"))) > 0
        assert len(searcher.search(Phrase("text", ["mutual", "respect"]))) == 1


def test_words_apart_are_no_phrase(seeds):
    assert set(ids(seeds.search("mutual respect"))) > set(ids(seeds.search('"mutual respect"')))


def test_spellings_of_one_word_give_one_list(seeds):
    answers = [seeds.search(query).hits for query in ("关係", "關係", "关系")]
    assert answers[0] == answers[1] == answers[2] != ()
    (hit, *_) = seeds.search("为双边关系定调").hits
    assert "為双边关係定调" in highlighted(hit)


def test_a_quotation_over_several_sentences_is_found_in_one_article(seeds):
    sentences = "她敦促美国审慎处理。不存在的句子。"
    assert ids(seeds.search(f'"{sentences}"')) == []
    assert ids(seeds.search('"特朗普将于4月访华。据报道,两人还讨论了乌克兰局势"')) == ["000"]


def test_a_hit_holds_a_whole_word_of_the_query(seeds):
    for query in ("习近平同特朗普通电话", "中国的苹果电脑", "the soybeans of a zebra"):
        for hit in seeds.search(query).hits:
            assert highlighted(hit) or hit.title_spans


@pytest.mark.parametrize(
    "query",
    [
        "我和他",
        "你是谁",
        "你的它",
        "她不去",
        "好的吧",
        "你是",
        "和他",
        "大统领",
        "𠮷野家",
        "去看电影",
        "是谁呀",
        "第3季",
    ],
)
def test_what_stands_in_a_text_is_found_and_highlighted_whole(tmp_path, query):
    from indexer import build

    (tmp_path / "a.txt").write_text(
        "昨天我和他去看電影，你是誰呀，妳的牠在哪。她不去，好的吧。大統領在𠮷野家說第3季。", "utf-8"
    )
    build(tmp_path, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        (hit,) = searcher.search(query).hits
    assert any(fold_key(query) in fold_key(text) for text in highlighted(hit))


def test_a_name_that_jieba_cuts_wrongly_is_found(tmp_path):
    from indexer import build

    (tmp_path / "a.txt").write_text("潘淑，會稽人。", "utf-8")
    (tmp_path / "b.txt").write_text("淑女在哪裡？", "utf-8")
    build(tmp_path, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        result = searcher.search("潘淑是哪里人")
    assert result.hits[0].article_id == "a.txt"
    assert "潘淑" in highlighted(result.hits[0])
    assert "parts" in kinds(result)


def test_function_words_alone_are_searched(seeds):
    assert seeds.search("the").total > 0
    assert "the" not in {text.lower() for hit in seeds.search("the soybeans").hits for text in highlighted(hit)}


def test_a_single_character_is_found_inside_words(seeds):
    result = seeds.search("係", cross="off")
    assert set(ids(result)) == {"000", "001", "002", "003"}
    assert {fold_key(text) for hit in result.hits for text in highlighted(hit)} == {"系"}


def test_languages_filter_passages(seeds):
    chinese, english = seeds.search("TikTok Trump 特朗普", lang="zh"), seeds.search("TikTok Trump 特朗普", lang="en")
    assert {snippet.lang for hit in chinese.hits for snippet in hit.snippets} <= {"zh-Hans", "zh-Hant", "mixed"}
    assert {snippet.lang for hit in english.hits for snippet in hit.snippets} <= {"en", "mixed"}
    assert "004" in ids(english)
    assert "004" not in ids(chinese)


def test_dates_include_both_ends_and_undated_articles_are_counted(seeds):
    assert set(ids(seeds.search("特朗普 Trump", since="2026-02-05"))) == {"000", "004"}
    assert set(ids(seeds.search("特朗普 Trump", since="2026-02", until="2026-02"))) == {"000", "004"}
    result = seeds.search("特朗普 Trump", until=date(2025, 9, 19))
    assert set(ids(result)) == {"002", "003"}
    (note,) = [note for note in result.notes if note.kind == "undated"]
    assert "1 article" in note.text


def test_a_hit_says_whether_its_date_is_a_guess(seeds):
    guessed = {hit.article_id[:3]: hit.published_guessed for hit in seeds.search("特朗普 Trump").hits}
    assert guessed == {"000": True, "001": False, "002": True, "003": False, "004": False}


def test_a_hit_has_the_time_and_zone_of_its_article(tmp_path):
    (tmp_path / "a.md").write_text("---\ndate: 2026-02-05T23:30:00-05:00\n---\n通話", "utf-8")
    build(tmp_path, tmp_path / "index")
    (hit,) = Searcher(tmp_path / "index").search("通話").hits
    assert (hit.published, hit.published_at) == (date(2026, 2, 5), "2026-02-05T23:30:00-05:00")


def test_newest_first_with_undated_last(seeds):
    days = [hit.published for hit in seeds.search("特朗普 Trump", sort="date").hits]
    assert days == sorted(days, key=lambda day: day or date.min, reverse=True)
    assert days[-1] is None


def test_oldest_first_with_undated_last(seeds):
    days = [hit.published for hit in seeds.search("特朗普 Trump", sort="date-asc").hits]
    assert days == sorted(days, key=lambda day: day or date.max)
    assert days[-1] is None


def test_titles_in_order_whatever_their_script_and_width(tmp_path):
    titles = ["國際", "国家", "Ｂ計畫", "a plan", "Äpfel", "川普", "𠮷野家"]
    for number, title in enumerate(titles):
        (tmp_path / f"{number}.md").write_text(f"---\ntitle: {title}\n---\n\n說到鳳凰。\n", "utf-8")
    build(tmp_path, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        found = [hit.title for hit in searcher.search("鳳凰", sort="title").hits]
    assert found == sorted(titles, key=fold_key) == ["a plan", "Äpfel", "Ｂ計畫", "国家", "國際", "川普", "𠮷野家"]


def test_pages_continue_each_other(seeds):
    every = seeds.search("特朗普 Trump", limit=10)
    pages = [hit for offset in range(5) for hit in seeds.search("特朗普 Trump", limit=1, offset=offset).hits]
    assert pages == list(every.hits) == list(seeds.iterate("特朗普 Trump"))
    assert [hit.rank for hit in pages] == [1, 2, 3, 4, 5]
    assert every.total == 5


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("", "empty"), ("。。 —— ！", "empty"), ('""', "empty"), ("xyzzy 川普", "unmatched"), ('"xyzzy plugh"', "unmatched"),
        ('川普 "TikTok', "unclosed_quote"), ("川普 TikTok", "all_words"), ("川普" * 50_000, "cut"),
    ],
)  # fmt: skip
def test_notes(seeds, query, kind):
    assert kind in kinds(seeds.search(query))


def test_a_word_that_is_nowhere_is_named(seeds):
    notes = {note.kind: note.text for note in seeds.search("xyzzy 川普", exact=True).notes}
    assert "xyzzy" in notes["unmatched"]
    assert "川普" not in notes["unmatched"]
    assert notes["all_words"].startswith("0 of 1 article has")


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": -1},
        {"offset": -1},
        {"context": -1},
        {"lang": "de"},
        {"sort": "best"},
        {"since": "yesterday"},
        {"until": "2025-02-30"},
    ],
)
def test_wrong_arguments_are_named(seeds, wrong):
    with pytest.raises(UsageError):
        seeds.search("川普", **wrong)


@given(st.text() | mixed_text)
def test_no_query_is_an_error_and_every_quotation_is_exact(seeds, query):
    result = seeds.search(query, limit=3)
    for hit in result.hits:
        body = "".join(passage for passage in [hit.title])
        assert all(0 <= start < end <= len(body) for start, end in hit.title_spans)
        for snippet in hit.snippets:
            spans = [place for span in snippet.spans for place in span]
            assert spans == sorted(spans)
            assert all(0 <= start < end <= len(snippet.text) for start, end in snippet.spans)
            assert cost(snippet.text) <= LONGEST


def test_context_is_the_same_on_every_way_to_a_hit(seeds):
    result = seeds.search("特朗普", context=20, exact=True)
    assert all(cost(snippet.text) <= 20 for hit in result.hits for snippet in hit.snippets)
    assert [hit.snippets for hit in seeds.iterate("特朗普", context=20, exact=True)] == [
        hit.snippets for hit in result.hits
    ]
    wide, usual = (
        seeds.search("特朗普", exact=True, **size).hits[0].snippets[0].text for size in ({"context": 300}, {})
    )
    assert cost(wide) > LONGEST
    assert cost(usual) <= LONGEST


def test_snippets_stand_where_they_say(seeds):
    from indexer.sources.plain import read_text
    from tests.conftest import SEEDS

    for hit in seeds.search("特朗普 Trump soybeans").hits:
        path = SEEDS / hit.article_id
        body = read_text(path.read_text("utf-8"), "", "").body
        lines = path.read_text("utf-8").split("\n")
        for snippet, place in zip(hit.snippets, hit.places, strict=True):
            assert body[snippet.start : snippet.start + len(snippet.text)] == snippet.text
            shown = snippet.text[snippet.spans[0][0] : snippet.spans[0][1]]
            assert lines[place.line - 1].encode()[place.column - 1 :].decode().startswith(shown)


def test_threads_share_a_searcher(seeds):
    expected = {query: seeds.search(query).hits for query in ("特朗普", "soybeans", "“关系”", "the")}
    wrong: list[str] = []

    def ask():
        for query in list(expected) * 5:
            if seeds.search(query).hits != expected[query]:
                wrong.append(query)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_threads_may_search_while_another_refreshes(archive, tmp_path):
    from indexer import build

    build(archive, tmp_path / "index")
    errors: list[Exception] = []
    stop = threading.Event()

    with Searcher(tmp_path / "index") as searcher:

        def ask():
            while not stop.is_set():
                try:
                    searcher.search("特朗普 鳳凰")
                except Exception as error:
                    errors.append(error)

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for number in range(6):
            (archive / "new.txt").write_text(f"鳳凰{number}" * (number % 2), "utf-8")
            build((), tmp_path / "index")
            searcher.refresh()
        stop.set()
        for thread in threads:
            thread.join()
    assert errors == []


def test_a_closed_searcher_says_so(archive, tmp_path):
    from indexer import build

    build(archive, tmp_path / "index")
    searcher = Searcher(tmp_path / "index")
    searcher.close()
    with pytest.raises(UsageError, match="closed"):
        searcher.search("川普")


def test_a_searcher_sees_what_is_new_when_refreshed(archive, tmp_path):
    from indexer import build

    build(archive, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        (archive / "new.txt").write_text("鳳凰", "utf-8")
        build((), tmp_path / "index")
        assert searcher.search("凤凰").total == 0
        assert searcher.refresh()
        assert searcher.search("凤凰").total == 1
        assert not searcher.refresh()


def test_all_hits_are_yielded_where_they_are_not_all_counted(tmp_path, monkeypatch):
    for number in range(60):
        (tmp_path / f"{number}.txt").write_text(f"提到鳳凰的文章{number}。", "utf-8")
    build(tmp_path, tmp_path / "index")
    for module in ("search", "matching"):
        monkeypatch.setattr(f"indexer.engines.whoosh.{module}.MOST_COUNTED", 10)
    monkeypatch.setattr("indexer.engines.whoosh.matching._COUNTED_AT_ONCE", 5)
    monkeypatch.setattr("search.results._FIRST_PAGE", 8)
    with Searcher(tmp_path / "index") as searcher:
        assert not searcher.search("鳳凰").total_is_exact
        assert len({hit.article_id for hit in searcher.iterate("鳳凰")}) == 60


def test_a_result_can_be_sent_to_another_process(seeds):
    result = seeds.search("川普")
    again = pickle.loads(pickle.dumps(result))
    assert again == result
    assert [hit.places for hit in again.hits] == [hit.places for hit in result.hits]


def test_facets_count_all_that_matches_whatever_the_page(seeds):
    result = seeds.search("特朗普 OR trump", limit=1, facets=["year", "lang", "month"])
    years = {value.value: value.count for value in result.facets["year"]}
    assert years == {"2018": 1, "2025": 1, "2026": 2}
    assert (result.total, result.total_is_exact) == (5, True)
    assert result.to_dict()["facets"]["year"][0] == {"value": "2026", "count": 2}
    assert {value.value for value in result.facets["lang"]} >= {"en", "zh-Hant", "zh-Hans"}
    assert seeds.search("特朗普").facets is None
    with pytest.raises(UsageError, match="Unknown facet 'years'"):
        seeds.search("特朗普", facets=["years"])


def test_an_unknown_option_is_named(seeds):
    with pytest.raises(UsageError, match="Unknown option 'language'"):
        seeds.search("特朗普", language="zh")


def test_a_searcher_whose_commit_is_lost_asks_the_newest(archive, tmp_path, monkeypatch):
    monkeypatch.setattr("search.results._FIRST_PAGE", 1)
    build(archive, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        first = searcher.search("特朗普", 1)
        hits = searcher.iterate("特朗普")
        next(hits)
        (archive / "new.md").write_text("# 特朗普 Nightingale\n\nThe nightingale sang.", "utf-8")
        build(archive, tmp_path / "index")
        lost, search = searcher.generation, WhooshEngine.search

        def lose(engine, request):
            if engine.generation() == lost:
                raise CommitGone("The commit is not kept any more.")
            return search(engine, request)

        monkeypatch.setattr(WhooshEngine, "search", lose)
        assert searcher.search("nightingale").total == 1
        assert "moved" in kinds(searcher.search("特朗普", 1, after=first.cursor))
        assert searcher.count("nightingale").rows
        with pytest.raises(CommitGone):
            next(hits)


def test_an_answer_is_of_one_commit_whatever_is_refreshed_meanwhile(archive, tmp_path):
    build(archive, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        (archive / "new.txt").write_text("鳳凰", "utf-8")
        build(archive, tmp_path / "index")
        engine = Slow(engine_of(searcher))
        ask_another(searcher, engine)
        with ThreadPoolExecutor(2) as pool:
            older = pool.submit(searcher.search, "鳳凰")
            assert engine.asked.wait(10)
            assert searcher.refresh()
            assert searcher.search("鳳凰").total == 1
            assert not engine.is_closed
            engine.go_on.set()
            assert older.result(10).total == 0
        assert engine.is_closed


def test_who_closes_a_searcher_waits_for_nobody(archive, tmp_path):
    build(archive, tmp_path / "index")
    searcher = Searcher(tmp_path / "index")
    engine = Slow(engine_of(searcher))
    ask_another(searcher, engine)
    with ThreadPoolExecutor(2) as pool:
        asking = pool.submit(searcher.search, "特朗普")
        assert engine.asked.wait(10)
        searcher.close()
        with pytest.raises(UsageError, match="closed"):
            searcher.search("特朗普")
        with pytest.raises(UsageError, match="closed"):
            searcher.refresh()
        assert not engine.is_closed
        engine.go_on.set()
        assert asking.result(10).total
    assert engine.is_closed
    searcher.close()
