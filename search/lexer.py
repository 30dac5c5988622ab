"""Query text -> tokens: words, phrases, patterns, values of fields, brackets and operators. No input is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from indexer.analysis.fold import fold_key
from indexer.analysis.scripts import runs
from indexer.errors import UsageError
from search.days import days_of
from search.fields import (
    ADDRESS_FIELDS,
    CHOICE_FIELDS,
    DATE_FIELDS,
    FACT_FIELDS,
    FIELD_NAMES,
    choice,
    choices,
    field_named,
)
from search.model import Note, Value
from search.syntax import (
    CORNER_QUOTES,
    DOUBLE_QUOTES,
    OPERATORS,
    Address,
    Choice,
    Days,
    Everything,
    Exact,
    Fuzzy,
    Near,
    Phrase,
    Tree,
    Wild,
)

# Places that words of a phrase with ~ may be apart, at most.
WIDEST_SLOP = 100
# Edits between a word with ~ and what it finds, at most.
MOST_EDITS = 2
# In Chinese, ? stands for a character in words and names only; what is longer is a sentence that asks.
_LONGEST_HAN_PATTERN = 6

_BLANK = r"\s\u200b\ufeff"
_QUOTES = DOUBLE_QUOTES + "".join(CORNER_QUOTES)
_BREAKS = _BLANK + DOUBLE_QUOTES + "「」『』()（）|｜"
_WORD = re.compile(rf"(?:\\[^{_BLANK}]|[^\\{_BREAKS}])+")
_SLOP = re.compile(r"[~～](\d{1,6})")
_FIELD = re.compile(r"([^\W\d_]{2,8})[:：]")
_EQUALS = re.compile(r"[=＝]")
_VALUE = re.compile(rf"[^{_BREAKS}]+")
_FUZZY = re.compile(r"([^\W_]+)[~～]((?:\d{1,3}(?:\.\d+)?)?)")
# Before a letter or digit a backslash is one, as in C:\new, unless an operator stands behind it.
_ESCAPED = re.compile(r"\\(\W|_)", re.DOTALL)
_SPACE = re.compile(rf"[{_BLANK}]+")
# A wildcard is no ? at the end of a word: that asks.
_ONE = re.compile(r"[?？](?=[*＊?？]*[^\W_])")
_STARS = re.compile(r"[*＊]+")


@cache
def _quotations() -> dict[str, re.Pattern[str]]:
    """Return by opening quote what may stand behind it, and the closing one."""
    ends = dict.fromkeys(DOUBLE_QUOTES, DOUBLE_QUOTES) | CORNER_QUOTES
    return {opening: re.compile(rf"((?:\\.|[^\\{end}])*)[{end}]", re.DOTALL) for opening, end in ends.items()}


@cache
def _curled() -> re.Pattern[str]:
    return re.compile(r"((?:\\.|[^\\”])*)”", re.DOTALL)


class Token(NamedTuple):
    """`kind` is unit, tree, scope, open, close, and, or, not or must.

    `text` is a unit's word, and of others what is read as one where they are out of place; `field` is that of a scope.
    """

    kind: str
    text: str = ""
    tree: Tree | None = None
    field: str = ""


def tokens(text: str, notes: list[Note]) -> Iterator[Token]:
    """Yield the tokens of a query, and say in `notes` what was read otherwise than it may have been meant."""
    return _Lexer(text, notes).tokens()


class _Lexer:
    def __init__(self, text: str, notes: list[Note]) -> None:
        self._text = text
        self._notes = notes
        self._at = 0

    def _note(self, kind: str, message: str, **values: Value) -> None:
        self._notes.append(Note(kind, message, values))

    def _matched(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what stands at the place, and go behind it."""
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def tokens(self) -> Iterator[Token]:
        while self._at < len(self._text):
            character = self._text[self._at]
            if self._matched(_SPACE):
                continue
            if character in _QUOTES:
                yield from self._quoted()
            elif character in "()（）":
                self._at += 1
                yield Token("open" if character in "(（" else "close")
            elif character in "|｜":
                self._at += 1
                yield Token("or")
            elif character in "+-＋－" and self._is_prefix():
                self._at += 1
                yield Token("must" if character in "+＋" else "not")
            else:
                yield from self._word()

    def _is_prefix(self) -> bool:
        """Tell whether one sign stands before something, and behind nothing."""
        before = self._text[self._at - 1 : self._at] if self._at else ""
        after = self._text[self._at + 1 : self._at + 2]
        is_first = not before or before in "(（:：|｜" or _SPACE.match(before) is not None
        return is_first and bool(after) and after not in ")）|｜+-＋－" and not _SPACE.match(after)

    def _quoted(self) -> Iterator[Token]:
        quotation = self._quotation()
        if quotation is None:
            self._at += 1
            self._note("unclosed_quote", "A quote is not closed: it was read as text.")
            return
        slop = self._matched(_SLOP)
        if not quotation.strip():
            return
        if slop:
            places = min(int(slop[1]), WIDEST_SLOP)
            if places < int(slop[1]):
                self._note("limit", "Words can be looked for at most {count} places apart.", count=WIDEST_SLOP)
            yield Token("tree", quotation, Near(quotation, places))
        else:
            yield Token("tree", quotation, Phrase(quotation))

    def _quotation(self) -> str | None:
        """Return what stands in quotes here; None if they are not closed."""
        opening = self._text[self._at : self._at + 1]
        if opening not in _quotations():
            return None
        self._at += 1
        match = (self._matched(_curled()) if opening == "“" else None) or self._matched(_quotations()[opening])
        if match is None:
            self._at -= 1
            return None
        return _plain(match[1])

    def _word(self) -> Iterator[Token]:
        match = self._matched(_WORD)
        if match is None:  # a backslash before nothing, or a closing quote
            self._at += 1
            return
        word = match[0]
        field = _FIELD.match(word)
        name = field_named(field[1]) if field else ""
        if name and field:
            start = match.start()
            self._at = start + field.end()
            yield from self._field(name, start)
            return
        if field and field[1].isascii() and field.end() < len(word) and word[field.end()] != "/":
            message = "“{text}” is no field ({fields:, }): it was read as text."
            self._note("field", message, text=field[1], fields=FIELD_NAMES)
        yield self._unit(word)

    def _unit(self, word: str) -> Token:
        if word in OPERATORS:
            return Token(word.lower(), word)
        fuzzy = _FUZZY.fullmatch(word)
        if fuzzy and not fuzzy[1].isdecimal():
            return self._fuzzy(*fuzzy.groups())
        pattern = _ONE.sub("?", _STARS.sub("*", word.rstrip("?？"))) if "\\" not in word else word
        if "\\" not in word and ("*" in pattern or "?" in pattern):
            if pattern == "*":
                return Token("tree", word, Everything())
            if _is_pattern(pattern):
                return Token("tree", word, Wild(pattern))
            if "*" in pattern:
                message = "“{text}” was read as text: wildcards stand in a single word of one script."
                self._note("wildcard", message, text=word)
        return Token("unit", _plain(word))

    def _fuzzy(self, word: str, edits: str) -> Token:
        typed = f"{word}~{edits}"
        if _kind(word) != "word" or "." in edits:
            message = "“{text}” was read as {word}: ~ stands behind a word of letters, and takes 0, 1 or 2."
            self._note("wildcard", message, text=typed, word=word)
            return Token("unit", word)
        if edits and int(edits) > MOST_EDITS:
            message = "A word may have at most {count} edits: “{text}” was read so."
            self._note("limit", message, count=MOST_EDITS, text=typed)
        return Token("tree", typed, Fuzzy(word, min(int(edits), MOST_EDITS) if edits else None))

    def _field(self, name: str, start: int) -> Iterator[Token]:
        """Read what stands behind the name of a field and its colon."""
        typed = self._text[start : self._at]
        if name in FACT_FIELDS and self._matched(_EQUALS):
            value = self._value()
            if value:
                yield Token("tree", typed, Exact(name, value))
            else:
                self._note("field", "“{text}” has no value: it was left out.", text=f"{typed}=")
            return
        if name not in (*CHOICE_FIELDS, *DATE_FIELDS, *ADDRESS_FIELDS):
            yield Token("scope", typed, field=name)
            return
        begin = self._at
        self._matched(_SPACE)
        value = self._value()
        tree = self._leaf(name, value) if value else None
        if tree is not None:
            yield Token("tree", typed + value, tree)
            return
        if not value:
            message = "“{text}” was read as text: it takes one value, without brackets; for several, {text}… OR {text}…"
            self._note("field", message, text=typed)
        self._at = begin
        rest = self._matched(_VALUE)
        yield Token("unit", typed + (rest[0] if rest else ""))

    def _value(self) -> str:
        quotation = self._quotation()
        if quotation is not None:
            return quotation.strip()
        match = self._matched(_VALUE)
        return match[0] if match else ""

    def _leaf(self, name: str, value: str) -> Tree | None:
        if name in ADDRESS_FIELDS:
            return Address(name, value)
        if name in CHOICE_FIELDS:
            chosen = choice(name, value)
            if chosen:
                return Choice(name, chosen)
            message = "“{text}” is no {field} ({choices:, }): it was read as text."
            self._note("field", message, text=value, field=name, choices=choices(name))
            return None
        try:
            return Days(*days_of(name, value))
        except UsageError as error:
            self._note("field", "{error} It was read as text.", error=error.args[0])
            return None


def _plain(text: str) -> str:
    """Return text without the backslashes that take away what a character means."""
    return text[1:] if text[1:] in OPERATORS and text[0] == "\\" else _ESCAPED.sub(r"\1", text)


def _kind(word: str) -> str:
    """Return the kind of run that all of a word is; empty if it is no single one."""
    key = fold_key(word)
    found = runs(key)
    return found[0].kind if len(found) == 1 and found[0].text == key else ""


def _is_pattern(pattern: str) -> bool:
    kind = _kind(pattern.replace("*", "").replace("?", ""))
    return kind == "word" or (kind == "han" and len(pattern) <= _LONGEST_HAN_PATTERN)
