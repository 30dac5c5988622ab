"""A query and the page of it that is asked for -> what the engine answers, and what there is to say of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from indexer.engines.base import FACETS, Engine
from indexer.errors import ParameterError, UsageError
from indexer.nodes import SORTS
from indexer.payload import load_text
from search.cursors import Cursor
from search.folding import Join, Page, Shown
from search.grammar import Query, parse
from search.lexicon import Lexicon
from search.little import notes_of_suggestions, notes_on_little, suggestions_for
from search.model import Copy, FacetValue, Note, Story
from search.notes import notes_of
from search.options import check_list
from search.paging import Asking
from search.planner import Filters, Plan
from search.rounds import in_rounds
from search.settling import Settled, settle

if TYPE_CHECKING:
    from search.suggestions import Suggestion


class Answer(NamedTuple):
    """A page with the plan that it is of, the copies and other stories of each article on it, and the next's cursor."""

    planned: Plan
    page: Page
    copies: tuple[tuple[Copy, ...], ...]
    stories: tuple[tuple[Story, ...], ...]
    following: Cursor | None
    notes: tuple[Note, ...]
    meant: Sequence[Suggestion]

    def facets(self, names: Sequence[str]) -> dict[str, tuple[FacetValue, ...]] | None:
        """Return the values of the facets that were asked for, None if none was."""
        found = self.page.ranking.facets
        return {name: tuple(FacetValue(*pair) for pair in found.get(name, ())) for name in names} if names else None


def answer(query: str, filters: Filters, asking: Asking, engine: Engine, lexicon: Lexicon) -> Answer:
    """Ask the engine. Raises UsageError if `filters.like` names no article."""
    parsed = parse(query)
    settled = _settled(parsed, filters, asking, engine, lexicon)
    planned, (page, following) = settled.plan, settled.answer
    advice = "To search it: --suggest"
    said = in_rounds(engine, lambda asked: remarks(query, parsed, settled, page, asked, lexicon, advice))
    plainly = asking.copies or asking.passages
    copies = tuple(() if plainly else _copies_of(engine, shown) for shown in page.shown)
    stories = tuple(tuple(_story(engine, other, plainly) for other in shown.others) for shown in page.shown)
    return Answer(planned, page, copies, stories, following, said.notes, said.meant)


def ranked(query: str, filters: Filters, limit: int, engine: Engine, lexicon: Lexicon) -> tuple[tuple[str, ...], ...]:
    """Return the ids of the articles of the answer, each followed by those of its copies, and say nothing of it."""
    asking = Asking(limit, copies=filters.copies)
    page, _ = _settled(parse(query), filters, asking, engine, lexicon).answer
    copies = (() if asking.copies else _copies_of(engine, shown) for shown in page.shown)
    return tuple(
        (shown.article.article_id, *(copy.article_id for copy in own))
        for shown, own in zip(page.shown, copies, strict=True)
    )


def plan_of(query: str, filters: Filters, engine: Engine, lexicon: Lexicon) -> Plan:
    """Return the plan by which a query is answered, and say nothing of the answer."""
    return _settled(parse(query), filters, Asking(limit=0), engine, lexicon).plan


def _settled(
    parsed: Query, filters: Filters, asking: Asking, engine: Engine, lexicon: Lexicon
) -> Settled[tuple[Page, Cursor | None]]:
    join = _joining(engine, lexicon) if asking.stories else None
    return settle(
        parsed,
        filters,
        engine,
        lexicon,
        ask=lambda planned: asking.ask(engine, planned, join),
        ranking_of=lambda answered: answered[0].ranking,
    )


class Remarks(NamedTuple):
    """What there is to say of an answer, and what may have been meant instead."""

    notes: tuple[Note, ...]
    meant: Sequence[Suggestion]


def remarks(
    query: str, parsed: Query, settled: Settled[Any], page: Page, engine: Engine, lexicon: Lexicon, advice: str = ""
) -> Remarks:
    """Return what there is to say; `advice` is how to search a suggestion."""
    planned, ranking = settled.plan, page.ranking
    meant: Sequence[Suggestion] = ()
    if not settled.has_pinyin:  # else what was meant is searched already
        meant = suggestions_for(query, parsed, ranking, len(planned.asked), engine, lexicon.analyzer)
    notes = (
        *settled.notes,
        *notes_on_little(parsed, planned, ranking, engine),
        *notes_of(parsed, planned, page, engine),
        *notes_of_suggestions(meant, advice=advice),
    )
    return Remarks(notes, meant)


def check(
    limit: int, offset: int, sort: str, facets: Sequence[str], after: str | None, context: int, is_joined: bool = False
) -> None:
    """Raise UsageError for what no page can be asked for by."""
    if limit < 0 or offset < 0 or context < 0:
        raise UsageError("limit, offset and context cannot be negative.")
    if after is not None and offset:
        raise ParameterError("offset", "A cursor says where its page begins: leave out the offset.")
    if is_joined:
        raise ParameterError("stories", "stories are articles: leave out passages, or stories.")
    check_one_of("sort", sort, SORTS)
    check_list("facets", facets)
    for name in facets:
        check_one_of("facet", name, FACETS)


def check_one_of(what: str, name: str, names: Sequence[str]) -> None:
    """Raise UsageError for a name that is none of those to choose from."""
    if name not in names:
        raise UsageError(f"Unknown {what} {name!r}: use {', '.join(names[:-1])} or {names[-1]}.")


def _copies_of(engine: Engine, shown: Shown) -> tuple[Copy, ...]:
    if not shown.article.label("story"):
        return ()
    from search.copies import copies_of  # which most searches need not wait for

    return copies_of(engine, shown)


def _joining(engine: Engine, lexicon: Lexicon) -> Join:
    from search.events.joining import joining  # which most searches need not wait for

    return joining(engine, lexicon)


def _story(engine: Engine, shown: Shown, plainly: bool) -> Story:
    row = shown.article.row
    best = shown.article.passages[0]
    lang = load_text(best.payload, best.passage_id, best.article_id).lang
    copies = () if plainly else _copies_of(engine, shown)
    return Story(row.id, row.title, lang, row.published, row.path, copies)
