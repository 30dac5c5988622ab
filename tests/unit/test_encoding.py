"""Files of any encoding are read as the text they were written as, and damage costs one place."""

from __future__ import annotations

import pytest

from indexer.errors import NotAnArticle, SourceError, UsageError
from indexer.sources.encoding import check_encoding, declared_encoding, decode
from indexer.sources.plain import read_text
from indexer.sources.source import SourceFile
from tests.conftest import SEEDS

SIMPLIFIED = next(SEEDS.glob("000_*")).read_text("utf-8")
TRADITIONAL = next(SEEDS.glob("003_*")).read_text("utf-8")
ENGLISH = "The review’s authors—five in all—call it “a café society”: £5 a head, naïve and rather dull, they say.\n"
LONG = 50_000

UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
OF_SIMPLIFIED = ["gb2312", "gbk", "gb18030"]
OF_TRADITIONAL = ["big5", "cp950", "big5hkscs", "gbk", "gb18030"]


def held(text, encoding):
    """Return what an encoding can hold of a text."""
    return text.encode(encoding, "ignore").decode(encoding)


@pytest.mark.parametrize("length", [40, 400, LONG])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((SIMPLIFIED, name) for name in [*UNICODE, *OF_SIMPLIFIED]),
        *((TRADITIONAL, name) for name in [*UNICODE, *OF_TRADITIONAL]),
        *((ENGLISH, name) for name in [*UNICODE, "cp1252", "gb18030"]),
        *((ENGLISH + SIMPLIFIED, name) for name in [*UNICODE, "gb18030"]),
    ],
)
def test_an_encoding_is_told_by_the_text(text, encoding, length):
    text = held((text * (length // len(text) + 1))[:length], encoding)
    assert decode(text.encode(encoding))[:3] == (text, decode(text.encode(encoding)).encoding, 0)


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (SIMPLIFIED, "gbk", "gb18030"),
        (TRADITIONAL, "cp950", "big5"),
        ("佢哋喺嗰度食咗嘢，啲人話唔知點解。", "big5hkscs", "big5hkscs"),
        ("這本書在網上賣€25元，比書店便宜得多。", "cp950", "cp950"),
        ("╔══╗\n║表║\n╚══╝ 這是一個表格，裏面沒有字。".replace("裏", "裡"), "cp950", "cp950"),
        (ENGLISH, "cp1252", "cp1252"),
        ("这篇文章是很久以前寄来的 mail。\n" * 3, "hz", "hz"),
        (SIMPLIFIED, "utf-16", "utf-16-le"),
    ],
)
def test_an_encoding_has_its_plainest_name(text, encoding, found):
    text = held(text, encoding)
    assert decode(text.encode(encoding)) == (text, found, 0, "\n")


def test_ascii_and_nothing_are_utf8():
    for text in ("", "plain words", "a ~{template~} of code"):
        assert decode(text.encode()) == (text, "utf-8", 0, "\n")


@pytest.mark.parametrize("text", ["“", "naïve", "жук", "特朗普\x08", "<p>特朗普特朗普\0", "😀", "é", "א"])
def test_little_utf8_stays_utf8(text):
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le"])
def test_a_text_that_begins_in_ascii_is_told_by_what_follows(encoding):
    text = "<p class='lead'>\n" * 3000 + SIMPLIFIED + "</p>\n" * 9000
    assert decode(text.encode(encoding)).text == text


def test_a_character_of_hong_kong_far_from_any_sample_is_read():
    text = held(TRADITIONAL, "big5") * 100
    text = text[: len(text) // 5] + "嘅" + text[len(text) // 5 :]
    assert decode(text.encode("big5hkscs")) == (text, "big5hkscs", 0, "\n")


@pytest.mark.parametrize("wrong", [0x20, 0x3F, 0x41, 0xFF])
@pytest.mark.parametrize(
    ("text", "encoding"), [(SIMPLIFIED, "utf-8"), (SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5"), (ENGLISH, "utf-8")]
)
def test_one_damaged_byte_costs_a_character_or_two(text, encoding, wrong):
    text = held(text, encoding)
    data = bytearray(text.encode(encoding))
    where = len(text) // 2
    while text[where].isascii():
        where += 1
    data[len(text[:where].encode(encoding))] = wrong
    decoded = decode(bytes(data))
    # In Big5 what is left of the character may be a letter.
    assert (decoded.encoding, decoded.damaged) in [(encoding, 1), ("big5", 0)]
    assert decoded.text.startswith(text[:where])
    assert decoded.text.endswith(text[where + 2 :])
    assert decoded.text.count("\ufffd") == decoded.damaged


@pytest.mark.parametrize(
    ("text", "encoding"), [(SIMPLIFIED, "utf-8"), (SIMPLIFIED, "gbk"), (TRADITIONAL, "big5"), (SIMPLIFIED, "utf-16-le")]
)
def test_a_truncated_last_character_is_one_damaged_place(text, encoding):
    text = held(text, encoding) + "完"
    decoded = decode(text.encode(encoding)[:-1])
    assert (decoded.text, decoded.damaged) == (text[:-1] + "\ufffd", 1)


def test_replacement_characters_of_the_file_itself_are_no_damage():
    text = "讀不出的字：\ufffd，" + TRADITIONAL
    assert decode(text.encode()) == (text, "utf-8", 0, "\n")
    assert decode(text.encode() + b"\xff").damaged == 1


def test_characters_for_private_use_are_kept():
    text = "他的名字里有\ue123，写不出来。" * 3
    assert decode(text.encode("gb18030")) == (text, "gb18030", 0, "\n")


@pytest.mark.parametrize("data", [b"\0" * 100, b"\x89PNG\x00\x01", bytes(range(256)) * 40, b"PK\x03\x04\x14\0\0\0" * 9])
def test_what_is_binary_is_no_article(data):
    with pytest.raises(NotAnArticle, match="binary"):
        decode(data)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Русский текст состоит из букв кириллицы, и читать его надо иначе.", "koi8-r"),
        ("한국어 문장은 한글로 쓰여 있습니다. 검색할 때는 단어를 입력합니다.", "euc_kr"),
    ],
)
def test_what_makes_no_sense_is_refused_unless_its_encoding_is_given(text, encoding):
    data = text.encode(encoding)
    with pytest.raises(SourceError, match="makes no sense of it; if you know its encoding, name it with --encoding"):
        decode(data)
    assert decode(data, encoding).text == text
    assert decode(data, declared=encoding).text == text


def test_a_named_encoding_is_obeyed_and_what_it_cannot_read_refused():
    assert decode("ä".encode("cp1252"), "cp1252").text == "ä"
    assert decode(SIMPLIFIED.encode("gbk", "ignore"), "gb2312").encoding == "gb18030"
    assert decode("嘅".encode("big5hkscs"), "big5").text == "嘅"
    with pytest.raises(SourceError, match=r"not readable as utf-8: .* characters are damaged"):
        decode(SIMPLIFIED.encode("gbk", "ignore"), "utf-8")
    with pytest.raises(SourceError, match=r"1 of 1 characters"):
        decode(b"\xff\xfe\xfd")


def test_what_a_page_declares_is_heard():
    page = '<html><head><meta charset="euc-kr"></head><body><p>한국어 문장은 한글로 쓰여 있습니다.</p></body></html>'
    assert SourceFile(page.encode("euc_kr"), "a", "a.html").decoded == (page, "euc_kr", 0, "\n")


def test_a_declaration_counts_but_does_not_decide():
    assert decode("参数".encode("gbk"), declared="gbk").text == "参数"
    assert decode("频".encode("gbk"), declared="gbk").text == "频"  # valid UTF-8, by chance
    assert decode("參數".encode("big5"), declared="big5").text == "參數"
    assert decode(held(TRADITIONAL, "big5").encode("big5"), declared="gbk").text == held(TRADITIONAL, "big5")
    assert decode(SIMPLIFIED.encode(), declared="big5").text == SIMPLIFIED


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<!doctype html><meta charset=gb2312>", "gb2312"),
        (b'<META http-equiv="Content-Type" content="text/html; charset=Big5">', "big5"),
        (b"<?xml version='1.0' encoding='UTF-8'?>", "utf-8"),
        (b"<meta charset=no-such-thing>", ""),
        (b"<meta charset=idna>", ""),
        (b"no declaration", ""),
        (b"an article on <meta charset=gbk>", ""),
        (b" " * 2048 + b"<meta charset=gbk>", ""),
    ],
)
def test_declared_encodings(head, name):
    assert declared_encoding(head) == name


def test_an_unknown_encoding_is_told_with_the_nearest():
    assert check_encoding("GB2312") == "gb2312"
    with pytest.raises(UsageError, match=r"Unknown encoding 'gkb'\. Did you mean gbk"):
        check_encoding("gkb")
    with pytest.raises(UsageError, match="Known are"):
        check_encoding("rot13")


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read_alike(line_end, name):
    text = "標題\n\n第一段，有字。\n第二行。\n\n　　第三段。\n"
    assert read_text(text.replace("\n", line_end), "a", name).body == read_text(text, "a", name).body
    front = "---\ntitle: 甲\ndate: 2024-01-02\n---\n" + text
    assert read_text(front.replace("\n", line_end), "a", name).title == "甲"
    assert decode(text.replace("\n", line_end).encode()).line_end == ("\r" if line_end == "\r" else "\n")
