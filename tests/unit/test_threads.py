"""Many threads ask one searcher: the same answers as one thread gets, each of one commit, while another one writes."""

from __future__ import annotations

import gc
import random
import shutil
import sys
import threading
import time
import weakref
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest

from indexer import BuildOptions, build
from indexer.analysis import latin
from indexer.errors import IndexDamaged, IndexMissing, IndexStale
from search import Searcher
from search.model import SearchResult
from tests.commits import engine_of

THREADS = 8
# Questions that each thread asks, of twice as many.
ASKED = 32
# Seconds that threads may take for what they are asked; who waits for each other takes for ever.
PATIENCE_S = 120
# Where Linux has what a process has open.
OPEN = Path("/proc/self/fd")

QUERIES = [
    "特朗普 通话", "川普", "習近平 特朗普", "习进平", "xijinping", "人工智能", "台積電 OR 台积电", "北韓", "*峰会", "习?平",
    "trade tariffs", "Trmup tariffs", "soybeans", "econom* talks", "presidents talked", "relations between countries",
    '"mutual respect"', "「相互尊重」", '"习近平 通话"~8', "特朗普 -北韓", "(北韓 OR TikTok) 貿易", "title:通話", "2月",
    "date:2018 特朗普", "trump lang:en", "2026年", "潘淑是", "xyzzy", "", "普京 call", "Taiwan and China",
]  # fmt: skip


def plainly(answer):
    """Return what of an answer is the same whenever it is asked."""
    if isinstance(answer, SearchResult):
        return replace(answer, took_ms=0).to_dict()
    return replace(answer, took_ms=0) if hasattr(answer, "took_ms") else answer


def questions(searcher):
    """Return questions of all kinds, each as what asks it."""
    options = [{}, {"stories": True}, {"facets": ["lang", "year", "source"], "sort": "date"}, {"passages": True}]
    options += [{"exact": True}, {"cross": "off"}, {"cross": "only"}, {"fresh": "30d"}, {"suggest": True}]
    article = "003_b4e59136c98cbdd1.txt"
    others = [searcher.complete, searcher.concordance, searcher.count, searcher.ranked, partial(turned, searcher)]
    others += [partial(searcher.show, article), partial(searcher.explanations, articles=[article])]
    for query, own, other in zip(QUERIES, cycle(options), cycle(others), strict=False):
        yield partial(searcher.search, query, **own)
        yield partial(other, query)
    yield partial(searcher.search, "", like=article)
    yield searcher.info


def turned(searcher, query):
    """Return the ids on three pages, each behind the cursor of the one before."""
    pages = [searcher.search(query, 1)]
    while pages[-1].cursor and len(pages) < 3:
        pages.append(searcher.search(query, 1, after=pages[-1].cursor))
    return [hit.article_id for page in pages for hit in page.hits]


@pytest.fixture
def often():
    """Let threads take turns many times more often than they do, so that they meet in the middle of anything."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def in_threads(works):
    """Let each work be done by a thread of its own; raise what one of them raises."""
    errors = []

    def doing(work):
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=doing, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + PATIENCE_S
    for thread in threads:
        thread.join(max(0, ends - time.monotonic()))
    assert not any(thread.is_alive() for thread in threads), "threads wait for each other"
    if errors:
        raise errors[0]


@pytest.mark.usefixtures("often")
def test_threads_get_the_answers_that_one_gets(seeds_index):
    with Searcher(seeds_index) as alone:
        expected = [plainly(ask()) for ask in questions(alone)]
    latin.stem.cache_clear()
    with Searcher(seeds_index) as shared:
        asked = list(zip(questions(shared), expected, strict=True))

        def ask_all(seed):
            for ask, answer in random.Random(seed).sample(asked, ASKED):
                assert plainly(ask()) == answer, ask

        in_threads([partial(ask_all, seed) for seed in range(THREADS)])


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("library", ["the fastest there is", "snowballstemmer itself"])
def test_threads_stem_at_the_same_time(monkeypatch, library):
    if library == "snowballstemmer itself":
        monkeypatch.setattr("snowballstemmer.stemmer", pure_stemmer)
    stemming = latin._Stemming()
    monkeypatch.setattr(latin, "_stemming", lambda: stemming)
    words = [word + ending for word in ("nation", "relat", "general", "hope") for ending in ENDINGS]
    expected = [latin.stem.__wrapped__(word) for word in words]

    def stem_all():
        for _ in range(20):
            assert [latin.stem.__wrapped__(word) for word in words] == expected

    in_threads([stem_all] * THREADS)


ENDINGS = ["", "s", "al", "ally", "ization", "izations", "ing", "ed", "ness", "ful", "fulness", "ively", "ation"]


def pure_stemmer(language):
    from snowballstemmer.english_stemmer import EnglishStemmer

    assert language == "english"
    return EnglishStemmer()


def write(folder, number):
    """Let every article say the number of the next commit, and there be another number of articles."""
    for path in folder.iterdir():
        path.unlink()
    for article in range(3 + number % 4):
        text = f"# 鳳凰 number{number}\n\n特朗普談貿易，the phoenix sings number{number}.\n"
        (folder / f"{article}.md").write_text(text, "utf-8")


def number_in(title):
    return title.rpartition("number")[2]


def check(searcher):
    """Assert that a search is of one commit: all hits say one number, and there are as many as that has."""
    result = searcher.search("鳳凰 phoenix", copies=True, facets=["lang"])
    said = {number_in(hit.title) for hit in result.hits}
    assert len(said) == 1, said
    number = int(said.pop())
    assert len(result.hits) == result.total == 3 + number % 4
    assert sum(value.count for value in result.facets["lang"]) >= result.total
    assert all(f"number{number}" in snippet.text for hit in result.hits for snippet in hit.snippets)
    counted = searcher.concordance("phoenix", copies=True)
    numbers = {one.right.partition("number")[2].split(".")[0] for one in counted.occurrences}
    assert len(numbers) == 1
    assert counted.total == 3 + int(numbers.pop()) % 4


@pytest.mark.usefixtures("often")
def test_each_answer_is_of_one_commit_while_another_process_commits(tmp_path):
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    write(articles, 0)
    build(articles, index)
    done = threading.Event()
    with Searcher(index) as searcher:

        def ask():
            while not done.is_set():
                check(searcher)
                assert [hit.title for hit in searcher.iterate("phoenix", copies=True)]

        def read():
            while not done.is_set():
                article = searcher.read("0.md", "phoenix")
                assert {number_in(article.title)} == {number_in(block.text).rstrip(".") for block in article.blocks}

        def renew():
            while not done.is_set():
                searcher.refresh()

        def commit():
            try:
                for number in range(1, 13):
                    write(articles, number)
                    build(articles, index)
            finally:
                done.set()

        in_threads([commit, renew, *[ask] * 2, *[read] * 4])
        searcher.refresh()
        assert searcher.search("鳳凰").hits[0].title == "鳳凰 number12"


def open_files(folder):
    """Return the files in a folder that this process has open, deleted ones too."""
    files = [link.readlink() for link in OPEN.iterdir() if link.is_symlink()]
    return [path for path in files if path.is_relative_to(folder)]


@pytest.mark.skipif(not OPEN.is_dir(), reason="open files are counted in /proc")
def test_a_commit_that_nobody_asks_any_more_is_let_go(tmp_path):
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    write(articles, 0)
    build(articles, index)
    gc.collect()
    gc.disable()  # it is not left to the garbage collector
    try:
        with Searcher(index) as searcher:
            at_first = len(open_files(index))
            older = weakref.ref(engine_of(searcher)._snapshot)
            hits = searcher.iterate("phoenix", copies=True)
            next(hits)
            for number in range(1, 5):
                write(articles, number)
                build(articles, index, BuildOptions(rebuild=True))
                assert searcher.refresh()
                check(searcher)
            assert older() is not None
            assert [hit.title for hit in hits] == ["鳳凰 number0"] * 2
            assert older() is None
            assert len(open_files(index)) == at_first
        assert not open_files(index)
    finally:
        gc.enable()


def test_nothing_new_is_told_by_a_look_at_the_folder(seeds_index, monkeypatch):
    with Searcher(seeds_index) as searcher:
        name = searcher.generation
        monkeypatch.setattr("indexer.engines.whoosh.engine._opened_newest", None)
        assert not searcher.refresh()
        assert searcher.generation == name


def test_an_index_that_was_built_anew_with_the_same_number_is_seen(tmp_path):
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    write(articles, 1)
    build(articles, index)
    with Searcher(index) as searcher:
        before = searcher.generation
        shutil.rmtree(index)
        with pytest.raises(IndexMissing):
            searcher.refresh()
        check(searcher)
        assert searcher.generation == before
        write(articles, 2)
        build(articles, index)
        assert searcher.refresh()
        assert searcher.generation != before
        assert searcher.generation.partition("-")[0] == before.partition("-")[0]
        assert "number2" in searcher.search("phoenix").hits[0].title
        assert not searcher.refresh()


@pytest.mark.parametrize("harm", ["damaged", "format", "missing"])
def test_a_searcher_goes_on_with_its_commit_where_the_newest_cannot_be_opened(tmp_path, harm):
    articles, index = tmp_path / "articles", tmp_path / "index"
    articles.mkdir()
    write(articles, 1)
    build(articles, index)
    with Searcher(index) as searcher:
        write(articles, 2)
        build(articles, index)
        newest = max(index.glob("*.postings"), key=lambda path: path.stat().st_mtime_ns)
        data = newest.read_bytes()
        newest.chmod(0o600)
        if harm == "missing":
            newest.unlink()
        else:
            newest.write_bytes(data[:12] if harm == "damaged" else data[:8] + b"\x63" + data[9:])
        with pytest.raises(IndexStale if harm == "format" else IndexDamaged):
            searcher.refresh()
        check(searcher)
        newest.write_bytes(data)
        assert searcher.refresh()
        assert "number2" in searcher.search("phoenix").hits[0].title


def test_a_user_dictionary_is_loaded_again_only_if_it_changed(tmp_path):
    articles, index, words = tmp_path / "articles", tmp_path / "index", tmp_path / "words.txt"
    articles.mkdir()
    words.write_text("川特会", "utf-8")
    write(articles, 0)
    build(articles, index, BuildOptions(user_dictionary=words))
    with Searcher(index) as searcher:
        analyzers = [searcher._current.commit.lexicon.analyzer]
        for number, text in enumerate(["川特会", "川特会 9\n凤凰台"], 1):
            words.write_text(text, "utf-8")
            write(articles, number)
            build(articles, index, BuildOptions(user_dictionary=words, rebuild=True))
            assert searcher.refresh()
            analyzers.append(searcher._current.commit.lexicon.analyzer)
        assert analyzers[0] is analyzers[1] is not analyzers[2]
        assert analyzers[2].knows("凤凰台")
