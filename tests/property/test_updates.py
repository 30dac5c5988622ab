"""After any sequence of updates the answers equal those of a fresh build of the same articles."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import BuildOptions, build, check
from indexer.analysis.fold import to_simplified
from search import Searcher

TEXTS = [
    "習近平與特朗普通電話。",
    "川普談關稅與 TikTok。",
    "北韓問題，soybeans and trade.",
    "",
    "# 標題\n\n特朗普",
    "关税。" * 40,
]
# Near copies of one report, in both scripts, with other headlines, and an exact copy but for the script.
REPORT = "".join(
    f"第{number}段說明關稅談判的進展，{number * 7}個國家的代表{number * 3}日開會。" for number in range(10)
)
TEXTS += [
    "川普談關稅\n\n" + REPORT,
    "川普谈关税\n\n" + to_simplified(REPORT),
    "川普談關稅\n\n2026-02-01 " + REPORT.replace("代表3日", "使節3日"),
    "談判有進展\n\n" + REPORT.replace("代表6日", "使節6日"),
    REPORT + "編輯：王小明。版權所有。",
]
names = st.sampled_from(["a.md", "b.txt", "sub/c.md", "d.jsonl"])
steps = st.lists(st.tuples(names, st.none() | st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)), max_size=4)
QUERIES = ["特朗普 关税", "談判 川普", "川普 TikTok", '"通电话"', "soybean 問題", "標"]


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
            [replace(hit, score=round(hit.score, 6)) for hit in searcher.search(query, limit=100, copies=copies).hits]
            for query in QUERIES
            for copies in (False, True)
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
