"""What is stored of a passage is the passage, whatever it holds."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.model import Article, Block, Offset, Passage, Place
from indexer.passages import cut_passages
from indexer.payload import load_passage
from indexer.payloads import FileText, Located, dump_passages
from indexer.sources import read_articles
from indexer.sources.source import Reading, SourceFile
from tests.places import Lines, dump_passage
from tests.texts import mixed_text

numbers = st.integers(0, 300) | st.integers(0, 10**12)
text = st.lists(mixed_text | st.text(), max_size=8).map("".join)


@st.composite
def passages(draw):
    pieces = draw(st.lists(text, max_size=8))
    starts = list(accumulate(map(len, pieces)))
    places = tuple(Place(start, draw(numbers), draw(numbers)) for start in starts)
    body = "".join(pieces) + draw(text)
    start = draw(numbers)
    kind, lang = draw(st.sampled_from(["body", "heading", ""]) | text), draw(st.sampled_from(["zh-Hant", "en", ""]))
    return Passage("a@0", "a", kind, lang, body, start, start + len(body), places)


@given(passages())
@example(Passage("a@0", "a", "", "", "", 0, 0))
@example(Passage("a@0", "a", "body", "en", "\n\nÿ\x80", 0, 4, (Place(0, 0, 0), Place(0, 9, 9), Place(4, 1, 2**70))))
def test_a_stored_passage_comes_back_whole(passage):
    assert load_passage(dump_passage(passage), passage.id, passage.article_id) == passage


@given(st.text(st.characters(categories=["Cs"]) | st.characters(), min_size=1), numbers, numbers)
def test_what_utf_8_cannot_hold_is_stored_as_a_question_mark(text, line, column):
    stored = Passage("a@0", "a", "body", "", text, 0, len(text), (Place(0, line, column), Place(len(text), line, 1)))
    shown = text.encode("utf-8", "replace").decode()
    loaded = load_passage(dump_passage(stored), "a@0", "a")
    assert (loaded.text, loaded.end, loaded.places) == (shown, len(shown), stored.places)


MARKUP = [
    "<b>",
    "</b>",
    "<br>",
    "<div>\n",
    "&amp;",
    "**",
    "`",
    "``",
    "[a](b)",
    "> ",
    "\n\n",
    "\n# ",
    "|",
    "\n* ",
    "\\",
    "\r\n",
    "\r",
]
marked = st.lists(mixed_text | st.sampled_from(MARKUP), max_size=12).map("".join)


def files(texts):
    """Return files that hold texts in several ways: their names and bytes."""
    lines = "".join(json.dumps({"text": text}, ensure_ascii=len(text) % 2 == 0) + "\n" for text in texts)
    table = "id,text\n" + "".join(f'{i},"{text.replace(chr(34), chr(34) * 2)}"\n' for i, text in enumerate(texts))
    return {
        "a.md": "\n".join(texts), "b.txt": "\n".join(texts), "c.jsonl": lines, "d.csv": table, "e.txt": "一\r二\r".join(texts)
    }  # fmt: skip


@given(st.lists(marked, max_size=4))
@example(["\n", "``", "a\n**b** `c`\nd " * 200])
def test_all_places_are_those_found_one_at_a_time(texts):
    located, expected, kept, read_files = [], [], [], {}
    for name, text in files(texts).items():
        data = text.replace("\0", " ").encode("utf-8", "replace")  # many NULs would be no text
        readings = list(read_articles(SourceFile(data, name, f"/x/{name}"))) if data.strip() else []
        for reading in readings:
            if isinstance(reading, Reading):
                article, decoded = reading.article, reading.decoded
                kept.append(decoded)
                passages = cut_passages(article)
                file = read_files.setdefault(id(decoded), FileText(decoded.text, decoded.line_end))
                located.append(Located(article, passages, file.part(article)))
                lines = Lines(decoded.text, decoded.line_end)
                expected += (replace(one, places=lines.places(article, one.start, one.end)) for one in passages)
    payloads = dump_passages(located)
    assert payloads == list(map(dump_passage, expected))
    for payload, passage in zip(payloads, expected, strict=True):
        assert load_passage(payload, passage.id, passage.article_id) == passage


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), min_size=1, max_size=8), st.sampled_from(["\n", "\f"])
)
def test_what_stands_in_another_order_in_the_file_is_found_there(stretches, line_end):
    file_text = "甲乙\n丙 b\fc丁\n\n戊 d己e\fF庚\n辛g壬 h癸\n" * 2
    pieces = [file_text[source : source + length] for source, length in stretches]
    offsets = [
        Offset(start, source)
        for start, (source, _) in zip(accumulate(map(len, pieces), initial=0), stretches, strict=False)
    ]
    body = "".join(pieces)
    article = Article("a", "", body, "a", blocks=(Block("body", 0, len(body)),), offsets=tuple(offsets))
    whole = (Passage("a@0", "a", "body", "", body, 0, len(body)),)
    (payload,) = dump_passages([Located(article, whole, FileText(file_text, line_end).part(article))])
    lines = Lines(file_text, line_end)
    expected = replace(whole[0], places=lines.places(article, 0, len(body)))
    assert payload == dump_passage(expected)


def test_offsets_that_lead_out_of_the_file_are_an_error_of_that_file():
    with pytest.raises(ValueError, match="of 2"):
        FileText("ab").part(Article("a", "", "abc", "a", offsets=(Offset(0, 1),)))
