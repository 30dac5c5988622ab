"""What cannot be meant is read as something near it, and a note says so."""

from __future__ import annotations

import pytest

from search.grammar import parse
from search.syntax import written


@pytest.mark.parametrize(
    ("query", "read", "kinds"),
    [
        ("tarifs~3", "tarifs~2", ["limit"]),
        ("data~1.5", "data", ["wildcard"]),
        ("特朗普~1", "特朗普", ["wildcard"]),
        ("1～5", r"1\～5", []),
        ("kind:(body OR quote) x", r"kind\: (body OR quote) x", ["field"]),
        ("lang:", r"lang\:", ["field"]),
        ("source:=", "", ["field"]),
        (r"C:\Windows", r"C\:\\Windows", []),
        (r"\AND \-5", r"\AND \-5", []),
    ],
)
def test_readings(query, read, kinds):
    found = parse(query)
    assert written(found.tree) == read
    assert [note.kind for note in found.notes] == kinds
