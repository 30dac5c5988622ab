"""The languages of the interface say the same things, of everything that the page can say."""

import re
from pathlib import Path
from typing import get_args

import pytest

import search.web
from indexer.nodes import SORTS
from indexer.status import STEPS
from search.fields import LANGUAGES
from search.kinds import ALL_KINDS, KINDS
from search.options import CROSS
from search.web import problems
from search.web.languages import NAMES, chosen, language
from search.web.parameters import Kind
from search.web.scripts import script_of
from search.web.start import examples

WEB = Path(search.web.__file__).parent


def forms(sentence):
    return [sentence] if isinstance(sentence, str) else [*sentence.values()]


def values(sentence):
    return {frozenset(re.findall(r"{(\w+)", form)) for form in forms(sentence)}


@pytest.mark.parametrize("tag", NAMES)
def test_every_language_has_the_same_sentences_with_the_same_values(tag):
    english, other = language("en").sentences, language(tag).sentences
    assert english.keys() == other.keys()
    for key, sentence in other.items():
        assert values(sentence) == values(english[key]), key
        assert isinstance(sentence, str) or {"one", "other"} == set(sentence), key


def test_every_value_that_can_be_chosen_has_a_name():
    known = language("en").sentences
    for group, names in (("lang", LANGUAGES), ("kind", (*KINDS, ALL_KINDS)), ("sort", SORTS), ("cross", CROSS)):
        assert {f"{group}.{name}" for name in names} <= known.keys()
    assert {f"problem.{kind.name}" for kind in problems.KINDS} <= known.keys()
    assert {f"wrong.{kind}" for kind in get_args(Kind)} <= known.keys()
    assert {f"step.{step}" for step in STEPS if step} <= known.keys()


def test_every_sentence_is_said_somewhere():
    code = "".join(path.read_text("utf-8") for path in [*WEB.glob("*.py"), *WEB.glob("templates/*.html")])
    groups = {"lang", "kind", "sort", "cross", "step", "filter", "facet", "problem", "example", "wrong"}
    unsaid = [key for key in language("en").sentences if key.split(".")[0] not in groups and f'"{key}"' not in code]
    assert unsaid == []


# One thing has one name, in notes too; of 收入 people read an income.
@pytest.mark.parametrize(
    ("tag", "others"), [("zh-Hans", "文库|档案|收入|拿掉|移除"), ("zh-Hant", "文庫|檔案庫|收入|拿掉|去掉")]
)
def test_one_thing_has_one_name(tag, others):
    notes = WEB.parent.joinpath(f"data/notes.{tag}.toml").read_text("utf-8")
    assert not re.findall(others, WEB.joinpath(f"languages/{tag}.toml").read_text("utf-8") + notes)


@pytest.mark.parametrize("tag", ["zh-Hans", "zh-Hant"])
def test_a_run_that_begins_is_not_at_a_file_of_number_none(tag):
    assert "第" not in language(tag).say("indexing.counted", doing="", done=0, total=5)


@pytest.mark.parametrize("tag", NAMES)
def test_examples_are_in_the_script_of_the_page(tag):
    scripts = {script_of(query, language(tag)) for query, _ in examples(language(tag))}
    assert scripts == {"", "zh-Hant" if tag == "zh-Hant" else "zh-Hans"}


def test_values_in_a_sentence_are_escaped_and_harmless():
    said = language("en").say("results.found_for", what="1 < 2", query="<script>\u202e\x00")
    assert said == "1 &lt; 2 for &lt;script&gt;\ufffd\ufffd"


@pytest.mark.parametrize(("accepted", "tag"), [
    ("zh", "zh-Hans"), ("zh-SG", "zh-Hans"), ("zh-HK", "zh-Hant"), ("zh-Hant", "zh-Hant"), ("zh-Hans-HK", "zh-Hans"),
    ("en-GB;q=0.5, zh-MO;q=0.6", "zh-Hant"), ("zh;q=0", "en"), ("*", "en"), (";;q=,", "en"), ("q" * 10_000, "en"),
    ("en;q=nan, zh", "zh-Hans"), ("zh;q=9e9", "en"),
])  # fmt: skip
def test_the_best_accepted_language_is_chosen(accepted, tag):
    assert chosen("", accepted).tag == tag


def test_a_wish_comes_before_what_is_accepted():
    assert chosen("zh-Hant", "en").tag == "zh-Hant"
    assert chosen("../en", "en").tag == "en"
