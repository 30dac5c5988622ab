"""Any text is a query, and a tree that is written is read as itself."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.grammar import MOST_NEAR, MOST_PARTS, MOST_PATTERNS, parse
from search.syntax import And, Fuzzy, Near, Not, Or, Scoped, Together, Wild, leaves, written
from tests.texts import mixed_text

pieces = [
    *"()（）\"“”＂「」『』|｜+-＋－~～*＊?？:：\\ =＝", "AND", "OR", "NOT", " AND ", " OR ", " NOT ", "\u3000", "\n", "\u200b", "title:",
    "标题：", "tag:", "tag:=", "author:", "kind:body", "kind:x", "lang:zh-hant", "date:2025-09", "date:2025..2026-02",
    "日期：2025年9月", "date:>=2025", "since:", "until:2025-13", "path:2025/*", "url:http://a.b/c?d", "foo:bar", "特朗普",
    "关税", "econom*", "习?平", "wor~", "wor~1", "~5", "C++", "-5", "covid-19", "a", "中", "1,200",
]  # fmt: skip
queries = mixed_text | st.lists(st.sampled_from(pieces), max_size=14).map("".join) | st.text(max_size=12)


@settings(max_examples=2000)
@given(queries)
@example("-(-a)")
@example("title:(a -body:b)")
@example("a OR (b AND (c OR d))")
@example('"a\\" b"~3')
@example("\\")
@example("\\AND \\- a\\ b")
@example("((a OR b))(c d)")
@example("TAG:-=")
def test_a_tree_that_is_written_is_read_as_itself(query):
    tree = parse(query).tree
    assert parse(written(tree)).tree == tree


@given(
    st.sampled_from(
        ["(", "-(", "title:(", "+", "-", "NOT ", "title:", 'a AND "', "a OR (b AND ", "a* ", '"a b"~9 OR ']
    ),
    st.integers(0, 3000),
)
def test_no_query_is_too_deep_or_too_long(piece, times):
    query = piece * times + "a"
    read = parse(query)
    found = list(leaves(read.tree))
    assert found or {note.kind for note in read.notes} & {"limit", "cut"}
    assert len(found) <= MOST_PARTS + 2
    assert sum(isinstance(leaf, Wild | Fuzzy) for leaf in found) <= MOST_PATTERNS
    assert sum(isinstance(leaf, Near) for leaf in found) <= MOST_NEAR


def test_operators_beside_what_is_left_out_are_not_read_as_words():
    for part in ('"a b"~9', "a*", "a~"):
        read = parse(" OR ".join([part] * 20))
        assert {note.kind for note in read.notes} == {"limit"}
        assert read.tree == Or((next(leaves(read.tree)),) * 10)
    assert parse("c " + "a* " * 10 + "-b* AND d").tree == parse("c " + "a* " * 10 + "AND d").tree


@given(queries)
def test_operators_have_at_least_two_operands_and_none_that_is_their_own(query):
    def check(tree):
        match tree:
            case And(parts) | Or(parts) | Together(parts):
                assert len(parts) > 1 or tree == Together(())
                assert not any(type(part) is type(tree) for part in parts)
                for part in parts:
                    check(part)
            case Not(node) | Scoped(_, node):
                check(node)

    check(parse(query).tree)
