"""PDF: lines of pages to paragraphs, what repeats on pages, places, properties, and files that cannot be read."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from indexer.entries import Instructions, read_batch
from indexer.errors import DependencyError, NotAnArticle
from indexer.files import FileTask
from indexer.passages import cut_passages
from indexer.payload import load_passage
from indexer.payloads import FileText, Located, dump_passages
from indexer.sources import pdf as source
from indexer.sources import read_articles
from indexer.sources.source import SourceFile
from tests.documents import ENCRYPTED, blocks, lines, only, pdf, read

SIMPLIFIED = [
    "习近平同特朗普通电话，双方就贸易问题交换意见",
    "见。习近平说，合作是唯一正确的选择，希望美方",
    "同中方相向而行。",
]
TRADITIONAL = ["特朗普習近平通電話，長談貿易和北韓問題，道指一", "度急升逾二百點，這是多月來首次。"]
ENGLISH = [
    "Presidents Trump and Xi Jinping talked by telephone on",
    "Thursday about trade and Taiwan, both sides said.",
]


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, ENGLISH])
def test_lines_that_go_on_are_one_paragraph(text):
    article = only(pdf([lines(*text)]), "a.pdf")
    assert blocks(article) == ["\n".join(text)]


def test_a_paragraph_goes_on_on_the_next_page():
    article = only(pdf([lines(*SIMPLIFIED[:2]), lines(SIMPLIFIED[2])]), "a.pdf")
    assert blocks(article) == ["\n".join(SIMPLIFIED)]


def test_a_gap_an_indent_and_a_larger_letter_end_a_paragraph():
    first, second = SIMPLIFIED[:2], SIMPLIFIED[1:]
    page = [*lines("大字标题在这里", size=18), *lines(*first, *second, top=740), *lines(*ENGLISH, top=640)]
    page[3] = (94, *page[3][1:])
    page[2] = (*page[2][:3], SIMPLIFIED[2])
    article = only(pdf([page]), "a.pdf")
    assert blocks(article, "heading") == ["大字标题在这里"]
    assert len(blocks(article, "body")) == 3
    assert article.title == "大字标题在这里"


def test_columns_are_read_one_after_another():
    left = lines(*[f"这一栏的文字从左边{n}开始一直往下" for n in "甲乙丙丁"])
    right = lines(*[f"这一栏的文字在右边{n}继续往下写去" for n in "甲乙丙丁"], x=320)
    article = only(pdf([left + right]), "a.pdf")
    assert [block.count("\n") for block in blocks(article)] == [7]


@pytest.mark.parametrize(
    ("first", "second", "elsewhere", "expected"),
    [
        ("an inter-", "national body", "", "an international body"),
        ("a well-", "known face", "the well-known man", "a well-known face"),
        ("a well-", "known face", "", "a wellknown face"),
        ("a non-", "Chinese word", "", "a non-Chinese word"),
    ],
)
def test_a_hyphen_at_a_line_end_stays_where_it_belongs_to_the_word(first, second, elsewhere, expected):
    page = [*lines(first, second), *lines(elsewhere or "nothing else here", top=700)]
    assert blocks(only(pdf([page]), "a.pdf"))[0] == expected


def test_running_heads_and_feet_are_boilerplate_once_and_page_numbers_are_no_text():
    pages = [
        [
            *lines("北京日报 2026", top=800, size=8),
            *lines(*[f"{n}号文字，{text}" for text in SIMPLIFIED]),
            (280, 30, 8, f"- {n} -"),
        ]
        for n in "一二三四"
    ]
    article = only(pdf(pages), "a.pdf")
    assert blocks(article, "boilerplate") == ["北京日报 2026"]
    assert article.blocks[-1].kind == "boilerplate"
    sources = [offset.source for offset in article.offsets]
    assert sources == sorted(sources)
    assert "- 二 -" not in article.body
    assert article.body.count(SIMPLIFIED[0]) == 4


def test_a_place_is_a_page():
    file = SourceFile(pdf([lines(*ENGLISH), lines(*SIMPLIFIED), lines(*TRADITIONAL)]), "a.pdf", "/x/a.pdf")
    (reading,) = read_articles(file)
    part = FileText(reading.decoded.text, reading.decoded.line_end).part(reading.article)
    payloads = dump_passages([Located(reading.article, cut_passages(reading.article), part)])
    places = [
        (passage.text[place.start :][:2], place.line)
        for passage in (load_passage(payload, "p", "a") for payload in payloads)
        for place in passage.places
    ]
    assert {("Pr", 1), ("习近", 2), ("特朗", 3)} <= set(places)
    assert {page for _, page in places} == {1, 2, 3}


def test_offsets_lead_to_what_is_shown():
    pages = [lines(*ENGLISH, "and then inter-", "national talks"), lines(*SIMPLIFIED)]
    (reading,) = read_articles(SourceFile(pdf(pages), "a.pdf", "/x/a.pdf"))
    article = reading.article
    for offset, after in zip(article.offsets, [*article.offsets[1:], None], strict=True):
        shown = article.body[offset.start : after.start if after else None].rstrip("\n")
        assert reading.decoded.text.startswith(shown, offset.source)


def test_properties_are_metadata_and_the_day_it_was_made_a_last_resort():
    made = "/CreationDate (D:20180101120000+08'00')"
    article = only(pdf([lines(*ENGLISH)], f"/Title (A report) /Author (A B) /Keywords (trade; talks) {made}"), "a.pdf")
    assert (article.title, article.author, article.tags) == ("A report", "A B", ("trade", "talks"))
    assert (article.published, article.published_guessed) == (date(2018, 1, 1), True)
    assert article.published_at == "2018-01-01T12:00:00+08:00"
    dated = only(pdf([lines("Beijing, Feb 5, 2026. They talked at length.")], made), "a.pdf")
    assert dated.published == date(2026, 2, 5)


@pytest.mark.parametrize("title", ["Microsoft Word - a.doc", "untitled", "report.indd", "(unspecified)"])
def test_a_title_that_a_program_made_up_is_none(title):
    article = only(pdf([lines(*ENGLISH)], f"/Title ({title}) /Author (Administrator)"), "a.pdf")
    assert article.title.startswith("Presidents Trump")
    assert article.author == ""


def test_what_cannot_be_read_says_why():
    for data, reason in (
        (pdf([lines("secret")], trailer=ENCRYPTED), "encrypted: it opens with a password"),
        (b"%PDF-1.4 and no more", "damaged PDF"),
    ):
        articles, (error,) = read(data, "a.pdf")
        assert (articles, str(error)) == ({}, reason)
    _, (error,) = read(pdf([[], []]), "a.pdf")
    assert (type(error), str(error)) == (NotAnArticle, "no text: scanned pages")


def test_pages_beyond_the_limit_are_reported_and_the_others_read(monkeypatch):
    monkeypatch.setattr(source, "_MOST_PAGES", 1)
    articles, (error,) = read(pdf([lines(*ENGLISH), lines(*SIMPLIFIED)]), "a.pdf")
    assert str(error) == "only 1 of 2 pages are read"
    assert "习近平" not in articles["a.pdf"].body
    monkeypatch.setattr(source, "_MOST_PAGES", 10)
    monkeypatch.setattr(source, "_MOST_SECONDS", 0)
    _, (error,) = read(pdf([lines(*ENGLISH), lines(*SIMPLIFIED)]), "a.pdf")
    assert "only 1 of 2 pages" in str(error)


def test_without_the_library_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(DependencyError, match=r"pip install 'wensou\[documents\]'"):
        list(read_articles(SourceFile(pdf([lines(*ENGLISH)]), "a.pdf", "/x/a.pdf")))
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([lines(*ENGLISH)]))
    result = read_batch([FileTask(str(path), str(path), str(tmp_path), "a.pdf")], Instructions(1), list)
    assert result.files[0].failed[0].reason == "PDF is read with pypdfium2: pip install 'wensou[documents]'"


def test_threads_may_read_at_the_same_time():
    files = [pdf([lines(*text)] * 8) for text in (SIMPLIFIED, TRADITIONAL, ENGLISH)]
    expected = [only(data, "a.pdf") for data in files]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: [only(data, "a.pdf") for data in files], range(16)):
            assert found == expected
