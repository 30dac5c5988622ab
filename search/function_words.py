"""Term of a ranked field -> the part of its weight that it has: function words say little of what is looked for."""

from __future__ import annotations

from functools import cache

from indexer.analysis.latin import stem
from indexer.analysis.stopwords import stopwords

# Part of their weight that function words keep, and pairs of characters that are nothing else. MRR@10 with 1 / .5 /
# .3 / 0 of it: adobe3 en .832 / .841 / .841 / .842, zh-Hant .821 / .830 / .832 / .831, cmrc2018 .991 / .993 / .993 /
# .993, drcd .946 / .948 / .947 / .945, xquad en .950 / .955 / .959 / .958, vsdocs2 within .003.
FUNCTION_WORD_WEIGHT = 0.3


def share_of(field: str, term: str) -> float:
    """Return the part of a field's weight that a term of it has."""
    return FUNCTION_WORD_WEIGHT if _is_function_word(field, term) else 1.0


def _is_function_word(field: str, term: str) -> bool:
    if field.endswith("en"):
        return term in _stems()
    words = stopwords()
    return term in words or (field.endswith("text") and words.issuperset(term))


@cache
def _stems() -> frozenset[str]:
    return frozenset(stem(word) for word in stopwords() if word.isascii())
