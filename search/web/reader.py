"""An article as an index holds it -> what stands on its page: paragraphs by kind, with numbered marks and citations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup, escape

from search.citation import citation
from search.model import ArticleBlock, ArticleText
from search.present import day_of
from search.web.hit_views import Other, copies_of, lang_of, web_address
from search.web.languages import Language
from search.web.marks import joined, marked, shown
from search.web.state import State, anchor, article_address

# What goes on around an article; it is folded together where nothing of it is marked.
_AROUND = ("teaser", "boilerplate")
# What parts the blocks of one passage (`ArticleBlock`).
_BETWEEN_BLOCKS = "\n\n"


class Piece(NamedTuple):
    """A part of a paragraph that is of one passage; `name` leads to it, empty but where the passage begins."""

    text: Markup
    lang: str
    name: str


class Quotable(NamedTuple):
    """A passage that ends in a paragraph: where a link to it leads, and how it is cited."""

    address: str
    citation: str


class Paragraph(NamedTuple):
    """A paragraph of one kind."""

    kind: str
    pieces: tuple[Piece, ...]
    quotable: tuple[Quotable, ...]


class Section(NamedTuple):
    """Paragraphs that stand together: the article's own, or, if it has a `name`, what goes on around it."""

    name: str
    is_open: bool
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article as it is shown; `address` is its own, without what is searched in it."""

    title: Markup
    lang: str
    day: str
    facts: tuple[str, ...]
    tags: tuple[str, ...]
    path: str
    source_address: str
    address: str
    copies: tuple[Other, ...]
    sections: tuple[Section, ...]
    marks: int  # in the text, each with the id m1, m2 …


def view_of(article: ArticleText, state: State, said: Language) -> ArticleView:
    """Return an article as it is shown."""
    drawing = _Drawing(article, said)
    return ArticleView(
        title=marked(article.title, article.title_spans) if article.title.strip() else said.say("hit.untitled"),
        lang=lang_of(article.title_lang) if article.title.strip() else "",
        day=day_of(article.published, article.published_guessed),
        facts=tuple(fact for fact in (article.source, article.author) if fact),
        tags=article.tags,
        path=article.path,
        source_address=web_address(article.url),
        address=article_address(article.article_id, State(())),
        copies=copies_of(article.copies, state),
        sections=tuple(drawing.sections()),
        marks=drawing.marks,
    )


class _Drawing:
    """Draws the blocks of an article in their order: with numbered marks, and a name where a passage begins."""

    def __init__(self, article: ArticleText, said: Language) -> None:
        self._article, self._said = article, said
        self._passages = {one: list(blocks) for one, blocks in groupby(article.blocks, key=lambda one: one.passage_id)}
        self.marks = sum(len(joined(block.spans, len(block.text))) for block in article.blocks)
        self._drawn = 0
        self._before, self._behind = _link("‹", said.say("article.before")), _link("›", said.say("article.behind"))

    def sections(self) -> Iterator[Section]:
        for around, together in groupby(self._article.blocks, key=lambda block: block.kind in _AROUND):
            blocks = list(together)
            name = self._said.say("article.around") if around else ""
            paragraphs = groupby(blocks, key=lambda block: (block.paragraph, block.kind))
            drawn = tuple(self._paragraph(kind, list(pieces)) for (_, kind), pieces in paragraphs)
            yield Section(name, any(block.spans for block in blocks), drawn)

    def _paragraph(self, kind: str, blocks: Sequence[ArticleBlock]) -> Paragraph:
        ending = [self._passages[block.passage_id] for block in blocks if self._passages[block.passage_id][-1] is block]
        return Paragraph(kind, tuple(map(self._piece, blocks)), tuple(map(self._quotable, ending)))

    def _piece(self, block: ArticleBlock) -> Piece:
        begins = self._passages[block.passage_id][0] is block
        name = anchor(block.passage_id.removeprefix(f"{self._article.article_id}@")) if begins else ""
        return Piece(escape(block.gap) + self._numbered(block), lang_of(block.lang), name)

    def _numbered(self, block: ArticleBlock) -> Markup:
        """Return a block's text; its marks lead to those before and behind."""
        text = shown(block.text)
        pieces: list[str] = []
        last = 0
        for start, end in joined(block.spans, len(text)):
            self._drawn += 1
            pieces += (escape(text[last:start]), self._mark(text[start:end], self._drawn))
            last = end
        return Markup("").join([*pieces, escape(text[last:])])

    def _mark(self, text: str, number: int) -> Markup:
        """Return a mark that says which it is while an address leads to it, with links to its neighbours, in a ring."""
        before, behind = number - 1 or self.marks, number % self.marks + 1
        which = self._said.say("article.of", n=number, total=self.marks)
        links = f"{self._before.format(before)} {which} {self._behind.format(behind)}"
        return Markup(f'<mark id="m{number}">{escape(text)}<span class="at">{links}</span></mark>')

    def _quotable(self, blocks: Sequence[ArticleBlock]) -> Quotable:
        passage = replace(blocks[0], text=_BETWEEN_BLOCKS.join(block.text for block in blocks))
        address = article_address(self._article.article_id, State(()), passage.passage_id)
        return Quotable(address, citation(self._article, passage))


def _link(sign: str, name: Markup) -> str:
    """Return a link to a mark, with a field for its number."""
    name = Markup(name.replace("{", "{{").replace("}", "}}"))
    return f'<a href="#m{{}}" title="{name}" aria-label="{name}">{sign}</a>'
