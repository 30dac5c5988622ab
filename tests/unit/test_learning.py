"""What recurs around the articles of an archive is learnt, in whatever words; what recurs in them is not."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.whoosh import WhooshEngine
from indexer.learning import Evidence
from indexer.pipeline import BuildOptions, build, remove
from indexer.recurrence import NO_MARK, EdgeMark, Marks, block_mark, short

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


def test_what_recurs_around_the_rest_is_judged_anew_when_a_folder_is_forgotten(tmp_path, index):
    for name, numbers in (("one", range(20)), ("other", range(100, 103))):
        build(written(tmp_path / name, {f"n{i}": story(i, foot=FOOTER) for i in numbers}), index)
    assert kinds_of(index, FOOTER) == {"boilerplate"}
    remove(tmp_path / "one", index)
    build((), index)
    assert kinds_of(index, FOOTER) == {"body"}


@pytest.mark.parametrize("few", [0, 1000])
def test_many_articles_that_are_gone_count_as_few_do(tmp_path, index, few, monkeypatch):
    monkeypatch.setattr("indexer.learning._FEW_GONE", few)
    archive = written(tmp_path / "archive", {f"n{i}": story(i, foot=FOOTER) for i in range(20)})
    build(archive, index)
    assert kinds_of(index, FOOTER) == {"boilerplate"}
    for number in range(16):
        (archive / f"n{number}.txt").write_text(story(500 + number), "utf-8")
    build((), index)
    assert kinds_of(index, FOOTER) == {"body"}


BLOCKS = [block_mark(text) for text in "甲乙丙丁"]


def marked_articles(seed):
    """Return articles, each of edge marks and blocks inside, whose blocks are near to being boilerplate or not."""
    rng = random.Random(seed)
    articles = [([], []) for _ in range(rng.randrange(5, 60))]
    for block in BLOCKS:
        inner = [short(block_mark(str(i))) for i in range(rng.randrange(1, 30))] + [*map(short, BLOCKS)]
        is_at_edge, is_inside, is_outside = rng.random(), rng.choice([0, 0.1, 0.2]), rng.uniform(0.7, 1)
        for number, (edges, inside) in enumerate(articles):
            if rng.random() < is_at_edge:
                outer = NO_MARK if rng.random() < is_outside else short(rng.choice([*BLOCKS, *inner]))
                story = short(block_mark(f"story {number % rng.randrange(4, 60)}"))
                edges.append(EdgeMark(block, rng.choice(inner), outer, story, rng.random() < 0.02))
            elif rng.random() < is_inside:
                inside.append(block)
    return articles


def learnt_plainly(articles, candidates=BLOCKS):
    """Return what is learnt of articles, each of edge marks and blocks inside, one block after the other."""
    edges = {block: [mark for marks, _ in articles for mark in marks if mark.block == block] for block in BLOCKS}
    learnt = set(candidates)
    while True:
        known = {NO_MARK, *map(short, learnt)}
        left = {block for block in learnt if is_learnt(edges[block], block, articles, known)}
        if left == learnt:
            return left
        learnt = left


def is_learnt(own, block, articles, known):
    stories = len({mark.story for mark in own})
    inside = sum(block in blocks for _, blocks in articles)
    outer = sum(mark.outer in known for mark in own)
    commonest = max((count for _, count in Counter(mark.outer for mark in own).most_common(1)), default=0)
    inner = sum(mark.inner in known for mark in own)
    return (
        stories >= 5
        and len(own) >= 0.8 * (len(own) + inside)
        and outer >= 0.8 * len(own)
        and not (any(mark.is_heading for mark in own) and commonest < 0.8 * len(own))
        and (len({mark.inner for mark in own}) >= 0.5 * stories or inner >= 0.8 * len(own))
    )


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32).map(marked_articles), st.integers(0, 3))
def test_what_is_learnt_of_all_is_what_is_learnt_of_each(articles, at_once):
    evidence = Evidence()
    for start in range(0, len(articles), at_once + 1):
        some = articles[start : start + at_once + 1]
        evidence.add(term for marks, inside in some for term in Marks((*marks,), (*inside,)).terms())
    assert evidence.learnt(BLOCKS) == learnt_plainly(articles)


class Indexed:
    """An index of which only the marks of its articles are known."""

    def __init__(self, articles):
        self.articles = articles

    def passage_count(self):
        return len(self.articles)

    def frequent_terms(self, field, prefixes, at_least, among=None):
        told = self.articles if among is None else {name: self.articles[name] for name in among}
        counts = Counter(term for marks, inside in told.values() for term in Marks((*marks,), (*inside,)).terms())
        return {term: count for term, count in counts.items() if term.startswith(tuple(prefixes))}


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 2**32), st.integers(0, 60), st.integers(0, 60))
def test_what_no_change_concerns_need_not_be_judged_again(seed, other, gone, added):
    articles = dict(enumerate(marked_articles(seed)))
    before = learnt_plainly(articles.values())
    evidence = Evidence(Indexed(articles))
    new = [*articles.values()][: min(gone, added)] + marked_articles(other)[:added]
    left = {name: article for name, article in articles.items() if name >= gone}
    for name in articles.keys() - left.keys():
        evidence.replace(name)
    for marks, inside in new:
        evidence.add(Marks((*marks,), (*inside,)).terms())
    told = {mark.block for marks, _ in new for mark in marks}
    expected = learnt_plainly([*left.values(), *new], {*before, *told})
    assert evidence.learnt(before) == expected
