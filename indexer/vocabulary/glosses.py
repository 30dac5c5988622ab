"""What a dictionary says of a word -> its translations, each with how well it stands for the word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

# Weight of the n-th translation, counted from 0: 1 / (1 + FADING n).
_FADING = 0.25
# What follows a comma of a long meaning explains more often than it translates: "Zhenjiang, a city in Jiangsu".
_EXPLANATION = 0.5
_LONG = 40
_SURNAME = 0.15
_RARE = 0.4
# What an entry refers to means about the same.
REFERRED = 0.9
# An abbreviation in brackets behind a name, "World Trade Organization (WTO)".
_ABBREVIATED = 0.8

_REFERENCE = re.compile(
    r"\b(?:(?P<old>old|archaic|ancient|Japanese|Korean) )?"
    r"(?:(?:\w+ )?variant of|see also|see|same as|also written|abbr\. for|abbr\. of|short for|equivalent to|"
    r"also known as|also called|synonym of) "
    r"(?:the )?(?P<words>[^\s,;()\[\]A-Za-z]+)(?:\[[^\]]*\])?"
)
_NO_MEANING = re.compile(
    r"^(?:CL:|(?:also |Taiwan |Tw |old )*pr\.|used in|particle|classifier|radical in|Kangxi radical|see )"
)
_BRACKETED = re.compile(r"\(([^()]*)\)")
_READING = re.compile(r"\[[^\]]*\]")
_HAN = re.compile(r"[㐀-鿿|]+")
_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9&-]{1,7}")
_RARE_MARK = re.compile(r"\((?:[^()]*\b)?(?:old|archaic|dialect|literary|classical|obsolete|vulgar|slang)\b[^()]*\)")
_OPENING = re.compile(
    r"^(?:(?:lit|fig|esp|e\.g|i\.e|also|cf|abbr|short)\.?:? |for |to be |to |a |an |the |one's |sb's |~'s )+", re.I
)
_PLACEHOLDER = re.compile(r"\b(?:sth|sb|one's|oneself|etc)\b\.?")


class Meaning(NamedTuple):
    """An English translation, from the best (1) down."""

    text: str
    weight: float


def meanings(lines: Iterable[str]) -> list[Meaning]:
    """Return the translations in what a dictionary says of a word, each once, in order; references are left out."""
    found: dict[str, float] = {}
    rank = 0
    for line in lines:
        parts = list(_of_line(line))
        for text, factor in parts:
            weight = factor / (1 + _FADING * rank)
            if weight > found.get(text, 0):
                found[text] = weight
            rank += 1
    return [Meaning(text, weight) for text, weight in found.items()]


def references(lines: Iterable[str]) -> list[tuple[str, float]]:
    """Return the words that an entry says it is a variant or a short form of, with what they weigh."""
    return [
        (match["words"].rpartition("|")[2], _RARE if match["old"] else REFERRED)
        for line in lines
        for match in _REFERENCE.finditer(line)
    ]


def _of_line(line: str) -> Iterator[tuple[str, float]]:
    if _NO_MEANING.match(line) or (_REFERENCE.match(line)):
        return
    if line.startswith("surname "):
        yield line.removeprefix("surname ").strip(), _SURNAME
        return
    rarity = _RARE if _RARE_MARK.search(line) else 1.0
    short = [one for bracket in _BRACKETED.findall(line) for one in [bracket.strip()] if _ABBREVIATION.fullmatch(one)]
    plain = _BRACKETED.sub(" ", _BRACKETED.sub(" ", _READING.sub("", line)))
    for sense in plain.split(";"):
        for number, part in enumerate(sense.split(",")):
            text = _cleaned(part)
            if text.startswith("surname "):
                yield text.removeprefix("surname ").strip(), _SURNAME
            elif text:
                yield text, rarity * (_EXPLANATION if number and len(line) > _LONG else 1.0)
    yield from ((one, _ABBREVIATED * rarity) for one in short)


def _cleaned(part: str) -> str:
    text = _PLACEHOLDER.sub(" ", _HAN.sub(" ", part))
    text = " ".join(text.split()).strip(" .!?\"'“”:-")
    return _OPENING.sub("", text).strip()
