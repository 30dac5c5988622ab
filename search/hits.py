"""Ranked articles -> hits: what is quoted of them, and what is highlighted in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from indexer.engines.base import RankedArticle
from indexer.model import Passage
from indexer.payload import load_passage, load_text
from search.highlight import Highlighter, spans_of
from search.model import Copy, Hit, Place, Snippet, Story
from search.planner import Plan
from search.snippets import LONGEST, choose_window
from search.sought import Mark


class Marking(NamedTuple):
    """What finds the highlights in bodies and in titles, and how much is quoted around them (`search.snippets`)."""

    body: Highlighter
    title: Highlighter
    context: int

    @classmethod
    def of(cls, planned: Plan, context: int = LONGEST) -> Marking:
        return cls(Highlighter(planned.sought()), Highlighter(planned.sought("title")), context)


def hit_of(
    rank: int, article: RankedArticle, copies: tuple[Copy, ...], stories: tuple[Story, ...], marking: Marking
) -> Hit:
    """Return an article as it is shown in the place `rank`, with its copies and other reports of its event."""
    row = article.row
    lang = ""
    quoted: list[_Quotation] = []
    loaded = [(one.payload, load_text(one.payload, one.passage_id, one.article_id)) for one in article.passages]
    # What is said in passing comes last, be it in the language of the query and the text in another one.
    for i, (payload, passage) in enumerate(sorted(loaded, key=lambda pair: pair[1].kind == "teaser")):
        marks = marking.body.marks(passage.text)
        lang = lang if i else passage.lang
        # The best passage stands for the article; the others are worth quoting only for what is found in them.
        if i == 0 or marks:
            quotation = _quote(payload, passage, marks, marking.context)
            if quotation.snippet.text and (i == 0 or quotation.snippet.spans):
                quoted.append(quotation)
    return Hit(
        rank=rank,
        article_id=row.id,
        title=row.title,
        title_lang=row.title_lang,
        title_spans=spans_of(marking.title.marks(row.title)),
        path=row.path,
        url=row.url,
        published=row.published,
        published_at=row.published_at,
        published_guessed=row.published_guessed,
        author=row.author,
        source=row.source,
        lang=lang,
        score=article.score,
        snippets=tuple(quotation.snippet for quotation in quoted),
        copies=copies,
        stories=stories,
        find_places=partial(_places, [(quotation.payload, quotation.at) for quotation in quoted]),
    )


class _Quotation(NamedTuple):
    """A snippet, the stored passage it is of, and the character of the passage that it is quoted for."""

    snippet: Snippet
    payload: bytes
    at: int


def _quote(payload: bytes, passage: Passage, marks: Sequence[Mark], context: int) -> _Quotation:
    start, end = choose_window(passage.text, marks, context)
    inside = spans_of(mark for mark in marks if start <= mark.start and mark.end <= end)
    spans = tuple((s - start, e - start) for s, e in inside)
    snippet = Snippet(passage.id, passage.kind, passage.lang, passage.text[start:end], spans, passage.start + start)
    return _Quotation(snippet, payload, inside[0][0] if inside else start)


def _places(quoted: Sequence[tuple[bytes, int]]) -> tuple[Place, ...]:
    """Return where characters of stored passages stand in their files."""
    return tuple(_place(load_passage(payload, "", ""), at) for payload, at in quoted)


def _place(passage: Passage, at: int) -> Place:
    """Return the line and the byte column of a character of a passage in its file."""
    before = [place for place in passage.places if place.start <= at]
    if not before:
        return Place(1, 1)
    place = before[-1]
    return Place(place.line, place.column + len(passage.text[place.start : at].encode("utf-8", "replace")))
