"""Files to articles: titles, dates, metadata, text without markup, and the way back to the file."""

from __future__ import annotations

import json
from datetime import date
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import SourceError
from indexer.sources import read_articles
from indexer.sources.assembly import assemble
from indexer.sources.body import BodyBuilder
from indexer.sources.metadata import Metadata
from indexer.sources.source import SourceFile
from tests.conftest import SEEDS
from tests.texts import mixed_text

text_without_nul = mixed_text.map(lambda text: text.replace("\0", "")).filter(str.strip)


def read(text, name="a.md"):
    data = text if isinstance(text, bytes) else text.encode()
    outcomes = list(read_articles(SourceFile(data, name, f"/x/{name}")))
    return outcomes[0].article if len(outcomes) == 1 and not isinstance(outcomes[0], SourceError) else outcomes


def seed(number):
    path = next(SEEDS.glob(f"{number}_*"))
    return read(path.read_bytes(), path.name)


@pytest.mark.parametrize(
    ("number", "title", "published"),
    [
        ("000", "习近平同特朗普通电话 呼吁扩大合作", date(2026, 2, 5)),
        ("001", "Trump and Xi discuss trade, Taiwan and Ukraine in phone call", None),
        ("002", "中美元首通话:释放合作讯号,為双边关係定调", date(2025, 9, 19)),
        ("003", "特朗普習近平通電話　長談貿易和北韓問題　道指一度急升逾200點", date(2018, 11, 1)),
        ("004", "President Xi Jinping talked with United States President Donald Trump by phone on Wednesday, saying…",
         date(2026, 2, 5)),
    ],
)  # fmt: skip
def test_titles_and_dates_of_the_seeds(number, title, published):
    article = seed(number)
    assert (article.title, article.published) == (title, published)


def test_of_the_seeds_only_first_lines_are_guesses():
    assert [seed(number).published_guessed for number in ("000", "001", "002", "003", "004")] == [
        True, False, True, False, False]  # fmt: skip


def test_metadata_of_seed_003():
    article = seed("003")
    assert article.source == "hkcnews.com"
    assert article.author == "眾新聞記者"
    assert "唐纳德 特 朗 普" in article.tags
    assert article.url.startswith("https://web.archive.org/")


def test_what_is_not_text_stays_out_and_what_is_stays_in():
    body = seed("003").body
    for absent in ("figcaption", "img", "https://", "20210712022351", "%20", "alt=", "original_url"):
        assert absent not in body
    assert "特朗普在社交媒體上透露剛與習近平通話。網上截圖" in body  # a caption
    assert "月費訂戶 網址" in body  # the text of a link


MARKDOWN = """---
title: 題目
date: 2020-05-06 10:00:00
tags: 政治, 經濟
---
第一段 *重點* [連結](http://x.y/z "提示") ![圖](pic.png) <b>粗</b> `code` &amp; \\*
<!-- 註解 -->

| 甲 | 乙 |
|----|----|
| 一 | 二 |

- 項目
- 另一

> 引文

<figure><img alt="不要"><figcaption>說明<br>文字 &lt;</figcaption></figure>
<script>alert("不要")</script>

<http://auto.link/不要>
"""


def test_markdown_to_text():
    article = read(MARKDOWN)
    kinds = [(block.kind, article.body[block.start : block.end]) for block in article.blocks]
    assert kinds == [
        ("body", "第一段 重點 連結  粗 code & *"),
        ("table", "甲\t乙"),
        ("table", "一\t二"),
        ("body", "項目"),
        ("body", "另一"),
        ("quote", "引文"),
        ("caption", "說明\n文字 <"),
    ]
    assert (article.title, article.published, article.tags) == ("題目", date(2020, 5, 6), ("政治", "經濟"))


def file_characters(article):
    """Return, for each character of the body, the place in the file that the offsets lead to."""
    places = {}
    for offset, following in zip_longest(article.offsets, article.offsets[1:]):
        end = following.start if following else len(article.body)
        for i in range(offset.start, end):
            places[i] = offset.source + i - offset.start
    return places


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
@given(text=text_without_nul)
def test_offsets_lead_to_the_same_characters(name, text):
    article = read(text, name)
    file_text = text.removeprefix("\ufeff")
    places = file_characters(article)
    for block in article.blocks:
        assert article.body[block.start : block.end].strip() == article.body[block.start : block.end] != ""
        for i in range(block.start, block.end):
            character = article.body[i]
            there = file_text[places[i]]
            assert there == character or there in "&\\\r\n`|" or character in "\t\n\ufffd", (i, character, there)


@given(text_without_nul)
def test_plain_text_keeps_every_visible_character(text):
    article = read(text, "a.txt")
    if not article.offsets or not text.lstrip().startswith("---"):
        expected = "".join(text.removeprefix("\ufeff").split())
        assert "".join(article.body.split()) == expected


def test_windows_line_ends_lead_to_the_right_line():
    article = read("標題\r\n\r\n一行\r\n兩行\r\n", "a.txt")
    assert article.body == "標題\n\n一行\n兩行"
    assert file_characters(article)[article.body.index("兩")] == 10


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_offsets_pass_over_white_space_before_text(name):
    article = read("\n  標題\n\n　　內文", name)
    places = file_characters(article)
    assert [places[article.body.index(character)] for character in "標內"] == [3, 9]


def test_a_byte_order_mark_is_no_text():
    assert read(b"\xef\xbb\xbf# \xe5\xa5\xbd").title == "好"


RECORD = {"id": "x1", "title": "t", "text": "第\n\n\"引\" \\ 😀\t末", "lang": "zh", "published": "2024-01-02",
          "url": "http://u", "author": "a", "tags": ["p", "q"]}  # fmt: skip


@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_lines(ascii_only):
    line = json.dumps(RECORD, ensure_ascii=ascii_only)
    first, wrong, second = read(f"{line}\n\nnot json\n" + json.dumps({"text": "二"}), "f.jsonl")
    article = first.article
    assert (article.id, article.title, article.body) == ("f.jsonl#x1", "t", RECORD["text"])
    assert (article.published, article.url, article.author, article.tags) == (
        date(2024, 1, 2), "http://u", "a", ("p", "q"))  # fmt: skip
    assert "line 3" in str(wrong)
    assert second.article.id == "f.jsonl#4"
    places = file_characters(article)
    for i, character in enumerate(article.body):
        assert json.dumps(character, ensure_ascii=ascii_only)[1:-1] == line[places[i] :][: len(
            json.dumps(character, ensure_ascii=ascii_only)) - 2]  # fmt: skip


def test_a_repeated_id_loses_nothing():
    found = read('{"id": 1, "text": "a"}\n{"id": 1, "text": "b"}', "f.jsonl")
    assert [one.article.id for one in found] == ["f.jsonl#1", "f.jsonl#1@2"]


@pytest.mark.parametrize("line", ['{"text": 1}', "[]", '{"id": "x"}', '{"text": "a"} x', '{"text": "a",}', '"text"'])
def test_a_wrong_record_is_said(line):
    (outcome,) = read_articles(SourceFile(line.encode(), "f.jsonl", "f.jsonl"))
    assert isinstance(outcome, SourceError)


def test_lone_surrogates_of_json_become_printable():
    assert read('{"text": "a\\ud800b"}', "f.jsonl").body == "a\ufffdb"


@given(st.text() | mixed_text | st.binary())
def test_no_input_raises_anything_but_source_errors(data):
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "replace")
    for name in ("a.md", "a.txt", "a.jsonl", "a.json", "a.csv", "a.tsv"):
        for raw_data in (raw, b"---\n" + raw + b"\n---\n" + raw):
            try:
                list(read_articles(SourceFile(raw_data, name, name)))
            except SourceError:
                pass


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("点击浏览 黄页\n新闻 / 要闻\n\n真标题\n\n真标题\n\n正文在这里。很长的一段。", "真标题"),
        ("Photo: someone standing\n\nA real headline\n\nText follows here. And more.", "A real headline"),
        ("第一句很普通。第二句也是。\n\n后面的小标题", "第一句很普通。"),
        ("BEIJING, Feb 5 — Leaders met today. They spoke.", "Leaders met today."),
        ("新华社北京2月5日电 会议今天召开。代表出席。", "会议今天召开。"),
        (
            "Trump says U.S. will raise tariffs on China\n\nBody text. More of it.",
            "Trump says U.S. will raise tariffs on China",
        ),
        ("Mr. Smith went to Washington. He came back.", "Mr. Smith went to Washington."),
        ("关税战开打！美国加征关税\n\n正文在这里。还有。", "关税战开打！美国加征关税"),
        ("“中国不会屈服。”外交部回应\n\n正文在这里。还有。", "“中国不会屈服。”外交部回应"),
        ("2026年2月5日\n照片：新华社\n标题在此\n\n正文在这里。还有。", "标题在此"),
        ('---\ndate: ""\n---\n', ""),
    ],
)
def test_titles_without_metadata(head, title):
    assert read(head, "a.txt").title == title


def test_title_and_date_are_not_those_of_other_articles():
    builder = BodyBuilder()
    for text, kind in (
        ("別的標題\n2020-01-01", "boilerplate"),
        ("另一標題 2021-01-01", "teaser"),
        ("真標題", "body"),
        ("2026-02-05", "body"),
    ):
        builder.add(text, 0, kind)
        builder.end_block()
    article = assemble(builder, Metadata(), "a", "/x/a", heading_is_title=True)
    assert (article.title, article.published) == ("真標題", date(2026, 2, 5))


def test_hidden_text_stays_hidden():
    article = read(
        "<div>\n<script>\nvar a=1;\n\nvar leak=2;\n</script>\n\n文 <script>leak()</script>字\n\n<svg>\n\nleak\n\n</svg>\n\n末"
    )
    assert article.body == "文 字\n\n末"
    assert read("<svg>\n\n不關的標籤").body == "不關的標籤"


@pytest.mark.parametrize(
    ("markup", "body"),
    [
        ("<div>\n字 <a <b 文", "字 <a <b 文"),
        ("<div>\n字 <!-- 註 <b>不要", "字"),
        ("<p>一 &amp; 二</p> 三 &lt;", "一 & 二\n\n三 <"),
    ],
)
def test_markup_that_nothing_closes(markup, body):
    assert read(markup).body == body


def test_odd_metadata():
    article = read("---\nauthor: [{name: Alice}, Bob]\ntags: [甲, {name: 乙}]\n---\n文")
    assert (article.author, article.tags) == ("Alice, Bob", ("甲", "乙"))


def test_the_language_that_a_record_names_decides_what_its_text_does_not():
    from indexer.passages import cut_passages

    for lang, expected in (("zh-TW", "zh-Hant"), ("zh-Hans", "zh-Hans"), (3, "zh-Hans")):
        (outcome,) = read_articles(
            SourceFile(json.dumps({"text": "短文", "lang": lang}).encode(), "f.jsonl", "f.jsonl")
        )
        assert [passage.lang for passage in cut_passages(outcome.article)] == [expected]
