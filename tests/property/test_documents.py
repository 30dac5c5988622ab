"""Files of any bytes, whole ones cut off or with bytes changed: nothing but articles and SourceErrors, in bounded time."""

from __future__ import annotations

import time
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.model import Article
from tests.documents import docx, epub, lines, page, paragraph, pdf, read, tarred, zipped
from tests.texts import mixed_text


def _mail():
    message = MIMEMultipart("mixed")
    message["Subject"], message["From"], message["Date"] = (
        "元首通話",
        "王 <w@example.org>",
        "Thu, 5 Feb 2026 10:00:00 +0800",
    )
    alternative = MIMEMultipart("alternative")
    for text, kind in (("中美通話。", "plain"), ("<p>中美通話。</p>", "html")):
        alternative.attach(MIMEText(text, kind, "big5"))
    message.attach(alternative)
    attached = MIMEText("附件", "plain", "utf-8")
    attached.add_header("Content-Disposition", "attachment", filename="附.txt")
    message.attach(attached)
    return message.as_bytes()


_FILES = {"甲.md": "# 題\n\n文", "b.txt": "text", "c.zip": zipped({"d.md": "inner"})}
_DOCX = docx(
    paragraph("題目", "a3") + f"<w:tbl><w:tr><w:tc>{paragraph('甲')}</w:tc></w:tr></w:tbl>", "<dc:title>書</dc:title>"
)
_SEEDS = {
    "a.pdf": pdf([lines("Trump and Xi talked by tele-", "phone today."), lines("中美元首通话。")], "/Title (x)"),
    "a.docx": _DOCX,
    "a.epub": epub({"one": page("<h1>一</h1><p>文</p>")}, contents="<nav><a href='one.xhtml'>章</a></nav>"),
    "a.eml": _mail(),
    "a.mhtml": _mail(),
    "a.zip": zipped({**_FILES, "e.docx": _DOCX}),
    "a.tar": tarred(_FILES),
    "a.tar.gz": tarred(_FILES, "w:gz"),
    "a.tar.bz2": tarred(_FILES, "w:bz2"),
    "a.tar.xz": tarred(_FILES, "w:xz"),
}
names = st.sampled_from(sorted(_SEEDS))


def check(name, data):
    started = time.process_time()
    articles, reasons = read(data, name)
    assert time.process_time() - started < 5
    assert articles or reasons
    for article in articles.values():
        assert isinstance(article, Article)
        article.body.encode("utf-8")
        article.id.encode("utf-8")
        sources = [offset.source for offset in article.offsets]
        assert sources == sorted(sources)
        assert all(0 <= block.start < block.end <= len(article.body) for block in article.blocks)
    for reason in reasons:
        str(reason).encode("utf-8")


@given(names, st.binary(max_size=2000))
@example("a.tar", b"\0" * 1024)
def test_any_bytes(name, data):
    check(name, data)


@given(names, st.data())
def test_a_file_with_some_bytes_changed_or_cut_off(name, data):
    seed = bytearray(_SEEDS[name])
    for _ in range(data.draw(st.integers(0, 6))):
        seed[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    check(name, bytes(seed[: data.draw(st.integers(1, len(seed)))]))


@given(names, st.data())
def test_a_file_of_pieces_of_itself(name, data):
    seed = _SEEDS[name]
    places = st.tuples(st.integers(0, len(seed)), st.integers(0, len(seed)))
    pieces = data.draw(st.lists(places, min_size=1, max_size=5))
    check(name, b"".join(seed[min(pair) : max(pair)] for pair in pieces))


@given(st.lists(st.tuples(st.sampled_from(["p", "tr", "tc", "tbl", "r", "t", "txbxContent", "del", "rt"]), mixed_text)))
def test_any_nesting_of_words_elements(tree):
    xml = ""
    for name, text in tree:
        escaped = "".join(f"&#{ord(c)};" for c in text if c.isprintable())
        xml = f"<w:{name}>{xml}{escaped}</w:{name}>"
    check("a.docx", docx(xml))


@given(st.lists(st.text(alphabet='=?utf-8?B?Q5Lg_ \r\n\t"<>@;*', max_size=40), max_size=4), st.binary(max_size=60))
def test_any_headers(texts, raw):
    headers = [b"Subject", b"From", b"Date", b"Content-Type", b"Content-Disposition", b"Content-Transfer-Encoding"]
    head = b"".join(b"%s: %s\r\n" % (name, text.encode()) for name, text in zip(headers, texts, strict=False))
    check("a.eml", b"MIME-Version: 1.0\r\n" + head + b"Keywords: " + raw + b"\r\n\r\ntext")


@pytest.mark.parametrize("name", sorted(_SEEDS))
def test_the_files_that_are_changed_here_are_read_when_whole(name):
    articles, reasons = read(_SEEDS[name], name)
    assert articles
    assert not reasons
