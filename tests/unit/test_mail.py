"""EML and MHTML: charsets right, wrong and missing, headers cut in two, forms of one text, attachments."""

from __future__ import annotations

import base64
import time
from datetime import date
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from indexer.errors import NotAnArticle
from tests.documents import blocks, docx, only, paragraph, read, zipped

TEXT = "特朗普同習近平通電話，討論了貿易、關稅和臺灣問題。這是今年的第一次通話，雙方同意繼續對話。"
SIMPLIFIED = "特朗普同习近平通电话，讨论了贸易、关税和台湾问题。这是今年的第一次通话，双方同意继续对话。"
HEAD = b"From: a@example.org\r\nDate: Thu, 05 Feb 2026 23:30:00 +0800\r\n"


def mail(content_type, body, *headers):
    lines = [HEAD.strip(), b"MIME-Version: 1.0", *headers, b"Content-Type: " + content_type, b"", body]
    return b"\r\n".join(lines)


@pytest.mark.parametrize(
    ("said", "charset", "text"),
    [
        ("gb2312", "gb2312", SIMPLIFIED), ("gb2312", "gb18030", TEXT), ("big5", "big5", TEXT), ("utf-8", "utf-8", TEXT),
        ("iso-8859-1", "utf-8", TEXT), ("us-ascii", "utf-8", TEXT), ("", "utf-8", TEXT), ("no-such", "utf-8", TEXT),
        ("gb2312", "utf-8", TEXT), ("big5", "utf-8", TEXT),
    ],
)  # fmt: skip
def test_the_text_is_read_in_whatever_charset(said, charset, text):
    kind = b"text/plain" + (f"; charset={said}".encode() if said else b"")
    assert only(mail(kind, text.encode(charset)), "a.eml").body == text
    encoded = base64.encodebytes(text.encode(charset))
    assert only(mail(kind, encoded, b"Content-Transfer-Encoding: base64"), "a.eml").body == text


def word(text, charset, kind="B"):
    data = text.encode(charset) if isinstance(text, str) else text
    content = base64.b64encode(data) if kind == "B" else b"".join(b"=%02X" % byte for byte in data)
    return b"=?" + charset.encode() + b"?" + kind.encode() + b"?" + content + b"?="


@pytest.mark.parametrize(
    "subject",
    [
        word("元首通話", "big5"), word("元首通話", "gb18030", "Q"), "元首通話".encode(),
        word("元首通話".encode("gb18030")[:3], "gb18030") + b"\r\n " + word("元首通話".encode("gb18030")[3:], "gb18030"),
        word("元首", "big5") + b" " + word("通話", "utf-8"),
    ],
)  # fmt: skip
def test_a_subject_is_read_however_it_is_encoded(subject):
    data = mail(b"text/plain", b"text", b"Subject: " + subject)
    assert only(data, "a.eml").title == "元首通話"


def test_headers_are_metadata():
    data = mail(
        b"text/plain", b"text", b"Subject: A (fwd)", b"Keywords: trade, talks", b"Archived-At: <https://x.org/1>"
    ).replace(b"From: a@example.org", b'From: "' + word("王 小明", "utf-8") + b'" <w@example.org>')
    article = only(data, "a.eml")
    assert (article.title, article.author, article.published) == ("A (fwd)", "王 小明", date(2026, 2, 5))
    assert (article.tags, article.url, article.source) == (("trade", "talks"), "https://x.org/1", "x.org")
    assert (article.published_at[:10], article.published_guessed) == ("2026-02-05", False)


@pytest.mark.parametrize(
    ("said", "author"),
    [
        ("a@example.org", "a@example.org"), ("<a@example.org>", "a@example.org"), ("A B <a@example.org>", "A B"),
        ("'A B' <a@example.org>", "A B"), ("a@example.org (A B)", "A B"), ("A, B <a@b>, C <c@d>", "A, B <a@b>, C <c@d>"),
        ("王小明 <a@example.org>", "王小明"), ("(" * 5000, "(" * 5000),
    ],
)  # fmt: skip
def test_the_author_is_the_name_of_the_sender(said, author):
    data = mail(b"text/plain", b"text").replace(b"a@example.org", said.encode())
    assert only(data, "a.eml").author == author


def made(*parts, kind="alternative"):
    message = MIMEMultipart(kind)
    message["Subject"] = "S"
    for part in parts:
        message.attach(part)
    return message


def test_of_several_forms_of_one_text_one_is_read():
    html = MIMEText(f"<h1>題目</h1><p>{TEXT}</p>", "html", "utf-8")
    article = only(made(MIMEText(TEXT, "plain", "utf-8"), html).as_bytes(), "a.eml")
    assert article.body.count(TEXT) == 1
    assert blocks(article, "heading") == ["題目"]
    empty = MIMEText("<img src='a.png'>", "html", "utf-8")
    assert only(made(MIMEText(TEXT, "plain", "utf-8"), empty).as_bytes(), "a.eml").body == TEXT


def test_texts_one_after_another_are_one_article():
    article = only(made(MIMEText("One."), MIMEText("<p>Two.</p>", "html"), kind="mixed").as_bytes(), "a.eml")
    assert article.body == "One.\n\nTwo."
    assert blocks(article) == ["One.", "Two."]


def test_attachments_are_articles_where_their_format_is_read():
    message = EmailMessage()
    message["Subject"] = "報告"
    message.set_content("見附件。")
    message.add_attachment(docx(paragraph("附件的內容")), "application", "octet-stream", filename="報 告.docx")
    message.add_attachment(zipped({"a.txt": "in a zip"}), "application", "zip", filename="../x.zip")
    message.add_attachment(b"\x89PNG", "image", "png", filename="logo.png")
    articles, (skipped,) = read(message.as_bytes(), "a.eml")
    assert {name: article.body for name, article in articles.items()} == {
        "a.eml": "見附件。", "a.eml/報 告.docx": "附件的內容", "a.eml/x.zip/a.txt": "in a zip"}  # fmt: skip
    assert str(skipped) == "logo.png: format .png is not read"


def test_an_enclosed_mail_is_an_article_of_its_own():
    inner = MIMEText("The mail that is passed on.")
    inner["Subject"] = "Inner"
    articles, reasons = read(made(MIMEText("See below."), MIMEMessage(inner), kind="mixed").as_bytes(), "a.eml")
    assert not reasons
    assert {article.title: article.body for article in articles.values()} == {
        "S": "See below.", "Inner": "The mail that is passed on."}  # fmt: skip


@pytest.mark.parametrize("data", [b"just some text", b"\x00\x01\x02", mail(b"text/plain", b"")])
def test_what_is_no_mail_says_so(data):
    articles, (error,) = read(data, "a.eml")
    assert not articles
    assert isinstance(error, NotAnArticle)


def test_parts_within_parts_without_end_are_refused():
    nested = [b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(900)]
    for levels in (60, 900):
        data = b"Subject: x\r\n" + b"".join(nested[:levels])
        _, (error,) = read(data, "a.eml")
        assert str(error) == "parts within parts, more than 50 deep"


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 110_000,
        b"From: a\r\nSubject: " + b"=?utf-8?B?5Lit?= " * 500_000 + b"\r\n\r\ntext",
        b"Content-Type: text/plain;" + b" a=b;" * 500_000 + b"\r\nSubject: x\r\n\r\ntext",
        b"Subject: x\r\nContent-Disposition: attachment;" + b" a*1=b;" * 100_000 + b"\r\n\r\ntext",
    ],
    ids=["parts", "words", "parameters", "continuations"],
)
def test_a_mail_made_to_take_long_is_read_or_refused_quickly(data):
    started = time.process_time()
    articles, reasons = read(data, "a.eml")
    assert articles or reasons
    assert time.process_time() - started < 5


def mhtml(html, *headers, charset="utf-8"):
    page = MIMEText(html, "html", charset)
    page["Content-Location"] = "https://x.org/part"
    page["Content-ID"] = "<frame-1>"
    message = MIMEMultipart("related", start="<frame-1>", type="text/html")
    for name, value in headers:
        message[name] = value
    message.attach(MIMEText("<p>advertisement</p>", "html"))
    message.attach(page)
    return message.as_bytes()


def test_a_saved_page_is_read_with_what_the_browser_noted():
    noted = (
        ("Subject", "通話 - 某報"), ("Snapshot-Content-Location", "https://x.org/a"), ("Date", "Thu, 5 Feb 2026 10:00:00 -0000"))  # fmt: skip
    article = only(mhtml(f"<p>{TEXT}</p>", *noted), "a.mhtml")
    assert (article.body, article.title, article.url) == (TEXT, "通話 - 某報", "https://x.org/a")
    assert (article.published, article.published_guessed, article.source) == (date(2026, 2, 5), True, "x.org")
    article = only(
        mhtml(f"<h1>元首通話</h1><p>2018年11月1日，{TEXT}</p>", *noted[:1], noted[2], charset="big5"), "a.mht"
    )
    assert (article.title, article.url, article.published) == ("元首通話", "https://x.org/part", date(2018, 11, 1))


def test_a_message_without_a_page_is_no_saved_page():
    _, (error,) = read(mail(b"text/plain", b"text"), "a.mht")
    assert isinstance(error, NotAnArticle)
