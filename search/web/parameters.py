"""A query string -> a `Question`: the query and the arguments of `Searcher.search`, named as the flags of the command.

PARAMETERS is the one table of them: what is read, what the API documents and what forms offer follow it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import parse_qsl

from indexer.engines.base import FACETS
from indexer.errors import ParameterError, UsageError
from indexer.nodes import SORTS
from search.added import check_added
from search.days import first_day
from search.fields import LANGUAGES
from search.freshness import DURATION
from search.kinds import ALL_KINDS, KINDS
from search.options import CROSS
from search.snippets import LONGEST

Kind = Literal["text", "number", "flag", "choice", "names", "day", "moment", "half-life", "cursor", "article"]

# Of 25,112 articles, 100 characters of a Chinese one as a query take 0.5 s of processor time, 300 1.4 s, 1,000 4.6 s.
QUERY_CHARS = 1000
# Hits on a page: of a common word 10 take 30 ms, 100 take 160 ms, 1,000 2 s.
LIMIT_MOST = 100
# Results left out; `after` leads further. 100 articles behind 10,000 take 360 ms.
OFFSET_MOST = 10_000
# Passages of one article; a book of ten million characters has fewer.
PASSAGES_MOST = 100_000
# No more than the passage is quoted, and passages are much shorter.
CONTEXT_MOST = 10_000
# An id, a cursor or a date is shorter; what is longer is not worth reading.
VALUE_CHARS = 2000

_FLAGS = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its `name` in a URL, the `argument` it becomes, what it may be, and a sentence about it.

    `least` and `most` bound a number; `most` bounds the characters of anything else. `default` is what counts if it is
    left out, None if nothing does. `choices` are the values of a choice, or the names of names, which may be several:
    with commas, or given several times.
    """

    name: str
    argument: str
    kind: Kind
    about: str
    choices: tuple[str, ...] = ()
    default: int | str | bool | None = None
    least: int = 0
    most: int = VALUE_CHARS

    @property
    def allowed(self) -> str:
        """What it may be, behind `use`."""
        some = {
            "text": f"at most {self.most:,} characters",
            "number": f"a whole number from {self.least} to {self.most:,}",
            "flag": "1 or true, 0 or false",
            "day": "2026, 2026-02 or 2026-02-05",
            "moment": "the number of a run, or a date as 2026-02-05",
            "half-life": "days, as 30, or 6w, 3m, 2y",
            "cursor": "the cursor of the page before",
            "article": "the article_id of a hit",
        }
        return some.get(self.kind) or ", ".join(self.choices)


class WrongValue(ParameterError):
    """A `parameter` has a value that is not allowed: `value`, as far as it helps to recognise it."""

    def __init__(self, parameter: Parameter, value: str) -> None:
        self.parameter = parameter
        self.value = value if len(value) <= 80 else f"{value[:80]}…"
        shown = repr(self.value) if value else "empty"
        super().__init__(parameter.name, f"{parameter.name} is {shown}: use {parameter.allowed}.")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: `searcher.search(question.query, **question.arguments)`."""

    query: str
    arguments: Mapping[str, Any]


QUERY = Parameter(
    "q", "query", "text", "Words, phrases in quotation marks, operators and fields; empty to ask by the rest alone.",
    most=QUERY_CHARS,
)  # fmt: skip
EXACT = Parameter(
    "exact", "exact", "flag", "Find words as typed only: no other names, regional words or pinyin of them.",
    default=False,
)  # fmt: skip
CROSS_LANGUAGE = Parameter(
    "cross", "cross", "choice",
    "The other language, Chinese or English: below the rest (auto), not at all, only that, or mixed in.", CROSS,
)  # fmt: skip
LIMIT = Parameter("limit", "limit", "number", "Articles to show.", default=10, most=LIMIT_MOST)
FACET_NAMES = Parameter("facets", "facets", "names", f"Count what matches by these: {','.join(FACETS)}.", FACETS)

# Of an article's passages, those that are read.
STRETCH = (
    Parameter("offset", "offset", "number", "Leave out this many of its passages.", default=0, most=PASSAGES_MOST),
    Parameter("limit", "limit", "number", "Passages to give, all if it is left out.", most=PASSAGES_MOST),
)

# Which page of an answer is shown, and how.
PAGE = (
    LIMIT,
    Parameter("offset", "offset", "number", "Leave out this many of the best.", default=0, most=OFFSET_MOST),
    Parameter("after", "after", "cursor", "The page behind that with this `cursor` in its JSON."),
    Parameter("sort", "sort", "choice", "Best, newest, oldest first, or by title.", SORTS, SORTS[0]),
    Parameter(
        "passages", "passages", "flag", "Show passages, each by itself, in place of articles.", default=False
    ),
    FACET_NAMES,
    Parameter(
        "suggest", "suggest", "flag", "Search what was probably meant, if a word is found nowhere.", default=False
    ),
    Parameter(
        "context", "context", "number",
        "Characters to quote of a passage; a word of letters counts three, 0 is a clause.",
        default=LONGEST, most=CONTEXT_MOST,
    ),
    Parameter(
        "stories", "stories", "flag", "Show reports of one event together, in any language.", default=False
    ),
)  # fmt: skip

# What limits a search: `search.options.Options`.
LIMITS = (
    Parameter("lang", "lang", "choice", "Only passages in this language.", tuple(LANGUAGES)),
    Parameter("kind", "kinds", "names", "Only passages of this kind.", (*KINDS, ALL_KINDS)),
    Parameter("since", "since", "day", "Only articles of this day or later: 2026, 2026-02 or 2026-02-05."),
    Parameter("until", "until", "day", "Only articles of this day or earlier; 2026-02 covers the month."),
    Parameter(
        "added-since", "added_since", "moment",
        "Only articles that came in after a run of wensou index, or since then.",
    ),
    Parameter("copies", "copies", "flag", "Find all copies of one report, not only the earliest.", default=False),
    CROSS_LANGUAGE,
    Parameter(
        "fresh", "fresh", "half-life",
        "Rank older articles lower: the score halves with each year, or with so much: 30 (days), 6w, 3m, 2y.",
    ),
    EXACT,
    Parameter("like", "like", "article", "Only articles like this one; its id, or the path of its file."),
)  # fmt: skip

PARAMETERS: tuple[Parameter, ...] = (QUERY, *PAGE, *LIMITS)


def pairs_of(query_string: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a query string, in order. Raises ParameterError for what is not UTF-8."""
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return [(_utf8(name, name), _utf8(name, value)) for name, value in pairs]


def _utf8(name: str, text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        shown = name.encode("latin-1", "replace").decode("utf-8", "replace")
        raise ParameterError(shown, f"{shown} is not UTF-8: write its bytes in UTF-8, as %E4%B8%AD for 中.") from None


def read(pairs: Sequence[tuple[str, str]], known: Iterable[Parameter] = PARAMETERS) -> Question:
    """Read names and values, in which nothing may be empty but the query.

    Raises ParameterError for an unknown name, for one given twice that takes one value, and for a value that is not
    allowed.
    """
    parameters = {parameter.name: parameter for parameter in known}
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in parameters:
            raise ParameterError(name, _unknown(name, tuple(parameters)))
        given.setdefault(name, []).append(value)
    read_values = {parameters[name].argument: _value(parameters[name], values) for name, values in given.items()}
    return Question(read_values.pop(QUERY.argument, ""), MappingProxyType(read_values))


def _unknown(name: str, known: Sequence[str]) -> str:
    import difflib  # for this only

    near = difflib.get_close_matches(name.lower().replace("_", "-"), known, n=1, cutoff=0.5)
    advice = f"Did you mean {near[0]}? " if near else ""
    rest = f"Known are: {', '.join(known)}." if known else "There are none here."
    return f"Unknown parameter {name!r}. {advice}{rest}"


def _value(parameter: Parameter, values: Sequence[str]) -> Any:
    if parameter.kind == "names":
        return _names(parameter, values)
    if len(values) > 1:
        raise ParameterError(parameter.name, f"{parameter.name} is given {len(values)} times: give it once.")
    value = values[0]
    is_right = bool(value) or parameter.kind == "text"
    if is_right and (parameter.kind == "number" or len(value) <= parameter.most):
        try:
            return _READERS[parameter.kind](parameter, value)
        except (UsageError, LookupError, ValueError):
            pass
    raise WrongValue(parameter, value)


def _names(parameter: Parameter, values: Sequence[str]) -> tuple[str, ...]:
    """Return names of a list with commas, each once."""
    names = [name.strip() for value in values for name in value.split(",")]
    for name in names:
        if name not in parameter.choices:
            raise WrongValue(parameter, name)
    return tuple(dict.fromkeys(names))


def _number(parameter: Parameter, value: str) -> int:
    # Digits of a bound and no more: Python reads other digits, signs and underscores, too.
    if not re.fullmatch(r"[0-9]{1,9}", value) or not parameter.least <= int(value) <= parameter.most:
        raise ValueError(value)
    return int(value)


def _choice(parameter: Parameter, value: str) -> str:
    return parameter.choices[parameter.choices.index(value)]


def _day(_: Parameter, value: str) -> str:
    first_day(value)
    return value


def _moment(_: Parameter, value: str) -> str:
    check_added(value)
    return value


def _half_life(_: Parameter, value: str) -> str:
    found = DURATION.fullmatch(value)
    if not found or not float(found[1]):
        raise ValueError(value)
    return value


def _text(_: Parameter, value: str) -> str:
    return value


# Each takes a parameter and a value, and raises UsageError, LookupError or ValueError for one that is not allowed.
_READERS: Mapping[Kind, Callable[[Parameter, str], Any]] = {
    "text": _text,
    "number": _number,
    "flag": lambda _, value: _FLAGS[value],
    "choice": _choice,
    "day": _day,
    "moment": _moment,
    "half-life": _half_life,
    "cursor": _text,
    "article": _text,
}
