"""The engine that a searcher asks, and another one in its place."""

from __future__ import annotations

from dataclasses import replace

from search.commit import Current


def engine_of(searcher):
    return searcher._current.commit.engine


def ask_another(searcher, engine):
    """Let a searcher ask another engine of the same commit."""
    searcher._current = Current(replace(searcher._current.commit, engine=engine))
