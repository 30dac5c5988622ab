"""An archive: many questions at once, new commits, an index that is missing, damaged and healed."""

import asyncio
import threading
import time

import pytest

from indexer import build
from indexer.errors import Busy, IndexDamaged, IndexMissing, TookTooLong
from search import Searcher
from search.web.archive import Archive


async def until(condition, seconds=15.0):
    """Return what a condition gives as soon as that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := await condition():
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("not within the time")


@pytest.fixture
def articles(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "one.txt").write_text("第一篇\n\n川普 谈 关税。", "utf-8")
    return folder


@pytest.fixture
def index(tmp_path, articles):
    build([articles], tmp_path / "index")
    return tmp_path / "index"


def test_a_question_is_asked_in_another_thread(index):
    async def asked():
        async with Archive(lambda: Searcher(index)) as archive:
            return await archive.ask(lambda searcher: (threading.current_thread(), searcher.search("川普").total))

    thread, total = asyncio.run(asked())
    assert thread is not threading.main_thread()
    assert total == 1


def test_a_commit_that_someone_knows_is_looked_for_at_once(index, articles, monkeypatch):
    monkeypatch.setattr("search.web.archive._LOOK_S", 60)

    async def asked():
        async with Archive(lambda: Searcher(index)) as archive:
            before = await archive.generation()
            (articles / "two.txt").write_text("第二篇\n\n川普 又 谈 关税。", "utf-8")
            build([articles], index)
            for known in ("", before):
                await archive.look_for(known)
                assert await archive.generation() == before
            await archive.look_for("a newer one")
            assert await archive.generation() != before

    asyncio.run(asked())


@pytest.mark.parametrize("error", [ValueError("not thought of"), OSError("gone"), IndexDamaged("cut short")])
def test_memory_is_given_back_once_when_nobody_asks_any_more(index, error, monkeypatch):
    given_back, freed = [], []
    monkeypatch.setattr("search.web.archive.give_back", lambda: freed.append(True))
    monkeypatch.setattr("search.web.archive._LOOK_S", 0.02)

    class Resting(Searcher):
        def rest(self):
            super().rest()
            given_back.append(True)
            raise error

    async def asked():
        async with Archive(lambda: Resting(index)) as archive:
            for streams in (False, True):
                if streams:
                    assert [part async for part in archive.stream(lambda _: iter([b"a"]))] == [b"a"]
                else:
                    await archive.ask(lambda searcher: searcher.search("川普"))

                async def is_given_back():
                    return given_back

                await until(is_given_back)
                await asyncio.sleep(0.2)
                assert given_back == [True]
                assert freed
                given_back.clear()

    asyncio.run(asked())


def test_a_commit_of_others_is_seen_within_two_seconds(index, articles):
    async def asked():
        async with Archive(lambda: Searcher(index)) as archive:
            before = await archive.generation()
            (articles / "two.txt").write_text("第二篇\n\n川普 又 谈 关税。", "utf-8")
            build([articles], index)

            async def seen():
                return await archive.ask(lambda searcher: searcher.search("川普").total) == 2

            await until(seen, 2.0)
            return before, await archive.generation()

    before, after = asyncio.run(asked())
    assert before != after


def test_a_missing_index_is_told_and_found_when_it_is_there(tmp_path, articles):
    place = tmp_path / "later"

    async def asked():
        async with Archive(lambda: Searcher(place)) as archive:
            with pytest.raises(IndexMissing, match="wensou index"):
                await archive.ask(lambda searcher: searcher.search("川普"))
            build([articles], place)

            async def seen():
                try:
                    return await archive.ask(lambda searcher: searcher.search("川普").total)
                except IndexMissing:
                    return 0

            return await until(seen)

    assert asyncio.run(asked()) == 1


def test_more_than_may_wait_are_sent_away_at_once(index):
    async def asked():
        async with Archive(lambda: Searcher(index), threads=1, waiting=1) as archive:
            go = threading.Event()
            first = asyncio.create_task(archive.ask(lambda _: go.wait(5)))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(archive.ask(lambda _: "second"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            with pytest.raises(Busy):
                await archive.ask(lambda _: "third")
            go.set()
            return await first, await second

    assert asyncio.run(asked()) == (True, "second")


def test_what_takes_too_long_is_given_up(index):
    async def asked():
        async with Archive(lambda: Searcher(index), timeout_s=0.05) as archive:
            go = threading.Event()
            with pytest.raises(TookTooLong):
                await archive.ask(lambda _: go.wait(5))
            go.set()

    asyncio.run(asked())


def test_an_error_of_a_question_is_raised_to_who_asked(index):
    async def asked():
        async with Archive(lambda: Searcher(index)) as archive:
            with pytest.raises(ZeroDivisionError):
                await archive.ask(lambda _: 1 // 0)
            return await archive.ask(lambda searcher: searcher.search("川普").total)

    assert asyncio.run(asked()) == 1


def test_a_stream_yields_its_parts_and_only_so_many_run_at_once(index):
    async def asked():
        async with Archive(lambda: Searcher(index), exports=1) as archive:
            first = archive.stream(lambda _: iter([b"a", b"b"]))
            assert await anext(first) == b"a"
            with pytest.raises(Busy):
                await anext(archive.stream(lambda _: iter([b"c"])))
            rest = [part async for part in first]
            return rest, [part async for part in archive.stream(lambda _: iter([b"d"]))]

    assert asyncio.run(asked()) == ([b"b"], [b"d"])


class _Failing:
    """A searcher whose commit cannot be looked for."""

    generation = "failing"

    def __init__(self, error):
        self.error = error
        self.is_closed = False

    def refresh(self):
        raise self.error

    def close(self):
        self.is_closed = True


@pytest.mark.parametrize("error", [ValueError("not thought of"), OSError("gone"), IndexMissing("gone")])
def test_an_index_that_cannot_be_looked_at_is_opened_again_and_closed(index, error, monkeypatch):
    monkeypatch.setattr("search.web.archive._LOOK_S", 0.01)
    failing = _Failing(error)
    opened = iter([failing])
    is_opening, go_on = threading.Event(), threading.Event()

    def open_next():
        if (first := next(opened, None)) is not None:
            return first
        is_opening.set()
        assert go_on.wait(10)
        return Searcher(index)

    async def asked():
        async with Archive(open_next, timeout_s=3.0) as archive:
            assert await asyncio.to_thread(is_opening.wait, 10)
            assert await archive.generation() == "failing"  # the one that is open answers still
            go_on.set()

            async def is_another():
                return await archive.generation() != "failing"

            async def is_closed():
                return failing.is_closed

            await until(is_another)
            assert not failing.is_closed  # it may be asked yet
            await until(is_closed)
            return await archive.ask(lambda searcher: searcher.search("川普").total)

    assert asyncio.run(asked()) == 1


def test_what_is_asked_once_is_asked_again_of_a_newer_commit(index, articles):
    asked = []

    def total(searcher):
        asked.append(searcher)
        return searcher.search("川普").total

    async def tried():
        async with Archive(lambda: Searcher(index)) as archive:
            first = [await archive.ask_once(total) for _ in range(3)]
            (articles / "two.txt").write_text("第二篇\n\n川普 又 谈 关税。", "utf-8")
            build([articles], index)

            async def seen():
                return await archive.ask_once(total) == 2

            await until(seen)
            return first

    assert asyncio.run(tried()) == [1, 1, 1]
    assert len(asked) == 2
