"""What is said of an index."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from indexer import BuildOptions, build
from indexer.engines.base import ClusterFacts
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.container import FORMAT
from indexer.errors import UsageError
from search import Searcher
from search.info_command import _lines
from tests.cli.test_cli import wensou
from tests.commits import engine_of


def test_it_tells_what_the_index_holds(seeds_index, seeds):
    info = seeds.info()
    assert (info.index, info.engine, info.format, info.segments) == (str(seeds_index), "whoosh", FORMAT, 1)
    assert (info.articles, info.years, info.undated) == (5, {"2018": 1, "2025": 1, "2026": 2}, 1)
    assert info.passages == sum(len(engine_of(seeds).passages(row.id)) for row in engine_of(seeds).rows())
    assert set(info.languages) == {"zh-Hant", "zh-Hans", "en", "mixed"}
    assert info.terms["text"] > info.terms["zh"] > info.terms["title_zh"] > 0
    assert info.size_bytes == sum(path.stat().st_size for path in seeds_index.glob("MAIN_????????????????.*"))
    assert info.is_current


def test_it_tells_of_the_runs_and_of_the_articles_that_are_left(archive, tmp_path):
    moments = [datetime(2026, 2, day, tzinfo=UTC) for day in (5, 6)]
    for moment in moments:
        build(archive, tmp_path / "index", BuildOptions(clock=lambda moment=moment: moment))
        for path in archive.glob("00[01]*"):
            path.unlink()
    with Searcher(tmp_path / "index") as searcher:
        info = searcher.info()
    assert (info.articles, sum(info.years.values()) + info.undated) == (3, 3)
    assert (info.first_run, info.last_run) == ((1, "2026-02-05T00:00:00+00:00"), (2, "2026-02-06T00:00:00+00:00"))
    assert info.roots == (str(archive),)


def test_another_analysis_is_told(archive, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("道指一度\n", "utf-8")
    build(archive, tmp_path / "index", BuildOptions(user_dictionary=words))
    words.write_text("急升逾\n", "utf-8")
    with Searcher(tmp_path / "index") as searcher:
        assert not searcher.info().is_current
    done = wensou("info", "--index", tmp_path / "index")
    assert "(not this installation's: wensou index --rebuild)" in done.stdout


def test_a_closed_index_tells_nothing(seeds_index):
    searcher = Searcher(seeds_index)
    searcher.close()
    with pytest.raises(UsageError, match="closed"):
        searcher.info()


def test_the_command_prints_text_and_json(seeds_index, seeds):
    info = seeds.info()
    assert json.loads(wensou("info", "--index", seeds_index, "--json").stdout) == json.loads(json.dumps(info.to_dict()))
    lines = wensou("info", "--index", seeds_index).stdout.splitlines()
    for line in ("articles    5", f"engine      whoosh, format {FORMAT}", f"follows     {info.roots[0]}",
                 "years       2018 1 · 2025 1 · 2026 2 · undated 1"):  # fmt: skip
        assert line in lines


def test_an_index_without_articles_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    build(tmp_path / "empty", tmp_path / "index")
    assert wensou("info", "--index", tmp_path / "index").returncode == 0


def test_of_an_index_on_a_cluster_it_says_how_that_keeps_it(seeds_index, monkeypatch):
    kept = ClusterFacts("archive", "3.4.0", "yellow", 2, 3, 1, (1_000_000, 2_500_000, 0), 6_000_000)
    own = WhooshEngine.facts
    monkeypatch.setattr(WhooshEngine, "facts", lambda engine: own(engine)._replace(cluster=kept))
    with Searcher(seeds_index) as searcher:
        found = searcher.info()
    assert found.to_dict()["cluster"] == {**kept._asdict(), "shard_bytes": [1_000_000, 2_500_000, 0]}
    lines = dict(_lines(found))
    assert (
        lines["cluster"]
        == "archive, OpenSearch 3.4.0, 2 nodes, yellow: some shards lack replicas, nothing else is missing"
    )
    assert lines["shards"] == "3 with 1 replica, 1.0 · 2.5 · 0.0 MB; 6.0 MB with replicas"
