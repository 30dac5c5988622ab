"""JSON and tables to articles: which values are articles, what their fields are called, where they stand."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import NotAnArticle, SourceError
from indexer.sources import read_articles
from indexer.sources.located_json import parse
from indexer.sources.source import ReadOptions, SourceFile
from tests.texts import mixed_text

texts = mixed_text.map(lambda text: text.replace("\0", ""))


def articles(text, name, **options):
    file = SourceFile(text.encode("utf-8", "surrogatepass"), name, f"/x/{name}", ReadOptions(**options))
    return [one if isinstance(one, SourceError) else one.article for one in read_articles(file)]


def shown_at(article, text):
    """Check that the body stands where its offsets lead, and return it character by character as it is spelt there."""
    ends = [*(offset.start for offset in article.offsets[1:]), len(article.body)]
    for offset, end in zip(article.offsets, ends, strict=True):
        yield article.body[offset.start : end], text[offset.source :]


ONE = {
    "title": "標題",
    "text": "鳳凰來儀。",
    "date": "2026-02-05",
    "author": "王",
    "tags": ["a", "b"],
    "url": "http://x.y",
}


@pytest.mark.parametrize(
    "value",
    [ONE, [ONE], {"articles": [ONE]}, {"data": {"items": [{"article": ONE}]}}, {"_source": ONE}],
)
def test_an_article_is_found_at_any_depth(value):
    (article,) = articles(json.dumps(value, ensure_ascii=False, indent=2), "a.json")
    assert (article.title, article.body, article.published) == ("標題", "鳳凰來儀。", date(2026, 2, 5))
    assert (article.author, article.tags, article.url) == ("王", ("a", "b"), "http://x.y")
    assert article.id == "a.json#1"


@pytest.mark.parametrize(
    "names",
    [
        ("Headline", "Content", "published_at"),
        ("标题", "正文", "日期"),
        ("標題", "內容", "日期"),
        ("TITLE", "BODY", "DATE"),
    ],
)
def test_the_usual_names_are_known_in_both_scripts(names):
    row = dict(zip(names, ("題目", "鳳凰。", "2018-11-01"), strict=True))
    table = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    for text, name in ((json.dumps(row), "a.json"), (json.dumps(row), "a.jsonl"), (table, "a.csv")):
        (article,) = articles(text, name)
        assert (article.title, article.body, article.published) == ("題目", "鳳凰。", date(2018, 11, 1))


def test_names_can_be_set():
    text = '{"kop": "題目", "Tekst": "鳳凰。", "text": ""}'
    (article,) = articles(text, "a.json", fields={"title": ("kop",), "text": ("tekst",)})
    assert (article.title, article.body) == ("題目", "鳳凰。")


def test_several_values_are_json_lines_whatever_the_name():
    found = articles('{"text": "a"}\n{"text": "b"}\nnonsense\n', "a.json")
    assert [one.body for one in found[:2]] == ["a", "b"]
    assert "line 3" in str(found[2])


def test_a_record_of_markup_is_read_as_such():
    (article,) = articles('{"content": "<p>鳳凰&amp;龍</p>\\n<p>來儀。</p>"}', "a.json")
    assert article.body == "鳳凰&龍\n\n來儀。"


def test_a_file_without_a_text_is_skipped_and_says_which_names_it_may_have():
    for text, name in (('{"a": 1}', "a.json"), ("a,b\n1,2\n", "a.csv")):
        with pytest.raises(NotAnArticle, match=r"text, body, content .* wensou.toml"):
            articles(text, name)


@pytest.mark.parametrize("text", ["{", "[1, 2", '{"text": }', "nonsense", "[" * 100_000])
def test_what_is_not_json_is_said(text):
    with pytest.raises(SourceError, match="not JSON"):
        articles(text, "a.json")


def test_ids_come_from_the_records_or_their_number():
    assert [one.id for one in articles('[{"id": 7, "text": "a"}, {"text": "b"}]', "a.json")] == ["a.json#7", "a.json#2"]
    assert [one.id for one in articles("id;text\nx;a\n;b\n", "a.csv")] == ["a.csv#x", "a.csv#3"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)


@given(json_values, st.booleans(), st.sampled_from([None, 2]))
def test_json_is_parsed_as_the_standard_library_does(value, ascii_only, indent):
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert parse(text).plain() == json.loads(text)


@given(texts.filter(str.strip), st.booleans())
def test_offsets_of_json_lead_to_the_characters(text, ascii_only):
    source = json.dumps([{"title": "t", "text": text}], ensure_ascii=ascii_only, indent=1)
    (article,) = articles(source, "a.json")
    for shown, there in shown_at(article, source):
        first = json.dumps(shown[:1], ensure_ascii=ascii_only)[1:-1]
        assert (
            not shown or there.startswith((first, "\\r") if shown[0] == "\n" else first) or "<" in text or "&" in text
        )


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5), st.sampled_from(",\t;|"))
def test_rows_are_those_of_the_standard_library(rows, delimiter):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows(
        [
            ("name", "other", "text", "id"),
            *((number, one, f"鳳{two}", number) for number, (one, two) in enumerate(rows)),
        ]
    )
    source = buffer.getvalue()
    found = articles(source, "a.csv")
    assert [one.id for one in found] == [f"a.csv#{number}" for number in range(len(rows))]
    for article, (_, two) in zip(found, rows, strict=True):
        if "<" not in two and "&" not in two:
            assert "".join(article.body.split()) == "".join(f"鳳{two}".split())
            for shown, there in shown_at(article, source):
                assert not shown or there.startswith(shown[0])


def test_a_quote_that_is_not_closed_costs_nothing_else():
    found = articles('text,id\n"a,1\nb,2\n', "a.csv")
    assert [one.body for one in found] == ['"a', "b"]


def test_a_row_that_is_too_short_is_said():
    first, second = articles("id,text\n1\n2,b\n", "a.csv")
    assert "row 2" in str(first)
    assert second.body == "b"
