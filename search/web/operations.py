"""What the API can be asked: one table, by which requests are routed and the API is described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from search.completion import Completion
from search.info import IndexInfo
from search.model import ArticleText, SearchResult
from search.web.parameters import (
    CROSS_LANGUAGE,
    EXACT,
    FACET_NAMES,
    LIMIT,
    LIMITS,
    PARAMETERS,
    QUERY,
    STRETCH,
    Parameter,
)

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True)
class Health:
    """That questions are answered (`status` is ok), and the commit of the index that answers them."""

    status: str
    generation: str


class Operation(NamedTuple):
    """One route below ROOT: its name, a sentence about it, the parameters it takes and the type of what it gives.

    What `is_of_commit` is the same as long as the index is.
    """

    name: str
    path: str
    about: str
    takes: tuple[Parameter, ...]
    gives: Any
    is_of_commit: bool = True


SEARCH = Operation(
    "search", "/search", "A page of what a query finds, as `wensou search --json`.", PARAMETERS, SearchResult
)
FACETS = Operation(
    "facets",
    "/facets",
    "What a query finds, counted by all facets or those that are named, without hits.",
    (QUERY, FACET_NAMES, *LIMITS),
    SearchResult,
)
COMPLETE = Operation(
    "complete",
    "/complete",
    "What the last word of a query may become, as `wensou complete --json`.",
    (QUERY, LIMIT),
    tuple[Completion, ...],
)
ARTICLE = Operation(
    "article",
    "/articles/{id}",
    "A whole article as the index holds it, or a stretch of it, with what a query finds in it.",
    (QUERY, EXACT, CROSS_LANGUAGE, *STRETCH),
    ArticleText,
)
INFO = Operation("info", "/info", "What the index holds, as `wensou info --json`.", (), IndexInfo, is_of_commit=False)
HEALTH = Operation(
    "health", "/health", "Whether questions are answered; no search is waited for.", (), Health, is_of_commit=False
)

OPERATIONS = (SEARCH, FACETS, COMPLETE, ARTICLE, INFO, HEALTH)
