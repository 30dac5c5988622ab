"""Front matter in YAML and TOML, whole and broken, and the names by which sources call what they know."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.sources import read_articles
from indexer.sources.front_matter import split_front_matter
from indexer.sources.metadata import Metadata, metadata
from indexer.sources.source import ReadOptions, SourceFile

DAY = date(2026, 2, 5)


def read(text, name="a.md"):
    (reading,) = read_articles(SourceFile(text.encode(), name, f"/x/{name}", ReadOptions()))
    return reading.article


def given(text):
    """Return the title, day, author and tags of a block, and the text behind it."""
    found, end = split_front_matter(text)
    return found and (found.title, found.published, found.author, found.tags), text[end:]


WHOLE = ("題: 目", DAY, "某", ("甲", "乙"))

YAML = """---
title: "題: 目"
date: 2026-02-05

author: 某
tags:
  - 甲
  - 乙
---
正文"""

TOML = """+++
title = "題: 目"
date = 2026-02-05

author = "某"
[taxonomies]
tags = ["甲", "乙"]
+++
正文"""


@pytest.mark.parametrize("block", [YAML, TOML])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_front_matter_with_each_line_end(block, line_end):
    assert given(block.replace("\n", line_end)) == (WHOLE, "正文")


@pytest.mark.parametrize("block", [YAML, TOML])
@pytest.mark.parametrize("control", ["\x00", "\x08", "\x7f", "\x9c", "\ufffe"])
def test_control_characters_are_passed_over(block, control):
    assert given(block.replace("目", control + "目")) == (WHOLE, "正文")


@pytest.mark.parametrize("block", [YAML, TOML])
def test_a_control_that_separates_becomes_a_space(block):
    assert given(block.replace(": 目", ":\x0b目")) == (WHOLE, "正文")


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        (YAML.replace('"', ""), WHOLE),
        (YAML.replace('目"', "目"), WHOLE),
        (YAML.replace("  -", "\t-"), WHOLE),
        (YAML.replace('title: "題: 目"', "title：題目"), ("題目", *WHOLE[1:])),
        (YAML.replace("author: 某", "author: 某\n- 甲"), ("題: 目", DAY, "某", ("甲", "乙"))),
        (YAML.replace("author: 某", "author: [某"), ("題: 目", DAY, "[某", ("甲", "乙"))),
        (YAML.replace("author", "描述: 一: 二\nauthor"), WHOLE),
        (YAML.replace("title", "無關的一行\ntitle").replace("---\n無關的一行\n", "---\nx: a: b\n無關的一行\n"), WHOLE),
        (TOML.replace('"某"', "某"), WHOLE),
        (TOML.replace('目"', "目"), WHOLE),
        (TOML.replace("\ndate", "\n\ntitle = 1\ndate"), ("1", DAY, "某", ("甲", "乙"))),
    ],
)
def test_of_a_broken_block_what_can_be_read_is(broken, mended):
    assert given(broken) == (mended, "正文")


@pytest.mark.parametrize("block", [YAML, TOML])
@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_a_block_without_an_end_ends_before_the_text(block, gap):
    mark = block[:3]
    text = f"{gap}第一段。\n\n注意：第二段。\n\nNote: third = 3.\n"
    assert given(block.replace(f"\n{mark}\n正文", f"\n{text}")) == (WHOLE, text.lstrip("\n") if not gap else text)


def test_a_block_without_an_end_stops_at_a_line_of_text_though_a_rule_follows():
    text = "\n# 第一節\n\n第一段：很長。\n\nNote: this is text.\n\n---\n\n第二段。\n"
    assert given(f"---\ntitle: 題: 目\ndate: 2026-02-05\n{text}") == (("題: 目", DAY, "", ()), text)


@pytest.mark.parametrize(
    "text",
    ["---\n\n文\n\n---\n", "---\n對話：你好\n", "---\nNote: a text after a rule", "+++\n\n文", "----\ntitle: t\n---\n", "--- title: t",
     "+++\ntitle: t\n+++\n", "---\n- a\n- b\n---\n", "---\n# only\n---\n"],
)  # fmt: skip
def test_a_text_that_begins_with_a_rule_has_no_front_matter(text):
    assert split_front_matter(text) == (None, 0)


@pytest.mark.parametrize("text", ["---\n---\n文", "+++\n+++\n文", "\n---\n\n---\n文"])
def test_an_empty_block_is_one(text):
    assert given(text) == (("", None, "", ()), "文")


@pytest.mark.parametrize(
    ("block", "title"),
    [
        ("title: a: b", "a: b"),
        ("title: 'x\nauthor: y", "x"),
        ("title: 2020", "2020"),
        ("title: 007", "007"),
        ("title: 2020-01-01", "2020-01-01"),
        ("title: yes", "yes"),
        ("title: ~", "h"),
        ("title: null", "h"),
        ("title:\nheadline: t", "t"),
        ("title: >\n  a\n  b", "a b"),
        ("tags:\n- a\ntitle: t", "t"),
        ("title: &a [t, *a]", "t"),
        ("author: &a t\ntitle: *a", "t"),
        ("title: " + "[" * 100_000, "[" * 100_000),
        ("title: t\nx: " + "- " * 100_000, "t"),
        ("title: " + "[" * 5000, "[" * 5000),
        ("x: &a [" + "*a," * 20 + "]\ntitle: t", "t"),
        ("title: !!python/object:os.system t", "t"),
    ],
)
def test_front_matter_that_is_odd_costs_only_itself(block, title):
    article = read(f"---\n{block}\n---\n\n# h\n\nbody")
    assert article.title == title
    assert article.body == "h\n\nbody"


def test_a_date_of_front_matter_keeps_its_time_and_zone():
    for block in ("---\ndate: {}\n---\n", "+++\ndate = {}\n+++\n"):
        found, _ = split_front_matter(block.format("2026-02-05T23:30:00-05:00"))
        assert (found.published, found.published_at) == (DAY, "2026-02-05T23:30:00-05:00")


NAMES = [
    {"title": "題", "date": "2026-02-05", "author": "某", "source": "報", "url": "https://a.org/1", "tags": "甲，乙"},
    {"标题": "題", "日期": "2026年2月5日", "作者": "某", "来源": "報", "链接": "https://a.org/1", "标签": "甲、乙"},
    {"標題": "題", "發佈日期": "民國115年2月5日", "記者": "某", "來源": "報", "原文連結": "https://a.org/1", "標籤": ["甲", "乙"]},
    {"og:title": "題", "twitter:title": "題 - 報", "article:published_time": "2026-02-05", "article:author": "某", "og:site_name": "報",
     "canonical": "https://a.org/1", "article:tag": ["甲", "乙"]},
    {"headline": "題", "datePublished": "2026-02-05", "author": [{"@type": "Person", "name": "某"}],
     "publisher": {"@type": "Organization", "name": "報"}, "mainEntityOfPage": {"@id": "https://a.org/1"}, "keywords": "甲,乙"},
    {"DC.title": "題", "dc.date": "2026-02-05", "DC.creator": "某", "DC.publisher": "報", "DC.identifier": "https://a.org/1",
     "DC.subject": "甲;乙"},
    {"citation_title": "題", "citation_publication_date": "2026/02/05", "citation_author": ["某"],
     "citation_journal_title": "報", "citation_public_url": "https://a.org/1", "citation_keywords": ["甲", "乙"]},
    {"twitter:title": "題", "parsely-pub-date": "2026-02-05", "parsely-author": "某", "site": "報", "og:url": "https://a.org/1",
     "news_keywords": "甲, 乙, 甲"},
    {"Title": "題", "pubDate": "Thu, 05 Feb 2026", "byline": "某", "site-name": "報", "guid": "https://a.org/1", "Tags": "甲,乙"},
]  # fmt: skip


@pytest.mark.parametrize("values", NAMES)
def test_each_usual_name_is_read(values):
    assert metadata(values) == Metadata("題", DAY, "某", "報", "https://a.org/1", ("甲", "乙"))


def test_names_of_the_settings_come_first():
    values = {"title": "不", "kop": "題", "Datum-1": "2026-02-05", "date": "2020-01-01"}
    found = metadata(values, {"title": ("none", "kop"), "published": ("datum_1",)})
    assert (found.title, found.published) == ("題", DAY)


@pytest.mark.parametrize(
    ("values", "field", "value"),
    [
        ({"date": "", "published": "2026-02-05"}, "published", DAY),
        ({"published": "昨天", "created": "2026-02-05"}, "published", DAY),
        ({"modified": "2026-02-05", "lastmod": "2026-02-05"}, "published", None),
        ({"date": "02/05/2026"}, "published_guessed", True),
        ({"ms.date": "02/05/2026"}, "published_guessed", False),
        ({"date": "2026-02-05 10:00"}, "published_at", "2026-02-05T10:00:00"),
        ({"article:author": "https://facebook.com/x", "author": ""}, "author", ""),
        ({"author": [{"name": "Alice"}, "Bob", "Alice"]}, "author", "Alice, Bob"),
        ({"tags": ["甲", {"name": "乙"}, None, 7]}, "tags", ("甲", "乙", "7")),
        ({"source": "https://www.A.org/1"}, "source", "a.org"),
        ({"source": "https://www.a.org/1"}, "url", "https://www.a.org/1"),
        ({"url": "/posts/1", "canonical": "https://a.org/posts/1"}, "url", "https://a.org/posts/1"),
        ({"url": "/posts/1"}, "url", "/posts/1"),
        ({"title": "一\n二"}, "title", "一 二"),
    ],
)
def test_values(values, field, value):
    assert getattr(metadata(values), field) == value


@pytest.mark.parametrize(
    ("block", "name", "source"),
    [
        ("source: 報\nurl: https://a.org/1", "b/c.md", "報"),
        ("url: https://www.a.org:80/1", "b/c.md", "a.org"),
        ("url: https://web.archive.org/web/20210712022351/https://www.a.org/1", "b/c.md", "a.org"),
        ("url: /posts/1", "b/c.md", "b"),
        ("url: http://[", "b/c.md", "b"),
        ("title: t", "a/b/c.md", "b"),
        ("title: t", "報/2018/11-01/c.md", "報"),
        ("title: t", "root:c.md", ""),
        ("title: t", "root:b/c.md", "b"),
        ("title: t", "2018/c.md", ""),
        ("title: t", "c.md", ""),
    ],
)
def test_the_source_is_a_site_or_a_folder(block, name, source):
    assert read(f"---\n{block}\n---\n文", name).source == source


def test_a_guess_is_marked_and_metadata_is_none():
    assert read("---\ndate: 2026-02-05\n---\n2020-01-01").published_guessed is False
    article = read("---\ndate: ''\n---\n文", "2026-02-05.md")
    assert (article.published, article.published_guessed) == (DAY, True)
