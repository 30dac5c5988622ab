"""EPUB: a book's chapters as articles, their names, and what the book says of itself."""

from __future__ import annotations

from datetime import date

from indexer.errors import NotAnArticle
from tests.documents import epub, page, read, zipped

CHAPTERS = {"one": page("<h1>壹</h1><p>第一章的內容。</p>"), "two": page("<p>第二章的內容。</p>")}
NAV = '<nav><ol><li><a href="one.xhtml">第一章 <i>起</i></a></li><li><a href="two.xhtml#a">第二章</a></li></ol></nav>'
ABOUT = (
    "<dc:title>三國 故事</dc:title><dc:creator>甲</dc:creator><dc:creator>乙</dc:creator>"
    "<dc:date>2019-05-04</dc:date><dc:language>zh-TW</dc:language><dc:subject>歷史</dc:subject><dc:subject>小說</dc:subject>"
)


def test_a_chapter_is_an_article_named_by_the_table_of_contents():
    articles, reasons = read(epub(CHAPTERS, ABOUT, NAV), "b.epub")
    assert not reasons
    assert {name: article.title for name, article in articles.items()} == {
        "b.epub#one": "第一章 起", "b.epub#two": "第二章"}  # fmt: skip
    one = articles["b.epub#one"]
    assert "第一章的內容。" in one.body
    assert (one.source, one.author, one.published, one.tags, one.lang) == (
        "三國 故事", "甲, 乙", date(2019, 5, 4), ("歷史", "小說"), "zh-TW")  # fmt: skip
    assert not one.offsets


def test_a_file_without_an_entry_takes_its_own_heading_or_the_chapter_before():
    articles, _ = read(
        epub(
            {**CHAPTERS, "three": page("<h2>自己的題目</h2><p>丙。</p>")},
            ABOUT,
            NAV.split("<li>", 2)[0] + NAV[9:60] + "</ol></nav>",
        ),
        "b.epub",
    )
    assert articles["b.epub#three"].title == "自己的題目"
    articles, _ = read(epub(CHAPTERS, ABOUT, '<nav><a href="one.xhtml">第一章</a></nav>'), "b.epub")
    assert articles["b.epub#two"].title == "第一章"
    articles, _ = read(epub({"two": CHAPTERS["two"]}, ABOUT, ""), "b.epub")
    assert articles["b.epub#two"].title == "三國 故事"


def test_the_older_table_of_contents_is_read_too():
    ncx = (
        '<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://x/ncx.dtd"><ncx><docTitle><text>書</text></docTitle>'
        "<navMap><navPoint><navLabel><text>第一回</text></navLabel><content src='a%20b.xhtml#x'/></navPoint></navMap></ncx>"
    )
    opf = (
        '<package><metadata/><manifest><item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        '<item id="c" href="a%20b.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine toc="ncx"><itemref idref="c"/><itemref idref="c"/><itemref idref="lost"/></spine></package>'
    )
    container = '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
    book = {"META-INF/container.xml": container, "book.opf": opf, "toc.ncx": ncx, "a b.xhtml": page("<p>話說</p>")}
    articles, reasons = read(zipped(book), "b.epub")
    assert not reasons
    assert [article.title for article in articles.values()] == ["第一回"]


def test_a_chapter_that_cannot_be_read_does_not_cost_the_others():
    encryption = '<encryption><CipherReference URI="OPS/two.xhtml"/></encryption>'
    articles, (error,) = read(epub(CHAPTERS, ABOUT, NAV, **{"META-INF/encryption.xml": encryption}), "b.epub")
    assert list(articles) == ["b.epub#one"]
    assert str(error) == "OPS/two.xhtml: encrypted (copy protection)"


def test_what_is_no_book_says_so():
    for data in (zipped({"a": "b"}), epub({"one": page("<img src='cover.png'/>")})):
        _, (error,) = read(data, "b.epub")
        assert isinstance(error, NotAnArticle)


def test_an_unchanged_chapter_is_known_again():
    from indexer.sources import read_articles
    from indexer.sources.source import SourceFile

    def hashes(chapters):
        file = SourceFile(epub(chapters, ABOUT, NAV), "b.epub", "/x/b.epub")
        return [reading.content_hash for reading in read_articles(file)]

    before, after = hashes(CHAPTERS), hashes({**CHAPTERS, "two": page("<p>改寫。</p>")})
    assert before[0] == after[0]
    assert before[1] != after[1]
