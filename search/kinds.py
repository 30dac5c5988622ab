"""Kinds of passages, by name."""

from __future__ import annotations

KINDS = ("body", "heading", "quote", "table", "caption", "teaser", "boilerplate")
ALL_KINDS = "all"


def kinds_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds of passages that names stand for; a body begins with its headings."""
    return names + (("heading",) if "body" in names else ())
