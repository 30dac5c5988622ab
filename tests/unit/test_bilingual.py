"""Words that are learnt from an archive: from pages in several languages, and from brackets."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import BuildOptions, build, remove
from indexer.analysis.analyzer import default_analyzer
from indexer.bilingual.accepting import Judge
from indexer.bilingual.aligning import aligned
from indexer.bilingual.brackets import Bracket, brackets
from indexer.bilingual.rough_sounds import sounds_like
from indexer.bilingual.state import FILE_NAME as COUNTS
from indexer.bilingual.state import Counted, State
from indexer.bilingual.twins import page_of, twins
from indexer.bilingual.word_model import Model, Side
from indexer.errors import SettingsError
from indexer.vocabulary.alias_lines import LEARNT_FILE
from indexer.vocabulary.learnt import Learnt, LearntPair, Taught, strike, written
from indexer.vocabulary.translations import Equivalent, Translations, stems_of
from search import Searcher

NOUNS = {
    "server": ("伺服器", "服务器"), "network": ("網路", "网络"), "printer": ("印表機", "打印机"), "screen": ("螢幕", "屏幕"),
    "mouse": ("滑鼠", "鼠标"), "password": ("密碼", "密码"), "camera": ("相機", "相机"), "video": ("影片", "视频"),
}  # fmt: skip
VERBS = {
    "opens": ("開啟", "打开"), "deletes": ("刪除", "删除"), "copies": ("複製", "复制"), "checks": ("檢查", "检查"),
    "restarts": ("重新啟動", "重启"), "tests": ("測試", "测试"),
}  # fmt: skip
PLACES = {
    "office": ("辦公室", "办公室"),
    "school": ("學校", "学校"),
    "hospital": ("醫院", "医院"),
    "bank": ("銀行", "银行"),
}


def sentence(rng):
    """Return one sentence in English, as Taiwan has it and as the Mainland has it."""
    number = rng.randrange(10, 99)
    noun, verb, place = (rng.choice(sorted(words.items())) for words in (NOUNS, VERBS, PLACES))
    return (
        f"In the {place[0]} the engineer {verb[0]} a {noun[0]} {number} times.",
        *(f"工程師在{place[1][i]}{verb[1][i]}{noun[1][i]} {number} 次。" for i in (0, 1)),
    )


def write_pages(folder, numbers, lines=20):
    """Write pages in English and both kinds of Chinese."""
    for number in numbers:
        rng = random.Random(number)
        sentences = [sentence(rng) for _ in range(lines)]
        for place, language in enumerate(("en", "zh-tw", "zh-cn")):
            path = folder / f"guide-{language}" / f"page{number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# {number}\n\n" + "\n\n".join(one[place] for one in sentences), "utf-8")


def pairs_of(index, *hows):
    return {pair.name for pair in Learnt(index / LEARNT_FILE).pairs() if not hows or pair.how in hows}


@pytest.fixture
def pages(tmp_path, no_waiting_for_the_disk):
    write_pages(tmp_path / "pages", range(12))
    return tmp_path / "pages"


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/a/docs/zh-cn/x/y.md", ("/a/docs/x/y.md", "CN")),
        ("/a/docs/en-us/x/y.md", ("/a/docs/x/y.md", "en")),
        ("/a/docs/x/y.md", ("/a/docs/x/y.md", "")),
        ("/a/docs.zh_TW/x/y.md", ("/a/docs/x/y.md", "TW")),
        ("/a/docs/x/y.zh-Hant.md", ("/a/docs/x/y.md", "TW")),
        ("/a/docs-zh-HK/x.md", ("/a/docs/x.md", "HK")),
        ("zh/x.md", ("/x.md", "zh")),
        ("/a/women/x.md", ("/a/women/x.md", "")),
        ("/a/token.md", ("/a/token.md", "")),
    ],
)
def test_a_part_of_a_path_names_the_language(path, page):
    assert page_of(path) == page


def test_files_that_differ_in_the_language_only_are_one_page():
    found = twins(["d/en/a.md", "d/zh-cn/a.md", "d/a.md", "d/en/b.md", "d/c.md"])
    assert found == {"d/a.md": {"en": "d/en/a.md", "CN": "d/zh-cn/a.md", "": "d/a.md"}}


def test_lines_of_another_page_are_not_beside_each_other():
    one = [f"Line {number} about Word{number}" for number in range(10)]
    assert len(aligned(one, [f"第 {number} 行：Word{number}" for number in range(10)])) == 10
    assert aligned(one, [f"第 {number + 70} 行：Other{number}" for number in range(10)]) == []
    assert aligned(one, [f"第 {number} 行：Word{number}" for number in range(5)]) == []


def test_a_line_more_leaves_the_others_in_place():
    one = [f"Step {number} with Tool{number} now" for number in range(30)]
    other = [f"第 {number} 步：Tool{number}" for number in range(30)]
    found = aligned(one, [*other[:10], "這一行只有這裡有", *other[10:]])
    assert set(zip(one, other, strict=True)) >= set(found)
    assert len(found) > 25


def test_words_are_learnt_from_pages_in_several_languages(pages, index):
    build(pages, index)
    found = pairs_of(index, "pages")
    assert {("服务器", "server"), ("医院", "hospit"), ("打印机", "printer")} <= found
    regions = pairs_of(index, "regions")
    assert {("网络", "网路"), ("鼠标", "滑鼠")} <= regions
    right = {(cn, stems_of(en)[0]) for words in (NOUNS, VERBS, PLACES) for en, (_, cn) in words.items()}
    wrong = {pair for pair in found if pair[0] in {word for word, _ in right} and pair not in right}
    assert len(wrong) <= 2


def test_an_update_counts_only_new_pages_and_agrees_with_a_build_anew(pages, index, tmp_path, monkeypatch):
    build(pages, index)
    write_pages(pages, range(12, 16))
    read = []
    original = Model.add
    monkeypatch.setattr(Model, "add", lambda self, one, other, p: read.append(len(p)) or original(self, one, other, p))
    build((), index)
    assert sorted(read)[-1] <= 2 * 4 * 21  # English beside both kinds of Chinese
    build(pages, tmp_path / "anew")
    one, other = pairs_of(index), pairs_of(tmp_path / "anew")
    assert len(one & other) >= 0.8 * len(one | other)


def test_pages_in_the_order_they_came_do_not_matter_much(pages, index, tmp_path):
    build(pages, index)
    folder = tmp_path / "slowly"
    for numbers in (range(8, 12), range(4), range(4, 8)):
        write_pages(folder, numbers)
        build(folder, tmp_path / "other")
    one, other = pairs_of(index), pairs_of(tmp_path / "other")
    assert len(one & other) >= 0.8 * len(one | other)


def test_words_of_pages_that_are_gone_are_forgotten(pages, index):
    build(pages, index)
    assert pairs_of(index)
    shutil.rmtree(pages / "guide-en")
    build((), index, BuildOptions(prune=True))
    assert pairs_of(index, "pages") == set()
    assert pairs_of(index, "regions")
    remove(pages, index)
    assert pairs_of(index) == set()


def test_a_run_that_learns_nothing_is_made_up_for(pages, index):
    build(pages, index, BuildOptions(learn=False))
    assert not (index / LEARNT_FILE).exists()
    build((), index)
    assert ("服务器", "server") in pairs_of(index)


def test_damaged_counts_are_counted_anew(pages, index):
    build(pages, index)
    before = (index / LEARNT_FILE).read_bytes()
    (index / COUNTS).write_bytes(b"PK\3\4 broken")
    write_pages(pages, [12])
    build((), index)
    assert pairs_of(index) >= {("服务器", "server")}
    assert before


def test_a_struck_pair_is_not_used_and_stays_struck(pages, index):
    build(pages, index)
    assert [pair.key for pair in strike(index / LEARNT_FILE, "Servers", "服務器")] == ["server"]
    assert strike(index / LEARNT_FILE, "server", "服务器") == []
    for numbers in (range(12, 14), range(14, 16)):
        write_pages(pages, numbers)
        build((), index)
        learnt = Learnt(index / LEARNT_FILE)
        assert "server" not in [gloss.text for gloss in learnt.glosses("服务器")]
        assert [pair.key for pair in learnt.pairs() if pair.is_struck] == ["server"]
    build((), index, BuildOptions(rebuild=True))
    assert [pair.key for pair in Learnt(index / LEARNT_FILE).pairs() if pair.is_struck] == ["server"]


def test_words_are_looked_up_from_both_sides():
    pairs = [
        LearntPair("对话框", "dialogs", "pages", 9, 0.49, "a.md", "dialog"),
        LearntPair("对话框", "dialogue box", "brackets", 1, 0.81, "a.md", "dialogu box"),
        LearntPair("服务器", "伺服器@TW", "regions", 5, 0.64, "a.md", "伺服器"),
        LearntPair("窗口", "window", "pages", 5, 0.64, "a.md", "window", is_struck=True),
    ]
    learnt = Learnt.of(written(pairs).decode())
    assert [(gloss.text, gloss.stems, gloss.weight) for gloss in learnt.glosses("对话框")] == [
        ("dialogue box", ("dialogu", "box"), 0.9),
        ("dialogs", ("dialog",), 0.7),
    ]
    assert learnt.equivalents(("dialog",)) == [Equivalent("对话框", 0.7)]
    assert learnt.equivalents(("box",)) == learnt.equivalents(("window",)) == learnt.glosses("窗口") == []
    assert learnt.glosses("服务器") == learnt.equivalents(("伺服器",)) == []
    assert {name.text for name in learnt.regional["伺服器"][0].names} == {"伺服器", "服务器"}
    assert {*learnt.pairs()} == {*pairs}


def test_a_line_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / LEARNT_FILE
    path.write_text("# words\n服务器\tserver\tpages\t3\t.5\ta.md\tserver\n服务器\tservers\n", "utf-8")
    assert [gloss.text for gloss in Learnt(path).glosses("服务器")] == ["server"]
    with pytest.raises(SettingsError, match="line 3"):
        list(Learnt(path).pairs())
    path.write_bytes(b"\xff\xfe\x00 nonsense")
    assert Learnt(path).glosses("服务器") == []


def test_the_words_of_another_region_find_an_article(pages, index, tmp_path):
    (pages / "alone.md").write_text("# 公告\n\n本公司的滑鼠今天送達。", "utf-8")
    build(pages, index)
    name = Learnt(index / LEARNT_FILE).regional["鼠标"][0].names
    assert [one.text for one in name] == ["鼠标", "滑鼠"]
    with Searcher(index) as searcher:
        assert "alone.md" in {hit.article_id for hit in searcher.iterate("鼠标 公司")}


@given(st.data())
def test_certainties_are_shares_of_both_words(data):
    lines = data.draw(st.lists(st.tuples(*(st.lists(st.integers(0, 5), max_size=4),) * 2), max_size=12))
    model = Model()
    model.add(
        *(side(own) for own in zip(*lines, strict=True)) if lines else (side([]), side([])),
        np.zeros(len(lines), np.int32),
    )
    pairs = model.pairs(0, 1)
    for place in (0, 1):
        for word in {pair[place] for pair in pairs}:
            assert sum(pair.certainty for pair in pairs if pair[place] == word) <= 1.0001
    together = {(str(one), str(other)) for ones, others in lines for one in ones for other in others}
    assert {(pair.one, pair.other) for pair in pairs} <= together


def side(lines):
    """Return lines of numbers as a side of words."""
    numbers = [(number, at) for at, line in enumerate(lines) for number in line]
    return Side(
        [str(number) for number in range(6)],
        np.array([number for number, _ in numbers], np.int32),
        np.array([at for _, at in numbers], np.int32),
    )


class Words:
    """A small dictionary."""

    def glosses(self, word):
        return []

    def family(self, stem):
        return []

    def equivalents(self, stems):
        found = {"labor": "劳工", "statist": "统计", "bureau": "局", "world": "世界", "health": "卫生", "organ": "组织"}
        return [Equivalent(found[stem], 1.0) for stem in stems if stem in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("這樣的城市有卢布林（Lublin）。", [("卢布林", "Lublin")]),
        ("主角为大卫·尼文（David Niven）", [("大卫尼文", "David Niven")]),
        ("Lublin（卢布林）是城市", [("卢布林", "Lublin")]),
        ("来自劳工统计局 (Bureau of Labor Statistics)", [("劳工统计局", "Bureau of Labor Statistics")]),
        ("世界卫生组织（World Health Organization，WHO）", [
            ("世界卫生组织", "World Health Organization"), ("世界卫生组织", "WHO")]),
        ("世界卫生组织（World Health Organization，ABC）", [("世界卫生组织", "World Health Organization")]),
        ("城市和卢布林（Lublin）", [("卢布林", "Lublin")]),
        ("关键绩效指标（KPI）", []),
        ("这是第一次（see below）", []),
        ("由于天气（Thursday）", []),
    ],
)  # fmt: skip
def test_brackets_teach_names_and_translations(text, found):
    judge = Judge(Words(), default_analyzer(), sounds_like, 0.78)
    accepted = [one for bracket in brackets(text) for one in judge.accepted(Bracket.of_term(bracket.term()))]
    assert [(one.chinese, one.english) for one in accepted] == found


def test_brackets_are_learnt_and_forgotten_with_their_articles(tmp_path, index):
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in "ab":
        (folder / f"{name}.md").write_text(f"# {name}\n\n他住在卢布林（Lublin）。", "utf-8")
    build(folder, index)
    (pair,) = Learnt(index / LEARNT_FILE).pairs()
    assert (pair.word, pair.other, pair.how, pair.seen, pair.article) == ("卢布林", "Lublin", "brackets", 2, "a.md")
    (folder / "a.md").unlink()
    build((), index, BuildOptions(prune=True))
    (pair,) = Learnt(index / LEARNT_FILE).pairs()
    assert (pair.seen, pair.article) == (1, "b.md")


@pytest.mark.parametrize(
    ("chinese", "english", "least"),
    [("奥巴马", "Obama", 0.9), ("欧巴马", "Obama", 0.9), ("泽连斯基", "Zelensky", 0.85), ("特朗普", "Trump", 0.85)],
)
def test_names_that_sound_alike(chinese, english, least):
    assert sounds_like(chinese, english) >= least


@pytest.mark.parametrize(("chinese", "english"), [("第一", "Thursday"), ("总统", "president"), ("海绵", "sponges")])
def test_words_that_do_not(chinese, english):
    assert sounds_like(chinese, english) < 0.78


@pytest.mark.parametrize(("is_taught", "found"), [(True, ["en.md"]), (False, [])])
def test_what_was_learnt_finds_articles_in_the_other_language(tmp_path, index, is_taught, found):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "zh.md").write_text("# 报告\n\n他们谈到蓝鲸。", "utf-8")
    (folder / "en.md").write_text("# News\n\nThe mayor spoke about Zephyr today.", "utf-8")
    build(folder, index)
    (index / LEARNT_FILE).write_bytes(written([LearntPair("蓝鲸", "Zephyr", "pages", 9, 0.8, "en.md", "zephyr")]))
    with Searcher(index, learnt=is_taught) as searcher:
        assert [hit.article_id for hit in searcher.search("蓝鲸", cross="only").hits] == found
        assert [hit.article_id for hit in searcher.search("zephyr", cross="only").hits] == ["zh.md"][: len(found)]


def test_what_was_learnt_joins_a_dictionary():
    pair = LearntPair("统计", "statistics", "pages", 9, 0.25, "a.md", "statist")
    other = LearntPair("统计", "stats", "pages", 9, 0.36, "a.md", "stat")
    taught = Taught(Translations(None), Learnt.of(written([pair, other]).decode()))
    assert [(gloss.text, gloss.weight) for gloss in taught.glosses("统计")] == [("stats", 0.6), ("statistics", 0.5)]
    assert Taught(Words(), Learnt.of(written([pair]).decode())).equivalents(("statist",)) == [Equivalent("统计", 1.0)]


# Pages in several languages, one by itself, and one whose path does not say its language.
PATHS = [f"{language}/{name}.md" for name in "ab" for language in ("en", "zh-cn", "zh-tw")]
PATHS += ["a.md", "c/en.md", "c/zh-hant.md", "d.md"]
TEXTS = [
    "他住在卢布林（Lublin）。",
    "主角为大卫·尼文（David Niven），他住在卢布林（Lublin）。",
    "Lublin（卢布林）是城市。",
    "由于天气（Thursday）。",
    "Words only.",
]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["", *TEXTS])), max_size=6), max_size=5))
def test_what_changes_by_and_by_is_known_as_of_a_build_anew(steps):
    with TemporaryDirectory() as temporary:
        folder, index = Path(temporary) / "articles", Path(temporary) / "index"
        folder.mkdir()
        (folder / "other.md").write_text("# 其他\n\n无关的文章。\n\n他住在卢布林（Lublin）。", "utf-8")
        build(folder, index)
        for number, step in enumerate(steps):
            for page, text in step:
                path = folder / PATHS[page]
                path.parent.mkdir(exist_ok=True)
                path.unlink(missing_ok=True)
                if text:
                    path.write_text(f"# 页 {page}\n\n{number}\n\n{text}", "utf-8")
            build((), index, BuildOptions(prune=True))
        anew = Path(temporary) / "anew"
        build(folder, anew)
        one, other = State.load(index), State.load(anew)
        assert one.brackets == other.brackets
        assert all(one.counted.get(kind, Counted()).twins == own.twins for kind, own in other.counted.items())
        assert not any(own.twins for kind, own in one.counted.items() if kind not in other.counted)


def test_all_is_looked_at_where_too_much_is_new(tmp_path, index, monkeypatch):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.md").write_text("# 甲\n\n他住在卢布林（Lublin）。", "utf-8")
    build(folder, index)
    (folder / "b.md").write_text("# 乙\n\n他也住在卢布林（Lublin）。", "utf-8")
    monkeypatch.setattr("indexer.learning._FEW_OTHERS", 0)  # so many are new that all is looked at
    build((), index)
    assert [(pair.word, pair.seen) for pair in Learnt(index / LEARNT_FILE).pairs()] == [("卢布林", 2)]


@pytest.mark.parametrize("before", [None, "9.9"])
def test_brackets_are_judged_anew_by_another_dictionary(tmp_path, index, before, monkeypatch):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.md").write_text("# 甲\n\n他住在卢布林（Lublin）。", "utf-8")
    build(folder, index)
    judged = []
    original = Judge.accepted
    monkeypatch.setattr(Judge, "accepted", lambda self, one: judged.append(one.chinese) or original(self, one))
    if before:
        monkeypatch.setattr("indexer.bilingual.settling.dictionary_version", lambda: before)
    (folder / "b.md").write_text("# 乙\n\n无关的文章。", "utf-8")
    build((), index)
    assert bool(judged) == bool(before)
    assert [(pair.word, pair.seen) for pair in Learnt(index / LEARNT_FILE).pairs()] == [("卢布林", 1)]
