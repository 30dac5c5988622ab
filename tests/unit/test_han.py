"""Cutting Han runs: rjieba and jieba give the same words, also with a user dictionary."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.analyzer import Analyzer
from indexer.analysis.fold import fold
from indexer.analysis.han import Segmenter, jieba_cutter, read_user_dictionary, rjieba_cutter, with_words
from indexer.analysis.scripts import runs
from indexer.errors import SettingsError
from tests.conftest import SEEDS
from tests.texts import mixed_text

REAL = "\n".join(path.read_text("utf-8") for path in sorted(SEEDS.glob("0*")))
needs_rjieba = pytest.mark.skipif(rjieba_cutter() is None, reason="rjieba is not installed")


@pytest.fixture(scope="module")
def reference():
    return Segmenter(jieba_cutter())


@pytest.fixture(scope="module")
def fast():
    return Segmenter(rjieba_cutter())


def han(text):
    folded = fold(text)
    return "\n".join(folded.cut[run.start : run.end] for run in runs(folded.key) if run.kind == "han")


@needs_rjieba
@given(st.tuples(st.integers(0, len(REAL)), st.integers(1, 200)).map(lambda cut: REAL[cut[0] : sum(cut)]) | mixed_text)
def test_rjieba_cuts_like_jieba(reference, fast, text):
    cut = han(text)
    assert fast.search_words(cut) == reference.search_words(cut)
    assert list(fast.search_spans(cut)) == list(reference.search_spans(cut))
    assert list(fast.word_spans(cut)) == list(reference.word_spans(cut))
    words = [cut[start:end] for start, end in reference.word_spans(cut)]
    assert [fast.knows(word) for word in words] == [reference.knows(word) for word in words]


@given(mixed_text)
def test_the_fast_way_gives_the_words_at_their_places(reference, text):
    cut = han(text)
    assert reference.search_words(cut) == [cut[start:end] for start, end in reference.search_spans(cut)]


@given(mixed_text)
def test_words_cover_every_character_once(reference, text):
    cut = han(text)
    spans = list(reference.word_spans(cut))
    assert "".join(cut[start:end] for start, end in spans) == cut.replace("\n", "")
    assert all(one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False))


@pytest.mark.parametrize("make", [jieba_cutter, pytest.param(rjieba_cutter, marks=needs_rjieba)])
def test_a_user_dictionary_reaches_both(make):
    plain, taught = Segmenter(make()), Segmenter(with_words(make(), [("当劳侵", None, None), ("韩𠮷", 5, "nr")]))
    assert "当劳侵" not in plain.search_words("见当劳侵了")
    assert "当劳侵" in taught.search_words("见当劳侵了")


def test_a_user_dictionary_is_folded_like_text(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("當勞侵 10 nr\n", "utf-8")
    assert "当劳侵" in Analyzer(path).terms("見當勞侵了").zh
    assert Analyzer(path).fingerprint != Analyzer().fingerprint


def test_a_wrong_line_of_a_user_dictionary_is_named(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("好 1 n\n不 好 壞 的 行\n", "utf-8")
    with pytest.raises(SettingsError, match="line 2"):
        read_user_dictionary(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_user_dictionary(tmp_path / "none.txt")


def test_loading_writes_no_cache_and_prints_nothing():
    with tempfile.TemporaryDirectory() as folder:
        code = "from indexer.analysis.han import jieba_cutter; jieba_cutter().cut('中国')"
        done = subprocess.run(
            [sys.executable, "-c", code], env={"TMPDIR": folder, "PYTHONPATH": "."}, capture_output=True, text=True,
            cwd=SEEDS.parent, check=True,
        )  # fmt: skip
        assert done.stdout == done.stderr == ""
        assert list(Path(folder).iterdir()) == []
