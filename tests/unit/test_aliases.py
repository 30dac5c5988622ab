"""Names and their other forms: the format of the files, the table made of them, what the user's file says."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import aliases as making
from benchmarks.alias_merging import Merging, read_corrections
from indexer.analysis.fold import fold_key
from indexer.analysis.han import default_segmenter
from indexer.errors import SettingsError, UsageError
from indexer.vocabulary.alias_lines import KINDS, Group, Name, checked_names, key_of, name_key, read_groups, written
from indexer.vocabulary.alias_table import DATA_FILE, AliasTable
from indexer.vocabulary.aliases import Aliases
from indexer.vocabulary.user_aliases import FILE_NAME, by_key

PEOPLE = """\
# A comment, and an empty line.

特朗普@CN@HK = 川普@TW?(四川|方言) = 當勞侵@HK = 唐納·川普@TW = Donald Trump = Trump
普京 = 普丁@TW = 蒲亭 = Putin  # Mandarin and Cantonese
"""


def tabled(groups, folder: Path) -> AliasTable:
    path = folder / "aliases.tsv"
    path.write_text(making.compiled(groups), "utf-8", newline="\n")
    return AliasTable(path)


@pytest.fixture
def table(tmp_path):
    (tmp_path / "people.txt").write_text(PEOPLE, "utf-8")
    return tabled(read_groups(tmp_path / "people.txt", "person", "curated"), tmp_path)


@pytest.fixture
def aliases(table):
    return Aliases(None, table)


def forms(aliases, form: str) -> list[list[str]]:
    return [[name.text for name in group.names] for group in aliases.groups_of(fold_key(form))]


def test_a_line_is_a_group_with_its_marks(aliases):
    (group,) = aliases.groups_of("川普")
    assert (group.kind, group.source) == ("person", "curated")
    assert group.names[:2] == (Name("特朗普", "CN HK"), Name("川普", "TW", True, ("四川", "方言")))
    assert [name.text for name in group.names[2:]] == ["當勞侵", "唐納·川普", "Donald Trump", "Trump"]


@pytest.mark.parametrize(
    "form", ["當勞侵", "当劳侵", "ＴＲＵＭＰ", "donald  trump", "唐纳·川普", "唐納川普", "唐納‧川普"]
)
def test_a_form_is_known_in_any_script_width_case_and_with_any_separator(aliases, form):
    assert forms(aliases, form)


@pytest.mark.parametrize(
    "form", ["", "朗普", "特朗普吧", "trumpet", "donald", "唐納 川普", "!", "鿿", "# ", "\ud800", "=1 特朗普"]
)
def test_what_is_no_form_has_no_group(aliases, form):
    assert forms(aliases, form) == []
    assert aliases.spans(fold_key(form)) == [] or "普" in form


def test_known_forms_in_a_text_come_longest_first(aliases):
    text = fold_key("唐納·川普與Putin: donald trump's, TrumpTower, Trump访华")
    found = [text[start:end] for start, end in aliases.spans(text)]
    assert found == ["唐纳·川普", "川普", "putin", "donald trump", "trump", "trump"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("特朗普", "特朗普 stands alone"),
        ("特朗普 =", "cannot read ''"),
        ("特朗普 = 川普@XX", "unknown region @XX"),
        ("特朗普 = 川普@cn", "cannot read '川普@cn'"),
        ("特朗普 = 川普(四川|)", "empty word"),
        ("特朗普 = 川普(四川)?", "cannot read"),
        ("特朗普 = 川", "'川' is too short"),
        ("當勞侵 = 当劳侵", "当劳侵 and 當勞侵 are the same"),
        ("唐納·川普 = 唐纳川普", "are the same"),
    ],
)
def test_an_error_in_a_file_names_its_line(tmp_path, line, says):
    path = tmp_path / "people.txt"
    path.write_text(f"# Head\n普京 = 普丁\n{line}\n", "utf-8")
    with pytest.raises(UsageError) as raised:
        list(read_groups(path, "person", "curated"))
    assert f"{path}, line 3: " in str(raised.value)
    assert says in str(raised.value)


class TestNumbers:
    TERMS = """\
关税 = tariff
制裁 = sanctions
飛彈@TW = 导弹@CN = guided missile
越野车 = SUV
埃及镑 = Egyptian Pound
板球 = cricket
德语 = German
玻璃 = glass
眼镜 = eyeglasses = glasses
彩票 = lottery
西红柿 = tomato
"""

    @pytest.fixture
    def aliases(self, tmp_path):
        (tmp_path / "terms.txt").write_text(self.TERMS, "utf-8")
        return Aliases(None, tabled(read_groups(tmp_path / "terms.txt", "term", "curated"), tmp_path))

    @pytest.mark.parametrize(
        "form",
        ["tariffs", "sanction", "guided missiles", "SUVs", "Egyptian pounds", "lotteries", "tomatoes", "tomatos"],
    )
    def test_an_english_term_is_known_in_its_other_number(self, aliases, form):
        key = fold_key(form)
        ((name, *_),) = forms(aliases, form)
        assert name
        assert aliases.sense(form).is_name
        assert aliases.spans(f"the {key} are") == [(4, 4 + len(key))]

    @pytest.mark.parametrize("form", ["crickets", "germans", "tariffing", "glas", "eyeglasse", "sanctionses", "關稅s"])
    def test_what_means_something_else_or_is_no_word_is_not(self, aliases, form):
        assert forms(aliases, form) == []

    def test_what_is_a_form_itself_is_no_number_of_another(self, aliases):
        assert forms(aliases, "glasses") == [["眼镜", "eyeglasses", "glasses"]]

    def test_names_of_people_and_places_have_none(self, table):
        assert forms(Aliases(None, table), "Trumps") == []

    def test_the_users_file_has_the_last_word_on_them(self, tmp_path, aliases):
        (tmp_path / FILE_NAME).write_text(
            'never = ["tariff", "guided missiles"]\n[[group]]\nnames = ["小车", "suv", "minicar"]\n', "utf-8"
        )
        own = Aliases(tmp_path / FILE_NAME, AliasTable(tmp_path / "aliases.tsv"))
        assert forms(own, "tariffs") == forms(own, "guided missiles") == []
        assert forms(own, "SUVs") == forms(own, "minicars") == [["小车", "suv", "minicar"]]
        assert forms(own, "guided missile") == [["飛彈", "导弹", "guided missile"]]


class TestTheUsersFile:
    @pytest.fixture
    def read(self, tmp_path, table):
        def read(text: str) -> Aliases:
            path = tmp_path / FILE_NAME
            path.write_text(text, "utf-8")
            return Aliases(path, table)

        return read

    def test_it_need_not_be_there(self, tmp_path, table):
        assert forms(Aliases(tmp_path / FILE_NAME, table), "Putin")

    def test_its_groups_replace_those_of_the_tables(self, read):
        aliases = read('[[group]]\nnames = ["川普@TW?", "老川"]\nkind = "person"\n')
        assert aliases.groups_of("川普") == (Group((Name("川普", "TW", True), Name("老川")), "person", "user"),)
        assert forms(aliases, "老川") == [["川普", "老川"]]
        assert ["特朗普", "當勞侵", "唐納·川普", "Donald Trump", "Trump"] in forms(aliases, "特朗普")

    def test_a_form_that_is_never_one_is_in_no_group(self, read):
        aliases = read('never = ["川普", "普京", "普丁", "Putin"]')
        assert forms(aliases, "川普") == forms(aliases, "普京") == forms(aliases, "蒲亭") == []
        assert "川普" not in forms(aliases, "Trump")[0]
        assert aliases.spans("川普trump") == [(2, 7)]

    def test_its_names_can_be_added_to_those_of_the_tables(self, read):
        aliases = read(
            '[[group]]\nnames = ["老川@TW", "普丁"]\nadds_to = "Trump"\n[[group]]\nnames = ["懂王"]\nadds_to = "川普"'
        )
        everything = ["特朗普", "川普", "當勞侵", "唐納·川普", "Donald Trump", "Trump"]
        for form in ("老川", "懂王", "特朗普", "普丁"):
            (names,) = forms(aliases, form)
            assert sorted(names) == sorted([*everything, "老川", "普丁", "懂王"])
        assert forms(aliases, "普京") == [["普京", "蒲亭", "Putin"]]
        assert aliases.spans("懂王老川") == [(0, 2), (2, 4)]

    def test_names_added_to_what_is_not_known_are_left_out_and_the_rest_holds(self, read, tmp_path):
        aliases = read(
            '[[group]]\nnames = ["老川"]\nadds_to = "Trump"\n[[group]]\nnames = ["普丁", "老普"]\nadds_to = "川普普"'
        )
        assert forms(aliases, "老普") == aliases.spans("老普") == []
        assert "老川" in forms(aliases, "特朗普")[0]
        assert ["普京", "普丁", "蒲亭", "Putin"] in forms(aliases, "普丁")
        assert aliases.unknown == ((str(tmp_path / FILE_NAME), 2, "川普普"),)
        assert read('[[group]]\nnames = ["老川"]\nadds_to = "Trump"').unknown == ()

    def test_its_forms_are_found_in_a_text(self, read):
        aliases = read('[[group]]\nnames = ["老川", "川普", "老川普先生"]')
        assert aliases.spans("老川普先生") == [(0, 5), (0, 2), (1, 3)]

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("group = 1", "[[group]]"),
            ("group = [1]", "[[group]]"),
            ("[group]\nnames = []", "[[group]]"),
            ("[[groups]]", "unknown key 'groups'"),
            ('[[group]]\nnames = ["a", "b"]', "group 1: 'a' is too short"),
            ('[[group]]\nnames = ["aa", "bb"]\n[[group]]\nname = []', "group 2: unknown key 'name'"),
            ('[[group]]\nnames = ["aa"]', "group 1: aa stands alone"),
            ("[[group]]\nnames = []", "group 1: the group stands alone"),
            ("[[group]]\nnames = 5", "group 1: names must be a list of texts"),
            ("[[group]]", "group 1: names must be a list of texts"),
            ('[[group]]\nnames = ["aa", "bb"]\nkind = "people"', "unknown kind 'people'"),
            ('[[group]]\nnames = ["aa"]\nadds_to = 5', "group 1: adds_to must be a text"),
            ('[[group]]\nnames = ["特朗普"]\nadds_to = "特朗普"', "the same to a search"),
            ('[[group]]\nnames = []\nadds_to = "特朗普"', "特朗普 stands alone"),
            ('[[group]]\nnames = ["aa"]\nadds_to = "bb"\nkind = "term"', "unknown key 'kind'"),
            ("never = 'x'", "never must be a list of texts"),
            ("never = [", "cannot be read"),
        ],
    )
    def test_an_error_in_it_says_where_it_is_and_what_to_write(self, read, text, says):
        with pytest.raises(SettingsError) as raised:
            read(text)
        assert FILE_NAME in str(raised.value)
        assert says in str(raised.value)


words = st.one_of(
    st.text("川普特朗唐納勞當台臺灣", min_size=2, max_size=6),
    st.lists(st.text("abcé", min_size=2, max_size=4), min_size=1, max_size=3).map(" ".join),
)


@st.composite
def some_groups(draw):
    found = []
    for texts in draw(st.lists(st.lists(words, min_size=2, max_size=4), min_size=1, max_size=8)):
        by = {key_of(Name(text)): Name(text, is_ambiguous=draw(st.booleans())) for text in texts}
        if len(by) > 1:
            found.append(Group(tuple(by.values()), "term", "curated"))
    return found


@given(groups=some_groups(), text=st.lists(words, max_size=4).map("·".join))
def test_every_form_finds_its_groups_and_every_known_form_is_found_in_a_text(tmp_path_factory, groups, text):
    table = tabled(groups, tmp_path_factory.mktemp("aliases"))
    aliases = Aliases(None, table)
    known = by_key(groups)
    for key, own in known.items():
        assert aliases.groups_of(key) == own
    key = fold_key(text)
    spans = aliases.spans(key)
    assert spans == sorted(spans, key=lambda span: (span[0], -span[1]))
    assert {name_key(key[start:end]) for start, end in spans} <= known.keys()
    for form in known:
        if form >= "\u3400" and "·" not in key:
            assert (form in key) == (form in {key[start:end] for start, end in spans})


@given(groups=some_groups())
def test_what_is_written_is_read_again(groups):
    for group in groups:
        assert checked_names(written(group.names).split("=")) == group.names


def test_the_table_is_made_of_the_files_as_they_are():
    assert DATA_FILE.read_text("utf-8") == making.compiled(all_groups()), "renew it: python -m benchmarks.aliases"


@cache
def all_groups() -> list[Group]:
    return making.groups()


class TestTheTable:
    """What comes with the program, all sources together."""

    # Forms that mean either of two things, and are no less sure for it.
    SHARED = {"凯恩斯", "饼干", "意甲", "chek lap kok"}

    def test_every_group_is_as_the_format_asks(self):
        for group in all_groups():
            assert checked_names(written(group.names).split("=")) == group.names
            assert group.kind in KINDS

    def test_a_sure_form_means_one_thing(self):
        sure = Counter(key_of(name) for group in all_groups() for name in group.names if not name.is_ambiguous)
        assert {key for key, count in sure.items() if count > 1} <= self.SHARED

    def test_every_correction_corrects_something(self):
        corrections = read_corrections(making.FOLDER / "corrections.txt")
        for group in making.extracted_groups():
            for name in group.names:
                corrections.dropped[group.source].discard(key_of(name))
                corrections.ambiguous[group.source].discard(key_of(name))
        assert not any(corrections.dropped.values())
        assert not any(corrections.ambiguous.values())

    @pytest.mark.parametrize(
        ("form", "other"),
        [
            ("特朗普", "川普"), ("朝鲜", "北韓"), ("紐西蘭", "New Zealand"), ("阿坎文", "阿肯语"), ("克拉科夫", "Kraków"),
            ("串列埠", "串口"), ("新臺幣", "New Taiwan Dollar"), ("Chengdu", "成都"), ("亞塞拜疆", "亞塞拜然"),
        ],
    )  # fmt: skip
    def test_forms_of_one_thing_find_each_other(self, form, other):
        aliases = Aliases()
        for one, another in ((form, other), (other, form)):
            keys = {key_of(name) for group in aliases.groups_of(fold_key(one)) for name in group.names}
            assert name_key(fold_key(another)) in keys

    @pytest.mark.parametrize(
        ("form", "other"),
        [
            ("自定义", "自訂"), ("打开", "開啟"), ("存储过程", "預存程序"), ("源代码", "原始程式碼"), ("选项卡", "索引標籤"), ("只读", "唯讀"),
            ("进程", "處理序"), ("工作階段", "会话"), ("行銷", "营销"), ("调用堆栈", "呼叫堆疊"), ("組態檔", "配置文件"), ("全域", "全局"),
        ],
    )  # fmt: skip
    def test_words_of_manuals_are_known_in_the_terms_of_both_regions(self, form, other):
        aliases = Aliases()
        for one, another in ((form, other), (other, form)):
            keys = {key_of(name) for group in aliases.groups_of(fold_key(one)) for name in group.names}
            assert name_key(fold_key(another)) in keys

    @pytest.mark.parametrize(
        ("form", "other"),
        [
            ("东京", "北圻"),
            ("Tonkin", "Tokyo"),
            ("通過", "透過"),
            ("青年", "Qingnian"),
            ("小平", "Kodaira"),
            ("港区", "Minato"),
        ],
    )
    def test_mistakes_of_the_sources_do_not_come_through(self, form, other):
        keys = {key_of(name) for group in Aliases().groups_of(fold_key(form)) for name in group.names}
        assert fold_key(other) not in keys

    @pytest.mark.parametrize("form", ["Nice", "French", "Perm", "Mobile", "Hamilton", "Kent"])
    def test_words_that_are_also_something_else_are_ambiguous(self, form):
        names = [name for group in Aliases().groups_of(fold_key(form)) for name in group.names]
        assert all(name.is_ambiguous for name in names if key_of(name) == fold_key(form))

    def test_it_says_which_forms_are_words_as_jieba_does(self):
        table, segmenter = AliasTable(), default_segmenter()
        keys = table.keys()
        facts = {key: table.facts(key) for key in keys if key}
        assert {key for key, one in facts.items() if one.is_word} == {key for key in facts if segmenter.knows(key)}
        assert table.facts("trumpet") is None

    def test_a_form_is_a_word_as_it_is_written(self):
        aliases = Aliases()
        senses = [aliases.sense(form) for form in ("比尔盖茨", "比尔·盖茨", "當勞侵", "哈哈大笑")]
        assert [sense.is_word for sense in senses] == [True, False, False, None]

    def test_it_is_opened_and_read_at_once(self):
        query = fold_key("美国总统特朗普与俄罗斯总统普京在芬兰首都赫尔辛基举行会晤讨论叙利亚和乌克兰局势")
        opening = least_ms(lambda: AliasTable())
        aliases = Aliases()
        assert opening <= 6
        assert least_ms(lambda: aliases.spans(query)) <= 3
        assert (
            least_ms(lambda: [aliases.groups_of(form) for form in ("成都", "克拉科夫", "软件", "东京", "北京")]) <= 0.6
        )


def least_ms(do) -> float:
    """Return the processor time of the fastest of some runs."""
    took = []
    for _ in range(9):
        start = time.process_time_ns()
        do()
        took.append((time.process_time_ns() - start) / 1e6)
    return min(took)


PLACE = Group((Name("悉尼", "CN"), Name("雪梨", "TW", True), Name("Sydney")), "place", "curated")


def merged(*groups: Group) -> list[Group]:
    merging = Merging()
    merging.keep(PLACE)
    for group in groups:
        merging.add(group)
    return merging.groups


@pytest.mark.parametrize(
    ("source", "kind", "forms", "added"),
    [
        ("cldr", "place", ["悉尼", "悉尼市"], ["悉尼市"]),
        ("cldr", "place", ["雪梨", "悉尼市"], []),  # the form that they share is ambiguous
        ("cldr", "term", ["悉尼", "悉尼市"], []),  # of another kind
        ("geonames", "place", ["Sydney", "锡德尼"], []),  # another city may have the name
        ("geonames", "place", ["Sydney", "悉尼", "锡德尼"], ["锡德尼"]),
    ],
)
def test_a_group_joins_the_one_that_it_surely_is(source, kind, forms, added):
    found = merged(Group(tuple(map(Name, forms)), kind, source))
    assert found == [replace(PLACE, names=(*PLACE.names, *map(Name, added)))]


def test_groups_of_two_files_written_by_hand_that_share_two_sure_forms_are_one():
    merging = Merging()
    for forms in (
        "白宫 = 白屋 = White House",
        "白宫?(鲸) = 白屋 = White House = 皙宫",
        "白屋 = 美国总统府",
        "白宫 = 皙宫? = 鲸鱼",
    ):
        merging.keep(Group(checked_names(forms.split("=")), "place", "curated"))
    assert [written(group.names) for group in merging.groups] == [
        "白宫?(鲸) = 白屋 = White House = 皙宫", "白屋 = 美国总统府", "白宫 = 皙宫? = 鲸鱼"]  # fmt: skip


def test_a_group_that_is_another_thing_keeps_the_forms_that_are_free():
    cape = Group((Name("Sydney"), Name("雪梨角"), Name("Sydney Cape")), "place", "geonames")
    assert merged(cape) == [PLACE, replace(cape, names=cape.names[1:])]


def test_corrections_drop_forms_and_mark_them(tmp_path):
    path = tmp_path / "corrections.txt"
    path.write_text("# why\ngeonames drop 錫德尼 = Sid\ngeonames ambiguous Sydney\nopencc ambiguous 悉尼\n", "utf-8")
    corrections = read_corrections(path)
    city = Group((Name("锡德尼"), Name("Sydney"), Name("悉尼")), "place", "geonames")
    assert corrections.correct(city).names == (Name("Sydney", is_ambiguous=True), Name("悉尼"))
    word = replace(city, source="opencc")
    assert all(name.is_ambiguous for name in corrections.correct(word).names)
    path.write_text("geonames leave Sydney\n", "utf-8")
    with pytest.raises(UsageError, match="line 1"):
        read_corrections(path)
