"""Looking terms up: by their place in the order, their numbers, and the passages that hold them."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.engines.bm25 import lengths_of, norms, saturation
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.expansion import like
from indexer.engines.whoosh.field import TABLED
from indexer.engines.whoosh.terms import TermScorer
from indexer.model import ArticleRow, IndexEntry
from tests.contract.judge import is_like

TERMS = "indexer.engines.whoosh.terms"
FIELD = "indexer.engines.whoosh.field"
WORDS = [f"w{number:04d}" for number in range(0, 2000, 2)]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """300 passages: of 1,000 rare words, `half` in every other one, `often` up to 300 times."""
    engine = WhooshEngine(tmp_path_factory.mktemp("terms") / "index", create=True)
    with patch("os.fsync"), engine.writer() as writer:
        for number in range(300):
            own = (*WORDS[number::300], *["half"] * (number % 2), *["often"] * number)
            row = ArticleRow(str(number), "", "", "", 0, 0, 0, "", 1)
            writer.put(row, (IndexEntry(f"{number}@0", {"zh": own, "text": own}),))
    yield engine._snapshot
    engine.close()


@pytest.fixture(params=["zh", "text"])
def field(request, snapshot):
    return snapshot.segments[0].field(request.param)


def test_a_term_is_found_by_its_place(field):
    every = field.terms()
    assert len(every) == 1002
    for number, term in enumerate(every):
        assert field.find(term) == number
        assert field.place_of(term + b"0") == number + 1
    assert field.place_of(b"") == 0
    assert [field.find(term) for term in (b"", b"w0001", b"w9999")] == [None] * 3


def test_only_so_many_terms_are_remembered(field):
    field._found = {}
    with patch(f"{FIELD}._REMEMBERED", 10):
        assert [field.find(term) for term in field.terms()] == list(range(1002))
        assert len(field._found) <= 10


def test_a_snapshot_that_rests_keeps_no_arrays(snapshot):
    with snapshot.scratch() as one, snapshot.scratch() as another:
        assert not np.shares_memory(one, another)
    with snapshot.scratch() as again:
        assert again is one  # the last that came back
    assert len(snapshot._scratch) == 2
    snapshot.rest()
    assert not snapshot._scratch


def test_a_snapshot_remembers_only_so_many_terms(snapshot):
    snapshot.terms = {}
    with patch(f"{TERMS}._REMEMBERED", 5):
        scorers = [TermScorer(snapshot, "zh", word) for word in WORDS[:20]]
        assert len(snapshot.terms) <= 5
    assert all(scorer.cost == 1 for scorer in scorers)


@pytest.mark.parametrize("term", ["half", "often", "w0008", "missing"])
@pytest.mark.parametrize("name", ["zh", "text"])
@pytest.mark.parametrize("kept", [0, 1000])
def test_what_is_looked_up_is_what_matches(snapshot, name, term, kept):
    """Once by searching, once by a table of all passages, which is kept."""
    field = snapshot.segments[0].field(name)
    field.tables = {}
    found = TermScorer(snapshot, name, term).matches(0, snapshot.size)
    scores = np.zeros(snapshot.size)
    scores[found.passages] = found.scores
    with patch(f"{TERMS}._KEPT", kept), patch(f"{TERMS}._SEARCHED", kept):
        for asked in (np.arange(snapshot.size), np.array([1, 8, 299]), np.array([0]), np.array([], np.int64)):
            mask, own = TermScorer(snapshot, name, term).look(asked)
            assert own.tolist() == scores[asked].tolist()
            assert mask.tolist() == (scores[asked] > 0).tolist()
    assert bool(field.tables) == (kept > 0 and term in ("half", "often"))


def test_tables_take_only_so_much(snapshot):
    field = snapshot.segments[0].field("zh")
    field.tables = {}
    with patch(f"{FIELD}._KEPT_BYTES", 600):
        for term in range(5):
            field.keep_table(term, np.zeros(300, "u1"))
    assert list(field.tables) == [4]


def test_a_looked_up_saturation_is_the_formula(snapshot):
    field, statistics = snapshot.segments[0].field("zh"), snapshot.statistics("zh")
    units = np.arange(300)
    frequencies = np.arange(300) % TABLED
    expected = saturation(frequencies, norms(lengths_of(field.rows // TABLED), statistics.average))
    for highest in (TABLED - 1, TABLED):
        assert statistics.saturations(field, units, frequencies, highest).tolist() == expected.tolist()


PATHS = [
    "",
    "a",
    "aa",
    "aaa",
    "aab",
    "ab/a.md",
    "ab/ab.md",
    "b/a.md",
    "b/中.md",
    "中",
    "中/国.md",
    "中a中a",
    "𠮷",
    "𠮷/a.md",
]


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """A field of keywords."""
    engine = WhooshEngine(tmp_path_factory.mktemp("paths") / "index", create=True)
    with patch("os.fsync"), engine.writer() as writer:
        for path in filter(None, PATHS):
            writer.put(ArticleRow(path, "", "", "", 0, 0, 0, "", 1), (IndexEntry(path, {}, {"path": (path,)}),))
    yield engine._snapshot.segments[0].field("path")
    engine.close()


@given(st.lists(st.sampled_from([*"ab/.中𠮷", "*", "*", "?", "aa", ".md"]), max_size=6).map("".join), st.booleans())
@example("a*a", True)  # which one a is not
@example("*aa*a", False)
def test_a_pattern_matches_the_terms_that_a_plain_comparison_does(paths, pattern, one_by_one):
    with patch("indexer.engines.whoosh.expansion._ONE_BY_ONE", 100 * one_by_one):
        found = like(paths, pattern)
    assert [paths.term(number).decode() for number in found] == sorted(p for p in PATHS if p and is_like(p, pattern))
