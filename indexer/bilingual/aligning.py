"""The lines of one page in two languages -> which line is which, if it is one page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from indexer.engines.base import Ranked
from indexer.model import ArticleRow
from indexer.payload import load_text

Lines = Sequence[str]

# Pages differ by so many of their lines at most.
_FEWER_LINES = 0.1
# Lines of pages that have not equally many: it takes their square, for 100 of 2,300 pages a tenth of all learning.
_MOST_LINES = 200
# Of the numbers and Latin words of the line with fewer of them those that the line beside it has too. Of 200 translated
# pages .98 share .59 or more; of pages beside another's translation .9 share .17 or less.
_SHARED = 0.5
_SIGNS = re.compile(r"[A-Za-z][A-Za-z0-9_]+|\d+")
_LINE_ENDS = re.compile(r"\s*[\n\t]\s*")


def lines_of(row: ArticleRow, passages: Iterable[Ranked]) -> list[str]:
    """Return the title and the lines of an article as the index has it, cells of tables as lines."""
    parts = [row.title, "\n"]
    at = 0
    for ranked in passages:
        passage = load_text(ranked.payload, ranked.passage_id, row.id)
        parts.append("" if passage.start == at else " " if passage.start == at + 1 else "\n")
        parts.append(passage.text)
        at = passage.end
    return [line for line in _LINE_ENDS.split("".join(parts).strip()) if line]


def aligned(one: Lines, other: Lines) -> list[tuple[str, str]]:
    """Return the lines of a page beside those of the same page in another language; none if it is another page.

    Pages have equally many lines, but for a tenth, and share numbers and Latin words line by line.
    """
    if abs(len(one) - len(other)) > _FEWER_LINES * max(len(one), len(other)):
        return []
    if len(one) != len(other) and len(one) > _MOST_LINES:
        return []
    pairs = [*zip(one, other, strict=True)] if len(one) == len(other) else _beside(one, other)
    return pairs if _agree(pairs) else []


def _beside(one: Lines, other: Lines) -> list[tuple[str, str]]:
    """Pair lines with the same signs, and those between them where they are equally many."""
    common = {sign for line in one for sign in _SIGNS.findall(line)}
    common &= {sign for line in other for sign in _SIGNS.findall(line)}
    ones, others = ([" ".join(sorted({*_SIGNS.findall(line)} & common)) for line in own] for own in (one, other))
    found: list[tuple[str, str]] = []
    for _, start, end, other_start, other_end in SequenceMatcher(None, ones, others, autojunk=False).get_opcodes():
        if end - start == other_end - other_start:
            found += zip(one[start:end], other[other_start:other_end], strict=True)
    return found


def _agree(pairs: Sequence[tuple[str, str]]) -> bool:
    shared = total = 0
    for one, other in pairs:
        signs, others = {*_SIGNS.findall(one)}, {*_SIGNS.findall(other)}
        # An English line has many Latin words; a line that has none of them has nothing to agree in.
        fewer = min(len(signs), len(others))
        shared += min(len(signs & others), fewer)
        total += fewer
    return total > 0 and shared >= _SHARED * total
