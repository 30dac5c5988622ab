"""An article, and what is quoted of it -> a line to copy that says where that is from, in Chinese or English form."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from indexer.display import harmless

# In English whatever the locale, which the standard library's names of months are not.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Quotation marks within others: in Chinese as GB/T 15834 has them.
_INNER = {"zh": str.maketrans("《》", "〈〉"), "en": str.maketrans("“”", "‘’")}


class Cited(Protocol):
    """An article that may be cited: a hit, or one that was read."""

    @property
    def title(self) -> str: ...
    @property
    def title_lang(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def published(self) -> date | None: ...
    @property
    def published_guessed(self) -> bool: ...
    @property
    def url(self) -> str: ...
    @property
    def path(self) -> str: ...


class Quoted(Protocol):
    """What is quoted of a passage: a snippet, or a block of an article that was read."""

    @property
    def passage_id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...


def citation(article: Cited, quoted: Quoted) -> str:
    """Return who wrote what is quoted, and all of `short_citation`, with the passage and its characters in the body."""
    author = _line(article.author)
    place = f"{_line(quoted.passage_id)}, {quoted.start}–{quoted.start + len(quoted.text)}"
    by = "" if not author else f"{author}：" if _is_chinese(article) else f"{author}, "
    return f"{by}{short_citation(article)} [{place}]"


def short_citation(article: Cited) -> str:
    """Return title, source, day, and the address, or the path if it has none of the web; in the form of the title.

    A day that is a guess stands as [day?], as libraries write it.
    """
    where = article.url if article.url.lower().startswith(("http://", "https://")) else article.path
    facts = (_title(article), _line(article.source), _day(article), _line(where))
    return ("，" if _is_chinese(article) else ", ").join(fact for fact in facts if fact)


def _title(article: Cited) -> str:
    title = _line(article.title)
    form = "《{}》" if _is_chinese(article) else "“{}”"
    return form.format(title.translate(_INNER["zh" if _is_chinese(article) else "en"])) if title else ""


def _day(article: Cited) -> str:
    day = article.published
    if day is None:
        return ""
    text = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    if _is_chinese(article):
        text = f"{day.year}年{day.month}月{day.day}日"
    return f"[{text}?]" if article.published_guessed else text


def _is_chinese(article: Cited) -> bool:
    return article.title_lang not in ("", "en")


def _line(text: str) -> str:
    return " ".join(harmless(text).split())
