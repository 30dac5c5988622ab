"""More like this: what is found by an article's words, in which order, and what is not."""

from __future__ import annotations

import pytest

from indexer import build
from indexer.errors import UsageError
from search import Searcher

CALL = "003_b4e59136c98cbdd1.txt"
SUBJECTS = {
    "tariffs.md": "# 關稅談判\n\n關稅談判在日內瓦舉行。代表團說，關稅和大豆的談判進展順利。",
    "later.md": "# 日內瓦談判\n\n日內瓦的關稅談判又開始了。大豆的價格隨談判起落。",
    "soybeans.md": "# 大豆\n\n收成很好，收成令农民高兴。",
    "harvest.md": "# 收成\n\n今年的收成也好，农民说。",
    "english.md": "# Harvest\n\nThe harvest of soybeans was good, and farmers were glad. 12 farmers said so.",
    "farmers.md": "# Glad\n\nFarmers said that 12 of them sold soybeans abroad.",
    "empty.md": "# 的是\n\n。。。",
    "again.md": "# 关税谈判\n\n关税谈判在日内瓦举行。代表团说，关税和大豆的谈判进展顺利。",
}


@pytest.fixture(scope="module")
def archive_of_subjects(tmp_path_factory):
    folder = tmp_path_factory.mktemp("subjects")
    for name, text in SUBJECTS.items():
        (folder / name).write_text(text, "utf-8")
    build(folder, folder / "index")
    with Searcher(folder / "index") as searcher:
        yield folder, searcher


@pytest.fixture(scope="module")
def subjects(archive_of_subjects):
    return archive_of_subjects[1]


def ids(result):
    return [hit.article_id for hit in result.hits]


def words(result):
    (note,) = [note for note in result.notes if note.kind == "like"]
    return note.text.partition("by these words: ")[2].rstrip(".").split(", ")


def test_an_article_finds_the_others_on_its_subject(seeds):
    result = seeds.search("", like=CALL)
    assert [name[:3] for name in ids(result)[:2]] == ["000", "002"]
    assert CALL not in ids(result)
    assert {"特朗普", "習近平", "貿易"} <= set(words(result))
    hit = result.hits[0]
    found = {snippet.text[start:end] for snippet in hit.snippets for start, end in snippet.spans}
    assert any("特朗普" in text for text in found)


def test_what_shares_most_comes_first_and_copies_are_left_out(subjects):
    assert ids(subjects.search("", like="tariffs.md")) == ["later.md", "soybeans.md"]
    assert ids(subjects.search("", like="again.md", copies=True)) == ["later.md", "soybeans.md"]


def test_near_copies_are_left_out(tmp_path):
    sentences = [
        f"第{place}輪談判在{place}地舉行，雙方就{place}類產品的關稅交換意見，同意下月再談。"
        for place in "甲乙丙丁戊己庚辛壬癸"
    ]
    (tmp_path / "a.txt").write_text("關稅談判\n\n" + "".join(sentences), "utf-8")
    (tmp_path / "b.txt").write_text("關稅談判\n\n" + "".join(sentences) + "編輯：王五", "utf-8")
    (tmp_path / "c.txt").write_text("大豆\n\n大豆的關稅不變。", "utf-8")
    build(tmp_path, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        assert ids(searcher.search("關稅", copies=True)) != ["c.txt"]
        for copies in (False, True):
            assert ids(searcher.search("", like="a.txt", copies=copies)) == ["c.txt"]


def test_words_of_letters_find_by_their_stems_and_numbers_do_not(subjects):
    result = subjects.search("", like="farmers.md")
    assert ids(result) == ["english.md"]
    assert set(words(result)) == {"Glad", "Farmers", "said", "soybeans"}


def test_words_that_others_hold_tell_and_those_of_the_title_most(subjects):
    told = words(subjects.search("", like="later.md"))
    assert "價格" not in told  # which no other article holds
    assert set(told[:2]) == {"日內瓦", "談判"}
    assert words(subjects.search("", like="soybeans.md"))[0] == "大豆"


def test_a_query_and_filters_beside_it_must_be_met(subjects):
    assert ids(subjects.search("农民", like="tariffs.md")) == ["soybeans.md"]
    (filtered,) = [note for note in subjects.search("今年", like="tariffs.md").notes if note.kind == "filtered"]
    assert "without --like tariffs.md 1" in filtered.text
    assert ids(subjects.search("-价格", like="tariffs.md")) == ["soybeans.md"]
    assert ids(subjects.search("", like="tariffs.md", lang="zh-Hans")) == ["soybeans.md"]


def test_pages_and_explanations_are_of_the_same_likeness(subjects):
    first = subjects.search("", 1, like="tariffs.md")
    assert ids(subjects.search("", 1, like="tariffs.md", after=first.cursor)) == ["soybeans.md"]
    assert [hit.article_id for hit in subjects.iterate("", like="tariffs.md")] == ["later.md", "soybeans.md"]
    explanation = subjects.explain("", first.hits[0], like="tariffs.md")
    assert explanation.score == pytest.approx(first.hits[0].score)
    assert subjects.explain("", "tariffs.md", like="tariffs.md").missing
    with pytest.raises(UsageError, match="another search"):
        subjects.search("", 1, like="later.md", after=first.cursor)


def test_occurrences_are_of_the_query_in_articles_that_are_like_it(subjects):
    found = subjects.concordance("大豆 收成", like="tariffs.md")
    assert {one.article_id for one in found.occurrences} == {"later.md", "soybeans.md"}
    assert {one.keyword for one in found.occurrences} == {"大豆", "收成"}  # and none of the words that are shared
    assert "like" in [note.kind for note in found.notes]
    assert subjects.count("大豆", like="tariffs.md").articles == 2


def test_an_article_is_named_by_its_path_too(archive_of_subjects):
    folder, searcher = archive_of_subjects
    assert ids(searcher.search("", like=str(folder / "tariffs.md"))) == ["later.md", "soybeans.md"]
    with pytest.raises(UsageError, match="The index has no article nowhere"):
        searcher.search("", like="nowhere.md")


def test_an_article_that_tells_nothing_is_like_no_other(subjects):
    result = subjects.search("", like="empty.md")
    assert result.total == 0
    assert "holds no word that tells" in next(note.text for note in result.notes if note.kind == "like")


def test_what_stands_around_an_article_tells_nothing_about_it(tmp_path):
    footer = "\n\n版权所有 凤凰传媒，未经许可不得转载\n"
    for name, text in (
        ("a.md", "# 关税\n\n关税谈判进展顺利。"),
        ("b.md", "# 凤凰\n\n凤凰传媒。"),
        ("c.md", "# 税\n\n关税。"),
    ):
        (tmp_path / name).write_text(text + footer, "utf-8")
    build(tmp_path, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        assert searcher.search("许可", kinds=["boilerplate"]).total == 3
        assert ids(searcher.search("", like="a.md")) == ["c.md"]


def test_words_that_stand_only_within_others_are_not_named(seeds):
    told = words(seeds.search("", like=CALL))
    assert "通電話" in told
    assert "通電" not in told
