"""Blocks and their kinds: what is an article's own text, and what stands around it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from indexer.cleaning import clean, label_learnt
from indexer.learning import EDGE_TERM
from indexer.model import FOREIGN_KINDS, Article
from indexer.recurrence import block_mark, block_marks, marks_of
from indexer.sources import read_articles
from indexer.sources.source import SourceFile
from tests.conftest import SEEDS
from tests.texts import mixed_text

LABELS = Path(__file__).parents[1].joinpath("golden", "block_kinds.jsonl").read_text("utf-8").splitlines()


def article(text, name="a.txt"):
    (reading,) = read_articles(SourceFile(text.encode(), name, f"/x/{name}"))
    return reading.article


def kinds(text, name="a.txt"):
    cleaned = clean(article(text, name))
    return [(block.kind, cleaned.text_of(block)) for block in cleaned.blocks]


def kind_of(line, *, before="正文第一段，說明事情的經過。\n\n", behind=""):
    found = kinds(f"標題在此\n\n{before}{line}{behind}")
    return next(kind for kind, text in found if text == line.strip())


def test_kinds_of_the_seeds_are_those_found_by_hand():
    counts = Counter()
    for label in map(json.loads, LABELS):
        if label["article"].startswith("seeds/"):
            path = SEEDS / label["article"].removeprefix("seeds/")
            cleaned = clean(article(path.read_text("utf-8"), path.name))
            block = cleaned.blocks[label["block"]]
            assert hashlib.sha256(cleaned.text_of(block).encode()).hexdigest()[:16] == label["text"]
            counts[label["kind"], block.kind if block.kind in FOREIGN_KINDS else "body"] += 1
    assert {wanted for wanted, _ in counts} == {"body", "teaser", "boilerplate"}
    assert all(wanted == found for wanted, found in counts), counts


@pytest.mark.parametrize(
    "line",
    [
        "此網站使用 Cookie 以改善體驗。",
        "本网站使用cookies",
        "We use cookies to analyse our traffic.",
        "請加入成為本報的訂戶，長期支持我們。",
        "Subscribe to our newsletter",
        "扫描二维码关注我们",
        "版權所有 不得轉載",
        "© 2024 Example Media. All rights reserved.",
        "未經授權，不得轉載。",
        "廣告",
        "責任編輯：王小明",
        "首頁 / 新聞 / 國際",
        "上一篇：另一個標題",
    ],
)
def test_usual_notices_are_boilerplate(line):
    assert kind_of(line) == "boilerplate"


@pytest.mark.parametrize(
    "line",
    [
        "我们使用的cookie政策引起争议，立法会昨日讨论了三小时。"
        "议员认为网站应当说明用途，并给予用户选择的权利，而不是以弹出窗口强迫同意。" * 8,
        "廣告收入今年下跌三成，公司說。",
        "他說：「分享是一種美德。」",
        "The newsletter was founded in 1998.",
        "编辑部昨日发表声明。",
    ],
)
def test_sentences_about_such_things_are_not(line):
    assert kind_of(line) == "body"


def test_what_stands_inside_a_text_is_no_menu():
    assert kind_of("廣告", behind="\n\n正文還有第二段，事情仍未結束。") != "boilerplate"


@pytest.mark.parametrize(
    "heading", ["相关文章", "相關新聞", "延伸閱讀", "Related", "Read more:", "■ 推薦閱讀", "由 AI 报道"]
)
def test_what_follows_a_heading_for_others_is_teaser(heading):
    found = kinds(f"標題\n\n正文第一段，說明事情的經過。\n\n{heading}\n\n別的標題\n\n別的故事的摘要在此。")
    assert [kind for kind, _ in found] == ["heading", "body", "teaser", "teaser", "teaser"]


def test_a_line_that_names_another_article_is_teaser_alone():
    found = kinds("標題\n\n第一段，說明經過。\n\n延伸閱讀：另一篇文章的標題\n\n第二段，說明結果。")
    assert [kind for kind, _ in found] == ["heading", "body", "teaser", "body"]


def test_markup_says_where_a_list_of_others_ends():
    found = kinds("# T\n\nText of it.\n\n## Related\n\nAnother story is told.\n\n## Results\n\nMore text.\n", "a.md")
    assert [kind for kind, _ in found] == ["heading", "body", "teaser", "teaser", "heading", "body"]


def test_references_are_lists_not_sentences():
    text = "# T\n\nText of it.\n\n## See also\n\n- Other page\n- Third page\n\nThis is a whole sentence that explains how it goes on.\n"
    assert [kind for kind, _ in kinds(text, "a.md")][-4:] == ["teaser", "teaser", "teaser", "body"]


@pytest.mark.parametrize(
    "line", ["AI 生成的图像", "圖片來源：路透社", "Photo: Reuters", "總統在機場會見記者（新華社記者攝）"]
)
def test_captions(line):
    assert kind_of(line) == "caption"


@given(mixed_text.filter(str.strip))
def test_cleaning_changes_nothing_but_kinds(text):
    before = article(text.replace("\0", " ") + "。")
    after = clean(before)
    assert (after.body, after.offsets) == (before.body, before.offsets)
    assert [block[1:] for block in after.blocks] == [block[1:] for block in before.blocks]
    assert clean(after).blocks == after.blocks


@given(mixed_text)
def test_marks_of_several_blocks_are_those_of_each(text):
    parts = text.split(" ")
    assert block_marks(parts) == [block_mark(part) for part in parts]


def test_an_edge_mark_is_read_as_it_was_written():
    (edge, *_), _ = marks_of(clean(article("標題\n\n第一段，說明經過。\n\n第二段，說明結果。")))
    term = np.array([edge.term()], f"S{EDGE_TERM.itemsize}").view(EDGE_TERM)[0]
    names = ("block", "inner", "outer", "story")
    assert [term[name].decode() for name in names] == [getattr(edge, name) for name in names]
    assert (term["e"], term["kind"]) == (b"e", b"b")


def test_learnt_blocks_are_labelled_at_the_edges_only():
    text = "甲報首頁資訊\n\n" + "\n\n".join(f"第{i}段，說明經過。" for i in range(20)) + "\n\n感謝閱讀甲報。"
    cleaned = clean(article(text))
    learnt = {block_mark("感謝閱讀甲報。"), block_mark("第10段，說明經過。")}
    assert [block.kind for block in label_learnt(cleaned, learnt).blocks].count("boilerplate") == 1


def test_an_article_without_text_has_no_marks():
    assert marks_of(Article("a", "", "", "")).terms() == ()


def test_what_is_labelled_as_learnt_is_what_marks_tell_of():
    text = "# 標題\n\n> 感謝閱讀甲報。\n\n正文第一段，說明經過。\n\n感謝閱讀甲報。\n\n標題\n"
    cleaned = clean(article(text, "a.md"))
    learnt = {block_mark("感謝閱讀甲報。"), block_mark("標題")}
    marked = {edge.block for edge in marks_of(cleaned).edges}
    labelled = [cleaned.text_of(block) for block in label_learnt(cleaned, learnt).blocks if block.kind == "boilerplate"]
    assert labelled == ["感謝閱讀甲報。"]
    assert {block_mark(one) for one in labelled} <= marked
