"""An English term -> its other number: tariff, tariffs. What analysis does not take for one word is no number of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.analysis.latin import stem
from indexer.analysis.stopwords import stopwords

# Words whose other number means something else, or is none.
_ALONE = frozenset(
    ("arms", "crickets", "customs", "derivatives", "diabetes", "glasses", "goods", "rabies", "series", "species")
)
_HISSING = ("s", "x", "z", "ch", "sh")
# Ends of words that are no plurals: virus, tennis, class.
_NO_PLURAL = ("us", "is", "ss")
_LAST_WORD = re.compile(r"[A-Za-z]+$")


def other_numbers(text: str, key: str) -> Iterator[str]:
    """Yield the keys of a term in its other number, of how it is written and its key; a name, of one word, has none."""
    match = _LAST_WORD.search(text)
    if match is None:
        return
    written, word = match[0], match[0].lower()
    for other in _numbers(written, word, is_alone=" " not in text):
        if stem(other) == stem(word) and _ALONE.isdisjoint((word, other)) and other not in stopwords():
            yield key.removesuffix(word) + other


def _numbers(written: str, word: str, *, is_alone: bool) -> Iterator[str]:
    if written.islower():
        yield from _plurals(word)
        yield from _singulars(word)
    elif (written.isupper() or not is_alone) and not word.endswith(_HISSING):
        yield f"{word}s"  # SUVs, Egyptian Pounds


def _plurals(word: str) -> Iterator[str]:
    if word.endswith(_HISSING):
        yield f"{word}es"
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        yield f"{word[:-1]}ies"
    else:
        yield f"{word}s"
        if word.endswith("o"):
            yield f"{word}es"


def _singulars(word: str) -> Iterator[str]:
    if word.endswith("ies"):
        yield f"{word[:-3]}y"
    elif word.endswith("es") and word[:-2].endswith((*_HISSING, "o")):
        yield word[:-2]
    elif word.endswith("s") and not word.endswith(_NO_PLURAL):
        yield word[:-1]
