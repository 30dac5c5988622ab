"""Query text -> clauses: words that rank, and exact phrases. No input is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A longer query is a text, not a question; what follows is not searched, and the answer says so.
LONGEST_QUERY = 2000

_CLOSING = {'"': '"', "＂": "＂", "“": "”", "„": "”", "「": "」", "『": "』"}
_OPENING = re.compile("[" + "".join(_CLOSING) + "]")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a query as it was typed: an exact phrase, or words."""

    text: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query, and what had to be read otherwise than it was typed."""

    clauses: tuple[Clause, ...]
    is_cut: bool = False
    has_unclosed_quote: bool = False


def parse(text: str) -> Query:
    """Read a query. A quote that nothing closes is read as text."""
    is_cut = len(text) > LONGEST_QUERY
    text = text[:LONGEST_QUERY]
    clauses: list[Clause] = []
    unclosed = False
    words: list[str] = []
    at = 0
    while match := _OPENING.search(text, at):
        words.append(text[at : match.start()])
        end = text.find(_CLOSING[match.group()], match.end())
        if end < 0:
            unclosed = True
            at = match.end()
            continue
        _add_words(clauses, words)
        clauses.append(Clause(text[match.end() : end], exact=True))
        at = end + 1
    words.append(text[at:])
    _add_words(clauses, words)
    return Query(tuple(clause for clause in clauses if clause.text.strip()), is_cut, unclosed and not is_cut)


def _add_words(clauses: list[Clause], words: list[str]) -> None:
    clauses.append(Clause(" ".join(words), exact=False))
    words.clear()
