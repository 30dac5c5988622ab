"""Hits and notes -> what of them stands on the page: markup, links, and the language of each text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup

from search.model import Copy, Hit, Note, Snippet, Story
from search.present import day_of
from search.web.languages import NAMES, Language
from search.web.marks import marked
from search.web.state import State, article_address
from search.wording import said as spoken


class Quotation(NamedTuple):
    """A snippet; `kind` is empty for main text."""

    text: Markup
    lang: str
    kind: str
    address: str


class Other(NamedTuple):
    """A copy or another report: its title or id, the source and day, and the percentage that a copy shares."""

    name: str
    lang: str
    source: str
    day: str
    percent: int
    address: str
    copies: int = 0


class Result(NamedTuple):
    """A hit. `source_address` is empty unless it leads to the web, `lang` unless the title is of one language."""

    rank: int
    title: Markup
    lang: str
    address: str
    day: str
    source: str
    author: str
    source_address: str
    like: str
    quotations: tuple[Quotation, ...]
    copies: tuple[Other, ...]
    stories: tuple[Other, ...]


class Remark(NamedTuple):
    """A note as it is said, and what may be done about it: links with their texts."""

    text: str
    links: tuple[tuple[str, str], ...]


def result_of(hit: Hit, state: State, said: Language) -> Result:
    """Return a hit as it is shown."""
    best = hit.snippets[0].passage_id if hit.snippets else ""
    title = marked(hit.title, hit.title_spans) if hit.title.strip() else said.say("hit.untitled")
    return Result(
        rank=hit.rank,
        title=title,
        lang=lang_of(hit.title_lang) if hit.title.strip() else "",
        address=article_address(hit.article_id, state, best),
        day=day_of(hit.published, hit.published_guessed),
        source=hit.source,
        author=hit.author,
        source_address=web_address(hit.url),
        like=state.only("ui").asked({"like": hit.article_id}).address(),
        quotations=tuple(_quotation(snippet, hit, state, said) for snippet in hit.snippets),
        copies=copies_of(hit.copies, state),
        stories=tuple(_story(story, state) for story in hit.stories),
    )


def _quotation(snippet: Snippet, hit: Hit, state: State, said: Language) -> Quotation:
    kind = said.named("kind", snippet.kind) if snippet.kind != "body" else ""
    address = article_address(hit.article_id, state, snippet.passage_id)
    return Quotation(marked(snippet.text, snippet.spans), lang_of(snippet.lang), kind, address)


def copies_of(copies: Sequence[Copy], state: State) -> tuple[Other, ...]:
    """Return the copies of an article as they are shown."""
    return tuple(_copy(copy, state) for copy in copies)


def _copy(copy: Copy, state: State) -> Other:
    address = article_address(copy.article_id, state)
    name, lang = _name(copy.title, copy.title_lang, copy.article_id)
    return Other(name, lang, copy.source, day_of(copy.published, False), int(100 * copy.similarity), address)


def _name(title: str, lang: str, article_id: str) -> tuple[str, str]:
    """Return what an article is called, and in which language: its id is of none."""
    return (title, lang_of(lang)) if title.strip() else (article_id, "")


def _story(story: Story, state: State) -> Other:
    address = article_address(story.article_id, state)
    day = day_of(story.published, False)
    name, lang = _name(story.title, story.lang, story.article_id)
    return Other(name, lang, "", day, 0, address, len(story.copies))


def remarks(notes: Sequence[Note], state: State, said: Language) -> Iterator[Remark]:
    """Yield the notes as they are said."""
    for note in notes:
        links = tuple((spoken(action, said.tag), state.asked(action.changes).address()) for action in note.actions)
        yield Remark(spoken(note, said.tag), links)


def lang_of(lang: str) -> str:
    """Return the value of `lang` for a text, empty where it is of several or of none that is known."""
    return lang if lang in NAMES else ""


def web_address(url: str) -> str:
    """Return an address that a link may lead to: of the web, or empty."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.hostname else ""
