"""Where sentences end, in Chinese and English: the one rule for titles, passages and quotations."""

from __future__ import annotations

import re
from itertools import pairwise

_CLOSING = "'\"”’」』）)\\]"
_MARKS = "。！？；!?;"
# A full stop ends a sentence only before white space, and not after a single letter or a usual abbreviation.
_FULL_STOP = (
    r"(?<=\.)(?<!\b[A-Za-z]\.)(?<!\b(?:Mr|Dr|St|Lt|No|vs|Jr|Sr|Ms)\.)"
    r"(?<!\b(?:Mrs|Gen|Col|Sen|Rep|Gov|Inc|Ltd|etc|Jan|Feb|Mar|Apr|Aug|Oct|Nov|Dec)\.)(?<!\b(?:Prof|Sept)\.)(?<!\.\.)"
    rf"\.*+(?=[{_CLOSING}]*(?:\s|$))"
)
# The mark, the quotes and brackets closing after it, and the white space behind. It begins with a set of characters,
# so that the search passes over all others at once.
SENTENCE_END = re.compile(rf"[{_MARKS}.](?:(?<!\.)[{_MARKS}]*|{_FULL_STOP})[{_CLOSING}]*\s*")


def sentence_ends(text: str, start: int = 0, end: int | None = None) -> list[int]:
    """Return where each sentence of `text[start:end]` ends, its last character and white space included."""
    return [match.end() for match in SENTENCE_END.finditer(text, start, len(text) if end is None else end)]


def split_sentences(text: str) -> list[str]:
    """Cut any text where a passage could end, at its sentence ends."""
    ends = [*sentence_ends(text), len(text)]
    return [text[start:end] for start, end in pairwise([0, *ends]) if start < end]
