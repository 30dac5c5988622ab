"""Query strings -> questions: as the command reads its flags, and errors that say what is allowed."""

import contextlib

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import ParameterError
from search.cli import search as command
from search.web.parameters import LIMIT_MOST, PARAMETERS, QUERY_CHARS, Question, pairs_of, read

OPTIONS = {
    name[2:]: one for one in command.params if isinstance(one, click.Option) for name in one.opts if name[:2] == "--"
}
# Flags of the command that are of its output, its index, or its memory of what was asked.
OF_THE_COMMAND = {
    "index", "partial", "ca", "color", "explain", "fields", "format", "json", "new", "null", "queries"}  # fmt: skip


def test_parameters_are_the_flags_of_the_command():
    assert {one.name for one in PARAMETERS} - {"q"} == OPTIONS.keys() - OF_THE_COMMAND


@pytest.mark.parametrize("parameter", PARAMETERS[1:], ids=lambda one: one.name)
def test_a_parameter_is_as_its_flag_says(parameter):
    option = OPTIONS[parameter.name]
    assert parameter.about == option.help
    assert parameter.argument == {"context_chars": "context"}.get(option.name, option.name)
    assert (parameter.kind == "flag") == option.is_flag
    assert (parameter.kind == "number") == isinstance(option.type, click.IntRange)
    if isinstance(option.type, click.Choice):
        assert parameter.choices == tuple(option.type.choices)
    if parameter.kind in ("number", "flag", "choice"):
        default = command.make_context("search", ["x"], resilient_parsing=True).params[option.name]
        assert parameter.default == default


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        ("q=%E5%B7%9D%E6%99%AE+%E5%85%B3%E7%A8%8E", Question("川普 关税", {})),
        ("", Question("", {})),
        ("q=", Question("", {})),
        ("q=a%26b%3D%2B", Question("a&b=+", {})),
        ("q=%00%F0%9F%98%80", Question("\0😀", {})),
        ("limit=0&offset=10000", Question("", {"limit": 0, "offset": 10000})),
        ("passages=true&copies=0&exact=1", Question("", {"passages": True, "copies": False, "exact": True})),
        ("facets=lang,%20year&facets=year,tag", Question("", {"facets": ("lang", "year", "tag")})),
        ("kind=body&kind=quote", Question("", {"kinds": ("body", "quote")})),
        ("since=2026-02&until=2026", Question("", {"since": "2026-02", "until": "2026"})),
        ("since=2026年2月", Question("", {"since": "2026年2月"})),
        ("added-since=3", Question("", {"added_since": "3"})),
        ("added-since=2026-02-05T10:30Z&fresh=6w", Question("", {"added_since": "2026-02-05T10:30Z", "fresh": "6w"})),
        ("lang=zh-Hant&cross=only&sort=date", Question("", {"lang": "zh-Hant", "cross": "only", "sort": "date"})),
        ("like=sub/a.md%231&after=AbC", Question("", {"like": "sub/a.md#1", "after": "AbC"})),
        (f"q={'x' * QUERY_CHARS}", Question("x" * QUERY_CHARS, {})),
    ],
)  # fmt: skip
def test_what_is_sent_is_what_is_asked(sent, asked):
    found = read(pairs_of(sent.encode()))
    assert (found.query, dict(found.arguments)) == (asked.query, asked.arguments)


@pytest.mark.parametrize(
    ("sent", "name", "says"),
    [
        ("limt=1", "limt", "Did you mean limit?"),
        ("added_since=1", "added_since", "Did you mean added-since?"),
        ("qqqqqq=1", "qqqqqq", "Known are: q, limit, offset"),
        ("=1", "", "Unknown parameter ''"),
        ("q=a&q=b", "q", "q is given 2 times: give it once."),
        (f"q={'x' * (QUERY_CHARS + 1)}", "q", f"use at most {QUERY_CHARS:,} characters."),
        ("limit=", "limit", "limit is empty: use a whole number from 0 to 100."),
        ("limit=-1", "limit", "limit is '-1': use a whole number from 0 to 100."),
        (f"limit={LIMIT_MOST + 1}", "limit", "to 100"),
        ("limit=1e1", "limit", "'1e1'"),
        ("limit=%D9%A1", "limit", "'١'"),
        ("limit=1_0", "limit", "'1_0'"),
        ("limit=" + "9" * 5000, "limit", "…': use a whole number"),
        ("exact=yes", "exact", "exact is 'yes': use 1 or true, 0 or false."),
        ("exact", "exact", "exact is empty"),
        ("sort=Date", "sort", "sort is 'Date': use relevance, date, date-asc, title."),
        ("lang=", "lang", "lang is empty: use zh, zh-Hant"),
        ("kind=body,foo", "kind", "kind is 'foo': use body, heading"),
        ("facets=", "facets", "facets is empty: use lang, year"),
        ("facets=lang,", "facets", "facets is empty"),
        ("since=yesterday", "since", "since is 'yesterday': use 2026, 2026-02 or 2026-02-05."),
        ("until=2026-13", "until", "until is '2026-13'"),
        ("added-since=soon", "added-since", "added-since is 'soon': use the number of a run"),
        ("fresh=0", "fresh", "fresh is '0': use days, as 30, or 6w, 3m, 2y."),
        ("fresh=1h", "fresh", "fresh is '1h'"),
        ("after=", "after", "after is empty: use the cursor of the page before."),
        ("q=%CC%D8%C0%CA%C6%D5", "q", "q is not UTF-8"),
        ("%CC=1", "\ufffd", "is not UTF-8"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_what_is_allowed(sent, name, says):
    with pytest.raises(ParameterError) as raised:
        read(pairs_of(sent.encode()))
    assert raised.value.name == name
    assert says in str(raised.value)


def test_where_nothing_can_be_asked_that_is_said():
    with pytest.raises(ParameterError, match=r"^Unknown parameter 'x'\. There are none here\.$"):
        read([("x", "1")], ())


@given(st.binary(max_size=60))
def test_any_query_string_is_a_question_or_an_error_of_it(sent):
    with contextlib.suppress(ParameterError):
        read(pairs_of(sent))


@given(st.sampled_from(PARAMETERS), st.text(max_size=20))
def test_any_value_is_read_as_its_argument_or_refused(parameter, value):
    with contextlib.suppress(ParameterError):
        question = read([(parameter.name, value)])
        assert question.query == value if parameter.name == "q" else question.arguments.keys() == {parameter.argument}
