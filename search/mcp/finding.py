"""What an assistant asks `search` and `facets` -> as much of the answer as it has room for, and how to ask on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from indexer.display import counted
from indexer.errors import UsageError
from search.mcp.answers import ABOUT, FacetsAnswer, Result, SearchAnswer
from search.mcp.arguments import FacetsArguments, SearchArguments
from search.mcp.budget import Answer, most
from search.mcp.facts import CUT, is_cut, short
from search.mcp.named import id_of, known
from search.model import FacetValue, SearchResult
from search.searcher import Searcher


def search(searcher: Searcher, asked: SearchArguments) -> Answer:
    """Return the best articles. Raises UsageError for what cannot be asked, or not be told in so few characters."""
    return _page(searcher, asked, asked.limit)


def facets(searcher: Searcher, asked: FacetsArguments) -> Answer:
    """Count what matches by some facets. Raises UsageError as `search` does."""
    found = _found(searcher, asked, 0, facets=tuple(dict.fromkeys(asked.by)))
    longest = max(map(len, (found.facets or {}).values()), default=0)
    kept = most(longest, lambda number: _counts(found, number), asked.budget)
    answer = _counts(found, kept)
    if answer.size > asked.budget:
        raise _too_little(asked.budget, answer)
    return answer


def _found(searcher: Searcher, asked: FacetsArguments | SearchArguments, limit: int, **more: Any) -> SearchResult:
    options = asked.options()
    if like := options.get("like"):
        options["like"] = id_of(like)
    with known(options.get("like") or ""):
        return searcher.search(asked.query, limit, **more, **options)


def _page(searcher: Searcher, asked: SearchArguments, limit: int) -> Answer:
    """Return a page of at most so many results: of fewer if more do not fit, for its cursor leads behind the last."""
    found = _found(searcher, asked, limit, sort=asked.sort, after=asked.cursor)
    results = tuple(map(Result.of, found.hits))
    for answer in (answers := [*_shorter(found, results, asked)]):
        if answer.size <= asked.budget:
            return answer
    brief = [one.with_quotes(1) for one in results]
    kept = most(len(results), lambda number: _answer(found, brief[:number], asked), asked.budget)
    if limit > 1:
        return _page(searcher, asked, min(max(kept, 1), limit - 1))
    raise _too_little(asked.budget, answers[-1])


def _shorter(found: SearchResult, results: Sequence[Result], asked: SearchArguments) -> Iterator[Answer]:
    """Yield answers with all results, each with less of them, from the end."""
    yield _answer(found, results, asked)
    for quotes in (2, 1):  # a hit has three snippets at most
        said = f"Of each article at most {counted(quotes, 'quotation')}, and as many copies; fetch has all of its text."
        yield _answer(found, [one.with_quotes(quotes) for one in results], asked, said)
    if len(results) < 2:
        silent = replace(found, notes=())
        quoted = [one.with_quotes(1) for one in results]
        yield _answer(silent, quoted, asked, "Notes, and all but one quotation and copy, are left out.")
        bare = [one.with_quotes(0) for one in results]
        yield _answer(silent, bare, asked, "Notes, quotations and copies are left out; fetch has the text.")


def _answer(found: SearchResult, results: Sequence[Result], asked: SearchArguments, shortened: str = "") -> Answer:
    said = [shortened] if shortened else []
    if any(map(is_cut, found.hits[: len(results)])):
        said.append(CUT)
    if found.cursor is not None:
        if len(results) < asked.limit:
            said.append(f"{counted(len(results), 'article')} of {asked.limit} fit into {asked.budget:,} characters.")
        said.append("More match: ask the same again with after = cursor.")
    whole = SearchAnswer.of(found, tuple(results), " ".join(said))
    return Answer(whole.to_dict(), whole.brief())


def _too_little(budget: int, answer: Answer) -> UsageError:
    """Return what to raise where not even the shortest answer fits."""
    return UsageError(f"{budget:,} characters are too few for this answer. Ask again with budget = {answer.enough}.")


def _counts(found: SearchResult, number: int) -> Answer:
    """Return an answer with at most so many values of each facet."""
    own = {name: tuple(map(_short, values)) for name, values in (found.facets or {}).items()}
    missing = [
        f"{len(values) - number:,} more values of {name}" for name, values in own.items() if len(values) > number
    ]
    said = [f"Left out: {', '.join(missing)}. Ask for one facet, for less, or with a larger budget."] if missing else []
    if own != found.facets:
        said.append("Values that are too long are cut, and end in ….")
    answer = FacetsAnswer(
        ABOUT,
        found.query,
        found.total,
        found.total_is_exact,
        found.notes,
        {name: values[:number] for name, values in own.items()},
        " ".join(said),
    ).to_dict()
    return Answer(answer, answer)


def _short(value: FacetValue) -> FacetValue:
    return FacetValue(short(value.value), value.count)
