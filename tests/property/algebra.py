"""What a query means by docs/query-language.md: which articles, with which passages, worked out one by one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from indexer.model import ArticleRow, Passage
from search.syntax import (
    Address,
    And,
    Choice,
    Days,
    Everything,
    Exact,
    Fuzzy,
    Must,
    Near,
    Not,
    Or,
    Phrase,
    Scoped,
    Together,
    Tree,
    Wild,
    Words,
)
from tests.property.scans import BOUNDARY, asked_in, holds, places_of, word_in, words_in

_LANGS = {"zh": {"zh-Hans", "zh-Hant", "mixed"}, "en": {"en", "mixed"}}


@dataclass(frozen=True)
class Article:
    """An article, and those of its passages that are looked at."""

    row: ArticleRow
    passages: tuple[Passage, ...]

    def texts(self, field: str) -> list[str]:
        """Return the texts of a field in which phrases and words are looked for."""
        head = [self.row.title, *self.row.tags]
        bodies = [passage.text for passage in self.passages]
        own = {
            "title": head,
            "body": bodies,
            "tag": [*self.row.tags],
            "author": [self.row.author],
            "source": [self.row.source],
        }
        return own.get(field, [*bodies, *head])

    def stretched(self, field: str) -> list[str]:
        """Return the same with what stands in one list as one text: words may be near each other across it."""
        if field in ("title", "tag"):
            return [f" {BOUNDARY} ".join(self.texts(field))]
        return self.texts(field) if field else [*self.texts("body"), *self.stretched("title")]

    def holds(self, leaf: Tree, field: str) -> bool:
        texts = self.stretched(field) if isinstance(leaf, Near) else self.texts(field)
        return any(holds(leaf, text, field in ("", "title", "body")) for text in texts)

    def has_word(self, word: str, field: str) -> bool:
        by_stem = field in ("", "title", "body")
        return any(word_in(word, text, by_stem) for text in self.texts(field))


class Archive(list[Article]):
    """All articles with all their passages; shown in short where a test fails."""

    def __repr__(self) -> str:
        return "the archive"


def meant(tree: Tree, article: Article) -> bool:
    """Tell whether a query means an article, which has the passages that it looks at."""
    facts = [part for part in conditions(tree) if not _asks_for_text(part) and not of_passages(part)]
    text = without_conditions(tree)
    asked = text.parts if isinstance(text, Together) else (text,)
    return all(_operand(part, article, "") for part in facts) and (text is None or _together(asked, article, ""))


def of_passages(tree: Tree) -> bool:
    """Tell whether a condition is one on the passages looked at."""
    return isinstance(tree.node if isinstance(tree, Not) else tree, Choice)


def _together(parts: tuple[Tree, ...], article: Article, field: str) -> bool:
    optional = [part for part in parts if isinstance(part, Words | Wild | Fuzzy)]
    required = [part for part in parts if part not in optional]
    if not all(_operand(part, article, field) for part in required):
        return False
    if not optional or any(map(_asks_for_text, required)):
        return True
    return any(
        any(article.has_word(word, field) for word in words_in(part.text))
        if isinstance(part, Words)
        else article.holds(part, field)
        for part in optional
    )


def _asks_for_text(tree: Tree) -> bool:
    match tree:
        case Together(parts) | And(parts) | Or(parts):
            return any(map(_asks_for_text, parts))
        case Must(node):
            return _asks_for_text(node)
        case Scoped(field, node):
            return field in ("title", "body") and _asks_for_text(node)
    return isinstance(tree, Words | Phrase | Near | Wild | Fuzzy)


def _operand(tree: Tree, article: Article, field: str) -> bool:
    match tree:
        case Words(units):
            return any(all(article.has_word(word, field) for word in words_in(unit)) for unit in units)
        case Together(parts):
            return _together(parts, article, field)
        case And(parts):
            return all(_operand(part, article, field) for part in parts)
        case Or(parts):
            return any(_operand(part, article, field) for part in parts)
        case Not(node):
            return not _operand(node, article, field)
        case Must(node):
            return _operand(node, article, field)
        case Scoped(own, node):
            return _operand(node, article, own)
        case Phrase() | Near() | Wild() | Fuzzy():
            return article.holds(tree, field)
    return fact(tree, article)


def fact(tree: Tree, article: Article) -> bool:
    row = article.row
    match tree:
        case Everything():
            return True
        case Exact("tag", value):
            return value in row.tags
        case Exact(field, value):
            return getattr(row, field) == value
        case Address(field, text):
            key = row.id if field == "path" else row.url
            return fnmatchcase(key.lower(), f"*{re.sub('^https?://(www.)?', '', text.lower())}*")
        case Days(low, high):
            day = row.published
            return day is not None and (low or date.min) <= day <= (high or date.max)
        case Choice():
            return any(_is_chosen(tree, passage) for passage in article.passages)
    raise AssertionError(tree)


def _is_chosen(choice: Choice, passage: Passage) -> bool:
    if choice.field == "lang":
        return passage.lang in _LANGS.get(choice.value, {choice.value})
    wanted = {choice.value, "heading"} if choice.value == "body" else {choice.value}
    return choice.value == "all" or passage.kind in wanted


def conditions(tree: Tree) -> list[Tree]:
    """Return the parts of a query that all have to be met."""
    match tree:
        case And(parts) | Together(parts):
            return [one for part in parts for one in conditions(part)]
        case Must(node):
            return conditions(node)
    return [tree]


def without_conditions(tree: Tree) -> Tree | None:
    """Return what asks for text of a query, read as if its other conditions were not there; None if nothing does."""
    match tree:
        case And(parts) | Together(parts):
            kept = tuple(rest for part in parts if (rest := without_conditions(part)))
            return type(tree)(kept) if kept else None
        case Must(node):
            rest = without_conditions(node)
            return Must(rest) if rest else None
    return tree if _asks_for_text(tree) else None


def looked_at(tree: Tree, passage: Passage) -> bool:
    """Tell whether a query looks at a passage: conditions of all of it on language and kind limit that."""
    parts = conditions(tree)
    wanted = {
        field: [part for part in parts if isinstance(part, Choice) and part.field == field]
        for field in ("lang", "kind")
    }
    unwanted = [part.node for part in parts if isinstance(part, Not) and isinstance(part.node, Choice)]
    chosen = all(any(_is_chosen(one, passage) for one in group) for group in wanted.values() if group)
    is_usual = bool(wanted["kind"]) or passage.kind != "boilerplate"
    return chosen and is_usual and not any(_is_chosen(one, passage) for one in unwanted)


def expected(tree: Tree, archive: Archive) -> list[Article]:
    """Return the articles that a query means, each with the passages that it looks at."""
    seen = [Article(one.row, tuple(p for p in one.passages if looked_at(tree, p))) for one in archive]
    return [one for one in seen if one.passages and meant(tree, one)]


def facets(found: list[Article]) -> dict[str, dict[str, int]]:
    """Return in how many articles each value stands."""
    counts: dict[str, Counter[str]] = {
        name: Counter() for name in ("lang", "year", "month", "day", "source", "kind", "tag", "author")
    }
    for article in found:
        row = article.row
        counts["lang"].update({passage.lang for passage in article.passages if passage.lang})
        counts["kind"].update({passage.kind for passage in article.passages})
        counts["tag"].update({*row.tags})
        counts["author"].update({row.author} - {""})
        counts["source"].update({row.source} - {""})
        for name, size in (("year", 4), ("month", 7), ("day", 10)):
            counts[name].update({row.published.isoformat()[:size]} if row.published else ())
    return {name: dict(counter) for name, counter in counts.items()}


def marked(tree: Tree, text: str, field: str, asked: str = "") -> set[int]:
    """Return the characters of a body or title that a query asks for, in the field `asked` or in any."""
    match tree:
        case Together(parts) | And(parts) | Or(parts):
            return set().union(*(marked(part, text, field, asked) for part in parts))
        case Must(node):
            return marked(node, text, field, asked)
        case Scoped(own, node):
            return marked(node, text, field, own)
    if asked not in ("", field):
        return set()
    places = places_of(text)
    return {at for one in asked_in(tree, text) for at in range(places[one.first].start, places[one.last - 1].end)}
