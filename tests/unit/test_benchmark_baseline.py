"""Plain BM25 and ours in one run: both figures, and the probability of the difference."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.conftest import SEEDS
from tests.unit.test_evaluation import make, passage, query

# Ranks by the number of a query's words in a passage.
BASELINE = """
import numpy as np
def words(text): return text.lower().replace(".", "").split()
bigrams = words
class BM25:
    def __init__(self, streams): self.streams = [set(stream) for stream in streams]
    def score(self, terms): return np.array([len(stream & set(terms)) for stream in self.streams], float)
"""


def test_both_are_asked_and_compared(tmp_path):
    passages = [
        passage("p", "River ferries.", "en"), passage("r", "River ferry.", "en"), passage("z", "River ferry.", "xx"),
    ]  # fmt: skip
    folder = make(
        tmp_path / "set", passages, [query("a", "ferries", "en"), query("b", "ferry", "en")], ["a\tp\t1", "b\tp\t1"],
        qrels__cross__tsv=["a\tz\t1", "b\tz\t1"],
    )  # fmt: skip
    (tmp_path / "baseline.py").write_text(BASELINE)
    command = ["benchmarks.against_baseline", tmp_path / "baseline.py", folder, "--json", tmp_path / "out.json"]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=SEEDS.parent, capture_output=True, text=True, encoding="utf-8", check=True
    )
    own, cross = json.loads((tmp_path / "out.json").read_text("utf-8"))["sets"]
    assert own["baseline"]["MRR@10"] == 0.5  # it knows no stems, so the second query misses
    assert own["MRR@10"] == 1
    assert 0 < own["compared"]["whole"]["MRR@10"]["p"] <= 1
    assert cross["baseline"]["MRR@10"] == 0.5
    assert cross["MRR@10"] == 1
    assert "MRR@10 0.5000" in done.stdout
