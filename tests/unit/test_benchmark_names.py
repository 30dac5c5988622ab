"""The judged names and traps are what the benchmark says they are, and it tells what is found from what is not."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from benchmarks.names import (
    Answers,
    article_texts,
    ask,
    figures,
    found,
    indexed,
    key_of,
    listing,
    read_carriers,
    read_names,
    read_traps,
)


def holds(text, form):
    """Tell whether a form stands in a text: Latin ones as words, Chinese ones anywhere."""
    key = re.escape(key_of(form).strip('"'))
    return re.search(rf"\b{key}\b" if form.isascii() else key, key_of(text)) is not None


@pytest.fixture(scope="module")
def sample():
    names, traps = read_names(every=20), read_traps()
    with indexed(article_texts(names, traps)) as searcher:
        yield searcher, names, traps


def test_names_and_traps_are_as_many_as_they_should_be():
    assert Counter(name.kind for name in read_names()) == {"person": 60, "place": 60, "organisation": 40, "term": 40}
    assert len(read_traps()) == 50


def test_every_name_has_another_form():
    assert all(len(name.forms) > 1 for name in read_names())


def test_a_form_belongs_to_one_name():
    names = Counter(key_of(form.text) for name in read_names() for form in name.forms)
    assert [key for key, count in names.items() if count > 1] == []


def test_no_form_stands_in_the_sentences_around_names():
    forms = [form.text for name in read_names() for form in name.forms]
    texts = [text for texts in read_carriers().values() for text in texts]
    assert all(text.count("{}") == 1 for text in texts)
    assert [(form, text) for form in forms for text in texts if holds(text, form)] == []


def test_there_are_sentences_for_every_kind_in_every_language():
    kinds = {name.kind for name in read_names()}
    assert set(read_carriers()) == {(kind, lang) for kind in kinds for lang in ("zh-Hans", "zh-Hant", "en")}


def test_no_trap_holds_its_query():
    assert [trap.query for trap in read_traps() if holds(trap.text, trap.query)] == []
    assert all(trap.why for trap in read_traps())


def test_forms_of_one_key_are_one_form():
    (laos,) = (name for name in read_names() if name.forms[0].text == "老挝")
    assert [(form.text, form.regions) for form in laos.forms] == [
        ("老挝", ("CN", "HK")),
        ("寮國", ("TW",)),
        ("Laos", ("en",)),
    ]


def test_every_form_finds_the_article_that_holds_it(sample):
    searcher, names, _ = sample
    forms = [form.text for name in names for form in name.forms]
    assert [form for number, form in enumerate(forms) if number not in found(searcher, form)] == []


def test_no_trap_is_found(sample):
    searcher, names, traps = sample
    assert ask(searcher, names, traps, cross="off").caught == []


def test_what_is_missed_and_what_is_caught_is_listed(sample):
    searcher, names, traps = sample
    answers = ask(searcher, names, traps)
    wrong = Answers(answers.pairs, traps[:1], [("Trump", "text")])
    assert len(list(listing(wrong))) == 2 + sum(not pair.is_found for pair in answers.pairs)
    assert figures(wrong)["caught"] == figures(wrong)["strays"] == 1
    assert figures(answers)["pairs"] == sum(len(name.forms) * (len(name.forms) - 1) for name in names)
