"""Saved HTML pages to articles: what is shown, what kind it is, what the page says of itself, and where it stands."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import SourceError
from indexer.sources import html_markup, read_articles
from indexer.sources.source import SourceFile
from tests.texts import mixed_text
from tests.unit.test_sources import file_characters

PROSE = [
    "中國國家主席習近平與美國總統特朗普通電話，雙方談到貿易、北韓與臺灣等問題，並同意保持聯繫。",
    "特朗普在社交媒體上說，談話長而且非常好；他期待在阿根廷舉行的峰會上再次會面，討論更多細節。",
    "分析人士指出，市場對消息反應正面，道指一度上升兩百多點，但貿易爭端能否解決仍有待觀察。",
]
ENGLISH = [
    "The two presidents spoke by telephone on Thursday, and both sides said that the talk had been long and good.",
    "Analysts noted that markets rose at once; whether the dispute can be settled, however, remains to be seen.",
    "Both leaders will meet again at the summit in Argentina, where officials expect more detailed discussions.",
]


def read(page, name="a.html"):
    data = page if isinstance(page, bytes) else page.encode()
    (outcome,) = read_articles(SourceFile(data, name, f"/x/{name}"))
    return outcome.article


def kinds(page, name="a.html"):
    article = read(page, name)
    return [(block.kind, article.body[block.start : block.end]) for block in article.blocks]


def paragraphs(texts, tag="p"):
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)


PAGE = f"""<!DOCTYPE html>
<html lang="zh-Hant"><head><title>題目 - 某網站</title><style>p {{ color: red }}</style></head><body class="has-sidebar">
<header><a href="/">某網站</a></header>
<nav><ul><li><a href="/1">政治</a></li><li><a href="/2">經濟</a></li></ul></nav>
<div id="cookie-banner">本站使用 cookie，繼續瀏覽即表示同意。</div>
<main><h1>題目</h1><div class="share-bar"><a href="#">分享</a></div>
{paragraphs(PROSE)}
<blockquote>引文在此。</blockquote>
<figure><img alt="不要" src="x.png"><figcaption>說明文字</figcaption></figure>
<table><caption>表的題目</caption><tr><th>年</th><th>值</th></tr><tr><td>2018</td><td><p>一</p><p>二</p></td></tr></table>
<script>alert("<p>不要</p>")</script><template><p>不要</p></template><!-- <p>不要</p> -->
<p hidden>不要</p><div style="display: none"><p>不要</p></div><span aria-hidden="true">不要</span>
</main>
<aside><h3>相關新聞</h3><ul><li><a href="/3">另一則新聞的題目</a></li></ul></aside>
<footer>© 2018 某網站 版權所有</footer></body></html>"""


def test_a_page_to_blocks():
    assert kinds(PAGE) == [
        ("boilerplate", "某網站"),
        ("boilerplate", "政治"),
        ("boilerplate", "經濟"),
        ("boilerplate", "本站使用 cookie，繼續瀏覽即表示同意。"),
        ("heading", "題目"),
        ("boilerplate", "分享"),
        *(("body", text) for text in PROSE),
        ("quote", "引文在此。"),
        ("caption", "說明文字"),
        ("caption", "表的題目"),
        ("table", "年\t值"),
        ("table", "2018\t一 二"),
        ("teaser", "相關新聞"),
        ("teaser", "另一則新聞的題目"),
        ("boilerplate", "© 2018 某網站 版權所有"),
    ]
    article = read(PAGE)
    assert (article.title, article.lang) == ("題目", "zh-Hant")


@pytest.mark.parametrize(
    "heading", ["相关文章", "相關新聞", "延伸閱讀", "推荐阅读", "Related", "Related articles", "Read more"]
)
def test_what_stands_under_such_a_heading_is_a_teaser(heading):
    page = (
        f"<h1>題目</h1>{paragraphs(PROSE)}<h3>{heading}</h3><p><a href=1>另一篇</a></p><p>短句</p>{paragraphs(PROSE)}"
    )
    assert kinds(page)[4:] == [
        ("teaser", heading),
        ("teaser", "另一篇"),
        ("teaser", "短句"),
        *(("body", text) for text in PROSE),
    ]


def test_a_line_of_links_after_such_a_label_is_a_teaser():
    page = f"{paragraphs(PROSE)}<p>延伸閱讀：<a href=1>另一篇文章的題目</a></p>"
    assert kinds(page)[-1] == ("teaser", "延伸閱讀：另一篇文章的題目")


def test_white_space_is_shown_as_a_browser_does():
    assert (
        read("<p>one\n  two <b> three</b>\r\n<i>four</i></p><p> five<br/>six").body == "one two three four\n\nfive\nsix"
    )
    assert read("<pre>a\n  b\n\n c</pre>").body == "a\n  b\n\n c"


def test_a_line_break_of_the_file_between_han_characters_is_no_space():
    assert read("<p>中國\n國家<b>主席</b>\n  習近平\nmet 他").body == "中國國家主席習近平 met 他"


def test_entities_are_read_once():
    article = read("<p>A&amp;lt; &#20013;&#x6587; AT&T &notit; &nbsp;x &unknown; &copy 2</p>")
    assert article.body == "A&lt; 中文 AT&T ¬it; \xa0x &unknown; © 2"
    places = file_characters(article)
    assert [places[i] for i in (0, 1, 2, 5, 6, 7)] == [3, 4, 9, 12, 13, 21]


def test_a_less_than_sign_may_be_text():
    assert read("<p>1 < 2 and 3<4</p>").body == "1 < 2 and 3<4"


def test_paragraphs_of_line_breaks_and_full_width_indents():
    texts = [f"　　{text}" for text in PROSE]
    expected = [("body", text) for text in PROSE]
    assert kinds(f"<div id=content>{'<br><br>'.join(texts)}</div>") == expected
    assert kinds(f"<div id=content>{'<BR>'.join(texts)}</div>") == expected
    assert kinds("<div>" + "<br>\n&nbsp;&nbsp;&nbsp;&nbsp;".join(PROSE) + "</div>")[1][1].strip() == PROSE[1]


def test_a_table_that_lays_out_the_page_is_no_table():
    page = (
        "<html><body><table width=760><tr><td><a href=1>首頁</a> <a href=2>新聞</a></td></tr></table>"
        f"<table width=760><tr><td width=160><a href=3>欄目一</a><br><a href=4>欄目二</a></td>"
        f"<td><font size=4><b>題目</b></font><br><br>　　{'<br>　　'.join(PROSE)}</td></tr></table></body></html>"
    )
    assert [text for kind, text in kinds(page) if kind == "body"][-3:] == PROSE
    assert "table" not in {kind for kind, _ in kinds(page)}


def test_pages_of_old_and_new_sites_give_their_text():
    zhihu = f'<div class="Post-Header"><h1>問題</h1></div><div class="RichText ztext">{paragraphs(PROSE)}</div>'
    wordpress = f'<article class="hentry"><header><h1>問題</h1></header><div class="entry-content">{paragraphs(PROSE)}</div></article>'
    blog = f'<div class="post"><h2>問題</h2><div class="entry-content">{paragraphs(PROSE)}</div></div>'
    mediawiki = f'<h1>問題</h1><div id="mw-content-text"><div class="mw-parser-output">{paragraphs(PROSE)}</div></div>'
    asp = f'<form id="aspnetForm"><div class="nav-wrapper main"><h1>問題</h1>{paragraphs(PROSE, "div")}</div></form>'
    for page in (zhihu, wordpress, blog, mediawiki, asp):
        menu = '<div class="topbar"><a href=1>首頁</a></div>'
        assert kinds(menu + page + '<div class="comments"><p>好文章，謝謝分享！</p></div>') == [
            ("boilerplate", "首頁"),
            ("heading", "問題"),
            *(("body", text) for text in PROSE),
            ("boilerplate", "好文章，謝謝分享！"),
        ]


def test_a_page_without_running_text_is_all_body():
    assert kinds("<p>hello <b>world</b></p><ul><li><a href=1>一</a><li><a href=2>二</a></ul>") == [
        ("body", "hello world"),
        ("body", "一"),
        ("body", "二"),
    ]


def test_text_in_two_columns_of_comments_and_article():
    page = f'<div class=comments>{paragraphs(ENGLISH * 5)}</div><div class="post-content">{paragraphs(PROSE * 2)}</div>'
    assert {text for kind, text in kinds(page) if kind == "body"} == set(PROSE)


def test_metadata_by_the_names_that_pages_use():
    article = read(
        '<html lang="en"><head><title>Talk &amp; more | Site</title><link rel=canonical href="https://x.y/z">'
        '<meta name="date" content="2018-11-01"><meta name="author" content="A. Writer">'
        f'<meta name="keywords" content="trade, talks"></head><body>{paragraphs(ENGLISH)}'
    )
    assert (article.title, article.published, article.author) == ("Talk & more", date(2018, 11, 1), "A. Writer")
    assert (article.url, article.tags, article.lang) == ("https://x.y/z", ("trade", "talks"), "en")


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>題目_新聞中心_某網</title>", "題目_新聞中心"),
        ("<title>題目很長的一則新聞｜某報</title>", "題目很長的一則新聞"),
        ("<title>Well-known names of 1914–1918</title>", "Well-known names of 1914–1918"),
        ("<title>題目——副題-某網</title>", "題目——副題"),
        ("<title>Site</title><meta property='og:title' content='The title'>", "The title"),
        (
            "<title>The long title of it – A Site</title><meta property='og:site_name' content='A Site'>",
            "The long title of it",
        ),
    ],
)
def test_titles_without_the_name_of_the_site(head, title):
    assert read(f"<head>{head}</head>{paragraphs(ENGLISH)}").title == title


def test_the_heading_that_the_head_confirms_is_the_title():
    page = f"<title>The title - Site - More</title><h1>Site</h1><h2>The title</h2>{paragraphs(ENGLISH)}"
    assert read(page).title == "The title"


def test_a_heading_of_several_parts_is_a_title_on_one_line():
    page = (
        f"<title>Salt &amp; pepper on Site</title><h1>Salt <i>&amp;</i>\n<a href=x>pepper</a></h1>{paragraphs(ENGLISH)}"
    )
    assert read(page).title == "Salt & pepper"


def test_a_time_element_dates_a_page_that_says_nothing_else():
    time_element = '<time datetime="2018-11-01T08:00:00+08:00">yesterday</time>'
    assert read(time_element + paragraphs(ENGLISH)).published == date(2018, 11, 1)
    meta = '<meta name="date" content="2017-05-06">'
    assert read(meta + time_element + paragraphs(ENGLISH)).published == date(2017, 5, 6)


def test_pages_that_browsers_saved_know_their_address():
    edge = "<!DOCTYPE html>\n<!-- saved from url=(0042)https://example.org/story -->\n<html><p>x</html>"
    single = "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://example.org/s \n saved date: Thu Nov 01 2018\n--><p>x"
    assert read(edge).url == "https://example.org/story"
    assert read(single).url == "https://example.org/s"


def test_linked_data_of_any_shape():
    data = '{"@graph": [{"@type": "WebSite"}, {"@type": ["NewsArticle"], "author": {"name": "甲"}, "datePublished": "2018-11-01"}]}'
    assert read(f'<script type="application/ld+json">{data}</script><p>x').author == "甲"
    for broken in ("datePublished", '{"datePublished":', '[[["datePublished"]]]', "[" * 5000 + '"datePublished"'):
        assert read(f'<script type="application/ld+json">{broken}</script><p>x').body == "x"


def test_xhtml_closes_empty_elements():
    page = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x"/></head><body><p>x<a id="1"/></p></body></html>'
    assert read(page, "a.xhtml").body == "x"


def test_frames_forms_and_fragments():
    assert read("<frameset><frame src=x><noframes>字</noframes></frameset>").body == "字"
    assert kinds("<form><select><option>甲<option>乙</select><textarea>丙<b>丁</textarea></form>") == [
        ("body", "甲"),
        ("body", "乙"),
        ("body", "丙丁"),
    ]
    assert read("no tags at all").body == "no tags at all"
    assert read("<html></html>").body == ""


SOUP = [
    "<p>", "</p>", "<div>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<br>", "<ul><li>", "</ul>", "<a href=x>", "</a>",
    "<b>", "</b>", "<pre>", "</pre>", "<!--", "-->", "<script>", "</script>", "<style>", "<title>", "</title>", "<h1>", "</h1>",
    "<textarea>", "</textarea>", "<select><option>", "</select>", "<svg>", "</svg>", "<span class='share'>", "</span>", "<nav>", "</nav>",
    "<template>", "</template>", "<plaintext>", "<frameset>", "<p class=\"", "'", "\"", "<", ">", "&", "&amp;", "&#x4e2d;", "&nbsp;",
    "&notit;", "<![CDATA[", "]]>", "<?x", "</", "<x y=1", "\x01", "\x011", "\x0b", "\r", "<meta name=author content=x>", "<html lang=z>",
]  # fmt: skip
tag_soup = st.lists(st.sampled_from(SOUP) | mixed_text, max_size=40).map("".join)
plain_text = mixed_text.map(lambda text: text.replace("\0", "")).filter(str.strip)


@given(tag_soup.filter(lambda text: text.strip() and text.count("\0") * 10 < len(text)))
def test_any_tag_soup_gives_an_article_whose_offsets_lead_to_its_characters(text):
    article = read(text)
    file_text = text.removeprefix("\ufeff")
    places = file_characters(article)
    for block in article.blocks:
        assert article.body[block.start : block.end].strip() == article.body[block.start : block.end] != ""
        for i in range(block.start, block.end):
            character, there = article.body[i], file_text[places[i]]
            assert there == character or there == "&" or character in " \n\t", (i, character, there)


@given(plain_text)
def test_text_in_a_page_is_all_shown(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    body = read(f"<html><body><div><p>{escaped}</p></div></body></html>").body
    assert "".join(body.split()) == "".join(text.split())


@given(st.binary(max_size=200))
def test_any_bytes_give_an_article_or_a_reason(data):
    with suppress(SourceError):
        list(read_articles(SourceFile(data, "a.html", "/x/a.html")))


PATHOLOGICAL = {
    "nesting": "<div>" * 200_000,
    "nesting that nothing closes": "<div><table><td></div></table>x" * 20_000,
    "tables": "<table><tr><td>x" * 30_000,
    "formatting": "".join(f"<b a={i}>" for i in range(20_000)) + "<p>x" * 20_000,
    "options": "<select>" + "<option>x" * 30_000,
    "attributes": "<div " + " ".join(f"a{i}" for i in range(100_000)) + ">x",
    "comments": "<!--" * 200_000,
    "quotes": '<a x="' * 200_000,
    "signs": "<" * 500_000,
    "entities": "&amp;" * 100_000,
    "scripts": "<script>" * 100_000,
    "white space": " \n\t" * 300_000 + "x",
}


@pytest.mark.parametrize("page", PATHOLOGICAL.values(), ids=PATHOLOGICAL.keys())
def test_no_page_takes_more_than_seconds(page):
    before = time.process_time()
    read(page)
    assert time.process_time() - before < 10


def test_a_page_of_very_many_tags_is_read_in_parts(monkeypatch):
    whole = read("<div>" + paragraphs(PROSE * 20) + "</div>")
    monkeypatch.setattr(html_markup, "MOST_TAGS", 12)
    parts = read("<div>" + paragraphs(PROSE * 20) + "</div>")
    assert (parts.body, parts.offsets) == (whole.body, whole.offsets)
