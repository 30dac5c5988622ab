"""Search key -> runs of one kind of writing: Han, words of letters and digits, and all else one by one.

Nothing but punctuation, white space and control characters falls out.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# 々 and 〇 are written inside Han words.
HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# Written without spaces and without a dictionary here: kana, bopomofo, hangul, Thai, Lao, Tibetan, Myanmar, Khmer.
UNSPACED = (
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3105-\u312f\u31a0-\u31bf"
    "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3\u0e01-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"
)
_ALNUM = rf"[^\W_{HAN}{UNSPACED}]"
# Longer words are cut into pieces, so that no term can pass 255 UTF-16 units; behind a number with commas sooner.
LONGEST_WORD, LONGEST_TAIL = 40, 30
_WORD = rf"{_ALNUM}{{1,{LONGEST_WORD}}}"
_LINE_BREAK = r"[ \t]*\r?\n"
# Begins no run: ASCII without letters, digits, + and #, and common punctuation. The search passes over it at once.
_PUNCTUATION = (
    '\\x00-"$-*,-/:-@\\[-`{-\x7f'
    "\u2010-\u2043\u2045-\u2051\u2053-\u205e\u3001-\u3003\u3008-\u3011\u3014-\u301f\u00a7\u00b6\u00b7"
)

_RUN = re.compile(
    rf"(?![{_PUNCTUATION}])(?:"
    # A Han run goes on across one line break, and across single spaces between lone characters.
    rf"(?P<han>[{HAN}]+(?:{_LINE_BREAK}[{HAN}]+|(?<![{HAN}][{HAN}])[ ](?=[{HAN}](?![{HAN}]))[{HAN}])*)"
    rf"|(?P<word>{_WORD}(?!,\d|{_ALNUM}|-{_LINE_BREAK}))"
    # What is left to the next two: 1,200 and words hyphened at a line end.
    rf"|(?P<number>\d{{1,3}}(?:,\d{{3}}){{1,9}}(?!,?\d){_ALNUM}{{0,{LONGEST_TAIL}}})"
    rf"|(?P<hyphened>{_WORD}(?:(?<=[a-z])-{_LINE_BREAK}(?=[a-z]){_WORD}){{0,2}})"
    # C++, C#
    rf"|(?P<sign>(?<=[a-z])\+\+|(?<=[a-z])(?<!{_ALNUM}[a-z])\#(?!{_ALNUM}))"
    rf"|(?P<unspaced>[{UNSPACED}])"
    rf"|(?P<symbol>[^\w\s\x00-\x7f]))"
)
_JOINT = re.compile(r"-\s*")


class Run(NamedTuple):
    """`key[start:end]` of one kind; `text` is it without the white space and marks that its rule drops."""

    kind: str  # han, word or character
    start: int
    end: int
    text: str


_IS_HAN = re.compile(f"[{HAN}]")


def is_han(term: str) -> bool:
    """Tell whether a term begins with a Han character."""
    return _IS_HAN.match(term) is not None


def runs(key: str) -> list[Run]:
    """Return the runs of a folded text in reading order."""
    found: list[Run] = []
    add = found.append
    new = tuple.__new__  # a third of the time of calling Run, in the loop where analysis spends most of its own
    for match in _RUN.finditer(key):
        group = match.lastgroup
        text = match[0]
        start, end = match.span()
        if group == "word":
            add(new(Run, ("word", start, end, text)))
        elif group == "han":
            if "\n" in text or " " in text:
                text = "".join(text.split())
            add(new(Run, ("han", start, end, text)))
        elif group == "number":
            add(Run("word", start, end, text.replace(",", "")))
        elif group == "hyphened":
            add(Run("word", start, end, _JOINT.sub("", text)))
        elif group != "symbol" or _is_symbol(text):
            add(Run("character", start, end, text))
    return found


def _is_symbol(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "SM" or category in ("Co", "Cn")
