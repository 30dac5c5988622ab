"""Words that are learnt from an archive: from pages in several languages, and from brackets."""

from __future__ import annotations

import random
import shutil

import pytest

from indexer import BuildOptions, build, remove
from indexer.bilingual.aligning import aligned
from indexer.bilingual.state import FILE_NAME as COUNTS
from indexer.bilingual.twins import page_of, twins
from indexer.bilingual.word_model import Model
from indexer.vocabulary.alias_lines import LEARNT_FILE
from indexer.vocabulary.learnt import Learnt
from indexer.vocabulary.translations import stems_of

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
