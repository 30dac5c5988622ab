"""After any sequence of updates the answers equal those of a fresh build of the same articles."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import BuildOptions, build, check
from search import Searcher

TEXTS = [
    "習近平與特朗普通電話。",
    "川普談關稅與 TikTok。",
    "北韓問題，soybeans and trade.",
    "",
    "# 標題\n\n特朗普",
    "关税。" * 40,
]
names = st.sampled_from(["a.md", "b.txt", "sub/c.md", "d.jsonl"])
steps = st.lists(st.tuples(names, st.none() | st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)), max_size=4)
QUERIES = ["特朗普 关税", "川普 TikTok", '"通电话"', "soybean 問題", "標"]


def write(path, texts):
    path.parent.mkdir(exist_ok=True)
    if texts is None:
        path.unlink(missing_ok=True)
    elif path.suffix == ".jsonl":
        path.write_text("".join(f'{{"text": "{text}"}}\n'.replace("\n\n", "\\n\\n") for text in texts), "utf-8")
    else:
        path.write_text("\n\n".join(texts), "utf-8")


def answers(index):
    with Searcher(index) as searcher:
        return [
            [replace(hit, score=round(hit.score, 6)) for hit in searcher.search(query, limit=100).hits]
            for query in QUERIES
        ]


@settings(max_examples=25)
@given(st.lists(steps, min_size=1, max_size=4))
def test_updates_equal_a_fresh_build(sequence):
    with tempfile.TemporaryDirectory() as scratch:
        folder, index = Path(scratch) / "folder", Path(scratch) / "index"
        folder.mkdir()
        for changes in sequence:
            for name, texts in changes:
                write(folder / name, texts)
            assert not build(folder, index, BuildOptions(prune=True, verify=True)).failed
            assert not check(index).problems
        fresh = Path(scratch) / "fresh"
        build(folder, fresh)
        assert answers(index) == answers(fresh)
