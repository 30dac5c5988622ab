"""What a row says of an article becomes values to filter and count by, and terms in which names are found."""

from __future__ import annotations

import pytest

from indexer.analysis.batch import BOUNDARY
from indexer.article_fields import PATH_CHARS, TITLE_CHARS, path_key, title_key, url_key, values_of
from indexer.engines.base import ARTICLE_FIELDS, ROW_FIELDS
from indexer.model import ArticleRow


def row(article_id="a", title="", author="", source="", url="", tags=()):
    return ArticleRow(article_id, title, "/x/a", "/x", 1, 1, 1, "hash", 1, "", None, author, source, url, tags)


def test_names_are_kept_whole_and_found_by_their_parts_in_either_script():
    found = values_of(row(author="John Smith", source="中央社", tags=("貿易", "", "Trade War", "貿易")))
    assert (found["author"], found["source"], found["tag"]) == (("John Smith",), ("中央社",), ("貿易", "Trade War"))
    assert found["author_text"] == ("john", "smith")
    assert found["source_text"] == values_of(row(source="中央社"))["source_text"] == ("中央", "央社", "社")
    assert found["tag_text"] == ("贸易", "易", BOUNDARY, "trade", "war")


def test_a_row_that_says_nothing_has_no_values():
    assert values_of(row("", tags=("",))) == dict.fromkeys(values_of(row()), ())


def test_every_field_of_rows_is_one_of_articles():
    assert set(ROW_FIELDS) < set(values_of(row())) < ARTICLE_FIELDS


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.BBC.com/News?a=B", "bbc.com/news?a=b"),
        ("http://bbc.com", "bbc.com"),
        ("www.bbc.com/www.x", "bbc.com/www.x"),
        (" //cdn.bbc.com ", "//cdn.bbc.com"),
        ("HTTPS://例子.中国/Ä", "例子.中国/ä"),
        ("ftp://wwwx.com", "wwwx.com"),
        ("", ""),
    ],
)
def test_an_address_is_compared_without_scheme_and_www(url, key):
    assert url_key(url) == key
    assert url_key(key) == key


def test_a_path_is_compared_without_case_and_in_composed_form():
    assert path_key("2025/A\u0308/STRASSE.MD#1") == path_key("2025/Ä/Straße.md#1") == "2025/ä/strasse.md#1"
    assert path_key("a\nb") == "a b"  # a line feed stands between keywords


def test_a_title_is_compared_by_its_search_key():
    assert title_key(" 習近平\u3000與 ＴｉｋＴｏｋ ") == "习近平 与 tiktok"


def test_what_is_very_long_is_cut():
    assert len(path_key("x" * 5000)) == len(url_key("https://" + "x" * 5000)) == PATH_CHARS
    assert len(title_key("題" * 5000)) == TITLE_CHARS
