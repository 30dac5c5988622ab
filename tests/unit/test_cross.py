"""The other language: what is found by translation, where it stands among the rest, and what is said of it."""

from __future__ import annotations

import json

import pytest

from indexer import build
from indexer.analysis.analyzer import Analyzer
from indexer.errors import UsageError
from indexer.vocabulary import translations as module
from indexer.vocabulary.aliases import Aliases, Sense
from indexer.vocabulary.cedict import Entry
from indexer.vocabulary.tables import Table, packed
from indexer.vocabulary.translations import Equivalent, Translations, table_of
from indexer.vocabulary.wordbook import Wordbook
from search import Searcher, crossing_notes
from search.translation import concepts_of
from tests.commits import engine_of
from tests.dictionary import index_of, translate_by

TEXTS = {
    "tariff": "The trade minister said that new import levies on foreign steel begin in May.",
    "religion": "Religious groups in the capital asked for talks on Monday afternoon.",
    "won": "The team won the cup after extra time, and the city celebrated all night.",
    "steel": "钢铁进口的关税五月开始，贸易部长昨天说。",
    "church": "首都的宗教团体星期一下午要求会谈。",
    "cup": "球队加时赢得奖杯，全城彻夜庆祝，Tesla 公司赞助。",
    "mayor": "市長昨天說，關稅太高，他要求談判。",
    "envoy": "川普的特使星期三抵達首都。",
}
ENTRIES = [
    Entry("關稅", "关税", "", ("import levies", "tariff")),
    Entry("鋼鐵", "钢铁", "", ("steel",)),
    Entry("宗教", "宗教", "", ("religion",)),
    Entry("團體", "团体", "", ("group", "organization")),
    Entry("贏得", "赢得", "", ("to win", "to gain")),
    Entry("獎杯", "奖杯", "", ("trophy cup", "cup")),
    Entry("市長", "市长", "", ("mayor",)),
    Entry("貿易", "贸易", "", ("trade",)),
    Entry("貿易部長", "贸易部长", "", ("trade minister",)),
    Entry("會談", "会谈", "", ("talks", "discussion")),
    Entry("工會", "工会", "", ("labor union",)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return index_of(tmp_path_factory.mktemp("cross"), TEXTS)


@pytest.fixture
def searcher(index, monkeypatch):
    translate_by(monkeypatch, ENTRIES)
    with Searcher(index) as searcher:
        yield searcher


@pytest.fixture
def bare(tmp_path, monkeypatch):
    monkeypatch.setattr(crossing_notes, "dictionary_version", lambda: "")
    monkeypatch.setattr(module, "translations", lambda: Translations(None))
    texts = {"steel": TEXTS["steel"], "trump": "Mr Trump spoke to reporters in the capital on Monday."}
    lines = [json.dumps({"id": name, "text": text}) for name, text in texts.items()]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    build(tmp_path / "a.jsonl", tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        yield searcher


def names(result):
    return [hit.article_id.removesuffix(".txt") for hit in result.hits]


def said(result):
    return [note.text for note in result.notes if note.kind == "cross"]


def highlighted(hit):
    return {snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.spans}


class TestWhatIsFound:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("关税", "tariff"),  # a phrase, "import levies"
            ("關稅", "tariff"),
            ("宗教", "religion"),  # of one family: religion, religious
            ("赢得 奖杯", "won"),  # irregular: win, won
            ("steel", "steel"),
            ("religious", "church"),
            ("won", "cup"),
            ("trade minister", "steel"),  # the longest phrase first
            ("mayors", "mayor"),
        ],
    )
    def test_a_word_finds_what_says_it_in_the_other_language(self, searcher, query, expected):
        result = searcher.search(query, cross="only")
        assert names(result)[0] == expected
        assert {hit.lang[:2] for hit in result.hits}.isdisjoint({"en"} if query.isascii() else {"zh"})

    def test_latin_words_of_a_chinese_query_stand_for_themselves(self, searcher):
        assert names(searcher.search("Monday 会谈", cross="only")) == ["religion"]

    def test_a_word_inside_a_longer_chinese_one_is_found(self, searcher):
        assert "church" in names(searcher.search("religion", cross="only"))

    def test_names_are_translated_without_a_dictionary(self, searcher, monkeypatch, tmp_path):
        monkeypatch.setattr(module, "translations", lambda: Translations(None))
        (tmp_path / "a.txt").write_text("Mr Trump spoke to reporters in the capital on Monday.", "utf-8")
        build(tmp_path / "a.txt", tmp_path / "index")
        with Searcher(tmp_path / "index") as own:
            assert names(own.search("特朗普", cross="only")) == ["a"]

    def test_a_query_without_words_to_translate_finds_nothing_more(self, searcher):
        for query in ('"关税"', "title:关税", "*", "zzz", ""):
            assert searcher.search(query, cross="auto").total == searcher.search(query, cross="off").total


class TestWhereItStands:
    def test_below_all_that_the_query_itself_finds(self, searcher):
        own = searcher.search("关税 会谈", cross="off")
        both = searcher.search("关税 会谈")
        assert set(names(own)) == {"steel", "mayor", "church"}
        assert names(both)[:3] == names(own)
        assert set(names(both)[3:]) == {"tariff", "religion"}
        assert [hit.score for hit in both.hits[:3]] == pytest.approx([hit.score for hit in own.hits], rel=1e-12)

    def test_off_is_as_if_there_were_no_other_language(self, searcher):
        assert set(names(searcher.search("关税", cross="off"))) == {"steel", "mayor"}
        assert set(names(searcher.search("关税", exact=True))) == {"steel", "mayor"}

    def test_mixed_ranks_both_by_what_they_hold(self, searcher):
        result = searcher.search("关税 钢铁 会谈", cross="mixed")
        assert set(names(result)) == {"steel", "mayor", "church", "tariff", "religion"}
        assert names(result).index("tariff") < 3

    def test_pages_hold_every_article_once_whatever_their_size(self, searcher):
        every = names(searcher.search("关税 会谈"))
        for size in (1, 2, 3, 4):
            paged, cursor = [], None
            while True:
                page = searcher.search("关税 会谈", limit=size, after=cursor)
                assert page.total == 5
                paged += names(page)
                cursor = page.cursor
                if cursor is None:
                    break
            assert paged == every

    def test_facets_and_other_orders_count_both(self, searcher):
        result = searcher.search("关税", facets=["lang"], sort="title")
        assert {value.value for value in result.facets["lang"]} == {"en", "zh-Hans", "zh-Hant"}
        assert set(names(result)) == {"steel", "mayor", "tariff"}

    def test_limits_hold_for_both(self, searcher):
        assert names(searcher.search("关税", lang="en")) == ["tariff"]
        assert names(searcher.search("关税", lang="zh-Hant")) == ["mayor"]


class TestOperators:
    def test_all_of_and_both_in_one_language(self, searcher):
        assert names(searcher.search("关税 AND 贸易", cross="only")) == ["tariff"]
        assert names(searcher.search("关税 AND 宗教", cross="only")) == []
        assert set(names(searcher.search("关税 OR 宗教", cross="only"))) == {"tariff", "religion"}

    def test_what_is_left_out_is_literal(self, searcher):
        assert names(searcher.search("关税 -steel", cross="only")) == []
        assert names(searcher.search("关税 -钢铁", cross="only")) == ["tariff"]

    def test_phrases_stay_as_they_are(self, searcher):
        assert names(searcher.search('关税 AND "foreign steel"', cross="only")) == ["tariff"]
        assert names(searcher.search('关税 AND "钢铁"', cross="only")) == []


class TestWhatIsSaid:
    def test_what_was_searched_and_how_much_it_found(self, searcher):
        (text,) = said(searcher.search("关税"))
        assert "English" in text
        assert "1 article, below the others" in text
        assert "关税 = " in text
        assert "import levies" in text

    def test_it_can_be_left_out_or_asked_for_alone(self, searcher):
        (note,) = [note for note in searcher.search("关税").notes if note.kind == "cross"]
        asked = [names(searcher.search("关税", **action.changes)) for action in note.actions]
        assert asked == [names(searcher.search("关税", cross=mode)) for mode in ("off", "only")]

    def test_nothing_where_nothing_was_found_by_it(self, searcher):
        assert said(searcher.search("市长", cross="auto")) == []
        assert said(searcher.search("关税", cross="off")) == []

    @pytest.mark.parametrize("mode", ["only", "mixed"])
    @pytest.mark.parametrize("query", ['"关税"', "title:关税", "*", "tari*"])
    def test_what_has_no_free_words_is_searched_as_typed_and_a_note_says_so(self, searcher, query, mode):
        result = searcher.search(query, cross=mode)
        assert names(result) == names(searcher.search(query, cross="off"))
        (text,) = said(result)
        assert f"--cross {mode} changes nothing: the query has no free words" in text
        assert said(searcher.search(query)) == []

    def test_articles_like_one_are_found_in_its_language_and_a_note_says_so(self, searcher):
        (text,) = said(searcher.search("", like="steel.txt", cross="only"))
        assert "--like" in text

    def test_words_without_translation_are_said(self, searcher):
        assert said(searcher.search("zzz", cross="mixed")) == [
            "--cross mixed changes nothing: no word of the query could be translated."]  # fmt: skip
        assert "no word of the query could be translated" in said(searcher.search("zzz", cross="only"))[0]
        assert said(searcher.search("zzz")) == said(searcher.search("", cross="only")) == []

    def test_an_index_in_one_language_says_that_it_has_no_other(self, tmp_path):
        (tmp_path / "a.txt").write_text("钢铁进口的关税五月开始，贸易部长昨天说。", "utf-8")
        build(tmp_path / "a.txt", tmp_path / "index")
        with Searcher(tmp_path / "index") as own:
            assert said(own.search("关税", cross="only")) == [
                "--cross only changes nothing: the index holds nothing in English."]  # fmt: skip

    @pytest.mark.parametrize(
        ("query", "missing"),
        [
            ("关税", "关税"),
            ("特朗普 关税 2026 的", "关税"),
            ("the steel minister", "steel, minister"),
            ("关税 OR 钢铁", "关税, 钢铁"),
        ],
    )
    @pytest.mark.parametrize("mode", ["auto", "only", "mixed"])
    def test_what_to_install_is_said_where_words_are_not_translated(self, bare, query, missing, mode):
        (note,) = [note for note in bare.search(query, cross=mode).notes if note.kind == "dictionary"]
        assert f"not translated: {missing}. " in note.text
        assert "pip install 'wensou[dictionary]'" in note.text

    @pytest.mark.parametrize("query", ["特朗普", '"关税"', "title:关税", "2026", ""])
    def test_nothing_is_said_of_it_where_a_dictionary_would_not_matter(self, bare, query):
        assert "dictionary" not in {note.kind for note in bare.search(query).notes}
        assert "dictionary" not in {note.kind for note in bare.search("关税", cross="off").notes}

    def test_nothing_is_said_of_it_where_there_is_one(self, searcher):
        assert "dictionary" not in {note.kind for note in searcher.search("zzz 关税", cross="only").notes}

    def test_sure_translations_are_highlighted(self, searcher):
        hit = searcher.search("关税 钢铁", cross="only").hits[0]
        assert {"import levies", "steel"} <= highlighted(hit)

    def test_another_value_is_an_error(self, searcher):
        with pytest.raises(UsageError, match="cross"):
            searcher.search("关税", cross="both")


class TestWordbook:
    def test_the_dictionary_comes_first_then_names(self):
        book = Wordbook(Translations(Table(packed(table_of(ENTRIES)))), Aliases())
        assert book.glosses("关税")[0].text == "import levies"
        assert "Trump" in [gloss.text for gloss in book.glosses("特朗普")]
        assert "特朗普" in [one.word for one in book.equivalents(("trump",), "trump")]
        assert book.equivalents(("trump",)) == []

    def test_words_are_looked_up_once(self):
        aliases = Aliases()
        table = Table(packed(table_of(ENTRIES)))
        book = Wordbook(Translations(table), aliases)
        before = book.glosses("关税"), book.sense("关税"), book.equivalents(["tariff"], "tariff")
        table.get = aliases.groups_of = None
        assert (book.glosses("关税"), book.sense("关税"), book.equivalents(["tariff"], "tariff")) == before


class TestManyConcepts:
    class Everything:
        """Has twenty translations of each word, the surest first, all of which the archive holds."""

        def equivalents(self, stems, typed=""):
            if len(stems) > 1:
                return []
            first = 0x4E00 + 30 * (10 * "abcdefghij".index(stems[0][1]) + "abcdefghij".index(stems[0][2]))
            return [Equivalent(chr(first + at) + chr(first + at + 1), 1 - at / 100) for at in range(20)]

        def sense(self, word):
            return Sense()

        def holds(self, field, term):
            return field == "text"

        def chinese(self, words):
            return ()

    @pytest.mark.parametrize(("words", "forms"), [(3, 16), (16, 10), (60, 4)])
    def test_a_long_question_is_asked_in_the_surer_forms_of_each_word(self, words, forms):
        every = self.Everything()
        text = " ".join(f"w{'abcdefghij'[at // 10]}{'abcdefghij'[at % 10]}x" for at in range(words))
        found = concepts_of(text, False, every, every, every, Analyzer())
        assert [len(concept.ways) for concept in found] == [forms] * words
        assert all(concept.ways[0].weight == 1 for concept in found)


@pytest.mark.parametrize("query", ["Trump", "tariffs", "trade minister steel"])
def test_an_english_query_with_names_loads_no_chinese_dictionary(searcher, query):
    assert searcher.search(query).total
    assert "segmenter" not in vars(searcher._current.commit.lexicon.analyzer)


def test_what_comes_below_a_page_is_counted_without_being_scored(searcher):
    whole = searcher.search("关税", 10)
    engine_of(searcher)._snapshot.concepts = {}
    first = searcher.search("关税", 1)
    assert [hit.article_id for hit in first.hits] == [whole.hits[0].article_id]
    assert (first.total, first.passages_total) == (whole.total, whole.passages_total)
    assert {one.node.field for own in engine_of(searcher)._snapshot.concepts for one in own.forms} <= {"zh", "text"}
