"""The answer to a query: the one shape of command, library and JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

Span = tuple[int, int]
# Metadata of fields that JSON leaves out.
HIDDEN: Mapping[str, bool] = {"json": False}


Value: TypeAlias = "str | int | Wording | tuple[str | Wording, ...]"


class _List(tuple[str, ...]):
    """Texts that a field joins by what it has behind the colon: {words:, }."""

    __slots__ = ()

    def __format__(self, joint: str) -> str:
        return joint.join(self)


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence, or a part of one: `message` in English, with fields for `values`, which are plain text.

    A number stands in its field with commas, several texts joined by what the field has behind its colon.
    """

    message: str
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)

    def text(self, translations: Mapping[str, str]) -> str:
        """Return it filled in, translated by message; what has no translation stays English."""
        values = {name: _shown(value, translations) for name, value in self.values.items()}
        return translations.get(self.message, self.message).format_map(values)

    def __str__(self) -> str:
        return self.text({})


def _shown(value: Value, translations: Mapping[str, str]) -> str | _List:
    match value:
        case str():
            return value
        case int():
            return f"{value:,}"
        case Wording():
            return value.text(translations)
        case _:
            return _List(one if isinstance(one, str) else one.text(translations) for one in value)


@dataclass(frozen=True, slots=True)
class Action:
    """What a reader may do about a note, worded as a link: ask again with `changes` to the parameters of the search.

    Parameters are named as the flags of `wensou search`; an empty value leaves one out. What led to a later page
    (`after`, `offset`) does not belong to the new search.
    """

    message: str
    changes: Mapping[str, str] = field(hash=False)
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader of an answer should know; `kind` is stable, `text` is in English.

    `message` and `values` are what a face translates (`search.wording`). `advice` says for the command line what
    `actions` are for other faces; `text` has both. `query` is what a suggestion would search; others have none, in JSON
    neither.
    """

    kind: str
    text: str = field(init=False)
    message: str = field(metadata=HIDDEN)
    values: Mapping[str, Value] = field(default_factory=dict, hash=False, metadata=HIDDEN)
    advice: str = field(default="", metadata=HIDDEN)
    actions: tuple[Action, ...] = field(default=(), metadata=HIDDEN)
    query: str = ""

    def __post_init__(self) -> None:
        text = str(Wording(self.message, self.values))
        object.__setattr__(self, "text", f"{text} {self.advice}" if self.advice else text)

    def to_dict(self) -> dict[str, str]:
        """Return the JSON shape, without what is empty."""
        shape = {"kind": self.kind, "text": self.text, "query": self.query}
        return {name: value for name, value in shape.items() if value}


@dataclass(frozen=True, slots=True)
class Snippet:
    """A quotation: `text` stands in the article's body from `start` on, `text[s:e]` of each span is highlighted."""

    passage_id: str
    kind: str
    lang: str
    text: str
    spans: tuple[Span, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a snippet's first highlight, or its beginning, stands in the file; both count from 1, columns in bytes."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Copy:
    """An article that tells what a hit tells; `similarity` is the part of their text that they share, 1 for all."""

    article_id: str
    title: str
    title_lang: str
    source: str
    path: str
    published: date | None
    similarity: float


@dataclass(frozen=True, slots=True)
class Story:
    """Another report of the event that a hit tells of, with its own copies; `lang` is that of its best passage."""

    article_id: str
    title: str
    lang: str
    published: date | None
    path: str
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, with its best one to three passages; `lang` is that of the best.

    `copies` and, if they were asked for, `stories` are left out of the answer in its stead.
    """

    rank: int
    article_id: str
    title: str
    title_lang: str
    title_spans: tuple[Span, ...]
    path: str
    url: str
    published: date | None
    published_at: str
    published_guessed: bool
    author: str
    source: str
    lang: str
    score: float
    snippets: tuple[Snippet, ...]
    copies: tuple[Copy, ...] = ()
    stories: tuple[Story, ...] = ()
    find_places: Callable[[], tuple[Place, ...]] = field(
        default_factory=lambda: tuple, repr=False, compare=False, metadata=HIDDEN
    )

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the snippets, in their order, stand in the file; worked out each time it is asked for."""
        return self.find_places()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape of one hit."""
        values = _dated(self)
        del values["find_places"]
        values["title_spans"] = _lists(self.title_spans)
        values["snippets"] = [{**_fields(one), "spans": _lists(one.spans)} for one in self.snippets]
        values["copies"] = [_dated(one) for one in self.copies]
        values["stories"] = [{**_dated(one), "copies": [_dated(copy) for copy in one.copies]} for one in self.stories]
        return values


def _fields(one: Any) -> dict[str, Any]:
    """Return the fields of a dataclass as they are: `asdict` copies what is in them, and takes seven times as long."""
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def _dated(one: Hit | Copy | Story | ArticleText) -> dict[str, Any]:
    return {**_fields(one), "published": one.published.isoformat() if one.published else None}


def _lists(spans: tuple[Span, ...]) -> list[list[int]]:
    return [list(span) for span in spans]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many of all articles that match have a value; one may have several."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of hits, best first. `total` counts articles, `passages_total` their passages that matched.

    `facets` has the values of each facet that was asked for, most articles first. `cursor` leads to the next page; None
    on the last.
    """

    query: str
    hits: tuple[Hit, ...]
    total: int
    passages_total: int
    total_is_exact: bool
    took_ms: float
    notes: tuple[Note, ...] = ()
    facets: Mapping[str, tuple[FacetValue, ...]] | None = None
    cursor: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape: lists for tuples, dates as YYYY-MM-DD."""
        return {
            "query": self.query,
            "total": self.total,
            "passages_total": self.passages_total,
            "total_is_exact": self.total_is_exact,
            "took_ms": self.took_ms,
            "notes": [note.to_dict() for note in self.notes],
            "facets": self.facets
            and {name: [_fields(value) for value in values] for name, values in self.facets.items()},
            "cursor": self.cursor,
            "hits": [hit.to_dict() for hit in self.hits],
        }


@dataclass(frozen=True, slots=True)
class ArticleBlock:
    """A paragraph of an article, or a piece of one that parts of several passages make up; of its passage's kind.

    `text` stands in the article's body from `start` on, `text[s:e]` of each span is highlighted. Pieces of a paragraph
    share its number, `paragraph`; `gap` is what parts a piece from the one before: "", " " or a line break. Where
    paragraphs stood in one passage, "\n\n" joins them to its text.
    """

    passage_id: str
    kind: str
    lang: str
    paragraph: int
    gap: str
    text: str
    spans: tuple[Span, ...]
    start: int


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article as an index holds it, or a stretch of its `passages_total`.

    `occurrences` counts the spans in its blocks, `copies` are the other articles that tell the same, as in a hit.
    """

    article_id: str
    title: str
    title_lang: str
    title_spans: tuple[Span, ...]
    path: str
    url: str
    published: date | None
    published_at: str
    published_guessed: bool
    author: str
    source: str
    tags: tuple[str, ...]
    copies: tuple[Copy, ...]
    passages_total: int
    occurrences: int
    blocks: tuple[ArticleBlock, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON shape."""
        values = _dated(self)
        values["title_spans"], values["tags"] = _lists(self.title_spans), list(self.tags)
        values["copies"] = [_dated(one) for one in self.copies]
        values["blocks"] = [{**_fields(one), "spans": _lists(one.spans)} for one in self.blocks]
        return values
