"""English words whose forms no stemmer brings together: lost and lose, women and woman, British and Britain."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from indexer.analysis.latin import stem

DATA_FILE = Path(__file__).with_name("data") / "irregular.txt"


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    forms: dict[str, tuple[str, ...]] = {}
    for line in DATA_FILE.read_text("utf-8").splitlines():
        stems = () if line.startswith("#") else tuple(dict.fromkeys(stem(word.lower()) for word in line.split()))
        for one in stems:
            others = (other for other in stems if other != one)
            forms[one] = tuple(dict.fromkeys((*forms.get(one, ()), *others)))
    return forms


def other_forms(one: str) -> tuple[str, ...]:
    """Return the stems of the other forms of a word, given by its stem; none for most words."""
    return _forms().get(one, ())
