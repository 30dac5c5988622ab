"""Search key -> runs of one kind of writing: Han, words of letters and digits, and all else one by one.

Nothing but punctuation, white space and control characters falls out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from indexer.analysis.characters import CharacterTable

# First and last character of each range. 々 and 〇 are written inside Han words.
_HAN = ("々々", "〇〇", "\u3400\u4dbf", "\u4e00\u9fff", "\uf900\ufaff", "\U00020000\U000323af")
# Written without spaces and without a dictionary here: kana, bopomofo, hangul, Thai, Lao, Tibetan, Myanmar, Khmer.
_UNSPACED = (
    "\u3041\u3096", "\u309d\u309f", "\u30a1\u30fa", "\u30fc\u30ff", "\u31f0\u31ff", "\u3105\u312f", "\u31a0\u31bf",
    "\u1100\u11ff", "\u3131\u318e", "\uac00\ud7a3", "\u0e01\u0eff", "\u0f00\u0fff", "\u1000\u109f", "\u1780\u17ff",
)  # fmt: skip
# Longer words are cut into pieces, so that no term can pass 255 UTF-16 units; behind a number with commas sooner.
LONGEST_WORD, LONGEST_TAIL = 40, 30

# Of a shape, see `shape_of`. A regular expression with the ranges themselves takes 14 ms to compile.
ALNUM = "[0-9a-zL]"
_WORD = rf"{ALNUM}{{1,{LONGEST_WORD}}}"
_LINE_BREAK = r"[ \t]*\r?\n"
_LONE_SPACE = r"[ ](?<=H )(?<!HH )(?=H(?!H))"

_RUN = re.compile(
    # A Han run goes on across one line break, and across single spaces between lone characters.
    rf"(?P<han>H+(?:{_LINE_BREAK}H+|{_LONE_SPACE}H)*)"
    rf"|(?P<word>{_WORD}(?!,[0-9]|{ALNUM}|-{_LINE_BREAK}))"
    # What is left to the next two: 1,200 and words hyphened at a line end.
    rf"|(?P<number>[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,9}}(?!,?[0-9]){ALNUM}{{0,{LONGEST_TAIL}}})"
    rf"|(?P<hyphened>{_WORD}(?:(?<=[a-z])-{_LINE_BREAK}(?=[a-z]){_WORD}){{0,2}})"
    # C++, C#
    rf"|(?P<sign>(?<=[a-z])\+\+|(?<=[a-z])(?<!{ALNUM}[a-z])\#(?!{ALNUM}))"
    r"|(?P<character>C)"
)
_JOINT = re.compile(r"-\s*")
# Where a run goes on across what its text leaves out: in a word, or between Han characters. Each begins with a set of
# characters, so that the search passes over all others at once.
_WORD_GAP = rf"(?<=-){_LINE_BREAK}|(?<=[0-9],)[0-9]"
_BREAK_GAP = r"(?<={0}[ \t])[ \t]*\r?\n{0}|(?<={0}\r)\n{0}|(?<={0}\n){0}"
_GAP = re.compile(rf"[-, \t\r\n](?:{_WORD_GAP}|(?<=H )(?<!HH )(?=H(?!H))|{_BREAK_GAP.format('H')})")
# The same of a key, by which most are known to have none.
_OTHER = r"[^\x00-\x7f。]"
_PERHAPS_GAP = re.compile(rf"[-, \t\r\n](?:{_WORD_GAP}|(?<={_OTHER} )(?={_OTHER})|{_BREAK_GAP.format(_OTHER)})")
_ASCII_GAP = re.compile(rf"[-,](?:{_WORD_GAP})")


class Run(NamedTuple):
    """`key[start:end]` of one kind; `text` is it without the white space and marks that its rule drops."""

    kind: str  # han, word or character
    start: int
    end: int
    text: str


def shape_of(text: str) -> str:
    """Return a text, character by character, as far as runs depend on it: in ASCII.

    ASCII stands for itself in lower case, H for Han, L for other letters and digits, C for what is a run for itself,
    N for what is in none, but ' for the printed apostrophe, and a vertical tab for white space.
    """
    return text.lower() if text.isascii() else _shapes().translate(text)


def is_han(term: str) -> bool:
    """Tell whether a term begins with a Han character."""
    return _shapes()[ord(term[0])] == "H"


def has_gaps(key: str) -> bool:
    """Tell whether the text of some run may leave out characters of `key`."""
    if key.isascii():
        return _ASCII_GAP.search(key) is not None
    # What is a gap depends on no more than two characters before it and two behind.
    perhaps = (key[max(0, found.start() - 2) : found.end() + 2] for found in _PERHAPS_GAP.finditer(key))
    return any(_GAP.search(shape_of(part)) for part in perhaps)


def runs(key: str, start: int = 0, end: int | None = None) -> list[Run]:
    """Return the runs of a folded text in reading order, or of a part of it as if nothing else followed."""
    found: list[Run] = []
    add = found.append
    new = tuple.__new__  # a third of the time of calling Run, in the loop where analysis spends most of its own
    for match in _RUN.finditer(shape_of(key), start, len(key) if end is None else end):
        group = match.lastgroup
        start, end = match.span()
        text = key[start:end]
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
        else:
            add(Run("character", start, end, text))
    return found


@cache
def _shapes() -> CharacterTable:
    return CharacterTable(_shape_of)


def _shape_of(character: str) -> str:
    if character.isascii():
        return character.lower()
    if _is_in(character, _HAN):
        return "H"
    if _is_in(character, _UNSPACED):
        return "C"
    if character.isalnum():
        return "L"
    if character.isspace():
        return "\v"
    if character == "’":
        return "'"
    category = unicodedata.category(character)
    return "C" if category[0] in "SM" or category in ("Co", "Cn") else "N"


def _is_in(character: str, ranges: tuple[str, ...]) -> bool:
    return any(ends[0] <= character <= ends[1] for ends in ranges)
