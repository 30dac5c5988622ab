"""Which articles are copies of one story, and what a search makes of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import BuildOptions, build, remove
from indexer.analysis.fold import to_simplified
from indexer.engines.whoosh import WhooshEngine
from indexer.model import Passage
from indexer.stories.evidence import RUN, records_of, similarity, sketch, story_of
from indexer.stories.pairs import Pairs, are_near, near_pairs, similarities
from search import Searcher
from search.folding import FOLDED
from tests.texts import mixed_text

SUBJECTS = ["關稅", "大豆", "半導體", "汽車", "鋼鐵", "能源", "農產品", "航空", "金融", "教育", "旅遊", "醫藥"]
REPORT = "".join(
    f"{place}方面，第{number}輪談判{number + 3}日在日內瓦舉行，雙方代表就{subject}問題交換意見，並同意下月再談。"
    for number, (place, subject) in enumerate(zip("美歐日韓印澳加英法德俄巴", SUBJECTS, strict=True))
)


@dataclass
class Head:
    title: str
    published: date | None = None
    source: str = ""
    url: str = ""
    id: str = "a.txt"


def told(title, text, kind="body", **head):
    return Head(title, **head), [Passage("", "", kind, "", text, 0, len(text))]


def joined(*articles):
    """Return which pairs of articles are near or exact copies."""
    return {
        (min(pair), max(pair))
        for pairs in near_pairs(records_of(articles))
        for pair in zip(pairs.one.tolist(), pairs.other.tolist(), strict=True)
    }


EDITS = {
    "script": to_simplified(REPORT),
    "white space and marks": REPORT.replace("，", " ,\n"),
    "words": REPORT.replace("日內瓦", "倫敦", 2).replace("交換意見", "討論", 1),
    "a sentence less": REPORT[: REPORT.index("日方面")] + REPORT[REPORT.index("韓方面") :],
    "a footer": REPORT + "責任編輯：王小明。未經授權不得轉載，版權所有。",
    "its title before it": "各國談判再開\n\n" + REPORT,
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edited_report_is_a_copy(edit):
    assert joined(told("各國談判再開", REPORT), told("各國談判再開", edit)) == {(0, 1)}


def test_boilerplate_and_teasers_are_no_part_of_a_story():
    footer = Passage("", "", "boilerplate", "", "相關新聞" * 200, 0, 800)
    head, passages = told("各國談判再開", REPORT)
    one, other = records_of([(head, passages), (head, [*passages, footer, footer])])
    assert one == other


def test_a_report_with_another_headline_is_a_copy():
    assert joined(told("各國談判再開", REPORT), told("日內瓦會議：代表同意下月再談", EDITS["words"])) == {(0, 1)}


def test_what_a_title_names_tells_pages_from_one_template_apart():
    page = f"{REPORT}本公司股票代號為{{}}，股東會決議發放股利。{{}}敬啟。"
    assert not joined(*(told(f"{name}股利公告", page.format(name, name)) for name in ("鴻海精密", "台積電", "聯發科")))


def test_numbers_of_titles_tell_apart():
    assert not joined(told("Warning C28252", REPORT), told("Warning C28253", REPORT + "。完"))


def test_short_texts_are_copies_only_if_they_are_the_same():
    texts = ["會議今天在日內瓦召開，雙方代表交換意見。", "會議昨天在日內瓦召開，雙方代表交換意見。"]
    assert not joined(*(told("會議", text) for text in texts))
    assert joined(told("會議", texts[0]), told("会议", to_simplified(texts[0]))) == {(0, 1)}


def test_marks_tell_exact_copies_apart():
    (a,), (b,) = (sketch(records_of([told("x", text)])[0])[:1] for text in ("a = b.", "a != b."))
    assert a != b


def test_nothing_is_like_nothing():
    assert not joined(told("", ""), told("", "…"), told("—", ""))


def test_the_same_text_many_times_over_is_another_story():
    assert not joined(told("談判", REPORT), told("談判", REPORT * 3))


@given(st.lists(st.tuples(mixed_text, mixed_text), max_size=6))
def test_evidence_does_not_depend_on_what_else_there_is(texts):
    articles = [told(title, text) for title, text in texts]
    together = records_of(articles)
    assert [one.tobytes() for one in together] == [records_of([article])[0].tobytes() for article in articles]
    for one, article in zip(together, articles, strict=True):
        word, _ = story_of(*article)
        assert sketch(one)[:1] == ((word,) if word else ())


@given(st.sets(st.integers(0, 300), max_size=60))
def test_similarity_is_estimated_well(dropped):
    words = [f"w{number}" for number in range(300)]
    articles = [told("t", " ".join(words)), told("t", " ".join(w for i, w in enumerate(words) if i not in dropped))]
    (_, one), (_, other) = (story_of(*article) for article in articles)
    assert len(one) == 300 - RUN + 1
    estimate = similarities(records_of(articles), Pairs(np.array([0]), np.array([1])))[0]
    assert abs(estimate - similarity(one, other)) < 0.2


@given(st.lists(st.sampled_from([*EDITS.values(), REPORT, "別的事"]), min_size=2, max_size=6))
def test_pairs_are_those_of_comparing_each_with_each(texts):
    found = records_of([told("各國談判再開", text) for text in texts])
    one, other = np.triu_indices(len(texts), 1)
    near = are_near(found, Pairs(one, other)) | (found["exact"][one] == found["exact"][other])
    expected = groups(len(texts), zip(one[near].tolist(), other[near].tolist(), strict=True))
    assert groups(
        len(texts), [pair for pairs in near_pairs(found) for pair in zip(*map(list, pairs), strict=True)]
    ) == (expected)


def groups(count, pairs):
    found = [{place} for place in range(count)]
    for one, other in pairs:
        merged = found[one] | found[other]
        for place in merged:
            found[place] = merged
    return found


# What a search makes of them


def write(folder, name, text, day="", source="", title="各國談判再開"):
    fields = {"title": title, "date": day, "source": source}
    head = "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"---\n{head}---\n{text}", "utf-8")


@pytest.fixture
def archive(tmp_path):
    """Five copies, two of them exact, and another article."""
    folder = tmp_path / "archive"
    write(folder, "a.md", REPORT, "2026-02-03")
    write(folder, "b.md", EDITS["words"], "2026-02-01", "通訊社")
    write(folder, "c.md", to_simplified(REPORT), "2026-02-02")
    write(folder, "d.md", EDITS["a footer"])
    write(folder, "e.md", EDITS["words"], "2026-02-01")
    write(folder, "f.md", "日內瓦天氣晴朗，談判代表出遊。", title="天氣")
    return folder


def found(index, query="日內瓦 談判", **options):
    with Searcher(index) as searcher:
        return searcher.search(query, **options)


def names(result):
    return [hit.article_id for hit in result.hits]


def copies(hit):
    return [copy.article_id for copy in hit.copies]


def test_the_earliest_copy_with_a_source_is_shown_and_says_where_the_others_are(archive, tmp_path):
    build(archive, tmp_path / "index")
    result = found(tmp_path / "index")
    assert sorted(names(result)) == ["b.md", "f.md"]
    hit = result.hits[names(result).index("b.md")]
    assert copies(hit) == ["e.md", "c.md", "a.md", "d.md"]
    assert next(copy.similarity for copy in hit.copies) == 1.0
    assert all(0.7 <= copy.similarity < 1 for copy in hit.copies[1:])
    assert result.total == 4  # a and e are exact copies of earlier ones, near ones count
    assert [note.kind for note in result.notes if note.kind == "copies"]
    shown = json.loads(json.dumps(result.to_dict()))["hits"][names(result).index("b.md")]["copies"][0]
    assert shown == {
        "article_id": "e.md", "title": hit.title, "title_lang": "zh-Hant", "source": "", "path": str(archive / "e.md"),
        "published": "2026-02-01", "similarity": 1.0}  # fmt: skip


def test_an_article_that_is_read_names_all_its_copies(archive, tmp_path):
    build(archive, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        (hit,) = [hit for hit in searcher.search("日內瓦 談判").hits if hit.article_id == "b.md"]
        assert searcher.read("b.md").copies == hit.copies
        assert copies(searcher.read("d.md")) == ["b.md", "e.md", "c.md", "a.md"]
        assert searcher.read("f.md").copies == ()
        told = json.loads(json.dumps(searcher.read("a.md").to_dict()))["copies"]
    assert told[0] == {**told[0], "article_id": "b.md", "published": "2026-02-01"}


def test_all_copies_are_shown_when_asked_for(archive, tmp_path):
    build(archive, tmp_path / "index")
    result = found(tmp_path / "index", copies=True)
    assert sorted(names(result)) == ["a.md", "b.md", "c.md", "d.md", "e.md", "f.md"]
    assert result.total == 6
    assert not any(hit.copies for hit in result.hits)


def test_a_near_copy_is_found_by_its_own_words(archive, tmp_path):
    build(archive, tmp_path / "index")
    result = found(tmp_path / "index", "責任編輯 王小明")
    assert (names(result), copies(result.hits[0])) == (["d.md"], [])


def test_a_copy_in_a_period_is_found_though_the_earliest_is_not_in_it(archive, tmp_path):
    build(archive, tmp_path / "index")
    result = found(tmp_path / "index", since="2026-02-03")
    assert (names(result), copies(result.hits[0])) == (["a.md"], ["c.md"])


def test_newest_first_stays_in_order_of_dates(archive, tmp_path):
    write(archive, "g.md", "日內瓦談判之外的一篇報導。", "2026-02-02", title="別的報導")
    build(archive, tmp_path / "index")
    assert names(found(tmp_path / "index", sort="date")) == ["g.md", "b.md", "f.md"]


def labels(index):
    engine = WhooshEngine(index)
    ids = sorted(row.id for row in engine.rows())
    values = {name: dict(zip(ids, engine.labels(name, ids), strict=True)) for name in ("story", "copy")}
    engine.close()
    return values


def test_labels_do_not_depend_on_the_order_of_arrival(archive, tmp_path):
    build(archive, tmp_path / "whole")
    piecemeal, index = tmp_path / "piecemeal", tmp_path / "index"
    for name in ("e.md", "a.md", "d.md", "c.md", "f.md", "b.md"):
        piecemeal.mkdir(exist_ok=True)
        (archive / name).rename(piecemeal / name)
        build(piecemeal, index)
    assert labels(index) == labels(tmp_path / "whole")
    assert len(set(labels(index)["story"].values())) == 2
    assert [name for name, value in labels(index)["copy"].items() if value] == ["a.md", "e.md"]


def test_a_removed_original_leaves_its_place_to_the_next(archive, tmp_path):
    build(archive, tmp_path / "index")
    (archive / "b.md").unlink()
    (archive / "c.md").unlink()
    build(archive, tmp_path / "index")
    assert labels(tmp_path / "index")["copy"] == dict.fromkeys(["a.md", "d.md", "e.md", "f.md"], "")
    assert set(names(found(tmp_path / "index"))) == {"e.md", "f.md"}


def test_forgetting_a_folder_settles_what_it_shared(archive, tmp_path):
    write(tmp_path / "other", "z.md", REPORT, "2020-01-01")
    build([archive, tmp_path / "other"], tmp_path / "index")
    assert labels(tmp_path / "index")["copy"]["c.md"] == "yes"
    remove(tmp_path / "other", tmp_path / "index")
    assert labels(tmp_path / "index")["copy"]["c.md"] == ""


def test_a_rebuild_settles_everything_anew(archive, tmp_path):
    build(archive, tmp_path / "index")
    before = labels(tmp_path / "index")
    build(archive, tmp_path / "index", BuildOptions(rebuild=True))
    assert labels(tmp_path / "index") == before


@pytest.mark.parametrize("size", [1, 7, 60, 200])
def test_pages_hold_every_article_once(tmp_path, size):
    folder = tmp_path / "archive"
    for number in range(FOLDED + 30):
        text = REPORT.replace("美方面", f"第{number}國方面") if number % 3 == 0 else f"日內瓦談判記要{number}。"
        write(folder, f"{number:03}.md", text, title="談判" if number % 3 == 0 else f"記要{number}")
    build(folder, tmp_path / "index")
    with Searcher(tmp_path / "index") as searcher:
        whole = searcher.search("日內瓦 談判", limit=1000)
        paged = []
        while page := searcher.search("日內瓦 談判", limit=size, offset=len(paged)).hits:
            paged += page
    assert paged == list(whole.hits)
    shown = [*names(whole), *(name for hit in whole.hits for name in copies(hit))]
    assert sorted(shown) == [f"{number:03}.md" for number in range(FOLDED + 30)]
