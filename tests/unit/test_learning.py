"""What recurs around the articles of an archive is learnt, in whatever words; what recurs in them is not."""

from __future__ import annotations

import random

import pytest

from indexer.engines.whoosh import WhooshEngine
from indexer.pipeline import BuildOptions, build

WORDS = [
    "港口",
    "城市",
    "會議",
    "報告",
    "居民",
    "船員",
    "天氣",
    "市場",
    "學校",
    "醫院",
    "政府",
    "公司",
    "工人",
    "音樂",
    "河流",
    "橋樑",
    "火車",
    "农民",
    "歷史",
    "科學",
]
FOOTER = "海風日報感謝各位看官，我們下回再見。"
SECOND = "編務熱線每日九時至五時恭候。"
RECURRING = "消息人士拒絕透露姓名。"


def paragraph(draw):
    return "，".join("".join(draw.sample(WORDS, 4)) for _ in range(4)) + "。"


def story(number, *, paragraphs=6, inside="", head="", foot=""):
    draw = random.Random(number)
    body = [paragraph(draw) for _ in range(paragraphs)]
    if inside:
        body.insert(draw.randrange(1, paragraphs), inside)
    return "\n\n".join(filter(None, [head, f"{draw.choice(WORDS)}第{number}號新聞", *body, foot]))


def kinds_of(index, text):
    """Return the kinds of the passages that hold a text."""
    engine = WhooshEngine(index)
    from indexer.payload import load_passage

    found = set()
    for row in engine.rows():
        for ranked in engine.passages(row.id):
            passage = load_passage(ranked.payload, ranked.passage_id, row.id)
            if text in passage.text:
                found.add(passage.kind)
                assert passage.kind != "boilerplate" or len(passage.text) < 100
    engine.close()
    return found


def written(folder, texts):
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index"


def test_a_footer_in_any_wording_is_learnt_and_nothing_else(tmp_path, index):
    texts = {
        f"n{i}": story(
            i, inside=RECURRING if i % 3 == 0 else "", head="海風日報" if i % 2 else "", foot=f"{FOOTER}\n\n{SECOND}"
        )
        for i in range(300)
    }
    syndicated = story(1000, foot=FOOTER)
    texts |= {f"copy{i}": syndicated.replace("港口", "海港", i % 3) for i in range(23)}
    build(written(tmp_path / "archive", texts), index)
    for foreign in (FOOTER, SECOND):
        assert kinds_of(index, foreign) == {"boilerplate"}
    assert kinds_of(index, RECURRING) == {"body"}
    assert "boilerplate" not in kinds_of(index, syndicated.split("\n\n")[3])
    assert "boilerplate" not in kinds_of(index, syndicated.split("\n\n")[6])


def test_a_story_that_is_copied_often_stays_text(tmp_path, index):
    text = story(7)
    build(written(tmp_path / "archive", {f"copy{i}": text for i in range(23)}), index)
    assert kinds_of(index, text.split("\n\n")[-1]) == {"body"}


def test_a_few_articles_teach_nothing(tmp_path, index):
    build(written(tmp_path / "archive", {f"n{i}": story(i, foot=FOOTER) for i in range(4)}), index)
    assert kinds_of(index, FOOTER) == {"body"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_learnt_later_changes_what_was_read_before(tmp_path, index, jobs):
    archive = written(tmp_path / "archive", {f"n{i}": story(i, foot=FOOTER) for i in range(4)})
    build(archive, index)
    written(archive, {f"m{i}": story(100 + i, foot=FOOTER) for i in range(4)})
    report = build(archive, index, BuildOptions(jobs=jobs))
    assert (report.added, report.replaced, report.unchanged) == (4, 0, 4)
    assert kinds_of(index, FOOTER) == {"boilerplate"}
    for path in archive.glob("m*"):
        path.unlink()
    build(archive, index, BuildOptions(prune=True))
    assert kinds_of(index, FOOTER) == {"body"}


def test_a_rebuild_learns_the_same(tmp_path, index):
    archive = written(tmp_path / "archive", {f"n{i}": story(i, foot=FOOTER if i % 2 else "") for i in range(40)})
    build(archive, index)
    build(archive, index, BuildOptions(rebuild=True))
    assert kinds_of(index, FOOTER) == {"boilerplate"}
