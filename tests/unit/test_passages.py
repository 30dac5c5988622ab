"""Articles to passages: exact slices, whole words, readable sizes, their own language and place."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.analyzer import run_spans
from indexer.analysis.fold import traditional_only
from indexer.analysis.scripts import is_han
from indexer.language import Counts, Letters, count, language
from indexer.passages import LONGEST, cut_passages
from indexer.payload import load_passage
from indexer.payloads import FileText, Located, dump_passages
from indexer.sources.plain import read_text
from tests.conftest import SEEDS
from tests.texts import mixed_text


def cut(text):
    article = read_text(text, "a", "/x/a")
    return article, cut_passages(article)


def stored(text):
    """Cut a text, and return the passages as they come back from the index, which knows their places."""
    article, passages = cut(text)
    payloads = dump_passages([Located(article, passages, FileText(text).part(article))])
    return [load_passage(payload, one.id, "a") for one, payload in zip(passages, payloads, strict=True)]


@given(mixed_text.map(lambda text: text * 8))
def test_passages_are_slices_in_order_that_lose_nothing(text):
    article, passages = cut(text)
    kept = [passage for passage in passages if passage.text]
    assert all(article.body[passage.start : passage.end] == passage.text for passage in passages)
    assert all(one.end <= other.start for one, other in zip(kept, kept[1:], strict=False))
    assert "".join("".join(passage.text.split()) for passage in passages) == "".join(article.body.split())


@given(mixed_text.map(lambda text: text.replace("。", "").replace("\n", " ") * 40))
def test_no_passage_begins_or_ends_inside_a_word(text):
    article, passages = cut(text)
    inside = {place for start, end in run_spans(article.body) for place in range(start + 1, end)}
    assert not inside & {passage.start for passage in passages}
    assert not inside & {passage.end for passage in passages}


def size(text):
    counts = count(text)
    return counts.han + counts.words * 8 / 3


@pytest.mark.parametrize("path", sorted(SEEDS.glob("0*")), ids=lambda path: path.name[:3])
def test_the_seeds_are_cut_to_a_readable_size(path):
    _, passages = cut(path.read_text("utf-8"))
    assert all(size(passage.text) <= LONGEST for passage in passages)


def test_long_text_is_cut_evenly():
    _, passages = cut("这是一个句子，说了一些话。" * 100)
    assert all(200 <= size(passage.text) <= 400 for passage in passages)
    _, passages = cut("This is one sentence that says a few things about nothing. " * 100)
    assert all(75 <= count(passage.text).words <= 150 for passage in passages)


@pytest.mark.parametrize("line", ["Speaker {} says something about tariffs", "第{}行字幕没有标点"])
def test_short_lines_without_punctuation_are_bounded_too(line):
    _, passages = cut("\n\n".join(line.format(number) for number in range(400)))
    assert all(size(passage.text) <= LONGEST for passage in passages)


def test_an_article_without_text_has_one_empty_passage():
    _, passages = cut("")
    assert [(passage.text, passage.start, passage.id) for passage in passages] == [("", 0, "a@0")]


def test_sentences_of_both_languages_make_passages_of_their_own():
    _, passages = cut((SEEDS / "002_5104d3bfebe09562.txt").read_text("utf-8"))
    assert {passage.lang for passage in passages} == {"zh-Hans", "en"}


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("特朗普習近平通電話", "zh-Hant"),
        ("习近平同特朗普通电话", "zh-Hans"),
        ("Trump and Xi spoke", "en"),
        ("Trump 和 Xi 讨论了 trade and tariffs 的问题", "mixed"),
        ("", ""),
        ("2026", ""),
        ("中美元首通话，為双边关係定调，这两国", "zh-Hans"),
    ],
)
def test_languages(text, lang):
    assert language(count(text)) == lang


@given(mixed_text, st.integers(0, 40), st.integers(0, 40))
def test_a_stretch_counts_like_the_text_it_holds(text, start, end):
    part = text[start:end]
    traditional, simplified = traditional_only()
    assert (
        Letters(text).count(start, end)
        == count(part)
        == Counts(
            sum(map(is_han, part)),
            sum(character in traditional for character in part),
            sum(character in simplified for character in part),
            len(re.findall("[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’]*", part)),
        )
    )


def test_a_text_that_shows_no_script_takes_its_articles():
    assert language(count("中文"), count("這個問題")) == "zh-Hant"


@given(mixed_text.map(lambda text: text * 3))
def test_places_lead_to_lines_and_byte_columns_of_the_file(text):
    text = text.removeprefix("\ufeff")
    passages = stored(text)
    lines = text.split("\n")
    for passage in passages:
        for place, following in zip_longest(passage.places, passage.places[1:]):
            line = lines[place.line - 1].encode()
            shown = passage.text[place.start : following.start if following else None]
            for character in shown.split("\n")[0][:1]:
                assert line[place.column - 1 :].decode("utf-8", "replace").startswith(character)


@given(mixed_text)
def test_a_stored_passage_comes_back(text):
    for passage, loaded in zip(cut(text)[1], stored(text), strict=True):
        assert replace(loaded, places=()) == passage
