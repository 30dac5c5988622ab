"""Where a date may stand besides metadata -> when an article was published; a guess is marked as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from indexer.numerals import NUMERALS, number
from indexer.sources.dates import Mention, Moment, day_of, find_dates, moment_of
from indexer.sources.places import own_name, own_path, web_path

_HEAD_CHARS = 1000
# How far in its line a label or a place may go before a date.
_LONGEST_LEAD = 60

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s*)?"
_LABEL = re.compile(
    r"(?:^|[\s|｜,，;；(（])(?:date|published|posted|(?:publish|publication|release) (?:date|time)|日期"
    rf"|[发發][布佈表](?:[时時][间間]|日期)|[刊发發][登稿]日期)\s*[:：]\s*{_WEEKDAY}\Z"
    rf"|^\s*(?:date|published|posted|[发發][布佈表][于於])(?:\s+on)?\s+{_WEEKDAY}\Z",
    re.IGNORECASE,
)
_DATELINE_END = re.compile(
    r"[^\S\n]*(?:[电電讯訊]|[—–]|-{1,2}[^\S\n]|[（(][^）)\n]{1,30}[）)][^\S\n]*(?:[电電讯訊]|[—–]|-{1,2}[^\S\n]))"
)

# Both fields of two digits, as /2018/11/01/ 2018-11/01 /2018/1101/ t20181101_5 and 20181101103000; or both set apart.
_NAMED_DATE = re.compile(
    r"(?<![0-9A-Za-z])[A-Za-z]{0,8}((?:19|20)\d\d)[-_./]?(\d\d)[-_./]?(\d\d)(?=T\d|(?:\d{4}|\d{6})?(?![0-9A-Za-z]))"
    r"|(?<![0-9A-Za-z.])((?:19|20)\d\d)([-_./])(\d\d?)\5(\d\d?)(?![0-9])"
)
_NAMED_YEAR = re.compile(r"(?<![0-9A-Za-z])((?:19|20)\d\d)(?![0-9A-Za-z])")
_TEXT_YEAR = re.compile(
    rf"([{NUMERALS}](?<!\d\d)[{NUMERALS}]{{3}})[^\S\n]*年|\b(?:[Ii]n|of|since|until|by|from|year)\s+((?:1[89]|20)\d\d)\b"
)


def find_published(text: str, url: str, article_id: str) -> Moment | None:
    """Return the date that the head of a text states; else a guess by address, name, or the head's other dates."""
    head = text[:_HEAD_CHARS]
    mentions = find_dates(head)
    stated = next((mention for mention in mentions if mention.year), None)
    if stated and _LABEL.search(_lead(stated, head)[-_LONGEST_LEAD:]):
        return moment_of(stated, head)
    named = _date_of_names(url, article_id)
    if named:
        return Moment(named, guessed=True)
    found = _first_with_year(mentions, head, url, article_id)
    return found and found._replace(guessed=True)


def _lead(mention: Mention, head: str) -> str:
    """Return what stands before a date in its line."""
    return head[head.rfind("\n", 0, mention.start) + 1 : mention.start]


def _date_of_names(url: str, article_id: str) -> date | None:
    """Return the date in an address, else in the file's name, else in its folders."""
    name = own_name(article_id)
    written = (mention.on(0) for mention in find_dates(name.replace("_", " ")) if mention.year)
    return (
        next(_named_dates(web_path(url)), None)
        or next(_named_dates(name), None)
        or next(written, None)
        or next(_named_dates(own_path(article_id)), None)
    )


def _named_dates(name: str) -> Iterator[date]:
    for match in _NAMED_DATE.finditer(name):
        year, month, day = match.group(1, 2, 3) if match[1] else match.group(4, 6, 7)
        found = day_of(int(year), int(month), int(day))
        if found:
            yield found


def _first_with_year(mentions: Sequence[Mention], head: str, url: str, article_id: str) -> Moment | None:
    """Return the first date that has a year or is that of a dateline; else the first whose year can be told."""
    ranked = sorted(mentions, key=lambda mention: not (mention.year or _is_dateline(mention, head)))
    if ranked and ranked[0].year:
        return moment_of(ranked[0], head)
    around = _YearsAround(mentions, head, url, article_id)
    return next((moment_of(mention, head, year) for mention in ranked if (year := around.year_of(mention))), None)


def _is_dateline(mention: Mention, head: str) -> bool:
    return len(_lead(mention, head)) <= _LONGEST_LEAD and _DATELINE_END.match(head, mention.end) is not None


class _YearsAround:
    """What tells the year of a date that gives none: whole dates, names, and years in the text, in this order."""

    def __init__(self, mentions: Sequence[Mention], head: str, url: str, article_id: str) -> None:
        self._dates = [(mention.start, day) for mention in mentions if (day := mention.on(0))]
        names = (web_path(url), own_path(article_id))
        self._named = [int(match[1]) for name in names for match in _NAMED_YEAR.finditer(name)]
        self._written = [(match.start(), number(match[1] or match[2])) for match in _TEXT_YEAR.finditer(head)]

    def year_of(self, mention: Mention) -> int:
        """Return the year in which there is such a day, or 0."""
        if mention.year:
            return mention.year
        near = sorted(self._written, key=lambda one: abs(one[0] - mention.start))
        years = (self._by_dates(mention), *self._named, *(year for _, year in near))
        return next(filter(mention.on, years), 0)

    def _by_dates(self, mention: Mention) -> int:
        """Return the year that brings a date nearest to the whole date that stands nearest; 0 if there is none."""
        if not self._dates:
            return 0
        other = min(self._dates, key=lambda one: abs(one[0] - mention.start))[1]
        days = [day for year in (other.year, other.year - 1, other.year + 1) if (day := mention.on(year))]
        return min(days, key=lambda day: abs(day - other)).year if days else 0
