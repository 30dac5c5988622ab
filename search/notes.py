"""What an engine counted for a plan -> the notes that an answer carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.display import counted
from indexer.engines.base import MOST_COUNTED, MOST_EXPANDED, Ranking
from search.grammar import Query
from search.model import Note, SearchResult
from search.planner import Plan
from search.rerank import Page


def notes_of(query: Query, plan: Plan, page: Page) -> Iterator[Note]:
    """Yield what the reader should know: how the query was read, what it did not find, what was left out."""
    yield from query.notes
    if plan.is_empty:
        yield Note("empty", "There is nothing to search for: the query holds no letter, digit or symbol.")
        return
    sought = [asked.text for asked in plan.asked]
    ranking = page.ranking
    counts = ranking.counts
    missing = [text for text, count in zip(sought, counts, strict=False) if not count]
    if missing:
        yield Note("unmatched", f"Found nowhere: {_listed(missing)}.")
    if len(plan.words) > 1 and ranking.total:
        complete = counts[len(sought)]
        have = "has" if ranking.total == 1 else "have"
        more = "At least " if complete >= MOST_COUNTED else ""
        total = found(ranking, ranking.total, "article")
        yield Note("all_words", f"{more}{complete:,} of {total} {have} all {len(plan.words)} words.")
    if page.folded:
        yield Note("copies", f"Near copies, listed with what they repeat: {page.folded}. To see them as hits: --copies")
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


def _listed(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:10])
    return f"{shown} and {len(texts) - 10} more" if len(texts) > 10 else shown
