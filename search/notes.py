"""What an engine counted for a plan -> the notes that an answer carries."""

from __future__ import annotations

from collections.abc import Iterator

from indexer.display import counted
from indexer.engines.base import MOST_COUNTED, MOST_EXPANDED, Engine, Ranking
from search.folding import Page
from search.grammar import Query
from search.missing import notes_on_missing
from search.model import Note, SearchResult
from search.planner import Plan


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
        complete = counts[len(plan.asked)]
        have = "has" if ranking.total == 1 else "have"
        more = "At least " if complete >= MOST_COUNTED else ""
        total = found(ranking, ranking.total, "article")
        yield Note("all_words", f"{more}{complete:,} of {total} {have} all {len(plan.words)} words.")
    if page.folded:
        yield Note("copies", f"Near copies, listed with what they repeat: {page.folded}. To see them as hits: --copies")
    if page.joined:
        yield Note("stories", f"Reports of an event, listed with the first one of it: {page.joined}.")
    if ranking.cut:
        yield Note(
            "expansion", f"Part of the query stands for many words; the {MOST_EXPANDED:,} commonest were searched."
        )
    if plan.is_dated and counts and counts[-1]:
        more = "at least " if counts[-1] >= MOST_COUNTED else ""
        yield Note("undated", f"Left out because they have no date: {more}{counted(counts[-1], 'article')}.")


def found(answer: Ranking | SearchResult, count: int, name: str) -> str:
    """Return a number of an answer with what it counts, and whether there are more."""
    return ("" if answer.total_is_exact else "at least ") + counted(count, name)
