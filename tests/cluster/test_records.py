"""Rows, files, labels and passages that are read from a cluster, beside what was put."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given, settings

from indexer.engines.opensearch import records
from indexer.model import IndexEntry
from tests.cluster.test_dictionary import archive_of
from tests.contract.judge import Archive
from tests.contract.test_engine import batches, row

MODULE = "indexer.engines.opensearch.records"


def assert_same(small, archive):
    own = {one.id: one for one, _ in archive.articles.values()}
    assert {one.id: one for one in records.rows(small)} == own
    assert records.passage_count(small) == len(archive.entries)
    counted = Counter()
    for file in records.files(small):
        counted[file.path, file.root, file.state] += file.articles
    assert counted == Counter((one.path, one.root, one.state) for one in own.values())
    for paths in ([], ["/x/y"], ["/x/文", "/none"], {one.path for one in own.values()}):
        found = sorted(records.rows_of(small, paths), key=lambda one: one.id)
        assert found == sorted((one for one in own.values() if one.path in paths), key=lambda one: one.id)
    for name, (_, entries) in archive.articles.items():
        found = [(one.passage_id, one.article_id, one.score, one.payload) for one in records.passages(small, name)]
        assert found == [(entry.id, name, 0.0, entry.payload) for entry in entries]


@settings(max_examples=8)
@given(batches=batches)
def test_what_was_put_last_comes_back(small, batches):
    archive = archive_of(*batches)
    small.fill(archive)
    assert_same(small, archive)


@pytest.fixture(scope="module")
def many(small):
    """Articles of several passages with labels; names that no text can hold, and a long one."""
    archive = Archive()
    for number, name in enumerate(
        ["b", "a", "~x", "x" * 900, "y" * 9000, "z" * 9000, "\udcff.txt", "文章", *map(str, range(6))]
    ):
        kinds = ["teaser", "body"] if number % 2 else ["body"]
        parts = [
            IndexEntry(
                f"{name}@{i}", {"text": ("x",)}, {"kind": (kind,), "author": ("A", f"B{number}")}, {}, b"p%d" % i
            )
            for i, kind in enumerate(kinds * (1 + number % 5))
        ]
        archive.articles[name] = replace(row(name), path=f"/x/{name[:900]}", inode=2**64 - 1), parts
    small.fill(archive)
    return archive


@pytest.mark.parametrize("at_once", [1, 3, 9])
def test_any_number_of_answers_makes_a_whole(many, small, at_once):
    few = {"_ROWS": at_once, "_PASSAGES": at_once, "_MANY": (1, at_once), "_BUCKETS": 2 * at_once}
    with patch.multiple(MODULE, **few):
        assert_same(small, many)
        names = ["nothing", *reversed(many.articles), "a"]
        wanted = [many.articles[name][0] for name in names if name in many.articles]
        assert list(records.rows(small, names)) == wanted
        firsts = [entries[0].keywords["kind"][0] for _, entries in many.articles.values()]
        assert records.labels(small, "kind", ["nothing", *many.articles]) == ["", *firsts]
        assert records.labels(small, "story", ["a"]) == [""]
        values = {"teaser", "body", "none"}
        having = {
            value: sorted(
                name
                for name, (_, entries) in many.articles.items()
                if any(value in entry.keywords["kind"] for entry in entries)
            )
            for value in values
        }
        assert records.articles_with(small, "kind", iter(values)) == having
        assert records.articles_with(small, "author", ["B3", "A"]) == {
            "A": sorted(many.articles),
            "B3": [list(many.articles)[3]],
        }


def test_an_unknown_article_has_no_passages(many, small):
    assert records.passages(small, "nothing") == []
    assert list(records.rows(small, [])) == []
    assert records.articles_with(small, "kind", []) == {}
