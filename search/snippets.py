"""A passage and what is found in it -> the part of it to quote."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

from indexer.analysis.analyzer import run_spans
from indexer.analysis.scripts import ALNUM, shape_of
from indexer.sentences import sentence_ends
from search.sought import Mark

# Cost of what is quoted unless told: in Han characters (and kana, hangul …); a Latin word counts as three, so that 120
# characters stand for 40 words.
LONGEST = 120
_MARK = "['.,-]"
# Stands between the stretches of a shape, which is ASCII.
_CUT = "¦"
# Words of more than one character, and a cut within one; of the shape of a text.
_WORD = re.compile(rf"{ALNUM}{_MARK}?{ALNUM}+(?:{_MARK}{ALNUM}+)*")
_CUT_WORD = re.compile(
    rf"{_CUT}(?:(?<={ALNUM}{_CUT})(?=(?:{_MARK}{_CUT}?)?{ALNUM})|(?<={ALNUM}{_MARK}{_CUT})(?={ALNUM}))"
)
_WORD_COST = 3
# Ten times the length of an ordinary passage.
_SURVEYED = 4000
_CLAUSE_MARKS = "[，、：:,—…\n]"
# It begins with a set of characters, so that the search passes over all others at once.
_CLAUSE_END = re.compile(rf"{_CLAUSE_MARKS}{_CLAUSE_MARKS}*['\"”’」』）)\]]*\s*")


def choose_window(text: str, marks: Sequence[Mark], longest: int = LONGEST) -> tuple[int, int]:
    """Return start and end of the densest stretch of `text`, which begins and ends with clauses where it can.

    It costs at most `longest`, unless one word or mark costs more; with 0 it is a single clause, of at most LONGEST. It
    holds as many different things found as possible, then as many as possible, begins a sentence if it can, and has
    what is found in its middle.
    """
    shape = shape_of(text)
    if shape.count("H") <= longest and _cost(shape) <= longest:
        return _stripped(text, 0, len(text))
    if len(text) > _SURVEYED:
        return _window_near(text, marks, longest)
    sentences = {0, *sentence_ends(text)}
    ends, costs = _boundaries(text, shape, sentences, marks, longest or LONGEST)
    starts = [mark.start for mark in marks]
    whats = [mark.what for mark in marks]
    before = [bisect_left(starts, end) for end in ends]  # no window begins or ends inside a mark
    totals = list(accumulate(costs, initial=0))
    most = len(set(whats))
    best, best_imbalance, chosen = (-1, 0, False), 0.0, (0, 0)
    for first, total in enumerate(totals[:-1]):
        last = max(first + 1, bisect_right(totals, total + longest) - 1)
        low, high = before[first], before[last]
        if high - low < (best[1] if best[0] == most else best[0]):
            continue
        start, end = ends[first], ends[last]
        value = len(set(whats[low:high])), high - low, start in sentences
        if value >= best:
            imbalance = _imbalance(marks[low:high], start, end)
            if value > best or imbalance < best_imbalance:
                best, best_imbalance, chosen = value, imbalance, (start, end)
    return _stripped(text, *chosen)


def _window_near(text: str, marks: Sequence[Mark], longest: int) -> tuple[int, int]:
    """Choose only around the first mark of a passage that is very long, as text without punctuation makes them."""
    first = max(0, marks[0].start - _SURVEYED // 4) if marks else 0
    last = first + _SURVEYED
    inside = [Mark(mark.start - first, mark.end - first, mark.what) for mark in marks if mark.end <= last]
    start, end = choose_window(text[first:last], inside, longest)
    return first + start, first + end


def cost(text: str) -> int:
    """Return the length of a quotation: Han characters and signs count one, words of letters and digits three."""
    return _cost(shape_of(text))


def _cost(shape: str) -> int:
    return len(_counted(shape))


def _counted(shape: str) -> str:
    """Return as many characters as a shape costs, and the cuts in it where they stand."""
    return "".join(_WORD.sub(_WORD_COST * "#", shape).split())


def _costs(shape: str, ends: Sequence[int]) -> list[int]:
    """Return the costs of the stretches between places; of a word that is cut, each piece is one."""
    cut = "".join([_CUT + shape[start:end] for start, end in pairwise(ends)])
    if _CUT_WORD.search(cut):
        return _costs_of_pieces(shape, ends)
    return list(map(len, _counted(cut).split(_CUT)[1:]))


def _costs_of_pieces(shape: str, ends: Sequence[int]) -> list[int]:
    costs = [sum(map(len, shape[start:end].split())) for start, end in pairwise(ends)]
    for match in _WORD.finditer(shape, ends[0], ends[-1]):
        start, end = match.span()
        at = bisect_right(ends, start) - 1
        while start < end:
            stop = min(end, ends[at + 1])
            if stop - start > 1:
                costs[at] += _WORD_COST - (stop - start)
            start, at = stop, at + 1
    return costs


def _boundaries(
    text: str, shape: str, sentences: set[int], marks: Sequence[Mark], longest: int
) -> tuple[list[int], list[int]]:
    """Return where a window may begin or end, and the costs in between.

    It may at clauses, and inside clauses that cost more than `longest` between runs.
    """
    inside_marks = {place for mark in marks for place in range(mark.start + 1, mark.end)}
    ends = {*sentences, *(match.end() for match in _CLAUSE_END.finditer(text))} - inside_marks
    boundaries = sorted({0, len(text), *ends})
    costs = _costs(shape, boundaries)
    too_long = [pair for pair, own in zip(pairwise(boundaries), costs, strict=True) if own > longest]
    if not too_long:
        return boundaries, costs
    whole = [(start, end) for start, end in run_spans(text) if end - start < longest]
    whole += (match.span() for match in _WORD.finditer(shape) if match.end() - match.start() < LONGEST)
    inside = inside_marks | {place for start, end in whole for place in range(start + 1, end)}
    for start, end in too_long:
        boundaries += (place for place in range(start + 1, end) if place not in inside and not text[place].isspace())
    boundaries = sorted(set(boundaries))
    return boundaries, _costs(shape, boundaries)


def _imbalance(marks: Sequence[Mark], start: int, end: int) -> float:
    """Return how far the middle of what is found lies from that of a window, as a part of its length."""
    if not marks:
        return 0.0
    return abs((marks[0].start + marks[-1].end) / 2 - (start + end) / 2) / (end - start)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    chosen = text[start:end]
    start += len(chosen) - len(chosen.lstrip())
    return start, start + len(chosen.strip())
