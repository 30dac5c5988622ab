"""Kinds of passages, by name."""

from __future__ import annotations

KINDS = ("body", "heading", "quote", "table", "caption", "teaser", "boilerplate")
ALL_KINDS = "all"
