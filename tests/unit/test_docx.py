"""DOCX: paragraphs, tables, notes and margins of Word's XML, its styles and properties."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.errors import NotAnArticle
from tests.documents import blocks, docx, only, paragraph, read, zipped


def body(xml, **parts):
    return only(docx(xml, **parts), "a.docx")


def test_paragraphs_take_their_kind_from_their_style():
    article = body(
        paragraph("中美元首通話", "a3") + paragraph("Trade", "mine") + paragraph("正文。", "loop")
        + paragraph("圖一", "cap") + paragraph("他說。", "q") + paragraph("未知樣式", "nowhere")
    )  # fmt: skip
    assert article.title == "中美元首通話"
    assert [block.kind for block in article.blocks] == ["heading", "heading", "body", "caption", "quote", "body"]


def test_rows_of_a_table_are_blocks_and_a_frame_of_one_cell_is_none():
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in "甲乙")
    article = body(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl><w:tbl><w:tr><w:tc>{paragraph('框')}</w:tc></w:tr></w:tbl>")
    assert blocks(article, "table") == ["甲\t乙"]
    assert blocks(article, "body") == ["框"]


def test_what_is_not_the_text_stays_out_and_what_is_stays_in():
    run = "<w:r>{}</w:r>".format
    article = body(
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>"
        + run("<w:t>一</w:t><w:tab/><w:t>二</w:t><w:br/><w:t>三</w:t>")
        + "<w:del>" + run("<w:delText>刪去</w:delText>") + "</w:del>"
        + "<w:moveFrom>" + run("<w:t>移走</w:t>") + "</w:moveFrom>"
        + "<w:ins>" + run("<w:t>加入</w:t>") + "</w:ins>"
        + run("<w:rPr><w:vanish/></w:rPr><w:t>隱藏</w:t>") + run('<w:rPr><w:vanish w:val="0"/></w:rPr><w:t>顯示</w:t>')
        + run("<w:instrText>HYPERLINK</w:instrText>")
        + run("<w:ruby><w:rt>" + run("<w:t>zi</w:t>") + "</w:rt><w:rubyBase>" + run("<w:t>字</w:t>") + "</w:rubyBase></w:ruby>")
        + "</w:p>"
    )  # fmt: skip
    assert article.body == "一\t二\n三加入顯示字"


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{paragraph('框中文字')}</w:txbxContent>"
    article = body(paragraph("正文", inside=f"<w:r><Choice>{box}</Choice><Fallback>{box}</Fallback></w:r>"))
    assert blocks(article) == ["框中文字", "正文"]


def test_notes_are_read_and_margins_are_boilerplate_once():
    article = body(paragraph("正文"), footnotes=paragraph("註腳"), header1=paragraph("頁眉"), header2=paragraph("頁眉"))
    assert blocks(article, "body") == ["正文", "註腳"]
    assert blocks(article, "boilerplate") == ["頁眉"]


def test_properties_are_metadata():
    core = (
        "<dc:title>題目</dc:title><dc:creator>某人</dc:creator><cp:keywords>貿易, 關稅</cp:keywords>"
        "<dcterms:created>2018-01-01T10:00:00Z</dcterms:created>"
    )
    article = only(docx(paragraph("正文"), core), "a.docx")
    assert (article.title, article.author, article.tags) == ("題目", "某人", ("貿易", "關稅"))
    assert (article.published, article.published_guessed) == (date(2018, 1, 1), True)
    assert article.published_at == "2018-01-01T10:00:00+00:00"
    dated = only(docx(paragraph("2026年2月5日，兩人通話。"), core.replace("題目", "文档1")), "a.docx")
    assert dated.published == date(2026, 2, 5)
    assert dated.title == "2026年2月5日，兩人通話。"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "encrypted, or a .doc"),
        (b"PK\x03\x04 and no more", "damaged ZIP file"),
        (zipped({"word/document.xml": "<w:p>"}), "damaged XML"),
        (docx('</w:body></w:document><!-- -->'), "damaged XML"),
        (zipped({"word/document.xml": '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>'}), "entities"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(data, reason):
    articles, (error,) = read(data, "a.docx")
    assert not articles
    assert reason in str(error)


def test_what_holds_no_text_is_no_article():
    for data in (zipped({"a.txt": "x"}), docx("<w:p/>")):
        _, (error,) = read(data, "a.docx")
        assert isinstance(error, NotAnArticle)


def test_a_document_that_unpacks_beyond_the_limit_is_refused():
    _, (error,) = read(docx(paragraph("字" * 100_000)), "a.docx", max_bytes=100_000)
    assert "more than 100,000 bytes" in str(error) or "--max-size" in str(error)
