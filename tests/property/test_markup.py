"""A tag that is passed over unread is one that the parser would have made nothing of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources import markup
from indexer.sources.body import BodyBuilder

pieces = st.sampled_from(
    [
        "<", ">", "</", "/>", " ", "\n", "=", '"', "'", "a", "A", "b", "br", "td", "div", "script", "svg", "title", "h1",
        "font-x", "href", "x:y", "1", "-", "!", "--", "?", "&amp;", "é", "中", "#", "/",
    ]
)  # fmt: skip
tags = st.builds(
    lambda start, name, rest, end: f"{start}{name}{rest}{end}",
    st.sampled_from(["<", "</"]),
    st.sampled_from(["a", "span", "A", "br", "table", "title", "textarea", "script", "plaintext", "x"]),
    st.lists(pieces, max_size=8).map("".join)
    | st.sampled_from([' href="x"', " a='1' b", ' title="1 &gt; 2"', " a=b/c"]),
    st.sampled_from([">", "/>", " >", ""]),
)


def read(fragment):
    builder = BodyBuilder()
    fragments = markup.Fragments(builder)
    builder.add("before", 0, "body")
    fragments.read(fragment, 6)
    kind, skipping = fragments.kind, fragments.skipping
    builder.add("after", 6 + len(fragment), "body")
    return builder.finish(), kind, skipping


@given(tags | st.lists(pieces, max_size=10).map("".join))
def test_what_is_passed_over_would_have_made_no_difference(fragment):
    passed_over = read(fragment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "_LONGEST_TAG", 0)
        assert read(fragment) == passed_over


@pytest.mark.parametrize("tag", ["</a>", '<a href="x">', "<span class='y'>", "<img src=a.png />", "<B>"])
def test_the_usual_tags_are_passed_over(tag):
    assert markup._means_nothing(tag)


@pytest.mark.parametrize("text", ["<br>", "</TD>", "<a>x", "a < b", "<script>", "<!-- a -->", '<a href="x'])
def test_what_says_something_is_read(text):
    assert not markup._means_nothing(text)
