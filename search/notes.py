"""What an engine counted for a plan -> the notes that an answer carries."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.display import counted
from indexer.engines.base import MOST_COUNTED, MOST_EXPANDED, Engine, Ranking
from search.folding import Page
from search.grammar import Query
from search.missing import notes_on_missing
from search.model import Action, Note, SearchResult, Wording
from search.planner import Plan
from search.wording import articles


def notes_of(query: Query, plan: Plan, page: Page, engine: Engine) -> Iterator[Note]:
    """Yield what the reader should know: how the query was read, what it did not find, what was left out."""
    yield from query.notes
    if plan.is_empty:
        yield Note("empty", "There is nothing to search for: the query holds no letter, digit or symbol.")
        return
    ranking = page.ranking
    counts = ranking.counts
    yield from notes_on_missing(plan, ranking, engine)
    if len(plan.words) > 1 and ranking.total:
        yield _all_words(counts[len(plan.asked)], ranking, len(plan.words))
    if page.folded:
        yield Note(
            "copies",
            "Near copies, listed with what they repeat: {count}.",
            {"count": page.folded},
            "To see them as hits: --copies",
            (Action("Show copies as hits of their own", {"copies": "1"}),),
        )
    if page.joined:
        action = Action("Show each report by itself", {"stories": ""})
        message = "Reports of an event, listed with the first one of it: {count}."
        yield Note("stories", message, {"count": page.joined}, actions=(action,))
    if ranking.cut:
        message = "Part of the query stands for many words; the {count} commonest were searched."
        yield Note("expansion", message, {"count": MOST_EXPANDED})
    if plan.is_dated and counts and counts[-1]:
        left_out = articles(counts[-1], is_exact=counts[-1] < MOST_COUNTED)
        yield Note("undated", "Left out because they have no date: {articles}.", {"articles": left_out})


def _all_words(complete: int, ranking: Ranking, words: int) -> Note:
    one = "{complete} of {articles} has all {words} words."
    several = "{complete} of {articles} have all {words} words."
    values = {
        "complete": complete if complete < MOST_COUNTED else Wording("At least {count}", {"count": complete}),
        "articles": articles(ranking.total, is_exact=ranking.total_is_exact),
        "words": words,
    }
    return Note("all_words", one if ranking.total == 1 else several, values)


def found(answer: Ranking | SearchResult, count: int, name: str) -> str:
    """Return a number of an answer with what it counts, and whether there are more."""
    return ("" if answer.total_is_exact else "at least ") + counted(count, name)
