"""Pages by cursor: nothing repeats and nothing is skipped while the commit is kept; afterwards a note says so."""

from __future__ import annotations

import random

import pytest

from indexer import BuildOptions, build
from indexer.errors import UsageError
from indexer.nodes import SORTS
from search import Searcher

STORY = "總統訪問港口城市，與市長會談，隨後在碼頭參觀了新建的設施，並向工人致意，晚上出席了歡迎宴會。" * 4


def write(folder, names, dice):
    """Write articles that all hold the word, some of two passages, some of one score, some undated, some copies."""
    for name in names:
        day = dice.choice(["", f"date: 2026-02-{dice.randint(1, 5):02}\n"])
        copy = STORY + "又及。" * dice.randint(0, 1) if dice.random() < 0.2 else ""
        more = "這裡說的是別的事情，沒有什麼要緊。" * 30 + "\n\n鳳凰又來了。" if dice.random() < 0.3 else ""
        text = f"說到鳳凰{'鳳凰' * dice.randint(0, 2)}。{copy}{more}"
        title = dice.choice(["鳳凰", "凤凰", f"標題{dice.randint(1, 9)}", f"Title {name}"])
        (folder / f"{name}.md").write_text(f"---\ntitle: {title}\n{day}---\n\n{text}\n", "utf-8")


@pytest.fixture
def archive(tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    monkeypatch.setattr("search.folding.FOLDED", 12)
    folder = tmp_path / "archive"
    folder.mkdir()
    write(folder, [f"a{number}" for number in range(40)], random.Random(4))
    build(folder, tmp_path / "index")
    return folder


@pytest.fixture
def index(archive, tmp_path):
    return tmp_path / "index"


def pages(searcher, limit, **asked):
    """Yield the pages of a query, each by the cursor of the one before."""
    page = searcher.search("鳳凰", limit, **asked)
    yield page
    while page.cursor:
        page = searcher.search("鳳凰", limit, after=page.cursor, **asked)
        yield page


def ids(hits):
    return [(hit.article_id, *(snippet.passage_id for snippet in hit.snippets[:1])) for hit in hits]


def named(hits):
    """Return the articles that hits are of, and those that they stand for."""
    return {name for hit in hits for name in (hit.article_id, *(copy.article_id for copy in hit.copies))}


def kinds(result):
    return {note.kind for note in result.notes}


@pytest.mark.parametrize("asked", [{}, {"copies": True}, {"passages": True}])
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 7, 40, 99])
def test_pages_by_cursor_are_the_whole_answer(index, sort, limit, asked):
    with Searcher(index) as searcher:
        every = [*searcher.iterate("鳳凰", sort=sort, **asked)]
        read = [*pages(searcher, limit, sort=sort, **asked)]
        assert [hit for page in read for hit in page.hits] == every
        assert [hit.rank for hit in every] == [*range(1, len(every) + 1)]
        assert all(len(page.hits) == limit for page in read[:-1])
        assert read[-1].hits
        whole = searcher.search("鳳凰", limit=999, sort=sort, **asked)
    shown = len(every) + sum(len(hit.copies) for hit in every)
    assert shown == (whole.passages_total if "passages" in asked else whole.total if asked else 40)
    assert whole.cursor is None


def changed(archive, index):
    """Change everything about the index that an update may."""
    dice = random.Random(5)
    write(archive, ["a1", "a5", *(f"b{number}" for number in range(30))], dice)
    (archive / "a7.md").unlink()
    build((), index)


@pytest.mark.parametrize("asked", [{}, {"passages": True}])
@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("how", ["refreshed", "another process", "rebuilt"])
def test_an_update_moves_nothing_while_the_commit_is_kept(archive, index, sort, asked, how):
    with Searcher(index) as searcher:
        every = [*searcher.iterate("鳳凰", sort=sort, **asked)]
        turning = pages(searcher, 7, sort=sort, **asked)
        read = [next(turning)]
        changed(archive, index)
        if how == "rebuilt":
            build((), index, BuildOptions(rebuild=True))
        if how == "another process":
            with Searcher(index) as other:
                read.append(other.search("鳳凰", 7, after=read[0].cursor, sort=sort, **asked))
                assert other.search("鳳凰", 7, sort=sort, **asked).hits != read[0].hits or sort != "relevance"
        searcher.refresh()
        while read[-1].cursor:
            read.append(searcher.search("鳳凰", 7, after=read[-1].cursor, sort=sort, **asked))
    assert [hit for page in read for hit in page.hits] == every
    assert not any("moved" in kinds(page) for page in read)


@pytest.mark.parametrize("asked", [{}, {"copies": True}, {"passages": True}])
@pytest.mark.parametrize("sort", SORTS)
def test_when_the_commit_is_gone_the_search_goes_on_behind_the_last_hit(archive, index, monkeypatch, sort, asked):
    monkeypatch.setattr("indexer.engines.whoosh.commits.KEPT_S", -1e9)
    with Searcher(index) as searcher:
        first = searcher.search("鳳凰", 7, sort=sort, **asked)
        build((), index, BuildOptions(rebuild=True))  # the same articles
        searcher.refresh()
        every = searcher.search("鳳凰", 99, sort=sort, **asked).hits
        read = [searcher.search("鳳凰", 7, after=first.cursor, sort=sort, **asked)]
        while read[-1].cursor:
            read.append(searcher.search("鳳凰", 7, after=read[-1].cursor, sort=sort, **asked))
    assert ["moved" in kinds(page) for page in read] == [True, *[False] * (len(read) - 1)]
    behind = [hit for page in read for hit in page.hits]
    assert [hit.rank for hit in behind] == [*range(8, 8 + len(behind))]
    if asked:
        assert ids([*first.hits, *behind]) == ids(every)
    else:  # near copies may come by themselves
        assert named(first.hits) | named(behind) >= {hit.article_id for hit in every}
        assert len({hit.article_id for hit in behind}) == len(behind)


def test_iterating_stays_at_one_commit(archive, index, monkeypatch):
    monkeypatch.setattr("search.results._FIRST_PAGE", 3)
    with Searcher(index) as searcher:
        every = [*searcher.iterate("鳳凰")]
        hits = searcher.iterate("鳳凰")
        read = [next(hits)]
        changed(archive, index)
        searcher.refresh()
        assert [*read, *hits] == every
        assert [*searcher.iterate("鳳凰")] != every


@pytest.mark.parametrize(
    "other",
    [
        {"query": "麒麟"}, {"sort": "date"}, {"lang": "zh"}, {"since": "2026"}, {"copies": True}, {"passages": True},
        {"added_since": 0},
    ],
)  # fmt: skip
def test_a_cursor_of_another_search_is_refused(index, other):
    with Searcher(index) as searcher:
        cursor = searcher.search("鳳凰", 5).cursor
        with pytest.raises(UsageError, match="another search"):
            searcher.search(**{"query": "鳳凰", "after": cursor, **other})
        with pytest.raises(UsageError, match="leave out the offset"):
            searcher.search("鳳凰", 5, 5, after=cursor)
        assert len(searcher.search("鳳凰", 9, after=cursor).hits) == 9  # the page's size may change


def test_nothing_to_show_has_no_next_page(index):
    with Searcher(index) as searcher:
        assert searcher.search("鳳凰", 0).cursor is None
        assert searcher.search("", 5).cursor is None
        assert searcher.search("xyzzy", 5).cursor is None


def test_a_passage_is_a_hit_with_one_snippet(index):
    with Searcher(index) as searcher:
        result = searcher.search("鳳凰", 99, passages=True)
    assert all(len(hit.snippets) == 1 and not hit.copies for hit in result.hits)
    assert len({hit.snippets[0].passage_id for hit in result.hits}) == len(result.hits) == result.passages_total
    assert result.passages_total > result.total
